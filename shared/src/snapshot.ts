/**
 * The state of the world that the control plane pushes and a data plane serves from. It is the wire type: its own small
 * shape, independent of database rows and of what the hot path compiles from it. Times are milliseconds since the epoch.
 *
 * Unknown fields are ignored on arrival; another `schemaVersion` is refused. `checkSnapshot` (snapshot-check.ts) is run by
 * the sender before sending and by the receiver on arrival.
 */
import type { Catalogue } from "./catalogue.ts"
import type { ClientDialectName } from "./client-dialect.ts"
import type { EffortTable } from "./effort-table.ts"
import type { AccountId, ApiKeyId } from "./ids.ts"
import type { PoolStrategies } from "./pool-strategy.ts"
import type { QuotaBucket, QuotaSource, QuotaWindow } from "./quota-bucket.ts"
import type { Routing } from "./routing.ts"

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
  /** What the operator says of names and of where requests go; undefined: nothing. */
  readonly routing?: Routing
  readonly settings: SnapshotSettings
  /** Of the pool as a whole; undefined: it never paused. */
  readonly pool?: SnapshotPool
}

export interface SnapshotPool {
  /** Nothing is sent for any account. */
  readonly pause?: { readonly since: number; readonly reason: string }
  /** When an operator ended the last pause. */
  readonly resumedAt?: number
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
  /** Its share where shares are given; never 0. */
  readonly weight: number
  /** Accounts with a higher one serve first. */
  readonly priority: number
  /** Those that some routing rule names; undefined: it has none of them. */
  readonly tags?: readonly string[]
  /** Undefined: the pool-wide setting. 0: unlimited. */
  readonly maxConcurrent?: number
  /** Name of an entry in `catalogues`; undefined while none was read. */
  readonly catalogue?: string
  /** Models that it must not serve, whatever its catalogue offers. */
  readonly disabledModels?: readonly string[]
  /** 0 to 1: of every window so much is left alone. Undefined: nothing is. */
  readonly reserve?: number
  /** What was last read of its quota, at most one reading for a bucket and a window. Absent: unknown, which is not nothing. */
  readonly quota?: readonly SnapshotQuota[]
  /** Buckets that are used up until a time which the upstream told, at most one a bucket. Absent: none is known. */
  readonly cooldowns?: readonly SnapshotCooldown[]
  /** What an operator released lately. */
  readonly releases?: readonly SnapshotRelease[]
}

export interface SnapshotCooldown {
  readonly bucket: QuotaBucket
  /** A class of upstream-failure.ts. */
  readonly cause: string
  readonly evidence: string
  readonly since: number
  readonly until: number
}

export interface SnapshotRelease {
  /** Absent: all that rests on the account. */
  readonly model?: string
  readonly at: number
}

export interface SnapshotQuota {
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
  /** 0 to 1. */
  readonly remainingFraction: number
  /** When the window ends; undefined: the upstream did not say. */
  readonly resetsAt?: number
  readonly source: QuotaSource
  readonly readAt: number
  /** When the same source last said that nothing is left; undefined: it never did. */
  readonly emptyAt?: number
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
  /** Those that some routing rule names; undefined: it has none of them. */
  readonly tags?: readonly string[]
  /** Survives a rotation of the key: what belongs to one tenant is kept under it. */
  readonly lineage: string
  /** base64 of HMAC-SHA-256(apiKeyPepper, key). */
  readonly digest: string
  /** Digests from before rotations. They work until then, and are afterwards told that they were replaced. */
  readonly replaced?: readonly ReplacedDigest[]
  /** An operator switched it off. */
  readonly isDisabled?: boolean
  readonly expiresAt?: number
  /** Patterns of upstream ids with at most one `*`; one without may also be the name that a client asks for. Undefined: all models. */
  readonly models?: readonly string[]
  /** Undefined: all dialects. */
  readonly dialects?: readonly ClientDialectName[]
  /** Addresses and ranges (address-range.ts) that it may be used from. Undefined: from anywhere. */
  readonly addresses?: readonly string[]
  /** Requests of this key that may run at the same time. Undefined or 0: unlimited. */
  readonly maxConcurrent?: number
  /** At each node. Undefined: unlimited. */
  readonly requestsPerMinute?: number
  /** Tokens, in and out, at each node. Undefined: unlimited. */
  readonly tokensPerMinute?: number
  /** Tokens, in and out, in one UTC day. Undefined: unlimited. */
  readonly tokensPerDay?: number
  /** They are used up until then, in milliseconds since the epoch, over all nodes. */
  readonly exhaustedUntil?: number
  /** The same of one UTC month. */
  readonly tokensPerMonth?: number
  readonly monthExhaustedUntil?: number
  /** May ask for the account label and attempts with `x-lagrange-explain: 1`. */
  readonly mayExplain: boolean
  /** The bodies of its requests that begin before are captured (capture.ts). Undefined: none are. */
  readonly captureUntil?: number
  /** When all that was captured of it was last erased, by the control plane's clock: a mark that its captures bring back. */
  readonly capturesErasedAt?: number
}

export interface ReplacedDigest {
  readonly digest: string
  /** Milliseconds since the epoch. */
  readonly worksUntil: number
}

export interface SnapshotSettings {
  /** 0: unlimited. */
  readonly maxConcurrentPerModel: number
  /** 0: unlimited. */
  readonly maxConcurrentPerAccount: number
  /** By group of models. Undefined: round-robin for all. */
  readonly poolStrategies?: PoolStrategies
  /** How long a request waits for a free slot. Undefined: as built in. */
  readonly poolWaitMs?: number
  /** A cool-down that ends within this is waited for. Undefined: as built in. */
  readonly poolCoolingWaitMs?: number
  /** Calls to the upstream that one request may make. Undefined: as built in. */
  readonly maxAttempts?: number
  /** None of them begins later than this after the first. Undefined: as built in. */
  readonly attemptBudgetMs?: number
  /** Two accounts that meet a wall within ten minutes pause the pool. Undefined: yes. */
  readonly pausesOnWalls?: boolean
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
