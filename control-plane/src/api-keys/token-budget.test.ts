import { expect, it } from "vitest"
import { exhaustedUntil, tokensOfDay } from "./token-budget.ts"

const NOON = Date.parse("2026-05-04T12:00:00Z")
const MIDNIGHT = Date.parse("2026-05-05T00:00:00Z")

it("what was used counts for its day only", () => {
  const key = { tokensPerDay: null, usedDay: "2026-05-04", usedTokens: 7n }
  expect(tokensOfDay(key, NOON)).toBe(7n)
  expect(tokensOfDay(key, MIDNIGHT)).toBe(0n)
  expect(tokensOfDay({ tokensPerDay: 5n, usedDay: null, usedTokens: null }, NOON)).toBe(0n)
})

it("a key is exhausted until its day ends, when it has a limit and has reached it", () => {
  const key = { tokensPerDay: 7n, usedDay: "2026-05-04", usedTokens: 7n }
  expect(exhaustedUntil(key)).toBe(MIDNIGHT)
  expect(exhaustedUntil({ ...key, usedTokens: 6n })).toBeUndefined()
  expect(exhaustedUntil({ ...key, tokensPerDay: null })).toBeUndefined()
  expect(exhaustedUntil({ ...key, usedDay: null, usedTokens: null })).toBeUndefined()
})
