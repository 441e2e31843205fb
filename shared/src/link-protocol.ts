/**
 * What travels between a data plane (which dials) and the control plane.
 *
 * Down: `GET /link/snapshots` answers with a never-ending `application/x-ndjson` stream, one `DownFrame` a line.
 * Up: `POST /link/reports` carries one `ReportBatch` as JSON and is answered with a `ReportReceipt`.
 * Both with `Authorization: Bearer <link token>`. Reports are at-least-once: every item has an id, and ingesting an id twice
 * changes nothing.
 */
import type { AccountId, ApiKeyId, ExchangeId } from "./ids.ts"
import type { CommandAck, CommandFrame } from "./link-command.ts"
import type { QuotaBucket } from "./quota-bucket.ts"
import type { Usage } from "./usage.ts"

export const SNAPSHOTS_PATH = "/link/snapshots"
export const REPORTS_PATH = "/link/reports"
/** `POST` of one captured exchange (capture-wire.ts), answered with a `ReportReceipt`. */
export const CAPTURES_PATH = "/link/captures"
/**
 * `GET` with `?id=` of an `open-pipe` command and `Upgrade: lagrange-pipe`, answered 101: from then on the control plane speaks HTTP/1.1 as
 * a client over the connection that the node dialled.
 */
export const PIPE_PATH = "/link/pipe"
export const PIPE_PROTOCOL = "lagrange-pipe"
/** Both sides send a heartbeat this often; a silent peer is taken for dead after three. */
export const HEARTBEAT_MS = 5_000
export const LINK_DEAD_MS = 15_000
/** Reports leave at most this long after they were made. */
export const REPORT_BATCH_MS = 250

/** Query parameters of `GET /link/snapshots`. */
export interface SnapshotsQuery {
  readonly node: string
  /** Random per process start. */
  readonly boot: string
  readonly version: string
  /** What the node already serves, so that an unchanged world is not sent again. */
  readonly snapshotEpoch: number
  readonly snapshotVersion: number
  /** sha256 of the body it serves, in hex; absent while it serves none. Under the same stamp another hash is sent, and refused. */
  readonly snapshotHash?: string
}

export type DownFrame =
  /** `at`, here and in heartbeats: the control plane's time. Absent: its version does not tell it here. */
  | { readonly type: "hello"; readonly controlPlaneVersion: string; readonly nodeId: string; readonly at?: number }
  | SnapshotFrame
  | CommandFrame
  | { readonly type: "heartbeat"; readonly at: number }

export interface SnapshotFrame {
  readonly type: "snapshot"
  readonly epoch: number
  readonly version: number
  readonly schemaVersion: number
  /** sha256 of `body` in hex. */
  readonly hash: string
  /** The `Snapshot` as JSON text, so that the hash is over exact bytes. */
  readonly body: string
}

export interface ReportBatch {
  readonly node: string
  readonly boot: string
  readonly items: readonly ReportItem[]
}

export interface ReportReceipt {
  /** Ids that were taken (now or before) and need not be sent again. */
  readonly accepted: readonly string[]
}

export type ReportItem = { readonly id: string; readonly at: number } & (
  | { readonly type: "snapshot-ack"; readonly epoch: number; readonly version: number; readonly hash: string }
  | { readonly type: "snapshot-refuse"; readonly epoch: number; readonly version: number; readonly reason: string }
  | ({ readonly type: "heartbeat" } & NodeLoad)
  | ({ readonly type: "exchange" } & ExchangeRecord)
  | CredentialRefused
  | AccountFact
  | CooldownFact
  | CommandAck
  | { readonly type: "dropped"; readonly count: number }
)

/** The upstream answered 401 to a token of this generation, or the token expired: renew it now. */
export interface CredentialRefused {
  readonly type: "credential-refused"
  readonly accountId: AccountId
  readonly generation: number
  /** True when a token renewed after a 401 was refused too: the account needs a new login. */
  readonly again: boolean
}

/** An upstream answer that tells something lasting about the account (verification, terms, project …). */
export interface AccountFact {
  readonly type: "account-fact"
  readonly accountId: AccountId
  /** Name of the class in upstream-failure.ts. */
  readonly failureClass: string
  readonly message: string
  /** A verification or appeal link, https only. */
  readonly link?: string
}

