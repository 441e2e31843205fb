/** What holds for every strategy, and what each promises. */
import { accountId, type AccountId } from "#shared/ids.ts"
import { poolStrategies, POOL_STRATEGY_NAMES, type PoolStrategyName } from "#shared/pool-strategy.ts"
import type { SnapshotAccount, SnapshotQuota } from "#shared/snapshot.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../../testing/manual-clock.ts"
import { compiled, IMAGE_MODEL, MODEL, OTHER_MODEL, testAccount } from "../../testing/snapshots.ts"
import type { Lease, LeaseAsk } from "../lease.ts"
import { Pool } from "../pool.ts"
import { STRATEGIES } from "./index.ts"

/** Numbers from 0 to 1 that look random and are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

class Bench {
  readonly clock: ManualClock = manualClock()
  readonly pool = new Pool(this.clock, seeded(7))
  snapshot: CompiledSnapshot = compiled([])
  #version = 1

  adopt(strategy: PoolStrategyName, accounts: readonly SnapshotAccount[], maxConcurrentPerAccount = 0): void {
    const settings = { poolStrategies: poolStrategies(() => strategy), maxConcurrentPerAccount }
    this.snapshot = compiled(accounts, settings, ++this.#version)
    this.pool.adopt(this.snapshot)
  }

  /** Undefined: none at once. */
  async take(more: Partial<LeaseAsk> = {}): Promise<Lease | undefined> {
    const ask = { model: MODEL, exclude: new Set<AccountId>(), snapshot: this.snapshot, waitMs: 0, ...more }
    return this.pool.acquire(ask, new AbortController().signal).catch(() => undefined)
  }

  async served(turns: number): Promise<string> {
    let order = ""
    for (let turn = 0; turn < turns; turn++) {
      const lease = await this.take()
      order += lease?.account.id ?? "-"
      lease?.release()
    }
    return order
  }
}

const TEN = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]

const accounts = (...ids: readonly string[]): SnapshotAccount[] => ids.map((id) => testAccount(id))

function reading(remainingFraction: number, more: Partial<SnapshotQuota> = {}): SnapshotQuota {
  const now = manualClock().now()
  const base = { bucket: "gemini", window: "5h", source: "summary", readAt: now, resetsAt: now + 9_000_000 } as const
  return { ...base, remainingFraction, ...more }
}

test("every strategy that can be named is there under its name", () => {
  for (const name of POOL_STRATEGY_NAMES) expect(STRATEGIES[name].name).toBe(name)
})

describe.each(POOL_STRATEGY_NAMES)("%s", (strategy) => {
  const world = fc.record({
    disabled: fc.subarray(["a", "b", "c", "d"], { maxLength: 3 }),
    cooling: fc.subarray(["a", "b", "c", "d"], { maxLength: 3 }),
    high: fc.subarray(["a", "b", "c", "d"]),
    limit: fc.nat(2),
    turns: fc.integer({ min: 1, max: 12 }),
  })

  test("never picks an account that cools, is disabled or full, nor a lower tier while a higher one can serve", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ disabled, cooling, high, limit, turns }) => {
        const bench = new Bench()
        bench.adopt(
          strategy,
          ["a", "b", "c", "d"].map((id) =>
            testAccount(id, {
              priority: high.includes(id) ? 1 : 0,
              ...(disabled.includes(id) ? { disabledModels: [MODEL] } : {}),
            }),
          ),
          limit,
        )
        for (const id of cooling) {
          const scope = { type: "account-bucket", accountId: accountId(id), bucket: "gemini" } as const
          bench.pool.cool({ scope, cause: "rate", evidence: "", since: 0, until: bench.clock.now() + 60_000 })
        }
        const running = new Map<string, number>()
        const isReady = (id: string): boolean =>
          !disabled.includes(id) && !cooling.includes(id) && (limit === 0 || (running.get(id) ?? 0) < limit)
        for (let turn = 0; turn < turns; turn++) {
          const ready = ["a", "b", "c", "d"].filter(isReady)
          const best = ready.filter((id) => high.includes(id))
          const chosen = (await bench.take())?.account.id
          if (ready.length === 0) expect(chosen).toBeUndefined()
          else expect(best.length > 0 ? best : ready).toContain(chosen)
          if (chosen !== undefined) running.set(chosen, (running.get(chosen) ?? 0) + 1)
        }
      }),
      { numRuns: 200 },
    )
  })

  test("has a way on when the one it would choose was tried already", async () => {
    const bench = new Bench()
    bench.adopt(strategy, accounts("a", "b", "c"))
    const exclude = new Set<AccountId>()
    for (let turn = 0; turn < 3; turn++) exclude.add((await bench.take({ exclude }))?.account.id ?? accountId("none"))
    expect(exclude).toEqual(new Set(["a", "b", "c"]))
    expect(await bench.take({ exclude })).toBeUndefined()
  })
})

