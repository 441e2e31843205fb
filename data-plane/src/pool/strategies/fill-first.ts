import type { Strategy } from "./strategy.ts"

/** Always the same account until it has no slot or quota left, then the next: the heaviest first. */
export const fillFirst: Strategy = {
  name: "fill-first",
  why: "as the first in order",
  rank: ({ weight }) => -weight,
}
