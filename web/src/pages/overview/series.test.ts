import { expect, test } from "vitest"
import { ranges } from "./ranges.ts"
import { cacheShare, liveRates, seriesOf, stepSums } from "./series.ts"

const now = Date.UTC(2026, 2, 1, 12, 0, 30)
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 11, minute)).toISOString()
const point = (minute: number, requests: number) => ({
  since: at(minute),
  requests,
  failures: 6,
  inputTokens: "600",
  cachedInputTokens: "150",
  outputTokens: "60",
  meanOverheadUs: 300,
  firstContent: { p50Ms: 200, p95Ms: 900 },
})
const read = {
  total: [point(50, 120), point(59, 60), point(10, 999)],
  errors: [
    { since: at(50), errorCode: null, requests: 114 },
    { since: at(50), errorCode: "pool_busy", requests: 4 },
    { since: at(50), errorCode: "internal", requests: 2 },
  ],
}

test("every minute of a quarter of an hour is there, and what is older is not", () => {
  const series = seriesOf(read, ranges["15m"], now)
  expect(series.times).toHaveLength(15)
  expect(new Date(series.times[0] ?? 0).toISOString()).toBe("2026-03-01T11:46:30.000Z")
  expect(series.points.map((one) => one?.requests ?? 0)).toEqual([0, 0, 0, 0, 120, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0])
  expect(series.errors.pool[4]).toBe(4)
  expect(series.errors.us[4]).toBe(2)
  expect(series.errors.upstream.some((count) => count > 0)).toBe(false)
  expect(stepSums(series).requests[13]).toBe(60)
})

test("samples go on where the sums end, both as rates a second", () => {
  const series = seriesOf(read, ranges["15m"], now)
  const sample = (second: number, requests: number) => ({
    at: new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString(),
    requests,
    failures: 1,
    inputTokens: "10",
    outputTokens: "5",
    inFlight: 2,
  })
  const rates = liveRates(series, ranges["15m"], [sample(20, 3), sample(21, 4)])
  expect(rates.times).toHaveLength(16)
  expect(rates.requests.slice(-4)).toEqual([0, 1, 3, 4])
  expect(rates.failures.slice(-3)).toEqual([0.1, 1, 1])
  expect(rates.input.slice(-3)).toEqual([10, 10, 10])
  expect(liveRates(series, ranges["15m"], []).times).toHaveLength(15)
})

test("a share of nothing is unknown", () => {
  expect(cacheShare(point(1, 1))).toBe(0.25)
  expect(cacheShare({ ...point(1, 1), inputTokens: "0" })).toBeNull()
  expect(cacheShare(undefined)).toBeNull()
})
