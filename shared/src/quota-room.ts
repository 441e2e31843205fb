/**
 * When a reading of its quota ends the rest of an account that the upstream had refused for it. Displayed quota lags behind, so a reading
 * that never noticed that the quota was used up proves nothing.
 */
import { quotaWindowMs, type QuotaBucket, type QuotaSource, type QuotaWindow } from "./quota-bucket.ts"

export interface QuotaRest {
  readonly bucket: QuotaBucket
  /** When the upstream refused the account, and until when it is left alone, in milliseconds since the epoch. */
  readonly since: number
  readonly until: number
}

export interface RoomReading {
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
  readonly source: QuotaSource
  /** 0 to 1. */
  readonly remainingFraction: number
  readonly resetsAt?: number | undefined
  readonly readAt: number
  /** When the same source last said that nothing is left; undefined: it never did. */
  readonly emptyAt?: number | undefined
}

/** Two readings may differ by so much in when a window ends, and a refusal's time from both. */
const SAME_TIME_MS = 60_000

/**
 * True: the newest readings of an account show that its quota is back. One of them must have moved: its source showed nothing left after the
 * refusal and now shows more, or it is of a window that began after the refusal. None of them may say that nothing is left, and a rest
 * that is longer than the short window, or that ends with a certain one, is ended by that window alone.
 */
export function provesRoom(rest: QuotaRest, readings: readonly RoomReading[]): boolean {
  const own = readings.filter(({ bucket }) => bucket === rest.bucket)
  if (own.some(({ remainingFraction }) => remainingFraction <= 0)) return false
  const isLong = rest.until - rest.since > quotaWindowMs("5h") + SAME_TIME_MS
  let isProven = false
  for (const reading of own) {
    if (hasMoved(reading, rest.since)) isProven ||= !(isLong && reading.window === "5h")
    else if (Math.abs((reading.resetsAt ?? Infinity) - rest.until) <= SAME_TIME_MS) return false
  }
  return isProven
}

function hasMoved({ window, resetsAt, readAt, remainingFraction, emptyAt }: RoomReading, since: number): boolean {
  if (readAt <= since) return false
  if (emptyAt !== undefined && emptyAt > since && emptyAt < readAt) return true
  if (resetsAt === undefined) return false
  const beganAt = resetsAt - quotaWindowMs(window)
  // A full window that begins with its reading is one that nobody has opened: on another deployment of the upstream it always looks like that.
  const isUnopened = remainingFraction === 1 && beganAt >= readAt - SAME_TIME_MS
  return beganAt > since && !isUnopened
}
