/**
 * How fast quota was used lately, from readings in a row. A reset is no negative burn, a time that nobody saw is not a time without
 * burn, and what is used up burns no more. Pure.
 */
import { quotaWindowMs, type QuotaWindow } from "#shared/quota-bucket.ts"
import { isOtherWindow, type Point } from "../points.ts"

/** So much of an account's window was used between two times. */
export interface Burn {
  readonly from: number
  readonly to: number
  readonly fraction: number
  /** Tokens of our own requests meanwhile; undefined: nobody counted. */
  readonly tokens: number | undefined
}

/** What two readings in a row show; undefined: nothing for sure. */
function burnBetween(before: Point, after: Point, window: QuotaWindow): Burn | undefined {
  const to = after.readAt
  const tokens = after.usedTokens
  const fell = before.remainingFraction - after.remainingFraction
  if (!isOtherWindow(before, after)) return fell < 0 ? undefined : { from: before.readAt, to, fraction: fell, tokens }
  // It was full when it began, whenever that was meanwhile.
  if (before.remainingFraction === 1) return { from: before.readAt, to, fraction: fell, tokens }
  const { resetsAt: endedAt = Infinity } = before
  if (endedAt > to) return undefined
  // Several windows may have ended meanwhile; how long the nearest one is nobody told.
  const isKnown = window !== "nearest" && after.resetsAt !== undefined
  const beganAt = isKnown ? after.resetsAt - quotaWindowMs(window) : endedAt
  const from = Math.max(before.readAt, endedAt, beganAt)
  return from < to ? { from, to, fraction: 1 - after.remainingFraction, tokens: undefined } : undefined
}

/** Of `points`, oldest first. They do not overlap. */
export function burnsOf(points: readonly Point[], window: QuotaWindow): readonly Burn[] {
  return points.flatMap((after, index) => {
    const before = points[index - 1]
    return before === undefined ? [] : (burnBetween(before, after, window) ?? [])
  })
}

/**
 * What a token of ours costs as a share of the window: the median over accounts, each with the weight of its tokens. One that is also
 * used elsewhere seems dear, and is one among many. Undefined: no reading fell by what we used.
 */
export function tokenCost(accounts: readonly (readonly Burn[])[]): number | undefined {
  const costs = accounts
    .flatMap((burns) => {
      const counted = burns.filter(({ tokens }) => tokens !== undefined)
      const tokens = sum(counted.map((burn) => burn.tokens ?? 0))
      const fraction = sum(counted.map((burn) => burn.fraction))
      return tokens > 0 && fraction > 0 ? [{ cost: fraction / tokens, tokens }] : []
    })
    .toSorted((left, right) => left.cost - right.cost)
  let half = sum(costs.map(({ tokens }) => tokens)) / 2
  return costs.find(({ tokens }) => (half -= tokens) <= 0)?.cost
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0)
}
