import { expect, test } from "vitest"
import { progressOf } from "./first-run-steps.ts"

const nothing = { accounts: 0, usable: 0, keys: 0, used: 0 }

test("what comes next is the first thing that is not there", () => {
  expect(progressOf(nothing)).toMatchObject({ next: "account", isSettingUp: false })
  expect(progressOf({ ...nothing, accounts: 1 })).toMatchObject({ next: "account", isSettingUp: true })
  expect(progressOf({ ...nothing, accounts: 1, usable: 1 }).next).toBe("key")
  expect(progressOf({ ...nothing, accounts: 1, usable: 1, keys: 1 }).next).toBe("request")
})

test("a gateway that served once is no new one, whatever became of its accounts", () => {
  expect(progressOf({ accounts: 0, usable: 0, keys: 1, used: 1 }).next).toBeUndefined()
})
