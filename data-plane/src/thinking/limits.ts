/** What models can think, where their catalogue does not say or is known to be wrong. What an effort means is in `#shared/effort-table.ts`. */

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
