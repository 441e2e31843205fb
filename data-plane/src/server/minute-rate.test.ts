import fc from "fast-check"
import { expect, it } from "vitest"
import { MinuteRate } from "./minute-rate.ts"

it("gives a minute's worth at once, then one after the other", () => {
  const rate = new MinuteRate(6, 0)
  for (let taken = 0; taken < 6; taken++) {
    expect(rate.waitMs(6, 0)).toBe(0)
    rate.take(1, 6, 0)
  }
  expect(rate.waitMs(6, 0)).toBe(10_000)
  expect(rate.waitMs(6, 9_999)).toBe(1)
  expect(rate.waitMs(6, 10_000)).toBe(0)
  rate.take(1, 6, 10_000)
  expect(rate.waitMs(6, 10_000)).toBe(10_000)
})

it("is never fuller than one minute's worth", () => {
  const rate = new MinuteRate(2, 0)
  expect(rate.standing(2, 3_600_000)).toEqual({ limit: 2, remaining: 2, resetMs: 0 })
  rate.take(1, 2, 3_600_000)
  expect(rate.standing(2, 3_600_000)).toEqual({ limit: 2, remaining: 1, resetMs: 30_000 })
})

it("what was taken below nothing is paid back first", () => {
  const rate = new MinuteRate(100, 0)
  rate.take(250, 100, 0)
  expect(rate.standing(100, 0)).toEqual({ limit: 100, remaining: 0, resetMs: 150_000 })
  expect(rate.waitMs(100, 0)).toBe(90_600)
  expect(rate.waitMs(100, 90_600)).toBe(0)
})

it("follows a limit that changes", () => {
  const rate = new MinuteRate(10, 0)
  expect(rate.standing(4, 0).remaining).toBe(4)
  rate.take(4, 4, 0)
  expect(rate.waitMs(4, 0)).toBe(15_000)
  expect(rate.waitMs(60, 0)).toBe(1_000)
})

it("never gives more than a minute's worth and the rate, and what it says of waiting is true", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60, size: "max" })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), steps, (perMinute, pauses) => {
      const rate = new MinuteRate(perMinute, 0)
      let now = 0
      let given = 0
      for (const pause of pauses) {
        now += pause
        const waitMs = rate.waitMs(perMinute, now)
        if (waitMs > 0) {
          expect(rate.waitMs(perMinute, now + waitMs)).toBe(0)
          now += waitMs
        }
        rate.take(1, perMinute, now)
        given += 1
        expect(given).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-3)
      }
    }),
  )
})
