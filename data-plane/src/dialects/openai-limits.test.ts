import { expect, test } from "vitest"
import { encodeLimits } from "./openai-limits.ts"

test.each([
  [0, "0ms"],
  [0.2, "1ms"],
  [340, "340ms"],
  [1_500, "1.5s"],
  [59_960, "1m0s"],
  [60_001, "1m1s"],
  [360_000, "6m0s"],
])("%d ms until all is there again are written %s", (resetMs, written) => {
  const headers = encodeLimits({ tokens: { limit: 9, remaining: 1, resetMs } })
  expect(headers).toEqual({
    "x-ratelimit-limit-tokens": "9",
    "x-ratelimit-remaining-tokens": "1",
    "x-ratelimit-reset-tokens": written,
  })
})

test("a key without limits has no headers of them", () => {
  expect(encodeLimits({})).toEqual({})
})
