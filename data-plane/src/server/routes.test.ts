import { describe, expect, test } from "vitest"
import { mintExchangeId } from "./exchange-id.ts"
import { http2IsSafe } from "./listener.ts"
import { matchRoute, ROUTES } from "./routes.ts"

/** Checked in as it should be: a route that is added or loses its key fails here. */
const OPEN_ROUTES = [
  "GET /",
  "GET /api/hello",
  "GET /health",
  "GET /healthz",
  "GET /live",
  "GET /ready",
  "HEAD /",
  "HEAD /api/hello",
  "POST /api/event_logging/batch",
  "POST /api/event_logging/v2/batch",
  "POST /v1/api/event_logging/batch",
]

test("only these routes are open, all others need a key", () => {
  const open = ROUTES.filter(({ policy }) => !policy.key).map(({ method, path }) => `${method} /${path}`)
  expect(open.toSorted()).toEqual(OPEN_ROUTES)
})

describe("matching", () => {
  test("a model's id may have slashes", () => {
    expect(matchRoute("GET", ["v1", "models", "a", "b"])).toMatchObject({ type: "found", rest: "a/b" })
    expect(matchRoute("GET", ["v1", "models"])).toMatchObject({
      type: "found",
      rest: "",
      route: { action: { type: "model-list" } },
    })
  })

  test("what ends the last segment tells the method, and is no part of the model's id", () => {
    const found = (...segments: string[]) => matchRoute("POST", segments)
    const stream = { type: "exchange", dialect: "gemini", form: "stream" }
    expect(found("v1beta", "models", "a:b:streamGenerateContent")).toMatchObject({
      rest: "a:b",
      route: { action: stream },
    })
    expect(found("gemini", "v1beta", "models", "models", "a:countTokens")).toMatchObject({ rest: "models/a" })
    expect(found("v1", "models", "a:embedContent")).toMatchObject({ route: { action: { type: "refuse" } } })
    expect(found("v1beta", "models", ":generateContent")).toMatchObject({ route: { action: { type: "refuse" } } })
    expect(matchRoute("GET", ["v1beta", "models", "a:generateContent"])).toEqual({
      type: "wrong-method",
      allow: ["POST", "OPTIONS"],
    })
    expect(matchRoute("GET", ["v1beta", "models", "a:latest"])).toMatchObject({ rest: "a:latest" })
  })

  test("HEAD goes where GET goes", () => {
    expect(matchRoute("HEAD", ["v1", "models"])).toMatchObject({ type: "found" })
    expect(matchRoute("HEAD", [])).toMatchObject({ route: { action: { type: "empty" } } })
  })

  test("another method is told which there are, another path is unknown", () => {
    expect(matchRoute("PUT", ["live"])).toEqual({ type: "wrong-method", allow: ["GET", "HEAD", "OPTIONS"] })
    expect(matchRoute("GET", ["v1", "messages"])).toEqual({ type: "wrong-method", allow: ["POST", "OPTIONS"] })
    expect(matchRoute("POST", ["v1", "message"])).toEqual({ type: "unknown" })
  })
})

test("exchange ids sort by time and do not repeat", () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => mintExchangeId(1_700_000_000_000 + index))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(1_000)
  expect(ids[0]).toMatch(/^req_[0-9a-hjkmnp-tv-z]{26}$/)
})

test.each([
  ["20.20.2", false],
  ["22.23.1", false],
  ["22.23.2", true],
  ["24.18.0", false],
  ["24.18.1", true],
  ["24.21.0", true],
  ["25.9.9", false],
  ["26.5.0", false],
  ["26.5.1", true],
  ["27.0.0", true],
])("HTTP/2 towards clients on node %s: %s", (runtime, safe) => {
  expect(http2IsSafe(runtime)).toBe(safe)
})
