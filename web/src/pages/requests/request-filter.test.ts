import { expect, test } from "vitest"
import { activeNames, filterOf, isLive } from "./request-filter.ts"

const now = Date.UTC(2026, 2, 1, 12)

test("nothing in the address is every request", () => {
  expect(filterOf({}, now)).toBeUndefined()
  expect(filterOf({ text: "  " }, now)).toBeUndefined()
})

test("each word narrows what it is about", () => {
  const values = {
    text: " pool ",
    outcome: "FAILED,TRUNCATED",
    class: "quota",
    error: "pool_exhausted",
    model: "gemini-3-flash",
    key: "key-1",
    account: "account-1",
    dialect: "GEMINI",
    node: "node-1",
    slower: "5000",
    retried: "yes",
    captured: "yes",
    conversation: "c1",
    since: "1h",
    until: "2026-03-01T11:30:00Z",
  }
  expect(filterOf(values, now)).toEqual({
    text: "pool",
    outcomes: ["FAILED", "TRUNCATED"],
    failureClass: "quota",
    errorCode: "pool_exhausted",
    model: "gemini-3-flash",
    apiKeyId: "key-1",
    accountId: "account-1",
    dialect: "GEMINI",
    nodeId: "node-1",
    minDurationMs: 5_000,
    retried: true,
    captured: true,
    conversationId: "c1",
    since: "2026-03-01T11:00:00.000Z",
    until: "2026-03-01T11:30:00.000Z",
  })
})

test("what somebody mistyped in the address narrows nothing, and is no chip", () => {
  const values = { outcome: "LOST", dialect: "COBOL", slower: "slow", retried: "maybe", since: "yesterday", until: "?" }
  expect(filterOf(values, now)).toBeUndefined()
  expect(activeNames(values)).toEqual([])
})

test("a time that is over has no live requests", () => {
  expect(isLive({}, now)).toBe(true)
  expect(isLive({ until: "2026-03-01T11:59:59Z" }, now)).toBe(false)
  expect(isLive({ until: "2026-03-01T12:00:01Z" }, now)).toBe(true)
})
