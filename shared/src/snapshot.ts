/**
 * The state of the world that the control plane pushes and a data plane serves from. It is the wire type: its own small
 * shape, independent of database rows and of what the hot path compiles from it. Times are milliseconds since the epoch.
 *
 * Unknown fields are ignored on arrival; another `schemaVersion` is refused. `checkSnapshot` (snapshot-check.ts) is run by
 * the sender before sending and by the receiver on arrival.
 */
import type { Catalogue } from "./catalogue.ts"
import type { EffortTable } from "./effort-table.ts"
import type { AccountId, ApiKeyId } from "./ids.ts"

export const SNAPSHOT_SCHEMA_VERSION = 1

export interface Snapshot {
  readonly schemaVersion: number
  /** Given by the time at which the database was made, so that a new one outranks the one before; a lower epoch is never accepted. */
  readonly epoch: number
  /** Rises with every change within an epoch. */
  readonly version: number
  readonly issuedAt: number
  readonly accounts: readonly SnapshotAccount[]
  readonly apiKeys: readonly SnapshotApiKey[]
  /** base64; the HMAC-SHA-256 key under which `SnapshotApiKey.digest` is made. */
  readonly apiKeyPepper: string
  /** By the name that `SnapshotAccount.catalogue` holds. */
  readonly catalogues: Readonly<Record<string, Catalogue>>
  /** Asked name to upstream id, applied where the target is offered or no catalogue is known. */
  readonly aliases: Readonly<Record<string, string>>
  readonly settings: SnapshotSettings
}

export type UpstreamKind = "antigravity"

export interface SnapshotAccount {
  readonly id: AccountId
  readonly kind: UpstreamKind
  /** What an operator calls it; never an e-mail address unless the operator chose one. */
  readonly label: string
  /** May serve now as far as the control plane knows: enabled by the operator and in no state that needs a hand. */
  readonly usable: boolean
  /** Why not, as an `AccountState` name, when `usable` is false. */
  readonly state: string
  readonly projectId?: string
  readonly credential?: SnapshotCredential
  readonly weight: number
  readonly priority: number
  /** Undefined: the pool-wide setting. 0: unlimited. */
  readonly maxConcurrent?: number
  /** Name of an entry in `catalogues`; undefined while none was read. */
  readonly catalogue?: string
}

export interface SnapshotCredential {
  readonly accessToken: string
  readonly expiresAt: number
  /** Rises with every renewal; a refusal counts only against the generation it was sent with. */
  readonly generation: number
}

export interface SnapshotApiKey {
  readonly id: ApiKeyId
  readonly name: string
  /** Survives a rotation of the key: what belongs to one tenant is kept under it. */
  readonly lineage: string
  /** base64 of HMAC-SHA-256(apiKeyPepper, key). */
  readonly digest: string
  readonly expiresAt?: number
  /** May ask for the account label and attempts with `x-lagrange-explain: 1`. */
  readonly mayExplain: boolean
}

export interface SnapshotSettings {
  /** 0: unlimited. */
  readonly maxConcurrentPerModel: number
  /** 0: unlimited. */
  readonly maxConcurrentPerAccount: number
  readonly antigravityBaseUrls: readonly string[]
  readonly antigravityUserAgent: string
  readonly firstByteTimeoutMs: number
  readonly streamIdleTimeoutMs: number
  /** Undefined: as built in. */
  readonly thinkingBudgets?: EffortTable
  /** Of Claude Code, where the model is not at Anthropic. Undefined: drop. */
  readonly attributionBlock?: AttributionBlock
  /** Files that a request names by an address are fetched. Undefined: yes. */
  readonly fetchRemoteMedia?: boolean
  /** For a request that names no model, where its dialect allows that. */
  readonly defaultModel?: string
}

export type AttributionBlock = "drop" | "keep"
