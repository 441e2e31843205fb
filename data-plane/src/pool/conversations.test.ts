/** A conversation stays on its account where that costs nothing, and nowhere waits for it. */
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import fc from "fast-check"
import { beforeEach, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { Pool } from "./pool.ts"

let clock: ManualClock
let pool: Pool
let snapshot: CompiledSnapshot
let version: number
beforeEach(() => {
  clock = manualClock()
  pool = new Pool(clock)
  version = 0
  adopt(["a", "b", "c"].map((id) => testAccount(id)))
})

function adopt(accounts: readonly SnapshotAccount[], settings = {}): void {
  snapshot = compiled(accounts, settings, ++version)
  pool.adopt(snapshot)
}

function take(conversation: string, more: Partial<LeaseAsk> = {}): Promise<Lease> {
  const caller = { key: apiKeyId("key"), conversation }
  const ask = { model: MODEL, exclude: new Set<AccountId>(), snapshot, waitMs: 60_000, caller, ...more }
  return pool.acquire(ask, new AbortController().signal)
}

/** One turn of a conversation; whose account took it? */
async function turn(conversation: string, more: Partial<LeaseAsk> = {}): Promise<string> {
  const lease = await take(conversation, more)
  lease.release()
  return lease.account.id
}

function cool(id: string, ms: number): void {
  const scope = { type: "account-bucket", accountId: accountId(id), bucket: "gemini" } as const
  pool.cool({ scope, cause: "rate", evidence: "", since: clock.now(), until: clock.now() + ms })
}

test("it stays where it began, while new ones take turns", async () => {
  expect([await turn("one"), await turn("two"), await turn("three")]).toEqual(["a", "b", "c"])
  expect([await turn("three"), await turn("one"), await turn("one"), await turn("two")]).toEqual(["c", "a", "a", "b"])
  const { reason } = await take("one")
  expect(reason).toBe("the conversation lives there")
  expect(pool.facts().conversations).toBe(3)
  await turn("four")
  expect(pool.conversationsByAccount(10)).toEqual({ a: 1, b: 1, c: 2 })
  expect(pool.conversationsByAccount(1)).toEqual({ c: 2 })
  expect(pool.releaseConversationsOfKey(apiKeyId("key"))).toBe(4)
})

test("it never waits: with no free slot at home another account serves, and the home stays", async () => {
  const first = await take("one")
  const beside = await take("one")
  expect([first.account.id, beside.account.id, beside.reason.startsWith("round-robin")]).toEqual(["a", "b", true])
  first.release()
  beside.release()
  expect(await turn("one")).toBe("a")
  expect(pool.homeOf("one")).toMatchObject({ id: "a", standIn: { id: "b" } })
})

test("while the home cools one other account stands in, and afterwards it returns", async () => {
  await turn("one")
  cool("a", 60_000)
  expect(await turn("one")).toBe("b")
  await turn("other")
  expect([await turn("one"), await turn("one")]).toEqual(["b", "b"])
  expect((await take("one")).reason).toBe("stands in for the conversation's own account")
  clock.advance(60_000)
  expect(await turn("one")).toBe("a")
})

test("what the home cannot serve is served elsewhere, and the rest at home", async () => {
  adopt([testAccount("a", { disabledModels: [OTHER_MODEL] }), testAccount("b"), testAccount("c")])
  expect(await turn("one")).toBe("a")
  expect([await turn("one", { model: OTHER_MODEL }), await turn("one", { model: OTHER_MODEL })]).toEqual(["b", "b"])
  expect(await turn("one")).toBe("a")
})

test("an account on which this request has failed is not gone back to", async () => {
  await turn("one")
  expect(await turn("one", { exclude: new Set([accountId("a")]) })).toBe("b")
})

test("a home with an expired token is no home until it is renewed", async () => {
  await turn("one")
  const accounts = (expiresAt: number, generation: number): SnapshotAccount[] => [
    testAccount("a", { credential: { accessToken: "t", expiresAt, generation } }),
    testAccount("b"),
  ]
  adopt(accounts(clock.now() - 1, 2))
  expect(await turn("one")).toBe("b")
  adopt(accounts(clock.now() + 60_000, 3))
  expect(await turn("one")).toBe("a")
})

test("a higher tier that can serve again takes the conversation over for good", async () => {
  const accounts = [testAccount("high", { priority: 1 }), testAccount("low"), testAccount("low too")]
  adopt(accounts)
  cool("high", 60_000)
  expect([await turn("one"), await turn("two"), await turn("one")]).toEqual(["low", "low too", "low"])
  clock.advance(60_000)
  expect(await turn("one")).toBe("high")
  expect(pool.homeOf("one")).toMatchObject({ id: "high", standIn: undefined })
})

test("a home that is gone or disabled is replaced", async () => {
  await turn("one")
  adopt([testAccount("a", { usable: false, state: "DISABLED" }), testAccount("b"), testAccount("c")])
  expect(await turn("one")).toBe("b")
  adopt(["a", "b", "c"].map((id) => testAccount(id)))
  expect(await turn("one")).toBe("b")
})

test("released, it finds an account as a new one does", async () => {
  await turn("one")
  await turn("two")
  expect([pool.releaseConversation("one"), pool.releaseConversation("one")]).toEqual([true, false])
  expect(pool.releaseConversationsOf(accountId("b"))).toBe(1)
  expect(pool.facts().conversations).toBe(0)
  expect(pool.conversationsByAccount(10)).toEqual({})
  expect(await turn("one")).toBe("c")
})

test("who waits for a slot gets the first that is free, at home or not", async () => {
  adopt([testAccount("a"), testAccount("b")])
  const home = await take("one")
  const other = await take("two")
  const waiting = take("one")
  other.release()
  expect((await waiting).account.id).toBe("b")
  home.release()
})

const IDS = ["a", "b", "c", "d", "e"]
const id = fc.constantFrom(...IDS)
const name = fc.constantFrom("one", "two", "three")
const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("take" as const), name, isHeld: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("return" as const), pick: fc.nat(9) }) },
  // One that leaves and comes back is another one to the pool; others have come to its place meanwhile.
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("adopt" as const),
      ids: fc.shuffledSubarray(IDS),
      high: fc.subarray(IDS, { maxLength: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("cool" as const), id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("open" as const), id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("release" as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("releaseOf" as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("learn" as const), name, home: id, standIn: fc.option(id) }),
  },
)

