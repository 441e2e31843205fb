/** What is counted, and what of attempts that were under way together counts once. */
import { accountId } from "#shared/ids.ts"
import { classifyFailure, type ClassifiedFailure } from "#shared/upstream-failure.ts"
import { beforeEach, describe, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, testAccount } from "../testing/snapshots.ts"
import { PoolCooling } from "./pool-cooling.ts"
import { Pool } from "./pool.ts"

const A = accountId("a")
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let clock: ManualClock
let pool: Pool
let cooling: PoolCooling
beforeEach(() => {
  clock = manualClock()
  pool = new Pool(clock)
  pool.adopt(compiled([testAccount("a")]))
  cooling = new PoolCooling(pool, clock)
})

function refused(reason: string, metadata?: object): ClassifiedFailure {
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, ...(metadata && { metadata }) }]
  const body = JSON.stringify({ error: { code: 429, message: "no", details } })
  return classifyFailure({ phase: "before-content", now: clock.now(), projectId: "p", status: 429, body })
}

const fail = (failure: ClassifiedFailure, startedAt = clock.monotonic()) =>
  cooling.onFailure({ accountId: A, model: MODEL, startedAt }, failure)
const succeed = (startedAt: number): void => cooling.onSuccess({ accountId: A, model: MODEL, startedAt })
const restsMs = (): number[] => pool.cooldowns().map(({ since, until }) => until - since)
const open = (): void => pool.cooldowns().forEach(({ scope }) => pool.release(scope))

describe("rests that grow", () => {
  const QUOTA = "QUOTA_EXHAUSTED"

  test("begin anew after a success, but not after one that began before the last refusal", () => {
    fail(refused(QUOTA))
    clock.advance(MINUTE)
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([5 * MINUTE])
    clock.advance(5 * MINUTE)
    // Its answer was long.
    succeed(0)
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([30 * MINUTE])
    clock.advance(30 * MINUTE)
    succeed(clock.monotonic())
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([MINUTE])
  })

  test("do not grow by what was under way at the last refusal, also where its rest was ended by hand", () => {
    clock.advance(1_000)
    fail(refused(QUOTA), 0)
    open()
    clock.advance(1_000)
    fail(refused(QUOTA), 500)
    expect(restsMs()).toEqual([MINUTE])
    open()
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([5 * MINUTE])
  })

  test("are forgotten a day after the last refusal", () => {
    fail(refused(QUOTA))
    clock.advance(DAY - 1)
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([5 * MINUTE])
    clock.advance(DAY)
    fail(refused(QUOTA))
    expect(restsMs()).toEqual([MINUTE])
  })
})

describe("a time that the upstream told", () => {
  const told = (quotaResetDelay: string): ClassifiedFailure => refused("QUOTA_EXHAUSTED", { quotaResetDelay })

  test("replaces what is known, a usual one never makes it shorter, and none is longer than eight days", () => {
    fail(told("3h"))
    clock.advance(1_000)
    expect(fail(refused("QUOTA_EXHAUSTED"))).toBeUndefined()
    expect(restsMs()).toEqual([180 * MINUTE + 500])
    fail(told("2h"))
    expect(restsMs()).toEqual([120 * MINUTE + 500])
    fail(told("1000h"))
    expect(restsMs()).toEqual([8 * DAY])
  })

  test("is news also from an attempt that was under way", () => {
    clock.advance(1_000)
    fail(told("1h"))
    fail(told("2h"), 0)
    expect(restsMs()).toEqual([120 * MINUTE + 500])
  })
})

test("what is taken back is what was cooled, and nothing that was learnt since", () => {
  const taken = fail(refused("RATE_LIMIT_EXCEEDED", { quotaResetDelay: "60s" }))
  if (taken === undefined) throw new Error("nothing cools")
  clock.advance(1_000)
  fail(refused("RATE_LIMIT_EXCEEDED", { quotaResetDelay: "90s" }))
  cooling.takeBack(taken)
  expect(restsMs()).toEqual([90_500])
  const [last] = pool.cooldowns()
  if (last !== undefined) cooling.takeBack(last)
  expect(restsMs()).toEqual([])
})

describe("failures of the upstream", () => {
  const failed = (network: string, phase: "connect" | "before-content" = "before-content"): ClassifiedFailure =>
    classifyFailure({ phase, now: clock.now(), projectId: "p", network })
  const send = (request: string, failure = failed("ECONNRESET"), startedAt = clock.monotonic()) =>
    cooling.onFailure({ accountId: A, model: MODEL, startedAt }, failure, request)

  test("cool an account after three in two minutes, and those before it could be reached say nothing of it", () => {
    for (const request of ["1", "2", "3", "4"]) send(request, failed("ECONNREFUSED", "connect"))
    send("5")
    send("6")
    expect(restsMs()).toEqual([])
    send("7")
    expect(restsMs()).toEqual([10_000])
  })

  test("are forgotten with a success that began after them, and only those", () => {
    send("1")
    clock.advance(1_000)
    const startedAt = clock.monotonic()
    clock.advance(1_000)
    send("2")
    succeed(startedAt)
    send("3")
    expect(restsMs()).toEqual([])
    send("4")
    expect(restsMs()).toEqual([10_000])
  })
})
