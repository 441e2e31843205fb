/** What was read of one quota window at some time, and how readings in a row hang together: which are kept, and for how long. Pure. */
import { SAME_RESET_MS } from "#shared/quota-bucket.ts"

export interface Point {
  readonly readAt: number
  /** 0 to 1; of a whole pool up to the number of its accounts. */
  readonly remainingFraction: number
  readonly resetsAt: number | undefined
  /** Tokens of our own requests since the point before; undefined: nobody counted. */
  readonly usedTokens: number | undefined
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Readings that say the same are kept at least so often, to show that somebody looked. */
const EVERY_MS = HOUR_MS
/** Younger points all stay; up to the second age one an hour does, then one a day. */
export const ALL_MS = 48 * HOUR_MS
export const HOURLY_MS = 14 * DAY_MS

/** The two were read of different windows. One of which nothing is used is not opened yet, and ends later each time it is read. */
export function isOtherWindow(before: Point, after: Point): boolean {
  if (before.resetsAt === undefined) return false
  if (before.resetsAt <= after.readAt) return true
  return after.resetsAt !== undefined && Math.abs(after.resetsAt - before.resetsAt) >= SAME_RESET_MS
}

/** Between the two something was given back: a window began, or the upstream changed its mind. */
export function isRenewed(before: Point, after: Point): boolean {
  if (after.remainingFraction > before.remainingFraction) return true
  return before.remainingFraction < 1 && isOtherWindow(before, after)
}

const isSame = (before: Point, after: Point): boolean =>
  before.remainingFraction === after.remainingFraction && !isRenewed(before, after)

/** Whether `next` is kept beside the two newest points; otherwise it takes the place of the last, as the end of a time without change. */
export function isKeptBeside(before: Point | undefined, last: Point | undefined, next: Point): boolean {
  if (last === undefined) return true
  if (next.readAt <= last.readAt) return false
  if (before === undefined || !isSame(before, last) || !isSame(last, next)) return true
  return next.readAt - before.readAt > EVERY_MS
}

/** `undefined` on both sides stays so: what nobody counted is not nothing. */
export function sumTokens(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0)
}

/**
 * What is left of `points` (oldest first) as they grow old. The first and last of each window stay whatever their age, so that every reset
 * is seen, and no token is lost: those of a point that goes are those of the next one.
 */
export function thin<Some extends Point>(points: readonly Some[], now: number): readonly Some[] {
  const kept: Some[] = []
  let usedTokens: number | undefined
  for (const [index, point] of points.entries()) {
    usedTokens = sumTokens(usedTokens, point.usedTokens)
    const [before, after] = [points[index - 1], points[index + 1]]
    const isEdge = before === undefined || after === undefined || isRenewed(before, point) || isRenewed(point, after)
    if (!isEdge && !isLastOfSlot(point, after, now)) continue
    kept.push(usedTokens === point.usedTokens ? point : { ...point, usedTokens })
    usedTokens = undefined
  }
  return kept
}

function isLastOfSlot({ readAt }: Point, after: Point, now: number): boolean {
  const age = now - readAt
  if (age <= ALL_MS) return true
  const slotMs = age <= HOURLY_MS ? HOUR_MS : DAY_MS
  return Math.floor(readAt / slotMs) !== Math.floor(after.readAt / slotMs)
}

/** At most `limit` (2 or more) of them, spread over their time: the first, the last, and of each part between the last. */
export function spread<Some>(points: readonly Some[], limit: number, atOf: (point: Some) => number): readonly Some[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length <= limit) return points
  const [parts, ms] = [limit - 1, atOf(last) - atOf(first)]
  // The first is part 0, and the last of each part after it stays.
  const partOf = (point: Some): number => Math.min(parts, Math.ceil(((atOf(point) - atOf(first)) / ms) * parts))
  return points.filter((point, index) => {
    const after = points[index + 1]
    return index === 0 || after === undefined || partOf(point) !== partOf(after)
  })
}
