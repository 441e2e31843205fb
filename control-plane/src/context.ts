/** What a GraphQL resolver may reach: the use cases and who asks. Resolvers hold no rules of their own. */
import type { AccountModel, AdminUserModel, AlertModel, ApiKeyModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { AccountTools } from "./accounts/account-tools.ts"
import type { Accounts } from "./accounts/accounts.ts"
import type { Cooldowns } from "./accounts/cooldowns.ts"
import type { OAuthClients } from "./accounts/oauth/clients.ts"
import type { OAuthSignIn } from "./accounts/oauth/sign-in.ts"
import type { PoolPause } from "./accounts/pool-pause.ts"
import type { Alerts } from "./alerts/alerts.ts"
import type { ApiKeys } from "./api-keys/api-keys.ts"
import type { Audit } from "./audit/audit.ts"
import type { Auth } from "./auth/auth.ts"
import type { Principal } from "./auth/principal.ts"
import type { Captures } from "./captures/captures.ts"
import type { Replays } from "./captures/replays.ts"
import type { Clock } from "./clock.ts"
import type { Config } from "./config.ts"
import type { Conversations } from "./conversations/release.ts"
import type { Database } from "./database/open.ts"
import type { Events } from "./events.ts"
import type { Subscriptions } from "./graphql/subscriptions.ts"
import type { NodeDrain } from "./link/drain.ts"
import type { Nodes } from "./link/nodes.ts"
import type { Pipes } from "./link/pipes.ts"
import type { Streams } from "./link/streams.ts"
import type { ControlMetrics } from "./metrics/metrics.ts"
import type { AccountForecasts, QuotaForecasts } from "./quota/forecasts.ts"
import type { AccountHistory, HistoryRange, QuotaHistory } from "./quota/history.ts"
import type { QuotaSync } from "./quota/sync.ts"
import type { RoutingServices } from "./routing/services.ts"
import type { Settings } from "./settings/settings.ts"
import type { Publisher } from "./snapshot/publisher.ts"
import type { Traffic } from "./traffic.ts"
import type { Usage } from "./usage/usage.ts"

export interface Services extends AccountTools, RoutingServices {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  readonly database: Database
  readonly events: Events
  readonly audit: Audit
  readonly auth: Auth
  readonly accounts: Accounts
  readonly oauth: OAuthSignIn
  readonly oauthClients: OAuthClients
  readonly alerts: Alerts
  readonly apiKeys: ApiKeys
  readonly captures: Captures
  readonly replays: Replays
  readonly conversations: Conversations
  readonly settings: Settings
  readonly metrics: ControlMetrics
  readonly nodes: Nodes
  readonly nodeDrain: NodeDrain
  readonly cooldowns: Cooldowns
  readonly pause: PoolPause
  readonly quotaSync: QuotaSync
  readonly quotaForecasts: QuotaForecasts
  readonly traffic: Pick<Traffic, "recent">
  readonly quotaHistory: QuotaHistory
  readonly streams: Streams
  readonly pipes: Pipes
  readonly publisher: Publisher
  readonly subscriptions: Subscriptions
  readonly usage: Usage
}

export interface GraphqlContext {
  readonly services: Services
  /** undefined: nobody we know. */
  readonly principal: Principal | undefined
  /** Where the request comes from, for the sign-in limits, the sessions and the audit. */
  readonly address: string
  readonly userAgent: string | undefined
  /** By which the browser shows that somebody signed in with it before. */
  readonly browserToken: string | undefined
  /** Of this request, in its answer, in the log and in the audit. */
  readonly requestId: string
  /** The host name under which the browser reached us, without port. */
  readonly hostname: string
  readonly setCookie: (value: string) => void
  /** Loads administrators by id, those of one tick together. */
  readonly loadAdministrator: (id: string) => Promise<AdminUserModel | null>
  /** Loads accounts by id, those of one tick together. */
  readonly loadAccount: (id: string) => Promise<AccountModel | null>
  /** The same of keys. */
  readonly loadApiKey: (id: string) => Promise<ApiKeyModel | null>
  /** The same of the alert of a rule that goes on, and of how many messages wait for a webhook. */
  readonly loadFiringAlert: (ruleId: string) => Promise<{ readonly alert: AlertModel } | null>
  readonly loadWaiting: (webhookId: string) => Promise<{ readonly count: number } | null>
  /** The same of what is forecast of accounts, and of what was read of them before. */
  readonly loadQuotaForecasts: (accountId: string) => Promise<AccountForecasts | null>
  readonly loadQuotaHistory: (range: HistoryRange) => (accountId: string) => Promise<AccountHistory | null>
}
