import * as fc from "fast-check"
import { expect, it } from "vitest"
import { retryWaitMs } from "./deliver.ts"

it("waits twice as long after each failure, at most an hour, and never less than half of it", () => {
  expect([1, 2, 3, 4].map((attempts) => retryWaitMs(attempts, 1))).toEqual([10_000, 20_000, 40_000, 80_000])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const waitMs = retryWaitMs(attempts, random)
      expect(waitMs).toBeGreaterThanOrEqual(5_000)
      expect(waitMs).toBeLessThanOrEqual(3_600_000)
    }),
  )
})
