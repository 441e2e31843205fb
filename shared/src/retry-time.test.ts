import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { MAX_RETRY_DELAY_MS, retryDelayMs } from "./retry-time.ts"

const now = Date.parse("2026-05-24T17:17:26Z")
const sample = (name: string): string =>
  readFileSync(new URL(`./__fixtures__/upstream-failures/${name}.json`, import.meta.url), "utf8")

const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }
const quotaInfo = {
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: "QUOTA_EXHAUSTED",
  metadata: { quotaResetDelay: "11s", quotaResetTimeStamp: "2026-05-24T17:17:39Z" },
}
const body = (details: readonly unknown[], message = "Resets in 17s.") => ({ error: { code: 429, message, details } })

describe("retryDelayMs", () => {
  it.each([
    ["429-rate-limit-subsecond", 479.417_207],
    ["429-quota-exhausted-model", 91_226_179.915_352],
    ["429-quota-exhausted-individual", 256_527_791.609_974],
    ["503-model-capacity-retryinfo", 39_000],
  ])("reads %s", (name, expected) => {
    expect(retryDelayMs({ body: sample(name), now })).toBeCloseTo(expected, 3)
    expect(retryDelayMs({ body: JSON.parse(sample(name)), now })).toBeCloseTo(expected, 3)
  })

  it.each(["429-bare-no-details", "503-model-capacity", "500-internal", "400-generic-invalid-argument"])(
    "finds nothing in %s",
    (name) => {
      expect(retryDelayMs({ body: sample(name), now })).toBeUndefined()
    },
  )

  it("asks the sources in their order, whatever the order of the details", () => {
    const headers = { "retry-after": "13" }
    expect(retryDelayMs({ body: body([quotaInfo, retryInfo]), headers, now })).toBe(7_000)
    expect(retryDelayMs({ body: body([retryInfo, quotaInfo]), headers, now })).toBe(7_000)
    expect(retryDelayMs({ body: body([{ "@type": "x.Help", links: [] }, quotaInfo]), headers, now })).toBe(11_000)
    const stampOnly = { ...quotaInfo, metadata: { quotaResetTimeStamp: "2026-05-24T17:17:39Z" } }
    expect(retryDelayMs({ body: body([stampOnly]), headers, now })).toBe(13_000)
    expect(retryDelayMs({ body: body([]), headers, now })).toBe(13_000)
    expect(retryDelayMs({ body: body([]), now })).toBe(17_000)
  })

  it.each([
    ["Your quota will reset after 25h20m26s.", 91_226_000],
    ["Individual quota reached. Resets in 71h15m27s.", 256_527_000],
    ["Please retry in 12.5s.", 12_500],
    ["Retry after 500ms", 500],
    ["Your quota will reset after 0s.", 0],
    ["The quota resets after 1h16m0.667s", 4_560_667],
  ])("reads the message %j", (message, expected) => {
    expect(retryDelayMs({ body: body([], message), now })).toBe(expected)
  })

  it.each([
    ["120", 120_000],
    [" 2 ", 2_000],
    ["1.5", 1_500],
    ["Sun, 24 May 2026 17:18:26 GMT", 60_000],
    ["Sun, 24 May 2026 17:16:26 GMT", 0],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    ["12 apples", undefined],
    ["999999999", MAX_RETRY_DELAY_MS],
  ])("reads the header %j", (header, expected) => {
    expect(retryDelayMs({ headers: { "retry-after": header }, now })).toBe(expected)
  })

  it("clamps to eight days and zero", () => {
    expect(retryDelayMs({ body: body([{ ...retryInfo, retryDelay: "900h" }]), now })).toBe(MAX_RETRY_DELAY_MS)
    expect(retryDelayMs({ body: body([{ ...retryInfo, retryDelay: "-3s" }]), now })).toBe(0)
    const past = { ...quotaInfo, metadata: { quotaResetTimeStamp: "2020-01-01T00:00:00Z" } }
    expect(retryDelayMs({ body: body([past]), now })).toBe(0)
  })

  it("takes a duration written as seconds and nanos, and passes over a broken one", () => {
    expect(
      retryDelayMs({ body: body([{ ...retryInfo, retryDelay: { seconds: "3", nanos: 500_000_000 } }]), now }),
    ).toBe(3_500)
    expect(retryDelayMs({ body: body([{ ...retryInfo, retryDelay: "soon" }, quotaInfo]), now })).toBe(11_000)
  })

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.string(), fc.string()), (anything, headers) => {
        const delay = retryDelayMs({ body: anything, headers, now })
        expect(delay === undefined || (delay >= 0 && delay <= MAX_RETRY_DELAY_MS)).toBe(true)
      }),
    )
  })

  it("reads a hostile text in linear time", () => {
    const spent = cpuMs(() => {
      retryDelayMs({ body: body([], "reset in ".repeat(10_000)), now })
      retryDelayMs({ body: body([], `reset in ${"1".repeat(100_000)}`), now })
      retryDelayMs({ body: body([], `retry after ${"1s".repeat(50_000)}`), now })
    })
    expect(spent).toBeLessThan(5_000)
  })
})
