import type { Strategy } from "./strategy.ts"

/** Each in turn. Who was away for long has its turn at once, but only one. */
export const roundRobin: Strategy = {
  name: "round-robin",
  why: "longest ago",
  rank: ({ lastChosen }) => lastChosen,
}
