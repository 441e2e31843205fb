import type { ErrorCode } from "./error-code.ts"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

/** The closed list of what an upstream answer can mean, in the order they are tried; the sentence says what it is. */
export const FAILURE_CLASSES = {
  client_cancel: "The client left, or we aborted the attempt.",
  egress_block: "The upstream refuses this machine's address.",
  client_version: "The upstream wants another client version, or the model was retired.",
  validation: "The account must be verified by its owner.",
  tos_disabled: "The provider disabled the account for a violation of its terms.",
  project_fault: "The account's project is missing, foreign or without licence.",
  auth: "The access token was refused.",
  forbidden_other: "The account was refused for another reason.",
  location: "The account or this machine is in a place the model is not offered in.",
  signature: "A thinking signature in the history is missing, foreign or broken.",
  bad_request: "The request itself was refused.",
  model_missing: "The account does not have the model.",
  credits: "The account's paid credits are used up.",
  capacity: "The upstream has no capacity for the model.",
  rate_short: "A rate limit that ends within three seconds.",
  rate: "A rate limit that ends within five minutes.",
  quota: "The account's quota for the model's pool is used up.",
  bare_429: "A refusal without a reason, usually about the request's text.",
  server: "The upstream or the way to it failed.",
  empty: "The answer held nothing usable.",
  malformed_call: "The model wrote a tool call that cannot be read.",
  truncated: "The answer broke off after content.",
} as const satisfies Record<string, string>

export type FailureClass = keyof typeof FAILURE_CLASSES

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
  /** The raw body, JSON, text or HTML; also the JSON of an `error` event inside a 200. */
  readonly body?: string
  /** The node error code (`ECONNRESET` …), or one of ours: `ABORT`, `FIRST_BYTE_TIMEOUT`, `IDLE_TIMEOUT`, `NOT_JSON`, `EMPTY`, `NO_FINISH`. */
  readonly network?: string
  readonly phase: "connect" | "before-content" | "after-content"
  /** Text of the candidate so far, when the answer was a 200. */
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
  /** The wait before the first of them; further ones double it. */
  readonly sameAccountDelayMs: number
  /** How many other accounts may be tried; Infinity: until the budget ends. */
  readonly nextAccount: number
  /** Try the next base URL first. */
  readonly nextHost: boolean
  /** Renew the credential before trying the same account again. */
  readonly forceRenewal: boolean
}

export interface ClassifiedFailure {
  readonly class: FailureClass
  readonly scope: FailureScope
  readonly retry: FailureRetry
  /** How long `scope` is left alone. */
  readonly cooldownMs?: number
  /** What the client is told to wait. */
  readonly retryAfterMs?: number
  /** AccountState name the account goes to. */
  readonly accountState?: string
  /** Verification or appeal link, https only. */
  readonly link?: string
  readonly code: ErrorCode
  /** For the client: no project ids, e-mails, addresses or tokens. */
  readonly clientMessage: string
  /** For the operator, redacted. */
  readonly message: string
}

/** Names the failure and says what may be done about it. Total: any input gives an answer. */
export function classifyFailure(failure: UpstreamFailure): ClassifiedFailure {
  return skeleton(failure)
}
