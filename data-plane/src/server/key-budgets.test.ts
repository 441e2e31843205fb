import { expect, it } from "vitest"
import { apiKeyId } from "#shared/ids.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import { KeyBudgets } from "./key-budgets.ts"

const EVENING = Date.parse("2026-01-31T23:00:00Z")
const HOUR = 3_600_000
const key = (more: Partial<SnapshotApiKey> = {}): SnapshotApiKey => ({
  id: apiKeyId("key_1"),
  name: "one",
  lineage: "lin_1",
  digest: "d",
  mayExplain: false,
  tokensPerDay: 100,
  ...more,
})
const refusal = (budgets: KeyBudgets, one: SnapshotApiKey, now: number): GatewayError | undefined => {
  try {
    budgets.check(one, now)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  return undefined
}

it("lets a key go on while there is something left, and says when there is again", () => {
  const budgets = new KeyBudgets()
  budgets.add(key(), { inputTokens: 60, outputTokens: 39 }, EVENING)
  expect(refusal(budgets, key(), EVENING)).toBeUndefined()
  budgets.add(key(), { outputTokens: 1 }, EVENING)
  expect(refusal(budgets, key(), EVENING)).toMatchObject({ code: "key_quota_used", retryAfterMs: HOUR })
  expect(refusal(budgets, key({ id: apiKeyId("key_2") }), EVENING)).toBeUndefined()
  expect(refusal(budgets, key({ tokensPerDay: 200 }), EVENING)).toBeUndefined()
  expect(refusal(budgets, key(), EVENING + HOUR)).toBeUndefined()
})

it("believes what all nodes together have used, until that day is over", () => {
  const budgets = new KeyBudgets()
  const used = key({ exhaustedUntil: EVENING + HOUR })
  expect(refusal(budgets, used, EVENING)).toMatchObject({ code: "key_quota_used" })
  expect(refusal(budgets, used, EVENING + HOUR)).toBeUndefined()
})

it("a key without a limit is never refused", () => {
  const budgets = new KeyBudgets()
  const { tokensPerDay: _limit, ...free } = key()
  budgets.add(free, { inputTokens: 1e12 }, EVENING)
  expect(refusal(budgets, free, EVENING)).toBeUndefined()
})
