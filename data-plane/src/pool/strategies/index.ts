/** The list of strategies, and nothing but the list. */
import { roundRobin } from "./round-robin.ts"
import type { Strategy } from "./strategy.ts"

export const STRATEGIES = { "round-robin": roundRobin } as const satisfies Record<string, Strategy>
