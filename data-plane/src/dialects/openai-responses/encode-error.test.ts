import type { ErrorCode } from "#shared/error-code.ts"
import { describe, expect, it } from "vitest"
import { GatewayError, type GatewayErrorDetails } from "../../canonical/error.ts"
import { encodeError, failureOf } from "./encode-error.ts"

const encode = (code: ErrorCode, details: GatewayErrorDetails = {}) =>
  encodeError(new GatewayError(code, "Sentence.", details), { exchangeId: "req_x", now: 0 })

describe("the time beside an error", () => {
  it.each<[ErrorCode, GatewayErrorDetails]>([
    ["upstream_overloaded", { retryAfterMs: 10_000 }],
    ["upstream_overloaded", { retryAfterMs: 90_000 }],
    ["egress_blocked", { retryAfterMs: 60_000 }],
  ])("G88 R8 %s with %j has none that makes Codex wait thirty times", (code, details) => {
    expect(encode(code, details)).toMatchObject({ status: 503 })
    expect(encode(code, details).headers).not.toHaveProperty("retry-after")
  })

  it("G88 is still told to SDKs", () => {
    expect(encode("upstream_overloaded", { retryAfterMs: 10_000 }).headers).toHaveProperty("retry-after-ms", "10000")
  })

  it.each<[ErrorCode, GatewayErrorDetails, string]>([
    ["shutting_down", {}, "2"],
    ["not_ready", { retryAfterMs: 2_000 }, "2"],
    ["pool_cooling", { retryAfterMs: 5_000 }, "5"],
    ["pool_exhausted", { retryAfterMs: 7_200_000 }, "7200"],
  ])("%s with %j keeps its own", (code, details, seconds) => {
    expect(encode(code, details).headers).toHaveProperty("retry-after", seconds)
  })
})

it.each<[ErrorCode, GatewayErrorDetails, string]>([
  ["upstream_interrupted", {}, "server_error"],
  ["upstream_overloaded", {}, "server_error"],
  ["upstream_rejected_request", {}, "invalid_prompt"],
  ["context_length_exceeded", {}, "context_length_exceeded"],
  ["pool_cooling", { retryAfterMs: 1_000 }, "rate_limit_exceeded"],
  ["pool_cooling", { retryAfterMs: 61_000 }, "insufficient_quota"],
  ["pool_exhausted", {}, "insufficient_quota"],
])("in a stream %s with %j is %s", (code, details, word) => {
  expect(failureOf(new GatewayError(code, "Sentence.", details)).code).toBe(word)
})
