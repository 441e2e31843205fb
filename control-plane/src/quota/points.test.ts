import fc from "fast-check"
import { expect, test } from "vitest"
import { HOURLY_MS, isKeptBeside, isRenewed, spread, thin, type Point } from "./points.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.parse("2026-11-26T12:00:00Z")
const point = (readAt: number, remainingFraction: number, resetsAt: number | undefined, usedTokens?: number): Point => {
  return { readAt, remainingFraction, resetsAt, usedTokens }
}

/** Readings of one window after another, of which each is used up more and more, or not at all. */
const history = fc
  .array(
    fc.record({
      gapMinutes: fc.integer({ min: 1, max: 900 }),
      isNewWindow: fc.boolean(),
      used: fc.double({ min: 0, max: 0.4, noNaN: true }),
      usedTokens: fc.option(fc.nat(1_000), { nil: undefined }),
    }),
    { maxLength: 120, size: "max" },
  )
  .map((steps) => {
    let at = NOW - 60 * DAY
    let left = 1
    let resetsAt = at + 5 * HOUR
    return steps.map(({ gapMinutes, isNewWindow, used, usedTokens }) => {
      at += gapMinutes * MINUTE
      if (isNewWindow || at >= resetsAt) [left, resetsAt] = [1, at + 5 * HOUR]
      left = Math.max(0, left - used)
      return point(at, left, resetsAt, usedTokens)
    })
  })

const edges = (points: readonly Point[]): Point[] =>
  points.filter((one, index) => {
    const [before, after] = [points[index - 1], points[index + 1]]
    return before === undefined || after === undefined || isRenewed(before, one) || isRenewed(one, after)
  })
const times = (points: readonly Point[]): number[] => points.map(({ readAt }) => readAt)
const tokens = (points: readonly Point[]): number => points.reduce((sum, { usedTokens }) => sum + (usedTokens ?? 0), 0)

test("thinning keeps the first and last of every window, in order, and every token", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 100 * DAY }), (points, later) => {
      const kept = thin(points, NOW + later)
      expect(times(kept)).toEqual(times(points).filter((at) => times(kept).includes(at)))
      expect(times(kept)).toEqual(expect.arrayContaining(times(edges(points))))
      expect(tokens(kept)).toBe(tokens(points))
      // As many resets as before, between the same readings of different windows.
      const resets = (all: readonly Point[]): number =>
        all.filter((one, index) => index > 0 && isRenewed(all[index - 1] ?? one, one)).length
      expect(resets(kept)).toBe(resets(points))
    }),
  )
})

test("thinning again changes nothing, and thinning in between neither", () => {
  fc.assert(
    fc.property(history, fc.nat(40 * DAY), fc.nat(40 * DAY), (points, first, more) => {
      const once = thin(points, NOW + first)
      expect(thin(once, NOW + first)).toEqual(once)
      expect(times(thin(once, NOW + first + more))).toEqual(times(thin(points, NOW + first + more)))
    }),
  )
})

test("all of two days stay, then one an hour, then one a day", () => {
  const everyTenMinutes = (days: number): Point[] =>
    Array.from({ length: days * 144 }, (_, index) => {
      return point(NOW - (days * 144 - index) * 10 * MINUTE, 0.9 - index / 1e5, NOW + 7 * DAY)
    })
  expect(thin(everyTenMinutes(2), NOW)).toHaveLength(288)
  const kept = thin(everyTenMinutes(30), NOW)
  const count = (from: number, to: number): number =>
    kept.filter(({ readAt }) => readAt >= NOW - to && readAt < NOW - from).length
  expect(count(0, 48 * HOUR)).toBe(288)
  expect(count(48 * HOUR, HOURLY_MS)).toBe(12 * 24)
  expect(count(HOURLY_MS, 31 * DAY)).toBeLessThanOrEqual(18)
})

test("what stays the same is kept hourly, with the end of its time; what differs always", () => {
  const resetsAt = NOW + 4 * HOUR
  const kept: Point[] = []
  const take = (next: Point): void => {
    if (!isKeptBeside(kept.at(-2), kept.at(-1), next)) kept.pop()
    kept.push(next)
  }
  for (let minute = 0; minute <= 90; minute += 10) take(point(NOW + minute * MINUTE, 0.5, resetsAt))
  take(point(NOW + 100 * MINUTE, 0.4, resetsAt))
  expect(times(kept).map((at) => (at - NOW) / MINUTE)).toEqual([0, 60, 90, 100])
})

test("a window that nobody has opened is not another one each time it is read; a renewed one is", () => {
  const unused = (readAt: number): Point => point(readAt, 1, readAt + 5 * HOUR)
  expect(isRenewed(unused(NOW), unused(NOW + HOUR))).toBe(false)
  expect(isRenewed(unused(NOW), point(NOW + HOUR, 0.9, NOW + 5.5 * HOUR))).toBe(false)
  expect(isRenewed(point(NOW, 0.5, NOW + 1), point(NOW + HOUR, 0.5, NOW + 5 * HOUR))).toBe(true)
  expect(isRenewed(point(NOW, 0.5, undefined), point(NOW + HOUR, 0.6, undefined))).toBe(true)
})

test("a history that is too long to show is spread, with its first and last", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 2, max: 40 }), (points, limit) => {
      const shown = spread(points, limit, ({ readAt }) => readAt)
      expect(shown.length).toBeLessThanOrEqual(limit)
      expect(shown[0]).toBe(points[0])
      expect(shown.at(-1)).toBe(points.at(-1))
    }),
  )
})
