/** What can be asked about thinking, by a request's field or by the name of a model. */

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
