import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { StopDetails, StopReason } from "./wire.ts"

/** The upstream does not tell which stop sequence was hit, so `stop_sequence` is never claimed. */
export const STOP_REASONS: Readonly<Record<FinishReason["unified"], StopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
  refusal: "refusal",
  "tool-calls": "tool_use",
}

export function stopDetails(reason: FinishReason): StopDetails | null {
  return reason.unified === "refusal" ? { type: "refusal", category: null, explanation: reason.message ?? null } : null
}
