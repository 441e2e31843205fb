import { expect, it } from "vitest"
import { exhaustedUntil, monthExhaustedUntil, useOfDay, useOfMonth } from "./key-use.ts"

const NOON = Date.parse("2026-05-31T12:00:00Z")
const MIDNIGHT = Date.parse("2026-06-01T00:00:00Z")
const NEVER = { requests: 0, tokens: 0n }

it("what was used counts for its day and its month only", () => {
  const day = { usedDay: "2026-05-31", usedTokens: 7n, dayRequests: 2 }
  expect(useOfDay(day, NOON)).toEqual({ requests: 2, tokens: 7n })
  expect(useOfDay(day, MIDNIGHT)).toEqual(NEVER)
  const month = { usedMonth: "2026-05", monthTokens: 70n, monthRequests: 20 }
  expect(useOfMonth(month, NOON)).toEqual({ requests: 20, tokens: 70n })
  expect(useOfMonth(month, MIDNIGHT)).toEqual(NEVER)
  const none = { usedDay: null, usedTokens: null, dayRequests: null }
  expect(useOfDay(none, NOON)).toEqual(NEVER)
  expect(useOfMonth({ usedMonth: null, monthTokens: null, monthRequests: null }, NOON)).toEqual(NEVER)
})

it("a key is exhausted until its day ends, when it has a limit and has reached it", () => {
  const key = { tokensPerDay: 7n, usedDay: "2026-05-31", usedTokens: 7n }
  expect(exhaustedUntil(key)).toBe(MIDNIGHT)
  expect(exhaustedUntil({ ...key, usedTokens: 6n })).toBeUndefined()
  expect(exhaustedUntil({ ...key, tokensPerDay: null })).toBeUndefined()
  expect(exhaustedUntil({ ...key, usedDay: null, usedTokens: null })).toBeUndefined()
})

it("and the same of its month", () => {
  const key = { tokensPerMonth: 7n, usedMonth: "2026-05", monthTokens: 7n }
  expect(monthExhaustedUntil(key)).toBe(MIDNIGHT)
  expect(monthExhaustedUntil({ ...key, monthTokens: 6n })).toBeUndefined()
  expect(monthExhaustedUntil({ ...key, tokensPerMonth: null })).toBeUndefined()
  expect(monthExhaustedUntil({ ...key, usedMonth: null, monthTokens: null })).toBeUndefined()
})