/** A quota is used up until a time that the upstream told: kept over restarts, and for all nodes. */
export interface CooldownFact {
  readonly type: "cooldown"
  readonly accountId: AccountId
  readonly bucket: QuotaBucket
  /** Name of the class in upstream-failure.ts. */
  readonly cause: string
  /** What the upstream said, redacted. */
  readonly evidence: string
  readonly since: number
  readonly until: number
}

export interface NodeLoad {
  readonly version: string
  /** Where its clients' listener is: scheme, host as configured, and the port that was really taken. */
  readonly url?: string
  readonly startedAt: number
  readonly ready: boolean
  readonly reasons: readonly string[]
  readonly snapshotEpoch: number
  readonly snapshotVersion: number
  readonly inFlight: number
  readonly rssBytes: number
  readonly eventLoopDelayMs: number
  /** Exchanges ended and refused since the process started. */
  readonly exchanges: number
  readonly refusals: number
  /** Of the exchanges that ended lately; absent: its version does not count. */
  readonly promptCache?: PromptCacheUse
  /** Current in-flight exchanges by account, only those above 0. */
  readonly inFlightByAccount: Readonly<Record<string, number>>
  /** Conversations whose account it remembers; absent: its version does not tell. */
  readonly conversations?: number
  /** By the account they live on: of the at most 1,000 accounts with most. */
  readonly conversationsByAccount?: Readonly<Record<string, number>>
  /** Through a store, with all others that say so: each of them tells of the same. Absent: it has its own. */
  readonly sharesConversations?: boolean
  /** How that goes; absent: nothing is shared, or its version does not tell. */
  readonly sharing?: SharingLoad
}

/** A data plane and the store through which it shares what it learns. */
export interface SharingLoad {
  /** What it learns goes there, and what others learn comes from there. */
  readonly isUp: boolean
  /** Since when that is so, or is not so. */
  readonly since: number
  /** Why it is not up, in a clause about the store without an address or a secret; absent: it is, or is being dialled for the first time. */
  readonly reason?: string
}

/** How much of what was sent the upstream had in its prompt cache, over exchanges whose usage it told. */
export interface PromptCacheUse {
  /** Of those that ended in this long until now, to the minute. */
  readonly windowMs: number
  readonly inputTokens: number
  /** Part of `inputTokens`. */
  readonly cachedInputTokens: number
}

export const EXCHANGE_OUTCOMES = ["completed", "failed", "cancelled", "truncated"] as const

export type ExchangeOutcome = (typeof EXCHANGE_OUTCOMES)[number]

/** The log line, the metric and the row of one exchange; exactly one per exchange. Durations in milliseconds. */
export interface ExchangeRecord {
  readonly exchangeId: ExchangeId
  readonly startedAt: number
  readonly apiKeyId?: ApiKeyId
  readonly dialect: string
  readonly stream: boolean
  readonly requestedModel?: string
  readonly model?: string
  readonly outcome: ExchangeOutcome
  readonly status: number
  /** From error-code.ts, when the outcome is not `completed`. */
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly finishReason?: string
  /** A hash that all turns of a conversation share; absent: no account was ever asked for it. */
  readonly conversation?: string
  readonly usage: Usage
  readonly durationMs: number
  readonly firstContentMs?: number
  /** When the client's body was here; absent: it never was. */
  readonly receivedMs?: number
  /** For files that the request names by an address; absent: none were fetched. */
  readonly fetchedMs?: number
  /**
   * Microseconds in which it was in our own hands: up to the first content of a stream, the whole of any other answer, or its end.
   * Waits for the client, files, a slot, a token or the upstream are no part of it.
   */
  readonly overheadUs?: number
  /** Why no account could be had in the end; absent: one was, or it never came to that. */
  readonly refusal?: PoolRefusal
  /** How it came to its model; absent: no rule and no fallback had a part in it. */
  readonly route?: RouteRecord
  readonly attempts: readonly AttemptRecord[]
  /** Paths of request fields that were not carried to the upstream. */
  readonly dropped: readonly string[]
  /** What the upstream would not have taken of the tools' schemas, and what became of it; absent: nothing was changed. */
  readonly schemaReport?: SchemaReport
  /** Its bodies were captured, or would have been if there had been room for them; absent: capture was not on for its key. */
  readonly capture?: CaptureMark
  /** The exchange whose request was sent again; absent: a client sent it. */
  readonly replayOf?: ExchangeId
  /** The name of who sent it from the playground; absent: a client sent it. */
  readonly playgroundBy?: string
}

