import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import fc from "fast-check"
import { beforeEach, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { Affinity, CONVERSATION_MS, MAX_CONVERSATIONS, type ConversationFact, type ServedTurn } from "./affinity.ts"

const [a, b, c] = [accountId("a"), accountId("b"), accountId("c")]
let clock: ManualClock
let affinity: Affinity
beforeEach(() => {
  clock = manualClock()
  affinity = new Affinity(clock)
})

function serve(conversation: string, account: AccountId, more: Partial<ServedTurn> = {}): void {
  const served = { id: account, number: 0, order: 1 }
  affinity.served({ conversation, key: apiKeyId("key"), account: served, isNewHome: false, ...more })
}

const homes = (): object => Object.fromEntries(affinity.homes)

test("the first account is the home, the last other one stands in for it", () => {
  expect(affinity.find("one")).toBeUndefined()
  serve("one", a)
  serve("one", b)
  serve("one", a)
  expect(affinity.find("one")).toMatchObject({ id: a, standIn: { id: b } })
  serve("one", c)
  expect(affinity.find("one")).toMatchObject({ id: a, standIn: { id: c } })
  serve("one", c, { isNewHome: true })
  expect(affinity.find("one")).toMatchObject({ id: c, standIn: undefined })
})

test("a conversation is released, and so are all of an account", () => {
  serve("one", a)
  serve("two", a)
  serve("three", b)
  serve("three", a)
  expect([affinity.release("one"), affinity.release("one")]).toEqual([true, false])
  expect(affinity.releaseAccount(a)).toBe(1)
  expect(affinity.find("two")).toBeUndefined()
  expect(affinity.find("three")).toMatchObject({ id: b, standIn: undefined })
})

test("all of a key are released, and no other's", () => {
  serve("one", a)
  serve("two", b)
  serve("three", a, { key: apiKeyId("other") })
  expect(affinity.releaseKey(apiKeyId("key"))).toBe(2)
  expect(affinity.releaseKey(apiKeyId("key"))).toBe(0)
  expect(affinity.find("three")).toMatchObject({ id: a })
})

test("homes are counted by account, however they come and go", () => {
  const accounts = fc.constantFrom(a, b, c)
  const names = fc.constantFrom("1", "2", "3", "4", "5")
  const events = fc.oneof(
    fc.record({ conversation: names, account: accounts, isNewHome: fc.boolean() }),
    fc.record({ conversation: names }),
    fc.record({ account: accounts }),
    fc.record({ passes: fc.nat(CONVERSATION_MS) }),
  )
  fc.assert(
    fc.property(fc.array(events, { maxLength: 60, size: "max" }), (happening) => {
      clock = manualClock()
      affinity = new Affinity(clock)
      for (const event of happening) {
        if ("passes" in event) clock.advance(event.passes)
        else if ("isNewHome" in event) serve(event.conversation, event.account, { isNewHome: event.isNewHome })
        else if ("conversation" in event) affinity.release(event.conversation)
        else affinity.releaseAccount(event.account)
      }
      // Looking at each forgets what is old.
      const counted = ["1", "2", "3", "4", "5"].map((name) => affinity.find(name)?.id).filter((id) => id !== undefined)
      const expected: Record<string, number> = {}
      for (const id of counted) expected[id] = (expected[id] ?? 0) + 1
      expect(homes()).toEqual(expected)
    }),
  )
})

test("one that was not used for a day is forgotten, one that is used is not", () => {
  serve("used", a)
  serve("unused", a)
  clock.advance(CONVERSATION_MS - 1)
  serve("used", a)
  clock.advance(2)
  expect(affinity.find("used")).toMatchObject({ id: a, standIn: undefined })
  expect(affinity.find("unused")).toBeUndefined()
})

test("old ones leave with the next new one, and there are never more than fit", () => {
  serve("old", a)
  clock.advance(CONVERSATION_MS + 1)
  serve("new", a)
  expect(affinity.size).toBe(1)
  for (let turn = 0; turn < MAX_CONVERSATIONS; turn++) {
    serve(`more ${turn}`, a)
    if (turn === 10) serve("new", a)
  }
  expect(affinity.size).toBe(MAX_CONVERSATIONS)
  expect(affinity.find("more 0")).toBeUndefined()
  expect(affinity.find("new")).toMatchObject({ id: a, standIn: undefined })
})

test("what is told is what others need to have the same homes, and no more", () => {
  const told: ConversationFact[] = []
  affinity = new Affinity(clock, (fact) => told.push(fact))
  const home = (more: object): object => ({ type: "home", conversation: "one", key: "key", home: a, ...more })
  const usedAt = clock.now()
  serve("one", a)
  serve("one", a)
  serve("one", b)
  serve("one", b)
  expect(told).toEqual([home({ usedAt }), home({ standIn: b, usedAt })])
  affinity.find("one")
  affinity.stays()
  expect(told).toHaveLength(2)
  clock.advance(3_600_000)
  affinity.find("one")
  affinity.stays()
  affinity.stays()
  serve("one", c)
  expect(told.slice(2)).toEqual([home({ standIn: b, usedAt: clock.now() }), home({ standIn: c, usedAt: clock.now() })])
  affinity.release("none")
  affinity.releaseAccount(a)
  affinity.releaseKey(apiKeyId("key"))
  expect(told.slice(4)).toEqual(
    [{ conversation: "none" }, { accountId: a }, { apiKeyId: "key" }].map((of) => ({ type: "release", of })),
  )
})

test("what is learnt is not told on, lasts as long as where it was used, and is looked for by its id", () => {
  const told: ConversationFact[] = []
  affinity = new Affinity(clock, (fact) => told.push(fact))
  const learn = (ageMs: number): void =>
    affinity.learn({ type: "home", conversation: "one", key: apiKeyId("key"), home: a, usedAt: clock.now() - ageMs })
  learn(CONVERSATION_MS)
  expect(affinity.find("one")).toBeUndefined()
  learn(CONVERSATION_MS - 2_000)
  expect(affinity.find("one")).toMatchObject({ id: a, standIn: undefined, order: -1 })
  clock.advance(2_000)
  expect(affinity.find("one")).toBeUndefined()
  expect([homes(), told]).toEqual([{}, []])
})

test("who hears all in one order has the same homes, whoever did what", () => {
  const nodes = [0, 1, 2]
  const names = fc.constantFrom("1", "2", "3")
  const events = fc.oneof(
    fc.record({
      node: fc.constantFrom(...nodes),
      conversation: names,
      account: fc.constantFrom(a, b, c),
      isNewHome: fc.boolean(),
    }),
    fc.record({ node: fc.constantFrom(...nodes), release: fc.constantFrom(a, b) }),
    fc.record({ hear: fc.nat(5) }),
  )
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40, size: "max" }), (happening) => {
      const stream: ConversationFact[] = []
      const heard = nodes.map(() => 0)
      const all = nodes.map(() => new Affinity(clock, (fact) => stream.push(fact)))
      const hear = (node: number, count: number): void => {
        for (const fact of stream.slice(heard[node], (heard[node] ?? 0) + count)) all[node]?.learn(fact)
        heard[node] = Math.min(stream.length, (heard[node] ?? 0) + count)
      }
      for (const event of happening) {
        if ("hear" in event) for (const node of nodes) hear(node, event.hear + node)
        else if ("release" in event) all[event.node]?.releaseAccount(event.release)
        else {
          const { node, conversation, account: id, isNewHome } = event
          const account = { id, number: 0, order: 1 }
          all[node]?.served({ conversation, key: apiKeyId("key"), account, isNewHome })
        }
      }
      for (const node of nodes) hear(node, stream.length)
      // One that starts now reads all of it.
      const late = new Affinity(clock)
      for (const fact of stream) late.learn(fact)
      const seen = (one: Affinity): unknown[] =>
        ["1", "2", "3"].map((name) => {
          const { id, standIn } = one.find(name) ?? {}
          return [id, standIn?.id]
        })
      for (const one of all) expect(seen(one)).toEqual(seen(late))
    }),
  )
})
