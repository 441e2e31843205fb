import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import fc from "fast-check"
import { beforeEach, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { Affinity, CONVERSATION_MS, MAX_CONVERSATIONS, type ServedTurn } from "./affinity.ts"

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
  expect(affinity.find("one")).toMatchObject({ home: a, standIn: b })
  serve("one", c)
  expect(affinity.find("one")).toMatchObject({ home: a, standIn: c })
  serve("one", c, { isNewHome: true })
  expect(affinity.find("one")).toMatchObject({ home: c, standIn: undefined })
})

test("a conversation is released, and so are all of an account", () => {
  serve("one", a)
  serve("two", a)
  serve("three", b)
  serve("three", a)
  expect([affinity.release("one"), affinity.release("one")]).toEqual([true, false])
  expect(affinity.releaseAccount(a)).toBe(1)
  expect(affinity.find("two")).toBeUndefined()
  expect(affinity.find("three")).toMatchObject({ home: b, standIn: undefined })
})

test("all of a key are released, and no other's", () => {
  serve("one", a)
  serve("two", b)
  serve("three", a, { key: apiKeyId("other") })
  expect(affinity.releaseKey(apiKeyId("key"))).toBe(2)
  expect(affinity.releaseKey(apiKeyId("key"))).toBe(0)
  expect(affinity.find("three")).toMatchObject({ home: a })
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
      const counted = ["1", "2", "3", "4", "5"]
        .map((name) => affinity.find(name)?.home)
        .filter((id) => id !== undefined)
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
  expect(affinity.find("used")).toMatchObject({ home: a, standIn: undefined })
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
  expect(affinity.find("new")).toMatchObject({ home: a, standIn: undefined })
})