interface Home {
  readonly home: string
  readonly standIn: string | undefined
}

/** What is said of conversations, account by account, without places and orders. */
class Homes {
  readonly known = new Map<string, Home>()
  /** Accounts of the pool, with their priority. */
  priority = new Map<string, number>()
  readonly cooling = new Set<string>()
  readonly running: string[] = []

  canServe(one: string | undefined): one is string {
    return one !== undefined && this.priority.has(one) && !this.cooling.has(one) && !this.running.includes(one)
  }

  /** Who may take a turn. */
  choices(conversation: string): readonly string[] {
    const able = [...this.priority.keys()].filter((one) => this.canServe(one))
    const highest = Math.max(...able.map((one) => this.priority.get(one) ?? 0))
    const best = able.filter((one) => this.priority.get(one) === highest)
    const { home, standIn } = this.known.get(conversation) ?? {}
    const preferred = [home, standIn].find((one) => one !== undefined && best.includes(one))
    return preferred === undefined ? best : [preferred]
  }

  served(conversation: string, by: string): void {
    const known = this.known.get(conversation)
    const before = known && this.priority.get(known.home)
    if (known === undefined || before === undefined || before < (this.priority.get(by) ?? 0)) {
      this.known.set(conversation, { home: by, standIn: undefined })
    } else if (known.home !== by) this.known.set(conversation, { home: known.home, standIn: by })
  }

  releaseOf(one: string): void {
    for (const [conversation, { home, standIn }] of this.known) {
      if (home === one) this.known.delete(conversation)
      else if (standIn === one) this.known.set(conversation, { home, standIn: undefined })
    }
  }

  get byAccount(): object {
    const counts: Record<string, number> = {}
    for (const { home } of this.known.values()) counts[home] = (counts[home] ?? 0) + 1
    return counts
  }
}

test("whoever leaves, comes back and takes whose place, a turn is served where its conversation lives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 80, size: "max" }), async (events) => {
      pool = new Pool(clock)
      const homes = new Homes()
      const leases: Lease[] = []
      const join = (ids: readonly string[], high: readonly string[]): void => {
        homes.priority = new Map(ids.map((one) => [one, high.includes(one) ? 1 : 0]))
        // What the snapshot says of an account is new each time, and whoever is leased is as the newest says.
        adopt(
          ids.map((one) => testAccount(one, { priority: homes.priority.get(one) ?? 0, label: `${one} ${version}` })),
        )
      }
      const scopeOf = (one: string) => ({ type: "account", accountId: accountId(one) }) as const
      join(["a", "b", "c"], [])
      for (const now of events) {
        if (now.type === "take") {
          const choices = homes.choices(now.name)
          const lease = await take(now.name, { waitMs: 0 }).catch(() => undefined)
          if (choices.length === 0) expect(lease).toBeUndefined()
          if (lease === undefined) {
            expect(choices).toEqual([])
            continue
          }
          expect(choices).toContain(lease.account.id)
          expect(lease.account).toBe(snapshot.accountById.get(lease.account.id))
          homes.served(now.name, lease.account.id)
          if (now.isHeld) {
            homes.running.push(lease.account.id)
            leases.push(lease)
          } else lease.release()
        } else if (now.type === "return") {
          const pick = now.pick % Math.max(1, leases.length)
          homes.running.splice(pick, 1)
          leases.splice(pick, 1)[0]?.release()
        } else if (now.type === "adopt") join(now.ids, now.high)
        else if (now.type === "cool") {
          homes.cooling.add(now.id)
          const until = clock.now() + 3_600_000
          pool.cool({ scope: scopeOf(now.id), cause: "rate", evidence: "", since: clock.now(), until })
        } else if (now.type === "open") {
          homes.cooling.delete(now.id)
          pool.release(scopeOf(now.id))
        } else if (now.type === "release") {
          expect(pool.releaseConversation(now.name)).toBe(homes.known.delete(now.name))
        } else if (now.type === "releaseOf") {
          homes.releaseOf(now.id)
          pool.releaseConversationsOf(accountId(now.id))
        } else {
          const standIn = now.standIn ?? undefined
          homes.known.set(now.name, { home: now.home, standIn })
          const other = standIn === undefined ? {} : { standIn: accountId(standIn) }
          const told = { conversation: now.name, key: apiKeyId("key"), home: accountId(now.home), ...other }
          pool.learn({ type: "home", ...told, usedAt: clock.now() })
        }
        for (const one of ["one", "two", "three"]) {
          const { id: home, standIn } = pool.homeOf(one) ?? {}
          expect({ home, standIn: standIn?.id }).toEqual({ standIn: undefined, ...homes.known.get(one) })
        }
        expect(pool.conversationsByAccount(9)).toEqual(homes.byAccount)
        expect(pool.facts().inFlight).toBe(leases.length)
      }
      for (const lease of leases) lease.release()
      expect(pool.facts()).toMatchObject({ inFlight: 0, waiting: 0 })
    }),
    { numRuns: 70 },
  )
})
