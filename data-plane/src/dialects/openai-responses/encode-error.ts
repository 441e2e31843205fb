import type { GatewayError } from "../../canonical/error.ts"
import type { ErrorAnswer, ErrorContext } from "../dialect.ts"
import { encodeError as encodeOpenAiError, encodeStreamError, type OpenAiErrorBody } from "../openai-error.ts"

/** Codes that clients of this wire wait for, where all of OpenAI's have a more general one: by our code and the field at fault. */
const OWN_CODES: Readonly<Record<string, string>> = {
  "unsupported_parameter previous_response_id": "previous_response_not_found",
  "not_stored input": "item_not_found",
}

/**
 * What stands in `response.error`: the few words that Codex decides by, and nothing else. A limit it waits for, the others end its
 * turn; whatever may pass, an overload too, is a `server_error`, after which it asks again.
 */
const FAILURE_CODES: Readonly<Record<string, string>> = {
  rate_limit_exceeded: "rate_limit_exceeded",
  context_length_exceeded: "context_length_exceeded",
  upstream_rejected_request: "invalid_prompt",
  usage_limit_reached: "insufficient_quota",
  insufficient_quota: "insufficient_quota",
}

export function encodeError(error: GatewayError, context: ErrorContext): ErrorAnswer {
  const answer = encodeOpenAiError(error, context)
  const timed = hasNoTime(error, answer) ? { ...answer, headers: withoutRetryAfter(answer.headers) } : answer
  const own = OWN_CODES[`${error.code} ${error.param ?? ""}`]
  if (own === undefined) return timed
  const { error: inner } = answer.body as OpenAiErrorBody // what the shared encoder makes
  return { ...timed, body: { error: { ...inner, code: own } } }
}

/**
 * Codex waits whatever `retry-after` says before each of the thirty tries that it gives a failing server, and takes one beside an
 * overload, where five tries would do, as a wish for thirty: minutes without a word. SDKs read `retry-after-ms` first.
 */
function hasNoTime({ code }: GatewayError, { status, headers }: ErrorAnswer): boolean {
  return code === "upstream_overloaded" || (status >= 500 && headers["x-should-retry"] === "false")
}

function withoutRetryAfter({ "retry-after": _time, ...rest }: ErrorAnswer["headers"]): ErrorAnswer["headers"] {
  return rest
}

/** For `response.failed`: no error stands at the top of a frame, SDKs would throw it away with the response. */
export function failureOf(error: GatewayError): { readonly code: string; readonly message: string } {
  const { code, message } = encodeStreamError(error).error
  return { code: FAILURE_CODES[code ?? ""] ?? "server_error", message }
}
