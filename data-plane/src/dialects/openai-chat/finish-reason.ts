import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { ChatFinishReason } from "./wire.ts"

const FINISH_REASONS: Readonly<Record<FinishReason["unified"], ChatFinishReason>> = {
  stop: "stop",
  length: "length",
  refusal: "content_filter",
  "tool-calls": "tool_calls",
}

/** Clients that declared `functions` know another word for a call. */
export function finishReason(reason: FinishReason, legacyFunctions: boolean): ChatFinishReason {
  return reason.unified === "tool-calls" && legacyFunctions ? "function_call" : FINISH_REASONS[reason.unified]
}

/** What `refusal` says: the upstream's sentence where a safety stop came with one. */
export function refusalText(reason: FinishReason): string | undefined {
  return reason.unified === "refusal" ? reason.message : undefined
}
