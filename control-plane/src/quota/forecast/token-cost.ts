/**
 * What our own tokens cost of a quota, learnt from how far readings fell while they were used, and so what was used since the last
 * reading. It is an estimate: it is made of many falls or not at all, and takes no more off a reading than its age allows. Pure.
 */
import type { QuotaWindow } from "#shared/quota-bucket.ts"
import { sum, type Burn } from "./burn.ts"

/** So fast a full window can be used up. What fell faster is somebody else's work, or a change of the upstream's mind. */
const SHORTEST_MS: Readonly<Record<QuotaWindow, number>> = {
  "5h": 40 * 60_000,
  weekly: 3 * 3_600_000,
  nearest: 40 * 60_000,
}
/** A fall of so much may show late, and all at once. */
const LATE_FALL = 0.25
/** Of fewer falls nothing is learnt. */
const FEWEST_FALLS = 6

export interface TokenCost {
  /** Of an account's full window. */
  readonly perToken: number
  /** Of which it was learnt. */
  readonly falls: number
}

interface Fall {
  readonly perToken: number
  readonly tokens: number
}

/** One account's: readings that stayed as they were belong to the next one that fell, as the upstream may tell coarse steps alone. */
function fallsOf(burns: readonly Burn[], window: QuotaWindow): readonly Fall[] {
  const falls: Fall[] = []
  let tokens = 0
  for (const burn of burns) {
    if (burn.tokens === undefined) {
      tokens = 0
      continue
    }
    tokens += burn.tokens
    if (burn.fraction === 0) continue
    const isOurs = burn.fraction <= Math.max(LATE_FALL, fastest(burn.to - burn.from, window))
    if (isOurs && tokens > 0) falls.push({ perToken: burn.fraction / tokens, tokens })
    tokens = 0
  }
  return falls
}

/**
 * The median over falls of all accounts, each with the weight of its tokens: where others used an account too its falls seem dear, and
 * have few tokens. Undefined: too few were seen.
 */
export function tokenCost(accounts: readonly (readonly Burn[])[], window: QuotaWindow): TokenCost | undefined {
  const falls = accounts
    .flatMap((burns) => fallsOf(burns, window))
    .toSorted((left, right) => left.perToken - right.perToken)
  if (falls.length < FEWEST_FALLS) return undefined
  let half = sum(falls.map(({ tokens }) => tokens)) / 2
  const middle = falls.find(({ tokens }) => (half -= tokens) <= 0)
  return middle && { perToken: middle.perToken, falls: falls.length }
}

/** What so many tokens used of an account's window in so much time. */
export function usedBy(tokens: number, ms: number, cost: TokenCost | undefined, window: QuotaWindow): number {
  return cost === undefined ? 0 : Math.min(cost.perToken * tokens, fastest(Math.max(0, ms), window))
}

const fastest = (ms: number, window: QuotaWindow): number => ms / SHORTEST_MS[window]