test("a strategy is changed while requests run, for one group of models alone", async () => {
  const bench = new Bench()
  bench.adopt("fill-first", accounts("a", "b"))
  expect(await bench.served(3)).toBe("aaa")
  const settings = {
    maxConcurrentPerAccount: 0,
    poolStrategies: poolStrategies((group) => (group === "gemini" ? "round-robin" : "fill-first")),
  }
  bench.snapshot = compiled(accounts("a", "b"), settings, 9)
  bench.pool.adopt(bench.snapshot)
  expect(await bench.served(4)).toBe("baba")
  const other = [await bench.take({ model: OTHER_MODEL }), await bench.take({ model: OTHER_MODEL })]
  expect(other.map((lease) => lease?.account.id)).toEqual(["a", "a"])
  expect(other[0]?.reason).toBe("fill-first, chosen as the first in order of 2")
})

describe("weighted", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 })

  test("gives each its share, to within one percent", async () => {
    await fc.assert(
      fc.asyncProperty(weights, async (shares) => {
        const bench = new Bench()
        bench.adopt(
          "weighted",
          shares.map((weight, index) => testAccount(String(index), { weight })),
        )
        const turns = 4_000
        const counts = shares.map(() => 0)
        for (let turn = 0; turn < turns; turn++) {
          const lease = await bench.take()
          const index = Number(lease?.account.id)
          counts[index] = (counts[index] ?? 0) + 1
          lease?.release()
        }
        const sum = shares.reduce((total, weight) => total + weight, 0)
        for (const [index, weight] of shares.entries()) {
          const wanted = (turns * weight) / sum
          expect(Math.abs((counts[index] ?? 0) - wanted)).toBeLessThanOrEqual(Math.max(2, wanted * 0.01))
        }
      }),
      { numRuns: 20 },
    )
  })

  test("spreads the turns of a heavy account between the others'", async () => {
    const bench = new Bench()
    bench.adopt("weighted", [testAccount("a", { weight: 4 }), testAccount("b"), testAccount("c")])
    const order = await bench.served(24)
    expect(order).not.toMatch(/aaaa|bb|cc|bc|cb/)
    expect(order.slice(6, 12)).toBe(order.slice(12, 18))
  })

  test("has turns of its own in each group of models", async () => {
    const bench = new Bench()
    const catalogue = "images"
    bench.adopt("weighted", [testAccount("a", { weight: 3, catalogue }), testAccount("b", { catalogue })])
    const counts = new Map<string, number>()
    for (let turn = 0; turn < 400; turn++) {
      for (const model of [MODEL, OTHER_MODEL, IMAGE_MODEL]) {
        const lease = await bench.take({ model })
        const who = `${model} ${lease?.account.id}`
        counts.set(who, (counts.get(who) ?? 0) + 1)
        lease?.release()
      }
    }
    for (const model of [MODEL, OTHER_MODEL, IMAGE_MODEL]) {
      expect([counts.get(`${model} a`), counts.get(`${model} b`)]).toEqual([300, 100])
    }
  })

  test("asks no account to make up for the turns that it had in another tier", async () => {
    const bench = new Bench()
    bench.adopt("weighted", [testAccount("a", { priority: 1 }), testAccount("b"), testAccount("c")])
    expect(await bench.served(60)).toBe("a".repeat(60))
    bench.adopt("weighted", accounts("a", "b", "c"))
    expect((await bench.served(9)).replaceAll(/[bc]/g, "")).toBe("aaa")
  })

  test("owes nothing to an account that was away", async () => {
    const bench = new Bench()
    bench.adopt("weighted", accounts("a", "b"))
    const scope = { type: "account", accountId: accountId("a") } as const
    bench.pool.cool({ scope, cause: "rate", evidence: "", since: 0, until: bench.clock.now() + 60_000 })
    await bench.served(50)
    bench.pool.release(scope)
    const order = await bench.served(10)
    expect([4, 5, 6]).toContain(order.replaceAll("b", "").length)
  })
})

describe("least-in-flight", () => {
  test("of two drawn takes the one with fewer running, so that nobody runs far ahead", async () => {
    const bench = new Bench()
    bench.adopt("least-in-flight", accounts(...TEN))
    for (let turn = 0; turn < 1_000; turn++) await bench.take()
    const counts = Object.values(bench.pool.inFlightByAccount())
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(6)
  })

  test("finds the one that is free among many that are not", async () => {
    const bench = new Bench()
    bench.adopt("least-in-flight", accounts(...TEN), 1)
    const leases: (Lease | undefined)[] = []
    for (let turn = 0; turn < 10; turn++) leases.push(await bench.take())
    expect(new Set(leases.map((lease) => lease?.account.id)).size).toBe(10)
    expect(await bench.take()).toBeUndefined()
    leases[3]?.release()
    expect((await bench.take())?.account.id).toBe(leases[3]?.account.id)
  })
})

