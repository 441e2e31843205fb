import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { CompletionFinishReason } from "./wire.ts"

/** The wire has no calls, and no request of this dialect declares tools. */
export const FINISH_REASONS: Readonly<Record<FinishReason["unified"], CompletionFinishReason>> = {
  stop: "stop",
  length: "length",
  refusal: "content_filter",
  "tool-calls": "stop",
}
