/** A conversation stays on its account where that costs nothing, and nowhere waits for it. */
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
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
