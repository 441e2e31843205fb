import type { ErrorCode } from "../error-code.ts"

/** The closed list of what an upstream answer can mean, in the order in which they are tried; the sentence says what it is. */
export const FAILURE_CLASSES = {
  client_cancel: "The client left, or we aborted the attempt.",
  egress_block: "The upstream refuses this machine's address.",
  client_version: "The upstream wants another client version, or the model was retired.",
  validation: "The account must be verified by its owner.",
  tos_disabled: "The provider disabled the account for a violation of its terms.",
  project_fault: "The account's project is missing, foreign or without licence.",
  auth: "The access token, or the refresh token behind it, was refused.",
  forbidden_other: "The account was refused for another reason.",
  location: "The account or this machine is in a place where the model is not offered.",
  signature: "A thinking signature in the history is missing, foreign or broken.",
  bad_request: "The request itself was refused.",
  model_missing: "The account does not have the model.",
  credits: "The account's paid credits are used up.",
  capacity: "The upstream has no capacity for the model.",
  rate_short: "A rate limit that ends within three seconds.",
  rate: "A rate limit that ends within five minutes.",
  quota: "The account's quota for the model's bucket is used up.",
  bare_429: "A refusal without a reason, usually about the request's own text.",
  server: "The upstream, or the way to it, failed.",
  empty: "The answer held nothing usable.",
  malformed_call: "The model wrote a tool call that cannot be read.",
  truncated: "The answer broke off after content.",
} as const satisfies Record<string, string>

export type FailureClass = keyof typeof FAILURE_CLASSES

/** What a failure says something about, and what its cool-down applies to. */
export type FailureScope =
  | "request"
  | "account"
  | "account-model"
  | "account-bucket"
  | "model"
  | "egress"
  | "configuration"

/** All that is known of one failed attempt. */
export interface UpstreamFailure {
  readonly status?: number
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  /** The raw body: JSON, text or HTML; also the JSON of an `error` event inside a 200. */
  readonly body?: string
  /**
   * A node error code (`ECONNRESET` …), a code of `ConnectError`, or one of ours: `ABORT`, `FIRST_BYTE_TIMEOUT`,
   * `IDLE_TIMEOUT`, `NOT_JSON` (an event that is not JSON), `EMPTY` (ended with nothing usable), `NO_FINISH` (ended, cleanly
   * or broken, without a finish reason).
   */
  readonly network?: string
  readonly phase: "connect" | "before-content" | "after-content"
  /** The candidate's text so far, when the answer was a 200. */
  readonly text?: string
  /** The raw finish reason, when there was one. */
  readonly finish?: string
  /** The project the request was sent with; an empty string matters. */
  readonly projectId?: string
  readonly now: number
}

export interface FailureRetry {
  /** How many more tries on the same account. */
  readonly sameAccount: number
  /** The wait before the first of them; each further one doubles it. Jitter is the caller's. */
  readonly sameAccountDelayMs: number
  /** The upstream named that wait. */
  readonly isDelayTold: boolean
  /** How many other accounts may be tried; Infinity: until the budget ends. */
  readonly nextAccount: number
  /** Try the next base URL once, before anything else. */
  readonly nextHost: boolean
  /** Renew the credential before trying the same account again. */
  readonly forceRenewal: boolean
}

export interface ClassifiedFailure {
  readonly class: FailureClass
  readonly scope: FailureScope
  readonly retry: FailureRetry
  /**
   * How long `scope` is left alone after this one failure. What depends on earlier ones is the caller's: `quota` without a
   * time grows by `QUOTA_STEPS_MS`, `egress_block` doubles, `server` cools an account for 10 s after three in two minutes,
   * and a second account giving `bare_429` to the same request takes the first cool-down back.
   */
  readonly cooldownMs?: number
  /** The upstream itself named the time that `cooldownMs` is made from. */
  readonly isTimeTold?: true
  /** What the client is told to wait. */
  readonly retryAfterMs?: number
  /** Name of the `AccountState` the account goes to. */
  readonly accountState?: string
  /** Verification or appeal link, https only. */
  readonly link?: string
  /** What the client gets when no retry helps. */
  readonly code: ErrorCode
  /** For the client: no project ids, e-mails, addresses or tokens. */
  readonly clientMessage: string
  /** For the operator: no tokens, project ids or e-mails. */
  readonly message: string
}

/** Cool-downs of an exhausted quota whose reset time is unknown, one after another. */
export const QUOTA_STEPS_MS: readonly number[] = [60_000, 300_000, 1_800_000, 7_200_000]
