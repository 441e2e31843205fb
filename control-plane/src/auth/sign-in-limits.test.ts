import { expect, test } from "vitest"
import { byAccount, byAddress, delayMs } from "./sign-in-limits.ts"

test("the wait doubles past the free attempts, up to its border", () => {
  const limit = { free: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 }
  expect([1, 4, 5, 6, 7, 11, 12, 500].map((failures) => delayMs(failures, limit))).toEqual([
    0, 0, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000,
  ])
})

test("once the waits of an account have begun, it is seven attempts in an hour", () => {
  const { limit } = byAccount("admin")
  let at = 0
  let looked = 0
  for (let failures = limit.free; ; failures++) {
    at += delayMs(failures, limit)
    if (at > 3_600_000) break
    looked++
  }
  expect(looked).toBe(7)
})

test("what somebody typed for a name is not kept", () => {
  expect(byAccount("not-a-name-but-a-password").key).not.toContain("password")
  expect(byAddress("2001:db8::1").key).toBe(byAddress("2001:db8::2").key)
})
