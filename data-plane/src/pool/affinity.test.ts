import { accountId } from "#shared/ids.ts"
import { beforeEach, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { Affinity, CONVERSATION_MS, MAX_CONVERSATIONS } from "./affinity.ts"

const [a, b, c] = [accountId("a"), accountId("b"), accountId("c")]
let clock: ManualClock
let affinity: Affinity
beforeEach(() => {
  clock = manualClock()
  affinity = new Affinity(clock)
})

test("the first account is the home, the last other one stands in for it", () => {
  expect(affinity.find("one")).toBeUndefined()
  affinity.served("one", a, false)
  affinity.served("one", b, false)
  affinity.served("one", a, false)
  expect(affinity.find("one")).toMatchObject({ home: a, standIn: b })
  affinity.served("one", c, false)
  expect(affinity.find("one")).toMatchObject({ home: a, standIn: c })
  affinity.served("one", c, true)
  expect(affinity.find("one")).toMatchObject({ home: c, standIn: undefined })
})

test("a conversation is released, and so are all of an account", () => {
  affinity.served("one", a, false)
  affinity.served("two", a, false)
  affinity.served("three", b, false)
  affinity.served("three", a, false)
  expect([affinity.release("one"), affinity.release("one")]).toEqual([true, false])
  expect(affinity.releaseAccount(a)).toBe(1)
  expect(affinity.find("two")).toBeUndefined()
  expect(affinity.find("three")).toMatchObject({ home: b, standIn: undefined })
})

test("one that was not used for a day is forgotten, one that is used is not", () => {
  affinity.served("used", a, false)
  affinity.served("unused", a, false)
  clock.advance(CONVERSATION_MS - 1)
  affinity.served("used", a, false)
  clock.advance(2)
  expect(affinity.find("used")).toMatchObject({ home: a, standIn: undefined })
  expect(affinity.find("unused")).toBeUndefined()
})

test("old ones leave with the next new one, and there are never more than fit", () => {
  affinity.served("old", a, false)
  clock.advance(CONVERSATION_MS + 1)
  affinity.served("new", a, false)
  expect(affinity.size).toBe(1)
  for (let turn = 0; turn < MAX_CONVERSATIONS; turn++) {
    affinity.served(`more ${turn}`, a, false)
    if (turn === 10) affinity.served("new", a, false)
  }
  expect(affinity.size).toBe(MAX_CONVERSATIONS)
  expect(affinity.find("more 0")).toBeUndefined()
  expect(affinity.find("new")).toMatchObject({ home: a, standIn: undefined })
})
