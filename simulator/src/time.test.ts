import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { goDuration, retryDelay, spokenDuration, timestamp } from "./time.ts"

describe("the upstream's ways of writing time", () => {
  it.each([
    [0, "0s", "0s", "0s"],
    [479.417_207, "479.417207ms", "0s", "0.479417207s"],
    [1000, "1s", "1s", "1s"],
    [90_500, "1m30.5s", "1m30s", "90.5s"],
    [3_600_000, "1h0m0s", "1h0m0s", "3600s"],
    [91_226_179.915_352, "25h20m26.179915352s", "25h20m26s", "91226.179915352s"],
    [-5, "0s", "0s", "0s"],
  ])("%d ms", (milliseconds, go, spoken, retry) => {
    expect([goDuration(milliseconds), spokenDuration(milliseconds), retryDelay(milliseconds)]).toEqual([
      go,
      spoken,
      retry,
    ])
  })

  it("timestamps have whole seconds", () => expect(timestamp(1_777_367_186_999)).toBe("2026-04-28T09:06:26Z"))

  it("durations read back to what they were", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * 86_400_000 }), (milliseconds) => {
        const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
        const read = [...goDuration(milliseconds).matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
          (total, [, number, unit]) => total + Number(number) * (units[unit ?? ""] ?? Number.NaN),
          0,
        )
        return Math.abs(read - milliseconds) < 1e-6
      }),
    )
  })
})
