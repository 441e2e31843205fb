import type { Strategy } from "./strategy.ts"

/**
 * Shares by weight, spread evenly over time. An account's mark is when its next turn begins, on a clock that the turns themselves move
 * on; a turn takes one over its weight. The middle of the turn decides, so a heavy account has its turns between those of the light ones.
 */
export const weighted: Strategy = {
  name: "weighted",
  why: "by its share",
  rank: ({ mark, account }) => mark + 0.5 / account.account.weight,
  /** What it could not take while it was away is not owed to it. */
  onReady(candidate, tier) {
    candidate.mark = Math.max(candidate.mark, tier.mark)
  },
  onChosen(candidate, tier) {
    tier.mark = Math.max(tier.mark, candidate.mark)
    candidate.mark += 1 / candidate.account.account.weight
  },
}
