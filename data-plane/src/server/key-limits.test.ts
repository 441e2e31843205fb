import { expect, it } from "vitest"
import { apiKeyId } from "#shared/ids.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import { KeyLimits } from "./key-limits.ts"

const HOUR = 3_600_000
const EVENING = Date.parse("2026-01-30T23:00:00Z")

function startAt(epoch: number) {
  let time = 0
  const limits = new KeyLimits({ now: () => epoch + time, monotonic: () => time })
  const refusal = (one: SnapshotApiKey): GatewayError | undefined => {
    try {
      limits.admit(one)
    } catch (error) {
      if (error instanceof GatewayError) return error
      throw error
    }
    return undefined
  }
  return { limits, refusal, advance: (ms: number) => void (time += ms) }
}

const key = (more: Partial<SnapshotApiKey> = {}): SnapshotApiKey => ({
  id: apiKeyId("key_1"),
  name: "one",
  lineage: "lin_1",
  digest: "d",
  mayExplain: false,
  ...more,
})
const other = apiKeyId("key_2")

it("lets a key go on while there is something left of the day, and says when there is again", () => {
  const { limits, refusal, advance } = startAt(EVENING)
  const daily = key({ tokensPerDay: 100 })
  limits.add(daily, { inputTokens: 60, outputTokens: 39 })
  expect(refusal(daily)).toBeUndefined()
  limits.add(daily, { outputTokens: 1 })
  expect(refusal(daily)).toMatchObject({ code: "key_quota_used", retryAfterMs: HOUR })
  expect(refusal({ ...daily, id: other })).toBeUndefined()
  expect(refusal({ ...daily, tokensPerDay: 200 })).toBeUndefined()
  advance(HOUR)
  expect(refusal(daily)).toBeUndefined()
})

it("counts a month over its days, and a new day brings nothing where the month is used up", () => {
  const { limits, refusal, advance } = startAt(EVENING)
  const monthly = key({ tokensPerDay: 100, tokensPerMonth: 150 })
  limits.add(monthly, { inputTokens: 100 })
  expect(refusal(monthly)?.message).toContain("100 tokens of the day")
  advance(HOUR)
  expect(refusal(monthly)).toBeUndefined()
  limits.add(monthly, { inputTokens: 50 })
  expect(refusal(monthly)).toMatchObject({ code: "key_quota_used", retryAfterMs: 24 * HOUR })
  expect(refusal(monthly)?.message).toContain("150 tokens of the month")
  advance(24 * HOUR)
  expect(refusal(monthly)).toBeUndefined()
})

it("believes what all nodes together have used, until that day or month is over", () => {
  const { refusal, advance } = startAt(EVENING)
  const told = { exhaustedUntil: EVENING + HOUR, monthExhaustedUntil: EVENING + 25 * HOUR }
  const daily = key({ tokensPerDay: 100, ...told })
  const monthly = key({ tokensPerMonth: 100, ...told })
  expect([refusal(daily)?.retryAfterMs, refusal(monthly)?.retryAfterMs]).toEqual([HOUR, 25 * HOUR])
  expect(refusal(key(told))).toBeUndefined()
  advance(HOUR)
  expect([refusal(daily)?.code, refusal(monthly)?.retryAfterMs]).toEqual([undefined, 24 * HOUR])
  advance(24 * HOUR)
  expect(refusal(monthly)).toBeUndefined()
})

it("says how many a minute there are, one or several", () => {
  const { refusal } = startAt(EVENING)
  const one = key({ requestsPerMinute: 1 })
  expect(refusal(one)).toBeUndefined()
  expect(refusal(one)?.message).toBe("This API key is limited to one request a minute. Please try again in 60s.")
})

it("counts requests of a minute, refused ones not, for each key apart", () => {
  const { limits, refusal, advance } = startAt(EVENING)
  const quick = key({ requestsPerMinute: 2 })
  expect([refusal(quick), refusal(quick)]).toEqual([undefined, undefined])
  expect(limits.standing(quick)).toEqual({ requests: { limit: 2, remaining: 0, resetMs: 60_000 } })
  for (let again = 0; again < 3; again++) {
    expect(refusal(quick)).toMatchObject({ code: "key_requests_limited", retryAfterMs: 30_000 })
  }
  expect(refusal({ ...quick, id: other })).toBeUndefined()
  advance(30_000)
  expect([refusal(quick)?.code, refusal(quick)?.code]).toEqual([undefined, "key_requests_limited"])
  expect(refusal({ ...quick, requestsPerMinute: 60 })?.retryAfterMs).toBe(1_000)
})

it("counts tokens of a minute when they are known, and waits until what went over is paid back", () => {
  const { limits, refusal, advance } = startAt(EVENING)
  const slow = key({ tokensPerMinute: 600 })
  expect(refusal(slow)).toBeUndefined()
  expect(limits.standing(slow)).toEqual({ tokens: { limit: 600, remaining: 600, resetMs: 0 } })
  limits.add(slow, { inputTokens: 800, outputTokens: 100 })
  expect(limits.standing(slow)).toEqual({ tokens: { limit: 600, remaining: 0, resetMs: 90_000 } })
  expect(refusal(slow)).toMatchObject({ code: "key_tokens_limited", retryAfterMs: 30_100 })
  advance(30_100)
  expect(refusal(slow)).toBeUndefined()
})

it("a request that its tokens keep out does not count as one", () => {
  const { limits, refusal } = startAt(EVENING)
  const both = key({ tokensPerMinute: 10, requestsPerMinute: 5 })
  limits.add(both, { inputTokens: 10 })
  expect(refusal(both)?.code).toBe("key_tokens_limited")
  expect(limits.standing(both).requests?.remaining).toBe(5)
})

it("a key without a limit is never refused, and nothing is kept of it", () => {
  const { limits, refusal } = startAt(EVENING)
  limits.add(key(), { inputTokens: 1e12 })
  expect(refusal(key())).toBeUndefined()
  expect(refusal(key({ tokensPerDay: 5 }))).toBeUndefined()
  expect(limits.standing(key())).toEqual({})
})

it("forgets a key that is gone, and no other", () => {
  const { limits, refusal } = startAt(EVENING)
  const daily = key({ tokensPerDay: 5 })
  limits.add(daily, { inputTokens: 5 })
  limits.keepOnly([daily])
  expect(refusal(daily)?.code).toBe("key_quota_used")
  limits.keepOnly([])
  expect(refusal(daily)).toBeUndefined()
})
