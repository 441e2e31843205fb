/**
 * Which addresses belong to the public internet. Whatever is not known to be public is not: an address that a client chose must lead
 * neither to this machine nor to its network, in no notation.
 */
import { BlockList, isIPv4, isIPv6 } from "node:net"

/** Every range of IPv4 that has another meaning than a public host, after the registry of special-purpose addresses. */
const SPECIAL_V4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]

/** Of IPv6 only this is given to public hosts. */
const GLOBAL_V6 = ["2000::", 3] as const

/** What inside of it is not. 6to4 and Teredo carry an IPv4 address of anybody's choice. */
const SPECIAL_V6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
]

const specialV4 = listOf("ipv4", SPECIAL_V4)
const globalV6 = listOf("ipv6", [GLOBAL_V6])
const specialV6 = listOf("ipv6", SPECIAL_V6)

function listOf(family: "ipv4" | "ipv6", ranges: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family)
  return list
}

/** An address as text, without brackets. Mapped, translated and compatible IPv4 addresses lie outside the global range. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !specialV4.check(address, "ipv4")
  // A zone belongs to a link of this machine.
  if (!isIPv6(address) || address.includes("%")) return false
  return globalV6.check(address, "ipv6") && !specialV6.check(address, "ipv6")
}
