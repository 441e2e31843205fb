/** Errors as all of OpenAI's wires have them. */
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { ErrorAnswer, ErrorContext } from "./dialect.ts"
import { answerHeaders, LONGEST_RETRY_MS } from "./error-headers.ts"

export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
    /** When the pool has quota again, Unix seconds; only with type `usage_limit_reached`. */
    readonly resets_at?: number
    readonly resets_in_seconds?: number
  }
}

export interface ErrorKind {
  readonly type: string
  readonly code: string
}

const invalidRequest = (code: string): ErrorKind => ({ type: "invalid_request_error", code })
const RATE_LIMIT = "requests"
const TOKEN_LIMIT = "tokens"
const rateLimit = (code: string): ErrorKind => ({ type: RATE_LIMIT, code })
const serverError = (code: string): ErrorKind => ({ type: "server_error", code })
const USED_UP: ErrorKind = { type: "usage_limit_reached", code: "usage_limit_reached" }

/** `type` and `code` as OpenAI's SDKs and Codex read them. */
export const ERROR_KINDS: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_json: invalidRequest("invalid_json"),
  invalid_request: invalidRequest("invalid_value"),
  missing_parameter: invalidRequest("missing_required_parameter"),
  unsupported_parameter: invalidRequest("unsupported_parameter"),
  unsupported_tool: invalidRequest("unsupported_tool"),
  context_length_exceeded: invalidRequest("context_length_exceeded"),
  upstream_rejected_request: invalidRequest("upstream_rejected_request"),
  image_generation_failed: { type: "image_generation_user_error", code: "image_generation_failed" },
  content_policy_violation: { type: "image_generation_user_error", code: "content_policy_violation" },
  invalid_api_key: invalidRequest("invalid_api_key"),
  permission_denied: { type: "permission_denied", code: "permission_denied" },
  model_not_found: invalidRequest("model_not_found"),
  not_stored: invalidRequest("not_found"),
  unknown_path: invalidRequest("unknown_url"),
  method_not_allowed: invalidRequest("method_not_allowed"),
  request_too_large: invalidRequest("request_too_large"),
  unsupported_encoding: invalidRequest("unsupported_encoding"),
  upgrade_refused: invalidRequest("websocket_unsupported"),
  headers_too_many: invalidRequest("headers_too_many"),
  pool_busy: rateLimit("rate_limit_exceeded"),
  pool_cooling: rateLimit("rate_limit_exceeded"),
  key_guesses_limited: rateLimit("rate_limit_exceeded"),
  key_quota_used: { type: "insufficient_quota", code: "insufficient_quota" },
  key_requests_limited: rateLimit("rate_limit_exceeded"),
  key_tokens_limited: { type: TOKEN_LIMIT, code: "rate_limit_exceeded" },
  pool_exhausted: USED_UP,
  upstream_rate_limited: rateLimit("rate_limit_exceeded"),
  upstream_refused_request: rateLimit("upstream_refused_request"),
  no_upstream_account: serverError("no_upstream_account"),
  upstream_overloaded: serverError("server_is_overloaded"),
  egress_blocked: serverError("egress_blocked"),
  not_ready: serverError("not_ready"),
  shutting_down: serverError("shutting_down"),
  upstream_failed: serverError("upstream_error"),
  upstream_interrupted: serverError("upstream_interrupted"),
  upstream_empty_answer: serverError("upstream_empty_answer"),
  upstream_malformed_call: serverError("upstream_malformed_call"),
  client_version_unsupported: serverError("client_version_unsupported"),
  upstream_timeout: serverError("timeout"),
  client_cancelled: invalidRequest("client_cancelled"),
  internal: serverError("internal_error"),
}

export function encodeError(error: GatewayError, context: ErrorContext): ErrorAnswer {
  const status = ERROR_CODES[error.code].status
  return { status, headers: answerHeaders(error), body: errorBody(error, context.now) }
}

/** After the stream began: no status, no headers, no absolute times. */
export function encodeStreamError(error: GatewayError): OpenAiErrorBody {
  return errorBody(error, undefined)
}

function errorBody(error: GatewayError, now: number | undefined): OpenAiErrorBody {
  const { type, code } = kindOf(error)
  return {
    error: {
      message: errorMessage(error),
      type,
      param: error.param ?? (error.code === "model_not_found" ? "model" : null),
      code,
      ...(type === "usage_limit_reached" ? resets(error.retryAfterMs, now) : {}),
    },
  }
}

/** Codex waits in silence for whatever time stands beside a plain limit: a long one is said in the words that stop it. */
function kindOf({ code, retryAfterMs = 0 }: GatewayError): ErrorKind {
  const kind = ERROR_KINDS[code]
  const isLimit = kind.type === RATE_LIMIT || kind.type === TOKEN_LIMIT
  return isLimit && retryAfterMs > LONGEST_RETRY_MS ? USED_UP : kind
}

/** Codex reads the wait from the end of the sentence. */
function errorMessage(error: GatewayError): string {
  if (kindOf(error).code !== "rate_limit_exceeded" || error.retryAfterMs === undefined) return error.message
  if (error.message.includes("Please try again in ")) return error.message
  return `${error.message} Please try again in ${Math.ceil(error.retryAfterMs / 100) / 10}s.`
}

function resets(
  retryAfterMs: number | undefined,
  now: number | undefined,
): { resets_at?: number; resets_in_seconds?: number } {
  if (retryAfterMs === undefined) return {}
  const seconds = Math.ceil(retryAfterMs / 1000)
  return {
    ...(now === undefined ? {} : { resets_at: Math.ceil((now + retryAfterMs) / 1000) }),
    resets_in_seconds: seconds,
  }
}
