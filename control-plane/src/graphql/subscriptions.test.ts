import { expect, test } from "vitest"
import type { Principal } from "../auth/principal.ts"
import { createEvents } from "../events.ts"
import { createSubscriptions } from "./subscriptions.ts"

const PRINCIPAL: Principal = { origin: "SESSION", id: "ses_of_the_test", name: "admin", scope: "READ" }

test("one that is ended twice takes no later one of the same session out of what its end closes", async () => {
  const events = createEvents()
  const subscriptions = createSubscriptions(events)
  const first = subscriptions.open(PRINCIPAL, "accountChanged")
  await first.return()
  const second = subscriptions.open(PRINCIPAL, "accountChanged")
  await first.return()
  expect(subscriptions.principals()).toEqual([PRINCIPAL.id])
  subscriptions.endAllOf(PRINCIPAL.id)
  expect(await second.next()).toEqual({ done: true, value: undefined })
  expect(events.listeners("accountChanged")).toBe(0)
})

test("what is taken back twice takes nothing later along", () => {
  const subscriptions = createSubscriptions(createEvents())
  const letGo = subscriptions.hold(PRINCIPAL, () => undefined)
  letGo()
  const ended: string[] = []
  subscriptions.hold(PRINCIPAL, () => ended.push("the later one"))
  letGo()
  subscriptions.endAllOf(PRINCIPAL.id)
  expect(ended).toEqual(["the later one"])
})