describe("fill-first", () => {
  test("stays with the heaviest until it is full, then the next", async () => {
    const bench = new Bench()
    bench.adopt("fill-first", [testAccount("a"), testAccount("b", { weight: 3 }), testAccount("c")], 2)
    const ids: (string | undefined)[] = []
    for (let turn = 0; turn < 7; turn++) ids.push((await bench.take())?.account.id)
    expect(ids).toEqual(["b", "b", "a", "a", "c", "c", undefined])
  })
})

describe("most-quota", () => {
  const withQuota = (id: string, ...quota: readonly SnapshotQuota[]): SnapshotAccount => testAccount(id, { quota })

  test("goes by the tighter of both windows", async () => {
    const bench = new Bench()
    bench.adopt("most-quota", [
      withQuota("a", reading(0.9), reading(0.2, { window: "weekly" })),
      withQuota("b", reading(0.6), reading(0.6, { window: "weekly" })),
    ])
    expect(await bench.served(2)).toBe("bb")
  })

  test("of two with the same left takes the one that gets more sooner", async () => {
    const bench = new Bench()
    const now = bench.clock.now()
    bench.adopt("most-quota", [
      withQuota("a", reading(0.5, { resetsAt: now + 14_000_000 })),
      withQuota("b", reading(0.5, { resetsAt: now + 600_000 })),
    ])
    expect(await bench.served(1)).toBe("b")
  })

  test("knows of no reading that it is neither empty nor full", async () => {
    const bench = new Bench()
    bench.adopt("most-quota", [withQuota("a", reading(0.1)), testAccount("b")])
    expect(await bench.served(1)).toBe("b")
    bench.adopt("most-quota", [withQuota("a", reading(0.9)), testAccount("b")])
    expect(await bench.served(1)).toBe("b")
    bench.adopt("most-quota", [withQuota("a", reading(0.9, { readAt: bench.clock.now() + 1 })), testAccount("b")])
    expect(await bench.served(1)).toBe("a")
  })

  test("takes turns where nothing was read of any", async () => {
    const bench = new Bench()
    bench.adopt("most-quota", accounts("a", "b", "c"))
    expect(await bench.served(6)).toBe("abcabc")
  })

  test("counts what was used here since the reading, and spreads before that is known", async () => {
    const bench = new Bench()
    bench.adopt("most-quota", [withQuota("a", reading(0.8)), withQuota("b", reading(0.8))])
    expect(await bench.served(6)).toBe("ababab")
    // Two readings show what a token costs: 1,000 of them a tenth of the window.
    bench.pool.use(accountId("a"), MODEL, 1_000)
    const later = bench.clock.now() + 1
    bench.adopt("most-quota", [
      withQuota("a", reading(0.7, { readAt: later })),
      withQuota("b", reading(0.75, { readAt: later })),
    ])
    expect(await bench.served(2)).toBe("bb")
    bench.pool.use(accountId("b"), MODEL, 1_000)
    expect(await bench.served(2)).toBe("aa")
  })

  test("a reserve is left alone, in each window, until the window ends; the honest answer names when", async () => {
    const bench = new Bench()
    const now = bench.clock.now()
    const low = reading(0.15, { window: "weekly", resetsAt: now + 3_600_000 })
    const account = { ...withQuota("a", reading(0.9), low), reserve: 0.2 }
    bench.adopt("round-robin", [account])
    const ask = { model: MODEL, exclude: new Set<AccountId>(), snapshot: bench.snapshot, waitMs: 60_000 }
    const refused = await bench.pool.acquire(ask, new AbortController().signal).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "pool_exhausted", retryAfterMs: 3_600_000 })
    expect((await bench.take({ model: OTHER_MODEL }))?.account.id).toBe("a")
    bench.clock.advance(3_600_000)
    expect((await bench.take())?.account.id).toBe("a")
  })

  test("an account whose quota was read as used up is left alone, one of which nothing was read is not", async () => {
    const bench = new Bench()
    bench.adopt("round-robin", [withQuota("a", reading(0)), testAccount("b")])
    expect(await bench.served(3)).toBe("bbb")
    bench.adopt("round-robin", [withQuota("a", reading(0.4, { readAt: bench.clock.now() + 1 })), testAccount("b")])
    expect(await bench.served(2)).toBe("ab")
  })
})
