import type { Strategy } from "./strategy.ts"

/** Of an account of which nothing was read: half is left, for half of the time. Unknown is neither empty nor full. */
export const UNKNOWN_HEADROOM = 0.25

/** Small enough to decide only between accounts with the same quota, over billions of turns: those take turns. */
const TURN = 1e-12

/** Where most quota is left in the tighter of its windows; what comes back soon counts as more. */
export const mostQuota: Strategy = {
  name: "most-quota",
  why: "for its quota",
  rank: ({ headroom = UNKNOWN_HEADROOM, lastChosen }) => lastChosen * TURN - headroom,
}
