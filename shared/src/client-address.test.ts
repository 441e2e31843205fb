import fc from "fast-check"
import { expect, test } from "vitest"
import { addressGroup, createClientAddresses, ignoredProxyMessage } from "./client-address.ts"

const TRUSTED = ["10.0.0.0/8", "2001:db8:ffff::/48"]

test.each([
  ["nobody is trusted", [], "10.0.0.1", "203.0.113.7", "10.0.0.1"],
  ["the peer is not", TRUSTED, "192.0.2.1", "203.0.113.7", "192.0.2.1"],
  ["one proxy", TRUSTED, "10.0.0.1", "203.0.113.7", "203.0.113.7"],
  ["one proxy over an IPv6 socket", TRUSTED, "::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"],
  ["what the client wrote itself does not count", TRUSTED, "10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
  ["two proxies", TRUSTED, "10.0.0.1", "198.51.100.1, 203.0.113.7 , 10.2.3.4", "203.0.113.7"],
  ["a client inside", TRUSTED, "10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"],
  ["no header", TRUSTED, "10.0.0.1", undefined, "10.0.0.1"],
  ["an empty one", TRUSTED, "10.0.0.1", "", "10.0.0.1"],
  ["no address", TRUSTED, "10.0.0.1", "unknown", "10.0.0.1"],
  ["no address where the client should be", TRUSTED, "10.0.0.1", "203.0.113.7, _hidden, 10.2.3.4", "10.0.0.1"],
  ["no address further left", TRUSTED, "10.0.0.1", "_hidden, 203.0.113.7", "203.0.113.7"],
  ["with a port", TRUSTED, "10.0.0.1", "203.0.113.7:4711", "203.0.113.7"],
  ["IPv6", TRUSTED, "2001:db8:ffff::1", "2001:db8::7", "2001:db8::7"],
  ["IPv6 in brackets", TRUSTED, "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"],
  ["IPv4 written as IPv6", TRUSTED, "10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"],
  ["an octet too many", TRUSTED, "10.0.0.1", "203.0.113.700", "10.0.0.1"],
])("%s", (_name, trusted, peer, header, address) => {
  expect(createClientAddresses(trusted).of(peer, header)).toBe(address)
})

test("whatever a client writes in front, the address is the one that the proxy saw", () => {
  const addresses = createClientAddresses(TRUSTED)
  fc.assert(fc.property(fc.string(), (text) => addresses.of("10.0.0.1", `${text}, 203.0.113.7`) === "203.0.113.7"))
})

test("of a peer that forwards and is not trusted is told once, and of a flood of them the first few", () => {
  const told: string[] = []
  const addresses = createClientAddresses(TRUSTED, (peer) => told.push(peer))
  for (let times = 0; times < 3; times++) {
    addresses.of("192.0.2.1", "203.0.113.7")
    addresses.of("10.0.0.1", "203.0.113.7")
    addresses.of("192.0.2.2", undefined)
  }
  expect(told).toEqual(["192.0.2.1"])
  for (let host = 0; host < 200; host++) addresses.of(`::ffff:198.51.100.${host}`, "203.0.113.7")
  expect(told).toEqual(["192.0.2.1", "198.51.100.0", "198.51.100.1", "198.51.100.2"])
  expect(ignoredProxyMessage("192.0.2.1")).toContain("TRUSTED_PROXIES=192.0.2.1")
})

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
