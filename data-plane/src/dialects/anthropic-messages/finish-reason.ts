import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StopDetails, StopReason } from "./wire.ts"

const STOP_REASONS: Readonly<Record<FinishReason["unified"], StopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
  refusal: "refusal",
  "tool-calls": "tool_use",
}

export interface Stop {
  readonly stop_reason: StopReason
  readonly stop_sequence: string | null
  readonly stop_details: StopDetails | null
}

/**
 * How the answer ended. The upstream does not tell which stop sequence was hit, and leaves it out as a rule: `stop_sequence` is
 * claimed only where `text`, the end of the answer's text, shows one.
 */
export function stopOf(reason: FinishReason, text: string, { sampling }: ChatRequest): Stop {
  const hit = reason.unified === "stop" ? sampling.stop?.find((sequence) => text.endsWith(sequence)) : undefined
  return {
    stop_reason: hit === undefined ? STOP_REASONS[reason.unified] : "stop_sequence",
    stop_sequence: hit ?? null,
    stop_details: stopDetails(reason),
  }
}

/** How much of a text's end `stopOf` looks at. */
export function longestStop({ sampling }: ChatRequest): number {
  return (sampling.stop ?? []).reduce((longest, { length }) => Math.max(longest, length), 0)
}

function stopDetails(reason: FinishReason): StopDetails | null {
  return reason.unified === "refusal" ? { type: "refusal", category: null, explanation: reason.message ?? null } : null
}
