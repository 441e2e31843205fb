import type { Strategy } from "./strategy.ts"

/** Of two drawn at random the one with fewer requests running: nearly as even as the best of all, and several data planes do not herd. */
export const leastInFlight: Strategy = {
  name: "least-in-flight",
  why: "as the less busy of two drawn",
  rank: ({ inFlight }) => inFlight,
  draws: 2,
}
