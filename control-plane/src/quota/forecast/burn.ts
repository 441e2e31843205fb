/**
 * How fast quota was used lately, from readings in a row. A reset is no negative burn, a time that nobody saw is not a time without
 * burn, what is used up burns no more, and what was given back was not used. Pure.
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

/** Of `points`, oldest first. They do not overlap. What the upstream gives back within a window was not used in it. */
export function burnsOf(points: readonly Point[], window: QuotaWindow): readonly Burn[] {
  const burns: Burn[] = []
  let windowFrom = 0
  for (const [index, after] of points.entries()) {
    const before = points[index - 1]
    if (before === undefined) continue
    if (isOtherWindow(before, after)) windowFrom = burns.length
    else takeBack(burns, windowFrom, after.remainingFraction - before.remainingFraction)
    const burn = burnBetween(before, after, window)
    if (burn !== undefined) burns.push(burn)
  }
  return burns
}

/** Of the newest first. */
function takeBack(burns: Burn[], from: number, given: number): void {
  let left = given
  for (let index = burns.length - 1; index >= from && left > 0; index -= 1) {
    const burn = burns[index]
    if (burn === undefined) return
    const back = Math.min(burn.fraction, left)
    burns[index] = { ...burn, fraction: burn.fraction - back }
    left -= back
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0)
}
