/** What a client asks about thinking, whatever words its dialect has for it. `thinking/budget.ts` makes a budget of it. */

/** Levels in rising order; `none` of some dialects is the kind `off`. */
export const REASONING_LEVELS = ["minimal", "low", "medium", "high", "xhigh", "max"] as const

export type ReasoningLevel = (typeof REASONING_LEVELS)[number]

export type ReasoningWish =
  | { readonly kind: "off" }
  | { readonly kind: "effort"; readonly level: ReasoningLevel }
  /** A whole number of tokens, 1 or more. */
  | { readonly kind: "budget"; readonly tokens: number }
  /** As much as the model finds right. */
  | { readonly kind: "auto" }

/** `show`: the client wants to read the thoughts; a signature may go to it all the same. */
export type ReasoningAsk = ReasoningWish & { readonly show: boolean }
