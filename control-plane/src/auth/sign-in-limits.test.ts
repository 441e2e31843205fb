import fc from "fast-check"
import { expect, test } from "vitest"
import { addressGroup, delayMs } from "./sign-in-limits.ts"

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
])("%s counts under %s", (address, group) => expect(addressGroup(address)).toBe(group))

test("all addresses of an IPv6 customer count as one", () => {
  const part = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const four = fc.tuple(part, part, part, part).map((parts) => parts.join(":"))
  fc.assert(
    fc.property(
      four,
      four,
      four,
      (network, left, right) => addressGroup(`${network}:${left}`) === addressGroup(`${network}:${right}`),
    ),
  )
})

test("the wait doubles past the free attempts, up to its border", () => {
  const limit = { free: 5, maxDelayMs: 60_000 }
  expect([1, 4, 5, 6, 7, 11, 12, 500].map((failures) => delayMs(failures, limit))).toEqual([
    0, 0, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000,
  ])
})
