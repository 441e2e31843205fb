import { expect, test } from "vitest"
import type { Clock } from "../clock.ts"
import { createInForce } from "./in-force.ts"
import type { Published } from "./publisher.ts"

function setUp(connected: string[]) {
  let current: Published | undefined
  let version = 0
  const timers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    after: (_ms, callback) => {
      timers.add(callback)
      return () => timers.delete(callback)
    },
  }
  const publisher = {
    get current() {
      return current
    },
    flush: async () => {
      version += 1
      current = { epoch: 1, version, hash: "", line: "" }
    },
  }
  const inForce = createInForce({ clock, publisher, connectedNodes: () => new Set(connected) })
  return { inForce, timers, expire: () => [...timers].forEach((callback) => callback()) }
}

/** What a promise has become after all that was due has run. */
const stateOf = (promise: Promise<boolean>) =>
  Promise.race([promise, new Promise<"pending">((resolve) => setImmediate(resolve, "pending"))])

test("with no node connected a change is in force when it is published", async () => {
  expect(await setUp([]).inForce.settle()).toBe(true)
})

test("every connected node has to answer the snapshot that holds the change, or a newer one", async () => {
  const { inForce, timers } = setUp(["one", "two"])
  inForce.answered("two", 1, 9)
  const settled = inForce.settle()
  expect(await stateOf(settled)).toBe("pending")
  inForce.answered("one", 1, 0)
  expect(await stateOf(settled)).toBe("pending")
  inForce.answered("one", 1, 1)
  expect(await settled).toBe(true)
  expect(timers.size).toBe(0)
})

test("an answer of an earlier epoch does not count, one of a later does", async () => {
  const { inForce } = setUp(["one"])
  inForce.answered("one", 0, 99)
  const settled = inForce.settle()
  expect(await stateOf(settled)).toBe("pending")
  inForce.answered("one", 2, 0)
  expect(await settled).toBe(true)
})

test("a silent node is not waited for without end", async () => {
  const { inForce, expire } = setUp(["one"])
  const settled = inForce.settle()
  expect(await stateOf(settled)).toBe("pending")
  expire()
  expect(await settled).toBe(false)
})
