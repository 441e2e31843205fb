/**
 * What is kept of one exchange while capture is on for its key: what the client sent, what was made of it for each attempt, what came
 * back, and what the client got. Never a credential: neither the client's nor an account's stands in any of it, for headers
 * and the query's parameters are taken from lists of names. A data plane makes it in memory and sends it over the link
 * (`capture-wire.ts`); the control plane keeps it sealed, for a time. docs/reference/capture.md
 */
import type { ClientDialectName } from "./client-dialect.ts"
import type { ExchangeOutcome } from "./link-protocol.ts"
import type { AccountId, ApiKeyId, ExchangeId } from "./ids.ts"

/** `Text` is how its texts are held: a data plane has them as bytes. */
export interface CapturedExchange<Text = CapturedText> {
  readonly exchangeId: ExchangeId
  readonly apiKeyId: ApiKeyId
  /** By the data plane's clock. */
  readonly startedAt: number
  /** As its key's in the snapshot that it began with: what was erased since is not kept. */
  readonly capturesErasedAt?: number
  readonly dialect: ClientDialectName
  readonly request: CapturedRequest<Text>
  /** In the order in which they began, which is not that of their ends where several answers were wanted. */
  readonly attempts: readonly CapturedAttempt<Text>[]
  /** Attempts beyond `MAX_CAPTURED_ATTEMPTS`. */
  readonly attemptsLeftOut: number
  /** What the client got. */
  readonly answer: CapturedAnswer<Text>
  /** What was changed on the way from the client's request to that of the last attempt, and why. */
  readonly notes: readonly TranslationNote[]
  /** Only of one that was made by a replay. */
  readonly replay?: CapturedReplay
}

export interface CapturedRequest<Text = CapturedText> {
  /** As it was asked for, without leading `/` and query. */
  readonly path: string
  /** Without `?`: of its parameters those that are known, and no key. Empty: there was none. */
  readonly query: string
  /** Those of `CAPTURED_HEADERS` that the client sent, in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Unpacked, where the client had packed it. */
  readonly body: Text
}

export interface CapturedAttempt<Text = CapturedText> {
  readonly accountId: AccountId
  /** Where it went, as `https://host:port`, and the path with its query. */
  readonly origin: string
  readonly path: string
  readonly body: Text
  readonly answer: CapturedAnswer<Text>
  /** Code of what broke the connection; absent: nothing did. */
  readonly failure?: string
}

export interface CapturedAnswer<Text = CapturedText> {
  /** 0: no head came. */
  readonly status: number
  /** As bytes on the wire: the events of a stream one after the other. */
  readonly body: Text
}

export interface CapturedText {
  readonly text: string
  /** `base64`: what was captured is no UTF-8, as forms with pictures are not. */
  readonly encoding: "utf8" | "base64"
  /** Of the whole, captured or not. */
  readonly bytes: number
  /** Only its beginning is here, or nothing of it. */
  readonly truncated: boolean
}

/** One place where the upstream request differs from the client's by more than the spelling of its dialect. docs/reference/translation-diff.md */
export interface TranslationNote {
  /** Which reason, for those who say it in words of their own. */
  readonly code: string
  readonly kind: TranslationKind
  /** One sentence in English. */
  readonly reason: string
  /** Where, as a JSON pointer into the client's body. Absent: nothing there led to it. */
  readonly client?: string
  /** As a JSON pointer into the upstream's body. Absent: nothing there came of it. */
  readonly upstream?: string
  /** The routing rule, or the row of the dialect's field table, that decided. */
  readonly rule?: string
  /** How often the same happened, when more than once: the pointers are the first one's. */
  readonly times?: number
}

/**
 * `kept`: is for the gateway itself, and no upstream reads it. `ignored`: has no meaning here, nothing is lost. `unexplained`: what was
 * captured does not follow from what this gateway does.
 */
export const TRANSLATION_KINDS = [
  "added",
  "changed",
  "dropped",
  "ignored",
  "kept",
  "merged",
  "moved",
  "renamed",
  "unexplained",
] as const

export type TranslationKind = (typeof TRANSLATION_KINDS)[number]

export const REPLAY_TARGETS = ["pool", "address", "translation"] as const

/**
 * Where a captured request goes again. `pool`: as any request of its key. `address`: to an upstream at a loopback address, with a
 * made-up account. `translation`: nowhere; what would be sent is made.
 */
export type ReplayTarget = (typeof REPLAY_TARGETS)[number]

export interface CapturedReplay {
  readonly of: ExchangeId
  readonly target: ReplayTarget
  /** By which whoever asked for it knows it. */
  readonly replayId: string
  readonly outcome: ExchangeOutcome
  /** From error-code.ts, when the outcome is not `completed`. */
  readonly errorCode?: string
}

/** Request headers that change what is made of a request, or say which program sent it. No other is ever captured. */
export const CAPTURED_HEADERS = [
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "content-type",
  "session-id",
  "thread-id",
  "user-agent",
  "x-claude-code-session-id",
  "x-goog-api-client",
  "x-session-affinity",
  "x-session-id",
] as const

/** Of each text, in bytes: a longer one is cut. */
export const MAX_CAPTURED_TEXT_BYTES = 4 * 1_048_576
/** Of one exchange, all its texts together. */
export const MAX_CAPTURE_BYTES = 16 * 1_048_576
export const MAX_CAPTURED_ATTEMPTS = 8
export const MAX_TRANSLATION_NOTES = 1_000
