import { expect, test } from "vitest"
import { ranges } from "./ranges.ts"
import { cacheShare, errorLines, joinSamples, liveRates, seriesOf, stepSums, wholeSteps } from "./series.ts"

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
    { since: at(50), errorCode: null, failures: 0 },
    { since: at(50), errorCode: "pool_busy", failures: 4 },
    { since: at(50), errorCode: "internal", failures: 2 },
    // Clients that left: they have a code, and failed at nothing.
    { since: at(50), errorCode: "client_cancelled", failures: 0 },
  ],
}

test("every minute of a quarter of an hour is there, and what is older is not", () => {
  const series = seriesOf(read, ranges["15m"], now)
  expect(series.times).toHaveLength(15)
  expect(new Date(series.times[0] ?? 0).toISOString()).toBe("2026-03-01T11:46:30.000Z")
  expect(series.points.map((one) => one?.requests ?? 0)).toEqual([0, 0, 0, 0, 120, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0])
  expect(series.errors.pool[4]).toBe(4)
  expect(series.errors.us[4]).toBe(2)
  expect(series.errors.client[4]).toBe(0)
  expect(series.errors.upstream.some((count) => count > 0)).toBe(false)
  expect(stepSums(series).requests[13]).toBe(60)
  const whole = wholeSteps(series, ranges["15m"])
  expect([whole.times.length, whole.points.length, whole.points[13]?.requests]).toEqual([14, 14, 60])
  expect(errorLines(whole).map(({ values }) => values.length)).toEqual([14, 14, 14, 14])
})

const sample = (second: number, requests: number) => ({
  at: new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString(),
  requests,
  failures: 1,
  inputTokens: "10",
  outputTokens: "5",
  inFlight: 2,
})

test("samples go on where the sums end, each as the mean of the minute before it", () => {
  const series = seriesOf(read, ranges["15m"], now)
  // 59 seconds of a request each are known of the minute before, and one that had thirty.
  const rates = liveRates(series, ranges["15m"], [sample(1, 30), sample(2, 1)])
  expect(rates.times.slice(-3).map((time) => new Date(time).toISOString().slice(11, 19))).toEqual([
    "12:00:00",
    "12:00:01",
    "12:00:02",
  ])
  expect(rates.requests.slice(-4)).toEqual([0, 1, expect.closeTo(89 / 60, 9), expect.closeTo(89 / 60, 9)])
  expect(rates.failures.slice(-3)).toEqual([
    0.1,
    expect.closeTo(0.1 * (59 / 60) + 1 / 60, 9),
    expect.closeTo((0.1 * 58 + 2) / 60, 9),
  ])
  expect(rates.input.slice(-2)).toEqual([10, 10])
  // Without samples only whole minutes are told: a part of one looks like an end.
  expect(liveRates(series, ranges["15m"], []).times).toHaveLength(14)
})

test("seconds without a sample count as their minute does, and a minute of samples as these do", () => {
  const half = { ...point(59, 60), since: new Date(Date.UTC(2026, 2, 1, 12)).toISOString() }
  const series = seriesOf({ ...read, total: [point(59, 60), half] }, ranges["15m"], now)
  // Half a minute was read: sixty requests in it are two a second.
  const gap = liveRates(series, ranges["15m"], [sample(30, 2)])
  expect(gap.requests.at(-1)).toBeCloseTo((30 * 1 + 30 * 2) / 60, 9)
  const minute = Array.from({ length: 90 }, (_, index) => sample(index + 1, index % 2 === 0 ? 0 : 6))
  expect(liveRates(series, ranges["15m"], minute).requests.slice(-30)).toEqual(
    Array.from({ length: 30 }, () => expect.closeTo(3, 9)),
  )
})

test("what was sampled before joins what comes, each second once", () => {
  const [one, two, three] = [sample(1, 1), sample(2, 2), sample(3, 3)]
  expect(joinSamples([one, two], [three])).toEqual([one, two, three])
  expect(joinSamples([three], [one, two, three])).toEqual([one, two, three])
  expect(joinSamples([], [one])).toEqual([one])
})

test("a share of nothing is unknown", () => {
  expect(cacheShare(point(1, 1))).toBe(0.25)
  expect(cacheShare({ ...point(1, 1), inputTokens: "0" })).toBeNull()
  expect(cacheShare(undefined)).toBeNull()
})
