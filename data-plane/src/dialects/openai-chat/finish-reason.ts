import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { ChatFinishReason } from "./wire.ts"

export const FINISH_REASONS: Readonly<Record<FinishReason["unified"], ChatFinishReason>> = {
  stop: "stop",
  length: "length",
  refusal: "content_filter",
  "tool-calls": "tool_calls",
}

/** What `refusal` says: the upstream's sentence where a safety stop came with one. */
export function refusalText(reason: FinishReason): string | undefined {
  return reason.unified === "refusal" ? reason.message : undefined
}
