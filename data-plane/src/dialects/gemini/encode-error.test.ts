import { describe, expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { GatewayError, type GatewayErrorDetails } from "../../canonical/error.ts"
import { encodeError } from "./encode-error.ts"

const encode = (code: ErrorCode, details: GatewayErrorDetails = {}) =>
  encodeError(new GatewayError(code, "No.", details))
const detailsOf = (code: ErrorCode, details: GatewayErrorDetails = {}) =>
  (encode(code, details).body as { error: { details?: Record<string, unknown>[] } }).error.details // this wire's shape
const TYPE = "type.googleapis.com/google.rpc"
const DOMAIN = "cloudcode-pa.googleapis.com"

describe("encodeError", () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("%s says its status twice, and a word for it", (code) => {
    const { status, body } = encode(code)
    expect(body).toMatchObject({
      error: { code: status, message: "No.", status: expect.stringMatching(/^[A-Z_]+$/) as string },
    })
  })

  it("G160 tells when to come back", () => {
    const expected = [
      { "@type": `${TYPE}.ErrorInfo`, reason: "RATE_LIMIT_EXCEEDED", domain: DOMAIN },
      { "@type": `${TYPE}.RetryInfo`, retryDelay: "42.5s" },
    ]
    expect(detailsOf("pool_cooling", { retryAfterMs: 42_500 })).toEqual(expected)
    expect(encode("pool_cooling", { retryAfterMs: 42_500 }).headers).toMatchObject({ "retry-after": "43" })
    // Without a time clients would take the reason for the end of the quota.
    expect(detailsOf("pool_cooling")).toBeUndefined()
    expect(detailsOf("pool_busy", { retryAfterMs: 1000 })).toEqual([{ "@type": `${TYPE}.RetryInfo`, retryDelay: "1s" }])
  })

  it("G161 tells that the quota is used up", () => {
    expect(detailsOf("pool_exhausted", { retryAfterMs: 7_200_000 })).toEqual([
      { "@type": `${TYPE}.ErrorInfo`, reason: "QUOTA_EXHAUSTED", domain: DOMAIN },
      { "@type": `${TYPE}.RetryInfo`, retryDelay: "7200s" },
    ])
    expect(encode("pool_exhausted", { retryAfterMs: 7_200_000 }).headers).toMatchObject({ "x-should-retry": "false" })
  })

  it("keeps the reason of an upstream that has no room", () => {
    expect(encode("upstream_overloaded").body).toMatchObject({
      error: { code: 503, status: "UNAVAILABLE", details: [{ reason: "MODEL_CAPACITY_EXHAUSTED" }] },
    })
  })

  it("G2 names a wrong key as such", () => {
    expect(encode("invalid_api_key").body).toEqual({ error: { code: 401, message: "No.", status: "UNAUTHENTICATED" } })
  })

  it("G156 names the field at fault", () => {
    expect(detailsOf("unsupported_parameter", { param: "cachedContent" })).toEqual([
      { "@type": `${TYPE}.BadRequest`, fieldViolations: [{ field: "cachedContent", description: "No." }] },
    ])
  })
})
