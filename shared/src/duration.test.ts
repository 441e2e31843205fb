import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { formatDuration, parseDurationMs } from "./duration.ts"

describe("parseDurationMs", () => {
  it.each([
    ["71h15m27.791609974s", 256_527_791.609_974],
    ["479.417207ms", 479.417_207],
    ["0.479417207s", 479.417_207],
    ["1h16m0.667s", 4_560_667],
    ["0.47s", 470],
    ["256527.791609974s", 256_527_791.609_974],
    ["39s", 39_000],
    ["1m", 60_000],
    ["1ms", 1],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["250μs", 0.25],
    ["5ns", 0.000_005],
    ["0s", 0],
    ["0", 0],
    [" 3s ", 3_000],
    [".5s", 500],
    ["-1.5s", -1_500],
  ])("reads %s", (text, expected) => {
    expect(parseDurationMs(text)).toBeCloseTo(expected, 5)
  })

  it.each([
    "",
    "-",
    "5",
    "s",
    "1x",
    "1 s",
    "1h 2m",
    "1.s",
    "1..2s",
    "١s",
    "1e3s",
    "Infinity",
    "1s!",
    "9".repeat(120) + "s",
  ])("refuses %j", (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  })

  it("never throws, and gives finite numbers only", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9.hmsun]{0,120}$/)), (text) => {
        const value = parseDurationMs(text)
        expect(value === undefined || Number.isFinite(value)).toBe(true)
      }),
    )
  })

  it("reads what is written in whole units", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(59), fc.nat(59), fc.nat(999), (h, m, s, ms) => {
        expect(parseDurationMs(`${h}h${m}m${s}s${ms}ms`)).toBe(h * 3_600_000 + m * 60_000 + s * 1_000 + ms)
      }),
    )
  })

  it("takes linear time", () => {
    const hostile = "1".repeat(100)
    const spent = cpuMs(() => {
      for (let round = 0; round < 1_000; round += 1) parseDurationMs(hostile)
    })
    expect(spent).toBeLessThan(5_000)
  })
})

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [479.4, "479ms"],
    [999.6, "1s"],
    [1_000, "1s"],
    [59_600, "1m"],
    [61_000, "1m 1s"],
    [3_600_000, "1h"],
    [4_275_000, "1h 11m"],
    [3_599_900, "1h"],
    [256_527_791, "2d 23h"],
    [86_399_999, "1d"],
    [-5_000, "-5s"],
    [Number.NaN, "unknown"],
    [Number.POSITIVE_INFINITY, "unknown"],
  ])("shows %d as %s", (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected)
  })
})
