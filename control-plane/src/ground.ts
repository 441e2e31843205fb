import type { Logger } from "#shared/log.ts"
import type { Credentials } from "./accounts/credentials.ts"
import type { Audit } from "./audit/audit.ts"
import type { Clock } from "./clock.ts"
import type { Config } from "./config.ts"
import type { Database } from "./database/open.ts"
import type { Events } from "./events.ts"
import type { Outbound } from "./outbound.ts"
import type { Settings } from "./settings/settings.ts"
import type { Publisher } from "./snapshot/publisher.ts"
import type { Vault } from "./vault.ts"

/** What the parts of the control plane stand on. */
export interface Ground {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  readonly database: Database
  readonly vault: Vault
  readonly audit: Audit
  readonly events: Events
  readonly outbound: Outbound
  readonly credentials: Credentials
  readonly settings: Settings
  readonly publisher: Publisher
  /** Ends when all data planes that are connected have what has changed. */
  readonly takeEffect: () => Promise<unknown>
}
