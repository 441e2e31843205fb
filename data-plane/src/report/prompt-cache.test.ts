import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { PromptCache } from "./prompt-cache.ts"

const MINUTE = 60_000

test("adds up what exchanges told within ten minutes, and forgets what is older", () => {
  const clock = manualClock()
  const cache = new PromptCache(clock)
  expect(cache.use).toEqual({ windowMs: 10 * MINUTE, inputTokens: 0, cachedInputTokens: 0 })
  cache.add({ inputTokens: 100, cachedInputTokens: 80 })
  cache.add({ inputTokens: 50 })
  clock.advance(9 * MINUTE)
  cache.add({ inputTokens: 10, cachedInputTokens: 10 })
  expect(cache.use).toMatchObject({ inputTokens: 160, cachedInputTokens: 90 })
  clock.advance(MINUTE)
  expect(cache.use).toMatchObject({ inputTokens: 10, cachedInputTokens: 10 })
  clock.advance(60 * MINUTE)
  expect(cache.use).toMatchObject({ inputTokens: 0, cachedInputTokens: 0 })
})

test("an exchange whose input nobody told is no miss", () => {
  const cache = new PromptCache(manualClock())
  cache.add({ inputTokens: 100, cachedInputTokens: 100 })
  cache.add({ outputTokens: 7 })
  cache.add({})
  expect(cache.use).toMatchObject({ inputTokens: 100, cachedInputTokens: 100 })
})
