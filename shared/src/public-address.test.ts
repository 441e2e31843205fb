import fc from "fast-check"
import { expect, it } from "vitest"
import { isPublicAddress } from "./public-address.ts"

it.each([
  ["1.1.1.1"],
  ["8.8.8.8"],
  ["11.0.0.1"],
  ["100.63.255.255"],
  ["100.128.0.1"],
  ["126.255.255.255"],
  ["128.0.0.1"],
  ["169.253.1.1"],
  ["172.15.0.1"],
  ["172.32.0.1"],
  ["192.0.1.1"],
  ["192.167.1.1"],
  ["198.17.1.1"],
  ["198.20.0.1"],
  ["223.255.255.255"],
  ["2606:4700:4700::1111"],
  ["2a00:1450:4001:82a::200e"],
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it.each([
  ["0.0.0.0"],
  ["0.1.2.3"],
  ["10.0.0.1"],
  ["100.64.0.1"],
  ["127.0.0.1"],
  ["127.255.255.255"],
  ["169.254.169.254"],
  ["172.16.0.1"],
  ["172.31.255.255"],
  ["192.0.0.192"],
  ["192.0.2.1"],
  ["192.88.99.1"],
  ["192.168.1.1"],
  ["198.18.0.1"],
  ["198.19.255.255"],
  ["198.51.100.1"],
  ["203.0.113.1"],
  ["224.0.0.1"],
  ["239.255.255.255"],
  ["240.0.0.1"],
  ["255.255.255.255"],
  ["::"],
  ["::1"],
  ["::ffff:1.1.1.1"],
  ["::ffff:127.0.0.1"],
  ["::ffff:7f00:1"],
  ["::ffff:0:127.0.0.1"],
  ["::127.0.0.1"],
  ["64:ff9b::7f00:1"],
  ["64:ff9b::8.8.8.8"],
  ["64:ff9b:1::1"],
  ["100::1"],
  ["2001::1"],
  ["2001:10::1"],
  ["2001:db8::1"],
  ["2002:7f00:1::"],
  ["3fff::1"],
  ["fc00::1"],
  ["fd12:3456::1"],
  ["fe80::1"],
  ["fe80::1%eth0"],
  ["2606:4700::1%eth0"],
  ["fec0::1"],
  ["ff02::1"],
  ["5f00::1"],
])("%s is not", (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each([[""], ["localhost"], ["127.1"], ["0x7f000001"], ["2130706433"], ["[2606:4700::1]"], ["1.1.1.1.1"]])(
  "%j is no address",
  (text) => {
    expect(isPublicAddress(text)).toBe(false)
  },
)

it("no mapped or translated form of any IPv4 address is public", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::", "::ffff:0:"), (address, prefix) => {
      expect(isPublicAddress(prefix + address)).toBe(false)
    }),
  )
})

it("judges whatever text there is", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => typeof isPublicAddress(text) === "boolean"))
})
