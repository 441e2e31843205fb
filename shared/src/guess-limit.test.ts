import fc from "fast-check"
import { expect, test } from "vitest"
import { mintApiKey } from "./api-key.ts"
import { FREE_GUESSES, GUESS_EVERY_MS, GuessLimit } from "./guess-limit.ts"

const ADDRESS = "203.0.113.7"

test("a number of wrong ones at once, then one each second", () => {
  let now = 1_000_000
  const limit = new GuessLimit(() => now)
  for (let guess = 1; guess < FREE_GUESSES; guess++) expect(limit.wrong(ADDRESS, "wrong")).toBe(false)
  expect(limit.waitMs(ADDRESS, "right")).toBe(0)
  expect(limit.wrong(ADDRESS, "wrong")).toBe(true)
  expect(limit.waitMs(ADDRESS, "right")).toBe(GUESS_EVERY_MS)
  now += GUESS_EVERY_MS
  expect(limit.waitMs(ADDRESS, "right")).toBe(0)
  limit.wrong(ADDRESS, "wrong")
  expect(limit.waitMs(ADDRESS, "right")).toBe(GUESS_EVERY_MS)
})

test("another address is not concerned, and neither is a key that nobody can guess", () => {
  const limit = new GuessLimit(() => 0)
  for (let guess = 0; guess < 2 * FREE_GUESSES; guess++) limit.wrong("2001:db8::1", "wrong")
  expect(limit.waitMs("2001:db8::2", "key")).toBeGreaterThan(0)
  expect(limit.waitMs("2001:db8:0:1::2", "key")).toBe(0)
  expect(limit.waitMs("2001:db8::1", mintApiKey())).toBe(0)
  for (let guess = 0; guess < 2 * FREE_GUESSES; guess++) limit.wrong(ADDRESS, mintApiKey())
  expect(limit.waitMs(ADDRESS, "key")).toBe(0)
})

test("however the tries are spread, no more are looked at than the free ones and one each second", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200, size: "max" }), (pauses) => {
      let now = 0
      let looked = 0
      const limit = new GuessLimit(() => now)
      for (const pause of pauses) {
        now += pause
        if (limit.waitMs(ADDRESS, "guess") > 0) continue
        looked++
        limit.wrong(ADDRESS, "guess")
      }
      expect(looked).toBeLessThanOrEqual(FREE_GUESSES + now / GUESS_EVERY_MS)
    }),
  )
})
