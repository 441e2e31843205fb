/** What routing rules want of the pool: only some accounts, and another strategy than the one that is set. */
import { accountId, type AccountId } from "#shared/ids.ts"
import type { PoolStrategyName } from "#shared/pool-strategy.ts"
import { poolStrategies } from "#shared/pool-strategy.ts"
import type { AccountGroup } from "#shared/route.ts"
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import fc from "fast-check"
import { beforeEach, describe, expect, test, vi } from "vitest"
import type { GatewayError } from "../canonical/error.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { MODEL, testAccount, testSnapshot } from "../testing/snapshots.ts"
import { TAGS_KEPT_MS } from "./candidate-groups.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { Pool } from "./pool.ts"
import { STRATEGIES } from "./strategies/index.ts"

let clock: ManualClock
let pool: Pool
let snapshot: CompiledSnapshot
beforeEach(() => {
  clock = manualClock()
  pool = new Pool(clock, () => 0.5)
})

const TEAM: AccountGroup = { name: "team", tags: ["team"] }
const BOTH: AccountGroup = { name: "both", tags: ["team", "spare"] }

/** With a rule that names the tags, as the pool only heeds such. */
function adopt(accounts: readonly SnapshotAccount[], settings = {}, version = 1): void {
  const action = { accountTags: ["team", "spare"] }
  const routing = { aliases: {}, fallbacks: [], rules: [{ name: "r", match: {}, action }] }
  snapshot = compileSnapshot({ ...testSnapshot(accounts, settings, version), routing })
  pool.adopt(snapshot)
}

const tagged = (id: string, tags: readonly string[], more: Partial<SnapshotAccount> = {}): SnapshotAccount =>
  testAccount(id, { tags, ...more })
const never = new AbortController().signal

function ask(more: Partial<LeaseAsk> = {}): LeaseAsk {
  return { model: MODEL, exclude: new Set<AccountId>(), snapshot, waitMs: 60_000, ...more }
}

const take = (more: Partial<LeaseAsk> = {}): Promise<Lease> => pool.acquire(ask(more), never)

async function chosen(count: number, more: Partial<LeaseAsk>): Promise<string[]> {
  const ids: string[] = []
  for (let turn = 0; turn < count; turn++) {
    const lease = await take(more)
    ids.push(lease.account.id)
    lease.release()
  }
  return ids
}

async function chosenBy(waiting: Promise<Lease>): Promise<string> {
  const lease = await waiting
  lease.release()
  return lease.account.id
}

async function refusal(lease: Promise<Lease>): Promise<GatewayError> {
  return lease.then(
    () => {
      throw new Error("a lease was given")
    },
    (error: unknown) => error as GatewayError, // the pool's only rejections besides the signal's
  )
}

function cool(id: string, ms: number): void {
  const scope = { type: "account", accountId: accountId(id) } as const
  pool.cool({ scope, cause: "quota", evidence: "test", since: clock.now(), until: clock.now() + ms })
}

