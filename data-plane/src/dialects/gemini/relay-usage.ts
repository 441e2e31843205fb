import type { StreamPart } from "../../canonical/stream-part.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import { encodeUsage } from "./usage.ts"

/** About how many letters make a token, for an answer whose upstream counted nothing at all. */
const LETTERS_PER_TOKEN = 3.5

/** Knows the newest usage of a relayed answer, for a last event that has none. */
export interface UsageTap {
  event(event: WireObject): void
  part(part: StreamPart): void
  /** What this event should say and does not; undefined when it says it. */
  missingIn(event: WireObject): object | undefined
}

export function createUsageTap(estimatedInputTokens: number): UsageTap {
  let newest: WireObject | undefined
  let letters = 0
  return {
    event({ usageMetadata }) {
      // An empty one counts nothing.
      if (isObject(usageMetadata) && Object.keys(usageMetadata).length > 0) newest = usageMetadata
    },
    part(part) {
      if (part.type === "text-delta" || part.type === "reasoning-delta") letters += part.text.length
      else if (part.type === "tool-input-delta") letters += part.json.length
    },
    missingIn({ usageMetadata }) {
      if (newest !== undefined) return usageMetadata === newest ? undefined : newest
      const outputTokens = Math.ceil(letters / LETTERS_PER_TOKEN)
      return encodeUsage({}, { inputTokens: estimatedInputTokens, outputTokens })
    },
  }
}
