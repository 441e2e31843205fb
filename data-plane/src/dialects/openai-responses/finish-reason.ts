import type { FinishReason } from "../../canonical/finish-reason.ts"

export type IncompleteReason = "max_output_tokens" | "content_filter"

/** Undefined: the response is complete, a call that is to be answered included. */
export function incompleteReason({ unified }: FinishReason): IncompleteReason | undefined {
  if (unified === "length") return "max_output_tokens"
  return unified === "refusal" ? "content_filter" : undefined
}
