import { expect, test } from "vitest"
import { createAddressFilter, isAddressRange, plainAddress } from "./address-range.ts"

test.each(["192.0.2.7", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::1", "2001:db8::/32", "::/0"])("%s is a range", (text) => {
  expect(isAddressRange(text)).toBe(true)
})

test.each([
  "",
  "10.0.0",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "2001:db8::/129",
  "fe80::1%eth0",
  "example.test",
  " ::1",
  "1.2.3.4/8/8",
])("%j is none", (text) => {
  expect(isAddressRange(text)).toBe(false)
})

test.each([
  ["10.1.2.3", true],
  ["11.0.0.1", false],
  ["192.0.2.7", true],
  ["192.0.2.8", false],
  ["::ffff:10.1.2.3", true],
  ["::ffff:11.1.2.3", false],
  ["2001:db8:1::5", true],
  ["2001:db9::5", false],
  ["", false],
  ["nonsense", false],
])("%s is in the ranges: %s", (address, isIn) => {
  expect(createAddressFilter(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"])(address)).toBe(isIn)
})

test("a length of nothing is everything of its family, and no more", () => {
  const all = createAddressFilter(["0.0.0.0/0"])
  expect([all("203.0.113.1"), all("2001:db8::1")]).toEqual([true, false])
})

test("an address of IPv4 that came over IPv6 is shown as it is", () => {
  expect(plainAddress("::ffff:127.0.0.1")).toBe("127.0.0.1")
  expect(plainAddress("::1")).toBe("::1")
})
