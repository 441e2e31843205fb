import fc from "fast-check"
import { expect, test } from "vitest"
import { BUCKET_ENDS_MS, BUCKETS, bucketOf, quantile } from "./histogram.ts"

const counted = (durations: readonly number[]): number[] => {
  const counts = Array.from({ length: BUCKETS }, () => 0)
  for (const ms of durations) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1
  return counts
}

test("a duration is in the first bucket that does not end before it", () => {
  expect([0, 100, 101, 600_000, 600_001].map(bucketOf)).toEqual([0, 0, 1, BUCKETS - 2, BUCKETS - 1])
})

test("of nothing nothing is told", () => {
  expect(quantile(counted([]), 0.5)).toBeNull()
})

test("a quantile lies in the bucket of the true one", () => {
  const durations = fc.array(fc.double({ min: 0, max: 900_000, noNaN: true }), {
    minLength: 1,
    maxLength: 60,
    size: "max",
  })
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99, 1), (list, share) => {
      const sorted = list.toSorted((left, right) => left - right)
      const truth = sorted[Math.ceil(share * list.length) - 1] ?? 0
      const told = quantile(counted(list), share) ?? -1
      const bucket = bucketOf(truth)
      expect(told).toBeGreaterThanOrEqual(BUCKET_ENDS_MS[bucket - 1] ?? 0)
      expect(told).toBeLessThanOrEqual(BUCKET_ENDS_MS[bucket] ?? BUCKET_ENDS_MS.at(-1) ?? 0)
    }),
  )
})
