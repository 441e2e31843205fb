import type { Strategy } from "./strategy.ts"

/** Multiples of it, less their whole parts, are as far from one another as they can be, however many there are. */
const GOLDEN = 0.618_033_988_749_895

/**
 * Shares by weight, spread evenly over time. An account's mark is when its next turn begins, on a clock that the turns themselves move
 * on; a turn takes one over its weight. The middle of the turn decides, so a heavy account has its turns between those of the light ones.
 */
export const weighted: Strategy = {
  name: "weighted",
  why: "by its share",
  rank: ({ mark, weight }) => mark + 0.5 / weight,
  /** What it could not take while it was away is not owed to it. The first turns of accounts of one weight are spread too. */
  onReady(candidate, tier) {
    const { mark, order, weight } = candidate
    if (mark === 0) candidate.mark = tier.mark + ((order * GOLDEN) % 1) / weight
    else candidate.mark = Math.max(mark, tier.mark)
  },
  onChosen(candidate, tier) {
    tier.mark = Math.max(tier.mark, candidate.mark)
    candidate.mark += 1 / candidate.weight
  },
}
