import { expect, test } from "vitest"
import { createEvents } from "./events.ts"

test("equal ids that wait are told once, in the order of their first telling", async () => {
  const events = createEvents()
  const listener = events.listen("accountChanged")
  for (const id of ["a", "b", "a", "b", "c"]) events.publish("accountChanged", id)
  const told = [await listener.next(), await listener.next(), await listener.next()].map(({ value }) => value)
  expect(told).toEqual(["a", "b", "c"])
})

test("a listener that does not listen holds the newest 256", async () => {
  const events = createEvents()
  const listener = events.listen("requestFinished")
  for (let index = 0; index < 1_000; index++) events.publish("requestFinished", String(index))
  expect((await listener.next()).value).toBe("744")
})

test("ending wakes the one who waits, and counts down", async () => {
  const events = createEvents()
  const listener = events.listen("nodeChanged")
  expect(events.listeners("nodeChanged")).toBe(1)
  const waiting = listener.next()
  await listener.return()
  expect(await waiting).toEqual({ done: true, value: undefined })
  events.publish("nodeChanged", "x")
  expect(await listener.next()).toEqual({ done: true, value: undefined })
  expect(events.listeners("nodeChanged")).toBe(0)
})
