/** Efforts as budgets, the same for every dialect and family; clamped to the model's own range afterwards. */
import type { ReasoningLevel } from "../canonical/reasoning.ts"

/** Tokens; `maximum` is what the model can think at most. */
export type EffortTable = Readonly<Record<ReasoningLevel, number | "maximum">>

export const EFFORT_TABLE: EffortTable = {
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: "maximum",
}

/** For models that do not take the dynamic budget −1. */
export const AUTO_BUDGET = 8192

/** No Gemini model takes more, whatever its catalogue says. */
export const GEMINI_MAXIMUM = 32_768
export const GEMINI_25_FLASH_MAXIMUM = 24_576

/** Claude refuses less. */
export const CLAUDE_MINIMUM = 1024
/** Of Claude while no catalogue names another. */
export const CLAUDE_MAX_OUTPUT_TOKENS = 64_000

/** Kept for the answer itself where the budget must be lowered under the output limit. */
export const ANSWER_ROOM = 1024

/**
 * Least budgets of models that cannot be told not to think, for catalogues that do not say; the first pattern that fits counts.
 */
export const KNOWN_MINIMUMS: readonly (readonly [id: RegExp, minimum: number])[] = [
  [/^gemini-2\.5-flash/, 1],
  [/^gemini-(?:[\d.]+-)?pro/, 128],
  [/^gemini-3-flash(?:-agent)?$/, 128],
  [/^gemini-.*-image/, 128],
]
