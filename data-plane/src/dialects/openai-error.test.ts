import { describe, expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { GatewayError, type GatewayErrorDetails } from "../canonical/error.ts"
import { encodeError, encodeStreamError } from "./openai-error.ts"

const NOW = 1_760_000_000_000
const encode = (code: ErrorCode, details: GatewayErrorDetails = {}, message = "Sentence.") =>
  encodeError(new GatewayError(code, message, details), { exchangeId: "req_x", model: "m", now: NOW })

describe("encodeError", () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("has an answer for %s", (code) => {
    // keys of that very table
    const answer = encode(code)
    expect(answer.status).toBe(ERROR_CODES[code].status)
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(answer.body).toMatchObject({ error: { type: expect.any(String), code: expect.any(String) } })
  })

  it("names the field at fault", () => {
    expect(encode("invalid_request", { param: "stop[1]" }).body).toEqual({
      error: { message: "Sentence.", type: "invalid_request_error", param: "stop[1]", code: "invalid_value" },
    })
    expect(encode("model_not_found").body).toMatchObject({ error: { param: "model", code: "model_not_found" } })
  })

  it("says when to come back, in headers and at the end of the sentence", () => {
    const { headers, body } = encode("pool_cooling", { retryAfterMs: 1450 })
    expect(headers).toEqual({ "content-type": "application/json", "retry-after": "2", "retry-after-ms": "1450" })
    expect(body).toMatchObject({
      error: { message: "Sentence. Please try again in 1.5s.", code: "rate_limit_exceeded" },
    })
  })

  it("stops retries when the quota is gone for hours, with the time it is back", () => {
    const { status, headers, body } = encode("pool_exhausted", { retryAfterMs: 7_200_000 })
    expect(status).toBe(429)
    expect(headers).toEqual({ "content-type": "application/json", "retry-after": "7200", "x-should-retry": "false" })
    expect(body).toEqual({
      error: {
        message: "Sentence.",
        type: "usage_limit_reached",
        param: null,
        code: "usage_limit_reached",
        resets_at: 1_760_007_200,
        resets_in_seconds: 7200,
      },
    })
  })

  it.each<ErrorCode>(["pool_cooling", "upstream_rate_limited"])(
    "says %s as a used-up quota when it is long",
    (code) => {
      expect(encode(code, { retryAfterMs: 60_000 }).body).toMatchObject({ error: { code: "rate_limit_exceeded" } })
      expect(encode(code, { retryAfterMs: 60_001 }).body).toMatchObject({
        error: { message: "Sentence.", type: "usage_limit_reached", resets_at: 1_760_000_061, resets_in_seconds: 61 },
      })
    },
  )

  it.each<[ErrorCode, GatewayErrorDetails, string | undefined]>([
    ["upstream_failed", {}, undefined],
    ["upstream_failed", { shouldRetry: false }, "false"],
    ["upstream_failed", { shouldRetry: true }, undefined],
    ["pool_cooling", { retryAfterMs: 60_001 }, "false"],
    ["pool_cooling", { retryAfterMs: 60_000 }, undefined],
    ["no_upstream_account", {}, "false"],
    ["egress_blocked", { retryAfterMs: 60_000 }, "false"],
  ])("tells for %s with %j x-should-retry %s", (code, details, header) => {
    expect(encode(code, details).headers["x-should-retry"]).toBe(header)
  })

  it("gives whole seconds from 1", () => {
    expect(encode("upstream_overloaded", { retryAfterMs: 5 }).headers).toMatchObject({
      "retry-after": "1",
      "retry-after-ms": "5",
    })
    expect(encode("upstream_overloaded", { retryAfterMs: 60_000 }).headers).not.toHaveProperty("retry-after-ms")
  })

  it("closes the connection when it shuts down", () => {
    expect(encode("shutting_down").headers).toMatchObject({ "retry-after": "2", connection: "close" })
  })

  it("has no absolute time in a stream", () => {
    const error = new GatewayError("pool_exhausted", "Sentence.", { retryAfterMs: 1000 })
    expect(encodeStreamError(error).error).not.toHaveProperty("resets_at")
  })
})
