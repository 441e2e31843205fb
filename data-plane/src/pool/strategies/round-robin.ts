import type { Candidate, Strategy } from "./strategy.ts"

/** Each in turn: the account that was chosen longest ago. */
export const roundRobin: Strategy = {
  name: "round-robin",
  choose<C extends Candidate>(candidates: readonly C[]): C | undefined {
    let best: C | undefined
    for (const candidate of candidates) {
      if (best === undefined || candidate.lastChosen < best.lastChosen) best = candidate
    }
    return best
  },
}