describe("a group of accounts", () => {
  test("alone serves who wants it, each in turn, and everybody else too", async () => {
    adopt([tagged("a", ["team"]), testAccount("b"), tagged("c", ["team", "other"]), tagged("d", ["spare"])])
    expect(await chosen(4, { group: TEAM })).toEqual(["a", "c", "a", "c"])
    expect(await chosen(3, { group: BOTH })).toEqual(["d", "a", "c"])
    expect(new Set(await chosen(4, {}))).toEqual(new Set(["a", "b", "c", "d"]))
  })

  test("is waited for while others are free, and its waiters keep nobody else from these", async () => {
    adopt([tagged("a", ["team"]), testAccount("b")])
    const held = await take({ group: TEAM })
    const waits = take({ group: TEAM })
    const other = await take()
    expect([other.account.id, pool.facts().waiting]).toEqual(["b", 1])
    const second = take()
    other.release()
    expect((await second).account.id).toBe("b")
    held.release()
    expect((await waits).account.id).toBe("a")
  })

  test("that rests is refused with its own time, whoever else could serve", async () => {
    adopt([tagged("a", ["team"]), testAccount("b")])
    cool("a", 120_000)
    expect(await refusal(take({ group: TEAM }))).toMatchObject({ code: "pool_exhausted", retryAfterMs: 120_000 })
    expect(pool.refusal(ask({ group: TEAM }))).toMatchObject({ code: "pool_exhausted" })
    expect(pool.refusal(ask())).toBeUndefined()
    expect((await take()).account.id).toBe("b")
  })

  test("without an account is told so", async () => {
    adopt([testAccount("b")])
    expect(await refusal(take({ group: TEAM }))).toMatchObject({ code: "no_upstream_account" })
  })

  test("changes with the accounts' tags and with what rules name", async () => {
    adopt([tagged("a", ["team"]), testAccount("b")])
    adopt([testAccount("a"), tagged("b", ["team"])], {}, 2)
    expect(await chosen(2, { group: TEAM })).toEqual(["b", "b"])
    // No rule names the tag any more: who is under way goes on with what it began with.
    const inGroup = await take({ group: TEAM })
    const waits = take({ group: TEAM })
    const without = (version: number): void => {
      snapshot = compileSnapshot(testSnapshot([testAccount("a"), tagged("b", ["team"])], {}, version))
      pool.adopt(snapshot)
    }
    without(3)
    inGroup.release()
    expect(await chosenBy(waits)).toBe("b")
    clock.advance(TAGS_KEPT_MS + 1)
    without(4)
    expect(await refusal(take({ group: TEAM }))).toMatchObject({ code: "no_upstream_account" })
    expect(new Set(await chosen(2, {}))).toEqual(new Set(["a", "b"]))
  })

  test("keeps a conversation whose home is outside", async () => {
    adopt([testAccount("a"), tagged("b", ["team"]), tagged("c", ["team"])])
    const caller = { key: "key" as never, conversation: "one" } // a key is only a text
    expect(await chosen(1, { caller })).toEqual(["a"])
    const [stand] = await chosen(1, { caller, group: TEAM })
    expect(stand).toBe("b")
    expect(await chosen(3, { caller, group: TEAM })).toEqual(["b", "b", "b"])
    expect(await chosen(1, { caller })).toEqual(["a"])
  })

  test("is counted apart in the census, whose parts still make up the whole", () => {
    adopt([tagged("a", ["team"]), tagged("b", ["team"], { usable: false }), testAccount("c"), tagged("d", ["team"])])
    cool("d", 60_000)
    expect(pool.census(ask({ group: TEAM }))).toEqual({
      known: 4,
      unusable: 1,
      outside: 1,
      notOffered: 0,
      resting: 1,
      modelOff: 0,
      candidates: 1,
      busy: 0,
    })
  })

  test("is told from a model that a client calls by its name and the group's", async () => {
    const unread = { catalogue: undefined } as Partial<SnapshotAccount> // as if nothing was read of it
    adopt([tagged("a", ["team"], unread), testAccount("b", unread)])
    const odd = [`${TEAM.name} ${MODEL}`, `${MODEL} ${TEAM.name}`]
    for (const model of odd) (await take({ model })).release()
    expect(pool.census(ask({ group: TEAM }))).toMatchObject({ outside: 1, candidates: 1 })

    const [inGroup, other] = [await take({ group: TEAM }), await take()]
    const waits = [take({ group: TEAM }), take({ model: `${MODEL} ${TEAM.name}` })]
    other.release()
    // Who waits for the group came first, and may not have it.
    expect((await waits[1])?.account.id).toBe("b")
    inGroup.release()
    expect((await waits[0])?.account.id).toBe("a")
  })

  test("of 50 among 20,000 is chosen from with as few looks as among 100", async () => {
    const looked = vi.spyOn(STRATEGIES["round-robin"], "rank")
    const looksAmong = async (count: number): Promise<number> => {
      pool = new Pool(clock)
      adopt(Array.from({ length: count }, (_, index) => tagged(`account-${index}`, index < 50 ? ["team"] : [])))
      looked.mockClear()
      await chosen(500, { group: TEAM })
      return looked.mock.calls.length
    }
    const amongFew = await looksAmong(100)
    expect(await looksAmong(20_000)).toBeLessThanOrEqual(amongFew)
    looked.mockRestore()
  })
})

