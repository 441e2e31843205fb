import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { AnswerContext, ErrorAnswer, ErrorContext } from "../dialect.ts"
import { answerHeaders } from "../error-headers.ts"
import type { MessagesErrorBody } from "./wire.ts"

export interface ErrorKind {
  readonly type: string
  /** Where this vendor's status is not the gateway's own. */
  readonly status?: number
}

const OVERLOADED: ErrorKind = { type: "overloaded_error", status: 529 }
const INVALID_REQUEST: ErrorKind = { type: "invalid_request_error" }
const RATE_LIMIT: ErrorKind = { type: "rate_limit_error" }
const API_ERROR: ErrorKind = { type: "api_error" }

/** `type` and status as Anthropic's SDKs and Claude Code read them. */
export const ERROR_KINDS: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_json: INVALID_REQUEST,
  invalid_request: INVALID_REQUEST,
  missing_parameter: INVALID_REQUEST,
  unsupported_parameter: INVALID_REQUEST,
  unsupported_tool: INVALID_REQUEST,
  context_length_exceeded: INVALID_REQUEST,
  upstream_rejected_request: INVALID_REQUEST,
  image_generation_failed: INVALID_REQUEST,
  content_policy_violation: INVALID_REQUEST,
  invalid_api_key: { type: "authentication_error" },
  permission_denied: { type: "permission_error" },
  model_not_found: { type: "not_found_error" },
  not_stored: { type: "not_found_error" },
  unknown_path: { type: "not_found_error" },
  method_not_allowed: INVALID_REQUEST,
  request_too_large: { type: "request_too_large" },
  unsupported_encoding: INVALID_REQUEST,
  upgrade_refused: INVALID_REQUEST,
  headers_too_many: INVALID_REQUEST,
  pool_busy: RATE_LIMIT,
  pool_cooling: RATE_LIMIT,
  key_guesses_limited: RATE_LIMIT,
  key_quota_used: RATE_LIMIT,
  key_requests_limited: RATE_LIMIT,
  key_tokens_limited: RATE_LIMIT,
  pool_exhausted: RATE_LIMIT,
  upstream_rate_limited: RATE_LIMIT,
  upstream_refused_request: RATE_LIMIT,
  no_upstream_account: API_ERROR,
  upstream_overloaded: OVERLOADED,
  egress_blocked: API_ERROR,
  not_ready: OVERLOADED,
  shutting_down: OVERLOADED,
  upstream_failed: { type: "api_error", status: 500 },
  upstream_interrupted: API_ERROR,
  upstream_empty_answer: API_ERROR,
  upstream_malformed_call: API_ERROR,
  client_version_unsupported: API_ERROR,
  upstream_timeout: { type: "timeout_error" },
  client_cancelled: API_ERROR,
  internal: API_ERROR,
}

export function errorStatus(code: ErrorCode): number {
  return ERROR_KINDS[code].status ?? ERROR_CODES[code].status
}

export function encodeError(error: GatewayError, context: ErrorContext): ErrorAnswer {
  return { status: errorStatus(error.code), headers: answerHeaders(error), body: errorBody(error, context) }
}

/** The data of an `error` event in the middle of a stream. */
export function encodeStreamError(error: GatewayError, context: AnswerContext): MessagesErrorBody {
  return errorBody(error, context)
}

function errorBody(
  error: GatewayError,
  context: { readonly exchangeId: string; readonly model?: string },
): MessagesErrorBody {
  const threads =
    error.code === "unsupported_parameter" && (error.param === "thread" || error.param === "previous_message_id")
  return {
    type: "error",
    error: {
      type: ERROR_KINDS[error.code].type,
      message: errorMessage(error, context.model),
      ...(threads ? { details: { error_code: "thread_unsupported_request" } } : {}),
    },
    request_id: context.exchangeId,
  }
}

/** A name is the client's own text, of any length. */
const LONGEST_NAME = 200

/** Claude Code knows these two errors by how the sentence begins. */
function errorMessage(error: GatewayError, model: string | undefined): string {
  if (error.code === "context_length_exceeded") return tooLong(error.message)
  if (error.code === "model_not_found" && model !== undefined && !error.message.startsWith("model: ")) {
    return `model: ${model.slice(0, LONGEST_NAME)}. ${error.message}`
  }
  return error.message
}

/** `prompt is too long: N tokens > M maximum`, with the numbers of the upstream's own sentence where it has them. */
function tooLong(message: string): string {
  const stated = /prompt is too long: \d+ tokens > \d+ maximum/i.exec(message)?.[0]
  if (stated !== undefined) return `p${stated.slice(1)}`
  const [first, second] = [...message.matchAll(/\d[\d,]{2,}/g)].map(([digits]) => Number(digits.replaceAll(",", "")))
  if (first === undefined || second === undefined) return `prompt is too long: ${message}`
  return `prompt is too long: ${Math.max(first, second)} tokens > ${Math.min(first, second)} maximum`
}
