import fc from "fast-check"
import { expect, test } from "vitest"
import { OwnTime } from "./own-time.ts"
import { manualClock } from "./testing/manual-clock.ts"

test("runs from the start, and not while it is paused", () => {
  const clock = manualClock()
  const own = new OwnTime(clock)
  clock.advance(0.25)
  own.pause()
  clock.advance(1_000)
  own.resume()
  clock.advance(0.5)
  expect(own.microseconds).toBe(750)
})

test("a time that was just read counts as now", () => {
  const clock = manualClock()
  const own = new OwnTime(clock)
  clock.advance(5)
  own.pause(3)
  own.resume(4)
  expect(own.microseconds).toBe(4_000)
})

test("once finished it never changes", () => {
  const clock = manualClock()
  const own = new OwnTime(clock)
  clock.advance(2)
  own.finish()
  own.resume()
  clock.advance(7)
  own.pause()
  expect(own.microseconds).toBe(2_000)
})

test("is never more than the time that passed, nor less than before", () => {
  const step = fc.record({ what: fc.constantFrom("pause", "resume", "finish", "none"), ms: fc.nat({ max: 20 }) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const clock = manualClock()
      const own = new OwnTime(clock)
      let before = 0
      for (const { what, ms } of steps) {
        clock.advance(ms)
        if (what === "pause") own.pause()
        else if (what === "resume") own.resume()
        else if (what === "finish") own.finish()
        expect(own.microseconds).toBeGreaterThanOrEqual(before)
        expect(own.microseconds).toBeLessThanOrEqual(clock.monotonic() * 1000)
        before = own.microseconds
      }
    }),
  )
})
