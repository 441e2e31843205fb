/** Numbers as people type them, read with the bounds that they have. Pure. */

export interface NumberBounds {
  readonly low: number
  readonly high: number
  readonly isWhole: boolean
}

export type NumberProblem = "empty" | "no-number" | "not-whole" | "out-of-range"

/** Digits, in groups of thousands where a person wrote them so; `1,5` is none, and must not become 15. */
const GROUPED = /^\d{1,3}(?:[\s,_']\d{3})+(?:\.\d+)?$/
const PLAIN = /^\d+(?:\.\d+)?$/

export function readNumber(
  text: string,
  { low, high, isWhole }: NumberBounds,
): { readonly value: number } | { readonly problem: NumberProblem } {
  const typed = text.trim()
  if (typed === "") return { problem: "empty" }
  const sign = typed.startsWith("-") ? -1 : 1
  const digits = typed.replace(/^[-+]/, "")
  if (!PLAIN.test(digits) && !GROUPED.test(digits)) return { problem: "no-number" }
  const value = sign * Number(digits.replace(/[\s,_']/g, ""))
  if (isWhole && !Number.isInteger(value)) return { problem: "not-whole" }
  if (!(value >= low && value <= high)) return { problem: "out-of-range" }
  return { value }
}
