import { accountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS } from "#shared/quota-bucket.ts"
import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, testAccount } from "../testing/snapshots.ts"
import { AccountTable } from "./account-table.ts"
import type { PoolAccount } from "./candidates.ts"
import type { Lease } from "./lease.ts"
import { Pool } from "./pool.ts"

/** The pool after the newest of the snapshots, each a list of names. */
function world() {
  const pool = new Pool(manualClock())
  let version = 1
  let snapshot = compiled([])
  const adopt = (...ids: string[]): void => {
    const accounts = ids.map((id) => testAccount(id))
    snapshot = compiled(accounts, { maxConcurrentPerAccount: 1 }, ++version)
    pool.adopt(snapshot)
  }
  const take = (conversation: string): Promise<Lease> => {
    const caller = { key: "key" as never, conversation } // any key
    const ask = { model: MODEL, exclude: new Set<never>(), snapshot, waitMs: 0, caller }
    return pool.acquire(ask, new AbortController().signal)
  }
  return { pool, adopt, take }
}

test("an account that takes the place of one that is gone inherits nothing of it", async () => {
  const { pool, adopt, take } = world()
  adopt("a")
  const old = await take("one")
  expect(pool.inFlightByAccount()).toEqual({ a: 1 })
  adopt("b")
  // Its lease is still in use, so its row is too.
  expect([pool.inFlightByAccount(), pool.facts().inFlight]).toEqual([{}, 1])
  expect((await take("two")).account.id).toBe("b")
  old.release()
  expect([pool.inFlightByAccount(), pool.facts().inFlight]).toEqual([{ b: 1 }, 1])
  adopt("b", "c")
  // Where a stood now stands c, and no conversation of a's lives there.
  const { account, reason } = await take("one")
  expect(account.id).toBe("c")
  expect(reason).toMatch(/^round-robin/)
})

test("an account that was away keeps what runs on it, so that its limit holds", async () => {
  const { pool, adopt, take } = world()
  adopt("a")
  const old = await take("one")
  adopt()
  adopt("a")
  expect([pool.inFlightByAccount(), pool.facts().inFlight]).toEqual([{ a: 1 }, 1])
  await expect(take("two")).rejects.toMatchObject({ code: "pool_busy" })
  old.release()
  const next = await take("two")
  adopt()
  next.release()
  adopt("b", "a")
  expect([pool.inFlightByAccount(), pool.facts().inFlight]).toEqual([{}, 0])
  expect([(await take("two")).account.id, (await take("three")).account.id].toSorted()).toEqual(["a", "b"])
})

test("a conversation finds its home again under another number", async () => {
  const { adopt, take } = world()
  adopt("a", "b")
  const first = await take("one")
  expect(first.account.id).toBe("a")
  first.release()
  adopt("b")
  adopt("c", "b")
  adopt("c", "b", "a")
  const again = await take("one")
  expect([again.account.id, again.reason]).toEqual(["a", "the conversation lives there"])
  again.release()
  expect((await take("one")).account.id).toBe("a")
})

test("accounts that cool down as a whole are counted as they come and go", () => {
  const { pool, adopt } = world()
  adopt("a", "b")
  const cool = (id: string): void =>
    pool.cool({
      scope: { type: "account", accountId: accountId(id) },
      cause: "rate",
      evidence: "",
      since: 0,
      until: 9e15,
    })
  cool("a")
  cool("a")
  cool("b")
  expect(pool.facts()).toMatchObject({ total: 2, usable: 2, cooling: 2 })
  adopt("b")
  expect(pool.facts()).toMatchObject({ total: 1, usable: 1, cooling: 1 })
  adopt("a", "b")
  expect(pool.facts()).toMatchObject({ cooling: 2 })
  pool.release({ type: "account", accountId: accountId("a") })
  expect(pool.facts()).toMatchObject({ cooling: 1 })
})

test("each number that is kept of an account has a place of its own", () => {
  const table = new AccountTable()
  const account = { id: accountId("a"), order: 77 } as PoolAccount // all that the table asks of it
  const number = table.add(account)
  table.adopt(number, 3, 1_700_000_000_000.5, 7)
  table.setLastChosen(number, 123_456.75)
  table.takeSlot(number)
  table.setHasRest(number, true)
  const seats = QUOTA_BUCKETS.map((bucket) => table.seats[bucket])
  for (const [index, seat] of seats.entries()) {
    seat.setMark(number, 0.1 + index)
    seat.setHeadroom(number, 0.7 + index)
    for (let turn = 0; turn <= index; turn++) seat.begin(number, 0)
    seat.setPlace(number, -1_000 - index)
  }
  expect(
    seats.map((seat) => [seat.mark(number), seat.headroom(number), seat.requests(number), seat.place(number)]),
  ).toEqual(seats.map((_, index) => [0.1 + index, 0.7 + index, 1 + index, -1_000 - index]))
  expect(seats.map((seat) => seat.shelf(number))).toEqual([undefined, undefined, undefined])
  expect([table.inFlight(number), table.weight(number), table.lastChosen(number), table.order(number)]).toEqual([
    1, 7, 123_456.75, 77,
  ])
  expect([table.isLiving(number, 1_700_000_000_000), table.isLiving(number, 1_700_000_000_001)]).toEqual([true, false])
  expect([table.hasRest(number), table.isPassedOver(number), table.hasFreeSlot(number)]).toEqual([true, false, true])
})

test("a number is used again when its account is gone and its last lease is back, and not before", () => {
  const table = new AccountTable()
  const add = (id: string, order: number): number => table.add({ id: accountId(id), order } as PoolAccount) // all that the table asks of it
  const number = add("a", 1)
  table.takeSlot(number)
  table.takeSlot(number)
  table.remove(number)
  table.returnSlot(number)
  expect(add("b", 2)).not.toBe(number)
  table.returnSlot(number)
  expect([add("c", 3), table.order(number), table.inFlight(number)]).toEqual([number, 3, 0])
})
