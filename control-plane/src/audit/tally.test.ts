import { expect, test } from "vitest"
import { createManualClock } from "../../test/support/manual-clock.ts"
import type { UnchainedEvent } from "./chain.ts"
import { createTally, MAX_A_DAY, MAX_AT_ONCE } from "./tally.ts"

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

function start() {
  const clock = createManualClock(Date.UTC(2026, 0, 5))
  const written: UnchainedEvent[] = []
  const tally = createTally({ clock, write: (event) => written.push(event) })
  const refusal = (some: Partial<UnchainedEvent> = {}): UnchainedEvent => ({
    at: new Date(clock.now()),
    actorKind: "NOBODY",
    actorId: null,
    actorName: null,
    actorRole: null,
    address: "192.0.2.1",
    requestId: "ask_1",
    action: "signIn",
    objectKind: null,
    objectId: null,
    objectLabel: null,
    before: null,
    after: null,
    outcome: "REFUSED",
    code: "wrong_password",
    count: 1,
    ...some,
  })
  return { clock, written, tally, refusal, sum: () => written.reduce((sum, { count }) => sum + count, 0) }
}

test("a single one is told at once and once", () => {
  const { clock, written, tally, refusal } = start()
  tally.add(refusal())
  expect(written).toEqual([refusal()])
  clock.advance(MINUTE_MS)
  expect(written).toHaveLength(1)
})

test("more of the same are one event at the end of the minute, with the time of the last", () => {
  const { clock, written, tally, refusal } = start()
  for (let second = 0; second < 59; second++) {
    tally.add(refusal())
    clock.advance(1_000)
  }
  expect(written).toHaveLength(1)
  clock.advance(1_000)
  expect(written.slice(1)).toMatchObject([
    { count: 58, address: "192.0.2.1", requestId: null, at: new Date(clock.now() - 2_000) },
  ])
  tally.add(refusal())
  expect(written).toHaveLength(3)
})

test("what differs in who, what, why, about what or from where is told apart", () => {
  const { written, tally, refusal } = start()
  const others: Partial<UnchainedEvent>[] = [
    {},
    { actorKind: "ADMIN_TOKEN", actorId: "tok_1" },
    { action: "removeNode" },
    { code: "busy" },
    { objectId: "nod_1" },
    { address: "192.0.2.2" },
    { address: "2001:db8::1" },
  ]
  for (const other of others) tally.add(refusal(other))
  expect(written).toHaveLength(others.length)
  // One customer's network counts as one address.
  tally.add(refusal({ address: "2001:db8::2" }))
  expect(written).toHaveLength(others.length)
})

test("a flood from everywhere fills nothing, and each of it is counted", () => {
  const { clock, written, tally, refusal, sum } = start()
  const days = 3
  let added = 0
  for (let minute = 0; minute < (days * DAY_MS) / MINUTE_MS; minute++) {
    for (let guess = 0; guess < 40; guess++) {
      tally.add(refusal({ address: `10.${minute % 256}.${Math.floor(minute / 256)}.${guess}` }))
      added += 1
    }
    clock.advance(MINUTE_MS)
  }
  tally.flush()
  expect(sum()).toBe(added)
  expect(written.length).toBeLessThanOrEqual(days * (MAX_A_DAY + (2 * DAY_MS) / HOUR_MS))
  const named = written.filter(({ address }) => address !== null)
  expect(named).toHaveLength(days * MAX_A_DAY)
})

test("one actor's flood takes no other's place", () => {
  const { written, tally, refusal } = start()
  for (let address = 0; address < 2 * MAX_AT_ONCE; address++) tally.add(refusal({ address: `10.0.0.${address}` }))
  const before = written.length
  expect(before).toBe(MAX_AT_ONCE + 1)
  tally.add(refusal({ actorKind: "ADMIN_TOKEN", actorId: "tok_1", action: "removeNode", code: "not_found" }))
  expect(written.at(-1)).toMatchObject({ actorId: "tok_1", address: "192.0.2.1" })
  expect(written).toHaveLength(before + 1)
})

test("at the end what was only counted is written, once", () => {
  const { clock, written, tally, refusal, sum } = start()
  for (let time = 0; time < 5; time++) tally.add(refusal())
  tally.flush()
  expect(sum()).toBe(5)
  clock.advance(MINUTE_MS)
  expect(written).toHaveLength(2)
})
