import fc from "fast-check"
import { expect, test } from "vitest"
import { cover } from "./sum-up.ts"

test("a time is covered once, by the longest steps that lie in it", () => {
  expect(cover(1_380, 4_380, 60)).toEqual([
    { minutes: 60, start: 1_380, end: 1_440 },
    { minutes: 1_440, start: 1_440, end: 4_320 },
    { minutes: 60, start: 4_320, end: 4_380 },
  ])
  expect(cover(1_500, 1_560, 60)).toEqual([{ minutes: 60, start: 1_500, end: 1_560 }])
  const minutes = fc.integer({ min: 0, max: 10_000 })
  fc.assert(
    fc.property(minutes, minutes, fc.constantFrom(1 as const, 60 as const, 1_440 as const), (from, length, finest) => {
      const [start, end] = [from * finest, (from + length) * finest]
      const stretches = cover(start, end, finest)
      let at = start
      for (const stretch of stretches) {
        expect(stretch.start).toBe(at)
        expect([stretch.start % stretch.minutes, stretch.end % stretch.minutes]).toEqual([0, 0])
        expect(stretch.end).toBeGreaterThan(stretch.start)
        at = stretch.end
      }
      expect(at).toBe(end)
      const ofHours = stretches.filter((one) => one.minutes === 60).reduce((sum, one) => sum + one.end - one.start, 0)
      expect(ofHours).toBeLessThan(2 * 1_440)
    }),
  )
})
