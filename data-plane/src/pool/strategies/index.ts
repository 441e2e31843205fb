/** The list of strategies, and nothing but the list. */
import type { PoolStrategyName } from "#shared/pool-strategy.ts"
import { fillFirst } from "./fill-first.ts"
import { leastInFlight } from "./least-in-flight.ts"
import { mostQuota } from "./most-quota.ts"
import { roundRobin } from "./round-robin.ts"
import type { Strategy } from "./strategy.ts"
import { weighted } from "./weighted.ts"

export const STRATEGIES: Readonly<Record<PoolStrategyName, Strategy>> = {
  "round-robin": roundRobin,
  weighted,
  "least-in-flight": leastInFlight,
  "most-quota": mostQuota,
  "fill-first": fillFirst,
}
