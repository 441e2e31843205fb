import type { ErrorCode } from "#shared/error-code.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"

/** What an upstream `finishReason` means: an end of the answer, or a failure that must not pass for one. */
export type FinishMeaning =
  | { readonly type: "end"; readonly unified: FinishReason["unified"] }
  | { readonly type: "failure"; readonly code: ErrorCode; readonly message: string }

const end = (unified: FinishReason["unified"]): FinishMeaning => ({ type: "end", unified })

const MALFORMED_CALL: FinishMeaning = {
  type: "failure",
  code: "upstream_malformed_call",
  message: "The model wrote a tool call that cannot be read.",
}

const MEANINGS: Readonly<Record<string, FinishMeaning>> = {
  STOP: end("stop"),
  FINISH_REASON_UNSPECIFIED: end("stop"),
  OTHER: end("stop"),
  MAX_TOKENS: end("length"),
  SAFETY: end("refusal"),
  BLOCKLIST: end("refusal"),
  PROHIBITED_CONTENT: end("refusal"),
  SPII: end("refusal"),
  RECITATION: end("refusal"),
  LANGUAGE: end("refusal"),
  MALFORMED_FUNCTION_CALL: MALFORMED_CALL,
  UNEXPECTED_TOOL_CALL: MALFORMED_CALL,
  TOO_MANY_TOOL_CALLS: MALFORMED_CALL,
  NO_IMAGE: {
    type: "failure",
    code: "upstream_empty_answer",
    message: "The model was asked for an image and gave none.",
  },
}

/** Total: `IMAGE_…` reasons are refusals, a word that nobody has seen yet is a plain end (its raw form is kept). */
export function finishMeaning(raw: string): FinishMeaning {
  const known = Object.hasOwn(MEANINGS, raw) ? MEANINGS[raw] : undefined
  return known ?? end(raw.startsWith("IMAGE_") ? "refusal" : "stop")
}

/** Ours to this wire's word. What an upstream of this wire said itself is said again. */
export function encodeFinishReason({ unified, raw }: FinishReason): string {
  if (raw !== undefined && (Object.hasOwn(MEANINGS, raw) || raw.startsWith("IMAGE_"))) return raw
  return WORDS[unified]
}

const WORDS: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "STOP",
  "tool-calls": "STOP",
  length: "MAX_TOKENS",
  refusal: "SAFETY",
}

/** Whether this word of the upstream's stands for a failure, which a client of this wire is told as it is. */
export function isFailure(raw: unknown): boolean {
  return typeof raw === "string" && finishMeaning(raw).type === "failure"
}
