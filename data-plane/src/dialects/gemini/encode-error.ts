import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { ErrorAnswer } from "../dialect.ts"
import { answerHeaders } from "../error-headers.ts"

export interface ErrorKind {
  /** The vendor's word for the status. */
  readonly status: string
  /** Of the `ErrorInfo`, where clients decide by it. */
  readonly reason?: string
}

export interface GeminiErrorBody {
  readonly error: {
    readonly code: number
    readonly message: string
    readonly status: string
    readonly details?: readonly object[]
  }
}

const INVALID_ARGUMENT: ErrorKind = { status: "INVALID_ARGUMENT" }
const NOT_FOUND: ErrorKind = { status: "NOT_FOUND" }
const UNAVAILABLE: ErrorKind = { status: "UNAVAILABLE" }
const INTERNAL: ErrorKind = { status: "INTERNAL" }
const RATE_LIMIT: ErrorKind = { status: "RESOURCE_EXHAUSTED", reason: "RATE_LIMIT_EXCEEDED" }

/** `status` and reason as Google's SDKs and gemini-cli read them. */
export const ERROR_KINDS: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_json: INVALID_ARGUMENT,
  invalid_request: INVALID_ARGUMENT,
  missing_parameter: INVALID_ARGUMENT,
  unsupported_parameter: INVALID_ARGUMENT,
  unsupported_tool: INVALID_ARGUMENT,
  context_length_exceeded: INVALID_ARGUMENT,
  upstream_rejected_request: INVALID_ARGUMENT,
  image_generation_failed: INVALID_ARGUMENT,
  content_policy_violation: INVALID_ARGUMENT,
  invalid_api_key: { status: "UNAUTHENTICATED" },
  permission_denied: { status: "PERMISSION_DENIED" },
  model_not_found: NOT_FOUND,
  not_stored: NOT_FOUND,
  unknown_path: NOT_FOUND,
  method_not_allowed: INVALID_ARGUMENT,
  request_too_large: INVALID_ARGUMENT,
  unsupported_encoding: INVALID_ARGUMENT,
  upgrade_refused: INVALID_ARGUMENT,
  headers_too_many: INVALID_ARGUMENT,
  pool_busy: { status: "RESOURCE_EXHAUSTED" },
  pool_cooling: RATE_LIMIT,
  key_guesses_limited: RATE_LIMIT,
  key_quota_used: { status: "RESOURCE_EXHAUSTED", reason: "QUOTA_EXHAUSTED" },
  key_requests_limited: RATE_LIMIT,
  key_tokens_limited: RATE_LIMIT,
  pool_exhausted: { status: "RESOURCE_EXHAUSTED", reason: "QUOTA_EXHAUSTED" },
  upstream_rate_limited: RATE_LIMIT,
  upstream_refused_request: { status: "RESOURCE_EXHAUSTED" },
  no_upstream_account: UNAVAILABLE,
  upstream_overloaded: { status: "UNAVAILABLE", reason: "MODEL_CAPACITY_EXHAUSTED" },
  egress_blocked: UNAVAILABLE,
  not_ready: UNAVAILABLE,
  shutting_down: UNAVAILABLE,
  upstream_failed: INTERNAL,
  upstream_interrupted: INTERNAL,
  upstream_empty_answer: INTERNAL,
  upstream_malformed_call: INTERNAL,
  client_version_unsupported: INTERNAL,
  upstream_timeout: { status: "DEADLINE_EXCEEDED" },
  client_cancelled: { status: "CANCELLED" },
  internal: INTERNAL,
}

/** Whose quota it is; gemini-cli takes a reason under no other name. */
const DOMAIN = "cloudcode-pa.googleapis.com"
const TYPE = "type.googleapis.com/google.rpc"

export function encodeError(error: GatewayError): ErrorAnswer {
  return { status: ERROR_CODES[error.code].status, headers: answerHeaders(error), body: errorBody(error) }
}

/** The same before a stream and in it. */
export function errorBody(error: GatewayError): GeminiErrorBody {
  const { status } = ERROR_KINDS[error.code]
  const details = detailsOf(error)
  return {
    error: {
      code: ERROR_CODES[error.code].status,
      message: error.message,
      status,
      ...(details.length === 0 ? {} : { details }),
    },
  }
}

/** When to try again, why, and which field is wrong: what clients decide by. */
function detailsOf({ code, message, param, retryAfterMs }: GatewayError): readonly object[] {
  const { status, reason } = ERROR_KINDS[code]
  const details: object[] = []
  // Without a time a rate limit would read as the end of a quota.
  if (reason !== undefined && (reason !== "RATE_LIMIT_EXCEEDED" || retryAfterMs !== undefined))
    details.push({ "@type": `${TYPE}.ErrorInfo`, reason, domain: DOMAIN })
  if (retryAfterMs !== undefined)
    details.push({ "@type": `${TYPE}.RetryInfo`, retryDelay: `${Math.max(1, Math.ceil(retryAfterMs)) / 1000}s` })
  if (status === "INVALID_ARGUMENT" && param !== undefined)
    details.push({ "@type": `${TYPE}.BadRequest`, fieldViolations: [{ field: param, description: message }] })
  return details
}
