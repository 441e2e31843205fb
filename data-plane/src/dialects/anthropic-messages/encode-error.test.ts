import { describe, expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { GatewayError, type GatewayErrorDetails } from "../../canonical/error.ts"
import { encodeError } from "./encode-error.ts"

const encode = (code: ErrorCode, details: GatewayErrorDetails = {}, message = "Sentence.") =>
  encodeError(new GatewayError(code, message, details), { exchangeId: "req_x", model: "asked", now: 0 })

describe("encodeError", () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("has an answer for %s", (code) => {
    // keys of that very table
    const answer = encode(code)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(answer.body).toMatchObject({
      type: "error",
      error: { type: expect.any(String), message: expect.any(String) },
      request_id: "req_x",
    })
  })

  it.each<[ErrorCode, number, string]>([
    ["invalid_request", 400, "invalid_request_error"],
    ["invalid_api_key", 401, "authentication_error"],
    ["permission_denied", 403, "permission_error"],
    ["model_not_found", 404, "not_found_error"],
    ["request_too_large", 413, "request_too_large"],
    ["pool_cooling", 429, "rate_limit_error"],
    ["pool_exhausted", 429, "rate_limit_error"],
    ["no_upstream_account", 503, "api_error"],
    ["upstream_overloaded", 529, "overloaded_error"],
    ["shutting_down", 529, "overloaded_error"],
    ["upstream_failed", 500, "api_error"],
    ["upstream_interrupted", 502, "api_error"],
    ["upstream_empty_answer", 502, "api_error"],
    ["upstream_timeout", 504, "timeout_error"],
  ])("answers %s with %i %s", (code, status, type) => {
    const answer = encode(code)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error: { type } })
  })

  it("begins with the model's name when it is unknown", () => {
    expect(encode("model_not_found", {}, "Nearest: a, b.").body).toMatchObject({
      error: { message: "model: asked. Nearest: a, b." },
    })
    expect(encode("model_not_found", {}, "model: asked").body).toMatchObject({ error: { message: "model: asked" } })
  })

  it.each([
    ["Prompt is too long: 201000 tokens > 200000 maximum", "prompt is too long: 201000 tokens > 200000 maximum"],
    [
      "The input token count (1,200,000) exceeds the maximum number of tokens allowed (1048576).",
      "prompt is too long: 1200000 tokens > 1048576 maximum",
    ],
    ["The input is too long.", "prompt is too long: The input is too long."],
  ])("begins with 'prompt is too long' for %j", (message, expected) => {
    expect(encode("context_length_exceeded", {}, message).body).toMatchObject({ error: { message: expected } })
  })

  it("tells the SDK that threads are not supported", () => {
    const details = { error_code: "thread_unsupported_request" }
    expect(encode("unsupported_parameter", { param: "thread" }).body).toMatchObject({ error: { details } })
    expect(encode("unsupported_parameter", { param: "n" }).body).not.toMatchObject({ error: { details } })
  })

  it("stops retries when the quota is gone for hours", () => {
    expect(encode("pool_exhausted", { retryAfterMs: 7_200_000 }).headers).toEqual({
      "content-type": "application/json",
      "retry-after": "7200",
      "x-should-retry": "false",
    })
  })
})
