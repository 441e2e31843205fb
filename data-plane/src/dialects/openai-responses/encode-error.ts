import type { GatewayError } from "../../canonical/error.ts"
import type { ErrorAnswer, ErrorContext } from "../dialect.ts"
import { encodeError as encodeOpenAiError, encodeStreamError, type OpenAiErrorBody } from "../openai-error.ts"

/** Codes that clients of this wire wait for, where all of OpenAI's have a more general one: by our code and the field at fault. */
const OWN_CODES: Readonly<Record<string, string>> = {
  "unsupported_parameter previous_response_id": "previous_response_not_found",
  "not_stored input": "item_not_found",
}

/** What stands in `response.error`: the few words that Codex decides by, and nothing else. */
const FAILURE_CODES: Readonly<Record<string, string>> = {
  context_length_exceeded: "context_length_exceeded",
  rate_limit_exceeded: "rate_limit_exceeded",
  usage_limit_reached: "insufficient_quota",
  insufficient_quota: "insufficient_quota",
}

export function encodeError(error: GatewayError, context: ErrorContext): ErrorAnswer {
  const answer = encodeOpenAiError(error, context)
  const own = OWN_CODES[`${error.code} ${error.param ?? ""}`]
  if (own === undefined) return answer
  const { error: inner } = answer.body as OpenAiErrorBody // what the shared encoder makes
  return { ...answer, body: { error: { ...inner, code: own } } }
}

/** For `response.failed`: no error stands at the top of a frame, SDKs would throw it away with the response. */
export function failureOf(error: GatewayError): { readonly code: string; readonly message: string } {
  const { code, message } = encodeStreamError(error).error
  return { code: FAILURE_CODES[code ?? ""] ?? "server_error", message }
}
