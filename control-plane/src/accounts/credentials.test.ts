import fc from "fast-check"
import { expect, test } from "vitest"
import { RENEWAL_JITTER_MS, RENEWAL_SKEW_MS, renewalDueAt } from "./credentials.ts"

test("a token is renewed before its end, by the skew and jitter, and never before nine tenths of its life", () => {
  const life = fc.integer({ min: 1_000, max: 7 * 24 * 3_600_000 })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(life, random, (lifetime, jitter) => {
      const lead = lifetime - renewalDueAt(0, lifetime, jitter)
      expect(lead).toBeGreaterThan(0)
      expect(lead).toBeLessThanOrEqual(Math.ceil(lifetime / 10))
      expect(lead).toBeLessThanOrEqual(RENEWAL_SKEW_MS + RENEWAL_JITTER_MS + 1)
    }),
  )
  expect(3_600_000 - renewalDueAt(0, 3_600_000, 0)).toBe(300_000)
  expect(60_000 - renewalDueAt(0, 60_000, 0.5)).toBe(6_000)
})
