import { accountId, type AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { setMaxListeners } from "node:events"
import fc from "fast-check"
import { beforeEach, describe, expect, test, vi } from "vitest"
import type { GatewayError } from "../canonical/error.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, IMAGE_MODEL, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { CooldownScope } from "./cooldown.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { Pool } from "./pool.ts"
import { STRATEGIES } from "./strategies/index.ts"

let clock: ManualClock
let pool: Pool
let snapshot: CompiledSnapshot
beforeEach(() => {
  clock = manualClock()
  pool = new Pool(clock)
})

function adopt(ids: readonly string[], settings = {}, version = 1): void {
  snapshot = compiled(
    ids.map((id) => testAccount(id)),
    settings,
    version,
  )
  pool.adopt(snapshot)
}

const ask = (more: Partial<LeaseAsk> = {}): LeaseAsk => ({
  model: MODEL,
  exclude: new Set<AccountId>(),
  snapshot,
  waitMs: 60_000,
  ...more,
})
const never = new AbortController().signal
setMaxListeners(0, never)
const take = (more: Partial<LeaseAsk> = {}, signal: AbortSignal = never): Promise<Lease> =>
  pool.acquire(ask(more), signal)

function cool(scope: CooldownScope, ms: number, cause: "quota" | "rate" | "auth" | "model_missing" = "quota"): void {
  pool.cool({ scope, cause, evidence: "test", since: clock.now(), until: clock.now() + ms })
}

async function refusal(lease: Promise<Lease>): Promise<GatewayError> {
  return lease.then(
    () => {
      throw new Error("a lease was given")
    },
    (error: unknown) => error as GatewayError, // the pool's only rejections besides the signal's
  )
}

describe("choosing", () => {
  test("accounts take turns", async () => {
    adopt(["a", "b", "c"], { maxConcurrentPerAccount: 0 })
    const order: string[] = []
    for (let round = 0; round < 6; round++) order.push((await take()).account.id)
    expect(order).toEqual(["a", "b", "c", "a", "b", "c"])
  })

  test("accounts of different catalogues take turns too", async () => {
    snapshot = compiled([
      testAccount("a", { catalogue: "one" }),
      testAccount("b"),
      testAccount("c", { catalogue: "one" }),
    ])
    pool.adopt(snapshot)
    const order = [await take(), await take(), await take()].map((lease) => lease.account.id)
    expect(new Set(order).size).toBe(3)
  })

  test("an account without a catalogue may serve anything, one with a catalogue only what it offers", async () => {
    const { catalogue: _none, ...bare } = testAccount("bare")
    snapshot = compiled([testAccount("a", { catalogue: "one" }), bare])
    pool.adopt(snapshot)
    expect((await take({ model: OTHER_MODEL })).account.id).toBe("bare")
    expect((await refusal(take({ model: OTHER_MODEL, waitMs: 0 }))).code).toBe("pool_busy")
  })

  test("an account is leased as the exchange's snapshot has it, and not where that does not have it", async () => {
    adopt(["a"])
    const old = snapshot
    adopt(["a", "b"], {}, 2)
    const first = await take({ snapshot: old })
    expect(first.account).toBe(old.accountById.get(accountId("a")))
    expect((await refusal(take({ snapshot: old, waitMs: 0 }))).code).toBe("pool_busy")
    expect((await take()).account).toBe(snapshot.accountById.get(accountId("b")))
  })

  test("choosing among 20,000 accounts looks at as few of them as among ten", async () => {
    const looked = vi.spyOn(STRATEGIES["round-robin"], "rank")
    const looksAmong = async (count: number): Promise<number> => {
      adopt(Array.from({ length: count }, (_, index) => `account-${index}`))
      cool({ type: "account-bucket", accountId: accountId("account-1"), bucket: "gemini" }, 60_000)
      looked.mockClear()
      for (let turn = 0; turn < 1_000; turn++) (await take()).release()
      return looked.mock.calls.length
    }
    const amongTen = await looksAmong(10)
    expect(await looksAmong(20_000)).toBeLessThanOrEqual(amongTen)
    looked.mockRestore()
  })
})

describe("waiting", () => {
  test("a busy account with a living token is waited for before an expired one is leased", async () => {
    const expired = { accessToken: "t", expiresAt: clock.now() - 1, generation: 1 }
    const withB = (credential: typeof expired): void => {
      snapshot = compiled([testAccount("a"), testAccount("b", { credential })])
      pool.adopt(snapshot)
    }
    withB(expired)
    const passedOver: string[] = []
    const onExpired = ({ id }: { id: AccountId }): unknown => passedOver.push(id)
    const held = await take({ onExpired })
    const freed = take({ onExpired })
    expect([held.account.id, passedOver, pool.facts().waiting]).toEqual(["a", ["b"], 1])
    held.release()
    expect((await freed).account.id).toBe("a")
    const renewed = take({ onExpired })
    withB({ ...expired, expiresAt: clock.now() + 1_000, generation: 2 })
    expect((await renewed).account.id).toBe("b")
    expect(pool.facts().waiting).toBe(0)
  })

  test("an expired one is leased when nobody has a living token", async () => {
    const credential = { accessToken: "t", expiresAt: clock.now() + 1_000, generation: 1 }
    snapshot = compiled([testAccount("a", { credential })])
    pool.adopt(snapshot)
    clock.advance(1_000)
    expect((await take()).account.id).toBe("a")
  })

  test("first come, first served, when a slot comes free", async () => {
    adopt(["a"])
    const held = await take()
    const order: number[] = []
    const waiting = [1, 2, 3].map((turn) => take().then((lease) => [order.push(turn), lease.release()]))
    expect(pool.facts().waiting).toBe(3)
    held.release()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect(pool.facts()).toMatchObject({ waiting: 0, inFlight: 0 })
  })

  test.each([
    [MODEL, OTHER_MODEL],
    [MODEL, IMAGE_MODEL],
    [IMAGE_MODEL, MODEL],
  ])("a slot freed by one model's request serves another model's: %s, %s", async (model, other) => {
    snapshot = compiled([testAccount("a", { catalogue: "images" })])
    pool.adopt(snapshot)
    const held = await take({ model })
    const waiting = take({ model: other })
    held.release()
    expect((await waiting).account.id).toBe("a")
  })

  test("after a minute it is pool_busy, and nothing waits on", async () => {
    adopt(["a"])
    await take()
    const late = refusal(take())
    clock.advance(60_000)
    expect(await late).toMatchObject({ code: "pool_busy", retryAfterMs: 1_000 })
    expect(pool.facts().waiting).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test("an aborted wait leaves nothing behind", async () => {
    adopt(["a"])
    await take()
    const controller = new AbortController()
    const late = take({}, controller.signal)
    controller.abort(new Error("gone"))
    await expect(late).rejects.toThrow("gone")
    expect(pool.facts().waiting).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test("a raised limit and a new account serve those who wait", async () => {
    adopt(["a"], { maxConcurrentPerModel: 1 })
    await take()
    const second = take()
    const third = take()
    adopt(["a", "b"], { maxConcurrentPerModel: 0 }, 2)
    // Their own snapshot has no b: what changed for them is nothing until a is free or allows two.
    adopt(["a", "b"], { maxConcurrentPerModel: 0, maxConcurrentPerAccount: 3 }, 3)
    expect((await second).account.id).toBe("a")
    expect((await third).account.id).toBe("a")
  })

  test("who waits in vain is told at once", async () => {
    adopt(["a"])
    await take()
    const waiting = refusal(take())
    cool({ type: "account-bucket", accountId: accountId("a"), bucket: "gemini" }, 3_600_000)
    expect(await waiting).toMatchObject({ code: "pool_exhausted", retryAfterMs: 3_600_000, shouldRetry: false })
  })

  test("the line is bounded", async () => {
    adopt(["a"])
    await take()
    const waiting = Array.from({ length: 1_000 }, () => refusal(take()))
    expect(await refusal(take())).toMatchObject({
      code: "pool_busy",
      message: expect.stringContaining("Too many requests wait"),
    })
    pool.close()
    expect((await Promise.all(waiting)).every(({ code }) => code === "shutting_down")).toBe(true)
  })
})

describe("cooling", () => {
  test("a cooling account is not chosen until its time is over", async () => {
    adopt(["a", "b"], { maxConcurrentPerAccount: 0 })
    cool({ type: "account", accountId: accountId("a") }, 30_000)
    expect([(await take()).account.id, (await take()).account.id]).toEqual(["b", "b"])
    clock.advance(30_000)
    expect((await take()).account.id).toBe("a")
  })

  test("a model on an account cools alone, its bucket with its like, the model for all", async () => {
    adopt(["a"], { maxConcurrentPerAccount: 0 })
    cool({ type: "account-model", accountId: accountId("a"), model: MODEL }, 60_000)
    await refusal(take())
    expect((await take({ model: OTHER_MODEL })).account.id).toBe("a")
    cool({ type: "account-bucket", accountId: accountId("a"), bucket: "third_party" }, 60_000)
    await refusal(take({ model: OTHER_MODEL }))
    adopt(["a", "b"], { maxConcurrentPerAccount: 0 }, 2)
    expect((await take()).account.id).toBe("b")
    cool({ type: "model", model: MODEL }, 60_000)
    await refusal(take())
  })

  test("a model that no account has is unknown, one that a cooling account has is worth waiting for", async () => {
    adopt(["a", "b"])
    const missing = (id: string): CooldownScope => ({ type: "account-model", accountId: accountId(id), model: MODEL })
    cool(missing("a"), 600_000, "model_missing")
    cool({ type: "account", accountId: accountId("b") }, 3_600_000)
    expect(await refusal(take())).toMatchObject({ code: "pool_exhausted", retryAfterMs: 3_600_000 })
    pool.release({ type: "account", accountId: accountId("b") })
    cool(missing("b"), 600_000, "model_missing")
    expect(await refusal(take())).toMatchObject({ code: "model_not_found" })
  })

  test.each([
    ["first", ["model_missing", "rate"]],
    ["last", ["rate", "model_missing"]],
  ] as const)(
    "of two rests that end together it is told that the model is not there, also where that came %s",
    async (_, causes) => {
      adopt(["a"])
      const scopes = {
        rate: { type: "account", accountId: accountId("a") },
        model_missing: { type: "account-model", accountId: accountId("a"), model: MODEL },
      } as const
      for (const cause of causes) cool(scopes[cause], 60_000, cause)
      expect((await refusal(take())).code).toBe("model_not_found")
    },
  )

  test("with all cooling the answer names the true earliest time", async () => {
    adopt(["a", "b"])
    cool({ type: "account", accountId: accountId("a") }, 90_000, "rate")
    cool({ type: "account", accountId: accountId("b") }, 40_000, "rate")
    expect(await refusal(take())).toMatchObject({ code: "pool_cooling", retryAfterMs: 40_000 })
  })

  test("a rest of all accounts that ends before their own does not hide those", async () => {
    adopt(["a", "b"])
    cool({ type: "model", model: MODEL }, 10_000, "rate")
    cool({ type: "account", accountId: accountId("a") }, 3_600_000)
    cool({ type: "account", accountId: accountId("b") }, 7_200_000)
    expect(await refusal(take())).toMatchObject({ code: "pool_exhausted", retryAfterMs: 3_600_000 })
    cool({ type: "egress" }, 5_000, "rate")
    expect(await refusal(take())).toMatchObject({ code: "pool_exhausted", retryAfterMs: 3_600_000 })
    cool({ type: "model", model: MODEL }, 4_000_000, "rate")
    expect(await refusal(take())).toMatchObject({ code: "pool_cooling", retryAfterMs: 4_000_000 })
  })

  test("a rest of all accounts is no other account", () => {
    adopt(["a"])
    cool({ type: "model", model: MODEL }, 10_000, "rate")
    expect(pool.hasOther(ask())).toBe(true)
    expect(pool.hasOther(ask({ exclude: new Set([accountId("a")]) }))).toBe(false)
  })

  test("a step of the wall clock changes neither what is waited for nor what is told", async () => {
    let stepMs = 0
    pool = new Pool({ ...clock, now: () => clock.now() + stepMs })
    adopt(["a"])
    cool({ type: "account", accountId: accountId("a") }, 3_600_000, "rate")
    for (stepMs of [7_200_000, -7_200_000]) {
      expect(await refusal(take())).toMatchObject({ code: "pool_cooling", retryAfterMs: 3_600_000 })
    }
    clock.advance(3_590_000)
    const lease = take()
    clock.advance(10_000)
    expect((await lease).account.id).toBe("a")
  })

  test("who waits for a cool-down's end waits on when it is put off a little", async () => {
    adopt(["a"])
    cool({ type: "account", accountId: accountId("a") }, 5_000, "rate")
    const lease = take()
    clock.advance(4_000)
    cool({ type: "account", accountId: accountId("a") }, 10_000, "rate")
    clock.advance(10_000)
    expect((await lease).account.id).toBe("a")
  })

  test("a cool-down that ends within fifteen seconds is waited for", async () => {
    adopt(["a"])
    cool({ type: "account", accountId: accountId("a") }, 10_000, "rate")
    const lease = take()
    clock.advance(10_000)
    const first = await lease
    expect(first.account.id).toBe("a")
    first.served()
    expect(clock.pending).toBe(0)
  })

  test.each([
    ["credential", { credential: { accessToken: "new", expiresAt: 1e15, generation: 2 } }],
    ["project", { projectId: "another-project" }],
  ])("a hold without an end lasts until the %s changes", async (_what, change) => {
    adopt(["a"])
    cool({ type: "account", accountId: accountId("a") }, Infinity, "auth")
    expect((await refusal(take())).code).toBe("no_upstream_account")
    adopt(["a"], {}, 2)
    expect((await refusal(take())).code).toBe("no_upstream_account")
    pool.adopt(compiled([testAccount("a", change)], {}, 3))
    expect((await take()).account.id).toBe("a")
  })

  test("nor does one that came when the account had left already keep it once it is back", async () => {
    adopt(["a"])
    const lease = await take()
    adopt([], {}, 2)
    cool({ type: "account", accountId: accountId("a") }, Infinity, "auth")
    lease.release()
    adopt(["a"], {}, 3)
    expect((await take()).account.id).toBe("a")
  })

  test("later evidence wins", async () => {
    adopt(["a"])
    cool({ type: "account", accountId: accountId("a") }, 3_600_000)
    cool({ type: "account", accountId: accountId("a") }, 5_000)
    const lease = take()
    clock.advance(5_000)
    expect((await lease).account.id).toBe("a")
  })
})

describe("whatever happens", () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant("take" as const), model: fc.constantFrom(MODEL, OTHER_MODEL) }),
    fc.record({ type: fc.constant("release" as const), pick: fc.nat(20) }),
    fc.record({ type: fc.constant("cool" as const), account: fc.constantFrom("a", "b", "c"), ms: fc.nat(100_000) }),
    fc.record({
      type: fc.constant("adopt" as const),
      ids: fc.subarray(["a", "b", "c"]),
      perAccount: fc.nat(3),
      perModel: fc.nat(3),
    }),
    fc.record({ type: fc.constant("advance" as const), ms: fc.nat(70_000) }),
    fc.record({ type: fc.constant("abort" as const), pick: fc.nat(20) }),
  )

  test("limits hold, no cooling account is chosen, and every lease comes back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
        clock = manualClock()
        pool = new Pool(clock)
        let limits = { account: 1, model: 0 }
        adopt(["a", "b", "c"])
        const leases: { lease: Lease; model: string }[] = []
        const aborts: AbortController[] = []
        const cooling = new Map<string, number>()
        const settled: Promise<unknown>[] = []
        for (const [version, now] of steps.entries()) {
          if (now.type === "take") {
            const controller = new AbortController()
            aborts.push(controller)
            settled.push(
              take({ model: now.model }, controller.signal).then(
                (lease) => {
                  expect(cooling.get(lease.account.id) ?? 0).toBeLessThanOrEqual(clock.monotonic())
                  leases.push({ lease, model: now.model })
                },
                () => undefined,
              ),
            )
          } else if (now.type === "release") leases.splice(now.pick % Math.max(1, leases.length), 1)[0]?.lease.release()
          else if (now.type === "cool") {
            cooling.set(now.account, clock.monotonic() + now.ms)
            cool({ type: "account", accountId: accountId(now.account) }, now.ms, "rate")
          } else if (now.type === "adopt") {
            limits = { account: Math.max(limits.account, now.perAccount || 99), model: limits.model }
            adopt(
              now.ids,
              { maxConcurrentPerAccount: now.perAccount, maxConcurrentPerModel: now.perModel },
              version + 2,
            )
          } else if (now.type === "advance") clock.advance(now.ms)
          else aborts[now.pick % Math.max(1, aborts.length)]?.abort(new Error("gone"))
          await Promise.resolve()
          await Promise.resolve()
          for (const count of Object.values(pool.inFlightByAccount())) expect(count).toBeLessThanOrEqual(limits.account)
        }
        for (const controller of aborts) controller.abort(new Error("end"))
        await Promise.all(settled)
        for (const { lease } of leases) {
          lease.release()
          lease.release()
        }
        expect(pool.facts()).toMatchObject({ inFlight: 0, waiting: 0 })
      }),
      { numRuns: 80 },
    )
  })
})