describe("another strategy", () => {
  const weights = (): SnapshotAccount[] => [
    tagged("a", ["team"], { weight: 1 }),
    tagged("b", ["team"], { weight: 3 }),
    tagged("c", [], { weight: 9 }),
  ]
  const rr = { poolStrategies: poolStrategies(() => "round-robin") }

  test("decides for who asks for it, and for nobody else", async () => {
    adopt(weights(), rr)
    expect(await chosen(3, { strategy: "fill-first" })).toEqual(["c", "c", "c"])
    expect(await chosen(3, { strategy: "fill-first", group: TEAM })).toEqual(["b", "b", "b"])
    expect((await take({ strategy: "fill-first" })).reason).toContain("fill-first, chosen as the first in order of 3")
    expect((await take()).reason).toContain("round-robin")
  })

  test("gives shares by weight as the strategy itself does", async () => {
    adopt(weights(), rr)
    const ids = await chosen(40, { strategy: "weighted", group: TEAM })
    expect(ids.filter((id) => id === "b").length).toBe(30)
    expect(ids.slice(0, 4).filter((id) => id === "a").length).toBeLessThanOrEqual(2)
  })

  test("draws where it draws", async () => {
    adopt(weights(), { ...rr, maxConcurrentPerAccount: 0 })
    const held = await Promise.all([take(), take(), take()])
    expect(new Set(held.map(({ account }) => account.id)).size).toBe(3)
    const lease = await take({ strategy: "least-in-flight" })
    expect(lease.reason).toContain("least-in-flight")
  })

  test("heeds what becomes of accounts after it was first asked for", async () => {
    adopt(weights(), rr)
    const heaviest = await take({ strategy: "fill-first" })
    expect([heaviest.account.id, (await take({ strategy: "fill-first" })).account.id]).toEqual(["c", "b"])
    cool("a", 60_000)
    expect((await refusal(take({ strategy: "fill-first", waitMs: 0 }))).code).toBe("pool_busy")
    heaviest.release()
    expect(await chosen(1, { strategy: "fill-first" })).toEqual(["c"])
    // Another weight, and one more account.
    adopt(
      [
        ...weights().map((one) => ({ ...one, weight: one.id === "a" ? 99 : one.weight })),
        tagged("d", [], { weight: 50 }),
      ],
      rr,
      2,
    )
    pool.release({ type: "account", accountId: accountId("a") })
    expect(await chosen(1, { strategy: "fill-first" })).toEqual(["a"])
    cool("a", 60_000)
    expect(await chosen(1, { strategy: "fill-first" })).toEqual(["d"])
  })

  test("among 20,000 looks at as few as among 100", async () => {
    const looked = vi.spyOn(STRATEGIES["fill-first"], "rank")
    const looksAmong = async (count: number): Promise<number> => {
      pool = new Pool(clock)
      const action = { strategy: "fill-first" } as const
      const routing = { aliases: {}, fallbacks: [], rules: [{ name: "r", match: {}, action }] }
      const accounts = Array.from({ length: count }, (_, index) =>
        testAccount(`account-${index}`, { weight: 1 + index }),
      )
      snapshot = compileSnapshot({ ...testSnapshot(accounts, rr), routing })
      pool.adopt(snapshot)
      await chosen(1, { strategy: "fill-first" })
      looked.mockClear()
      await chosen(500, { strategy: "fill-first" })
      return looked.mock.calls.length
    }
    const amongFew = await looksAmong(100)
    expect(await looksAmong(20_000)).toBeLessThanOrEqual(amongFew)
    looked.mockRestore()
  })

  test("keeps to priority: a lower tier serves only where no higher one can", async () => {
    adopt([testAccount("high", { priority: 1 }), testAccount("low", { weight: 9 })], rr)
    expect(await chosen(2, { strategy: "fill-first" })).toEqual(["high", "high"])
    await take()
    expect(await chosen(1, { strategy: "fill-first" })).toEqual(["low"])
  })
})

test("whatever group and strategy are asked for: only accounts of it, and always one where one is free", async () => {
  const tags = fc.subarray(["team", "spare", "x"])
  const names = Object.keys(STRATEGIES) as PoolStrategyName[] // the keys of a record by them
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ tags, priority: fc.nat(1) }), { minLength: 1, maxLength: 8 }),
      fc.array(
        fc.record({ group: fc.constantFrom(undefined, TEAM, BOTH), strategy: fc.constantFrom(undefined, ...names) }),
      ),
      async (accounts, asks) => {
        pool = new Pool(clock)
        adopt(accounts.map(({ tags: own, priority }, index) => tagged(`a${index}`, own, { priority })))
        const taken = new Set<string>()
        for (const { group, strategy } of asks) {
          const isOf = ({ tags: own = [] }: SnapshotAccount): boolean =>
            group === undefined || own.some((tag) => group.tags.includes(tag))
          const free = snapshot.snapshot.accounts.filter((account) => isOf(account) && !taken.has(account.id))
          const more = { ...(group && { group }), ...(strategy && { strategy }), waitMs: 0 }
          const lease = await take(more).catch(() => undefined)
          expect(lease === undefined).toBe(free.length === 0)
          if (lease === undefined) continue
          expect(isOf(lease.account)).toBe(true)
          taken.add(lease.account.id)
        }
      },
    ),
    { numRuns: 60 },
  )
})