export const CAPTURE_MARKS = ["taken", "left_out"] as const

export type CaptureMark = (typeof CAPTURE_MARKS)[number]

export interface RouteRecord {
  /** The routing rule that decided; absent: none did. */
  readonly rule?: string
  /** Only accounts with one of these tags could serve it, as the rule says. */
  readonly accountTags?: readonly string[]
  /** By which one of them was to be chosen, as the rule says. */
  readonly strategy?: string
  /** Models that gave way to the next, in turn; absent: none did. */
  readonly fallbacks?: readonly FallbackRecord[]
}

export interface FallbackRecord {
  readonly from: string
  readonly to: string
  /** From error-code.ts: what the client would have been told. */
  readonly because: string
  /** Calls to the upstream that came before. */
  readonly attempts: number
}

export interface SchemaReport {
  /** How many changes there were. */
  readonly total: number
  /** Some of them, at least one of each tool while there is room. */
  readonly listed: readonly SchemaReportEntry[]
}

export interface SchemaReportEntry {
  /** The tool's name as the client wrote it. */
  readonly tool: string
  /** From the schema's root: `properties.age.minimum`; empty for the root itself. */
  readonly path: string
  /** One clause in English. */
  readonly change: string
}

/**
 * Of the accounts, when one was asked for or refused. Each stands in one of `unusable` to `candidates`, whose sum is `known`; what
 * follows says why of those candidates not all could be taken.
 */
export interface PoolCensus {
  readonly known: number
  /** Disabled, or in a state that needs a hand. */
  readonly unusable: number
  /** Usable, and not among those that a routing rule wants; absent: none. */
  readonly outside?: number
  /** Their catalogue does not have the model. */
  readonly notOffered: number
  /** As a whole, or for the quota that the model belongs to. */
  readonly resting: number
  /** The model alone: it rests on them, or an operator took it from them. */
  readonly modelOff: number
  /** They have rested, and one request tries them first: the others wait for what it learns. Absent: none. */
  readonly probing?: number
  /** Could serve, those that are busy or tried included. */
  readonly candidates: number
  /** Candidates that have as many requests running as they may; absent: reported by a version that did not count them. */
  readonly busy?: number
  /** Candidates on which this request had failed before; absent: none. */
  readonly tried?: number
  /** The model has as many requests running over all accounts as it may: so many. Absent: it may have more. */
  readonly modelLimit?: number
  /** The same of the key. */
  readonly keyLimit?: number
}

/** The pool had no account to give, or the client left while it waited for one. */
export interface PoolRefusal {
  /** For a slot, in vain; absent: it was refused at once. */
  readonly waitedMs?: number
  /** For a renewed access token, in vain; absent: none was waited for. */
  readonly renewalMs?: number
  /** Of the accounts at that moment. */
  readonly census: PoolCensus
}

/** `…Ms` of a moment counts from the request's head. */
export interface AttemptRecord {
  readonly accountId: AccountId
  /** Why this account was chosen, in one short sentence. */
  readonly reason: string
  /** Where the conversation lives, when that is another account; absent: it lives here, or it is none. */
  readonly standsInFor?: AccountId
  /** When an account was asked for; absent: the one before was tried again. */
  readonly askedMs?: number
  readonly startedMs: number
  /** For a slot of an account, before this attempt; absent: none was waited for. */
  readonly waitedMs?: number
  /** For a renewed access token, before this attempt; absent: there was a living one. */
  readonly renewalMs?: number
  /** From its start until a connection stood that had to be opened, or could not be; absent: an open one was taken. */
  readonly connectMs?: number
  readonly firstByteMs?: number
  /** The first part of an answer, content or not. */
  readonly firstPartMs?: number
  readonly endedMs: number
  readonly upstreamStatus?: number
  /** Name of the class in upstream-failure.ts; undefined when the attempt succeeded. */
  readonly failureClass?: string
  /** What the failure is about: request, account, account-model, account-bucket, model, egress or configuration. */
  readonly failureScope?: string
  /** Of the first attempt on an account, when it was asked for. */
  readonly census?: PoolCensus
}
