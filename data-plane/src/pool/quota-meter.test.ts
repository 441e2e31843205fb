import { expect, it } from "vitest"
import type { SnapshotQuota } from "#shared/snapshot.ts"
import { QuotaMeter, TokenCosts } from "./quota-meter.ts"

const NOW = 1_760_000_000_000
const RESET = NOW + 5 * 3_600_000
const reading = (remainingFraction: number, readAt: number): SnapshotQuota => ({
  bucket: "gemini",
  window: "5h",
  remainingFraction,
  resetsAt: RESET,
  source: "summary",
  readAt,
})

it("an account that is used elsewhere too shuts out no other", () => {
  const costs = new TokenCosts()
  const shared = new QuotaMeter(costs)
  shared.adopt([reading(1, NOW)], 0)
  shared.use(10)
  // Nearly all of it went somewhere else.
  shared.adopt([reading(0.05, NOW + 1)], 0)
  const own = new QuotaMeter(costs)
  own.adopt([reading(1, NOW)], 0)
  own.use(1_000)
  expect(own.emptyUntil(0, NOW)).toBeUndefined()
  expect(shared.emptyUntil(0, NOW)).toBeUndefined()
  expect(shared.emptyUntil(0.1, NOW)).toBe(RESET)
})

it("what was used since the reading counts when accounts are compared", () => {
  const costs = new TokenCosts()
  const one = new QuotaMeter(costs)
  one.adopt([reading(0.5, NOW)], 0)
  expect(one.headroom(1)).toBeLessThan(one.headroom(0) ?? 0)
})

it("a window that has ended is unknown, not empty", () => {
  const meter = new QuotaMeter(new TokenCosts())
  meter.adopt([reading(0, NOW)], 0)
  expect(meter.emptyUntil(0, NOW)).toBe(RESET)
  expect(meter.emptyUntil(0, RESET)).toBeUndefined()
  expect(meter.forgetEnded(RESET)).toBe(true)
  expect(meter.headroom(0)).toBeUndefined()
})

it("a snapshot that says the same again leaves what was used since the reading", () => {
  const costs = new TokenCosts()
  costs.learn("gemini", "5h", 0.0001)
  const meter = new QuotaMeter(costs)
  meter.adopt([reading(0.5, NOW)], 0)
  const before = meter.headroom(0) ?? 0
  meter.use(1_000)
  expect(meter.headroom(0)).toBeCloseTo(before - 0.1, 6)
  meter.adopt([reading(0.5, NOW)], 3)
  expect(meter.headroom(0)).toBeCloseTo(before - 0.1, 6)
  meter.adopt([reading(0.4, NOW + 1)], 3)
  expect(meter.headroom(3)).toBeCloseTo(before - 0.1, 6)
})

it.each([
  ["two readings of one window", {}, 0.001],
  ["a reading of the next window", { resetsAt: RESET + 5 * 3_600_000 }, undefined],
  ["another source", { source: "catalogue" as const }, undefined],
])("what a token costs is learned from two readings of one window and source: %s", (_, more, cost) => {
  const costs = new TokenCosts()
  const meter = new QuotaMeter(costs)
  meter.adopt([reading(0.5, NOW)], 0)
  meter.use(100)
  meter.adopt([{ ...reading(0.4, NOW + 1), ...more }], 0)
  if (cost === undefined) expect(costs.of("gemini", "5h")).toBeUndefined()
  else expect(costs.of("gemini", "5h")).toBeCloseTo(cost, 9)
})
