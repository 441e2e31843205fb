/** Network addresses and ranges of them, as a list of who may come in is written: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`. */
import { BlockList, isIP } from "node:net"

const FORM = /^([^/\s]+)(?:\/(\d{1,3}))?$/
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/** An address as sockets tell it: IPv4 that came over an IPv6 socket is IPv4. */
export function plainAddress(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address
}

/** Is it one address or one range? */
export function isAddressRange(text: string): boolean {
  return readRange(text) !== undefined
}

/** Says whether an address is in one of these ranges; what is no range is passed over. */
export function createAddressFilter(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const { address, length, family } = readRange(range) ?? {}
    if (address !== undefined && length !== undefined) list.addSubnet(address, length, family)
  }
  return (given) => {
    const address = plainAddress(given)
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6")
  }
}

interface Range {
  readonly address: string
  readonly length: number
  readonly family: "ipv4" | "ipv6"
}

function readRange(text: string): Range | undefined {
  const [, address = "", digits] = FORM.exec(text) ?? []
  const version = isIP(address)
  // A zone is of one machine's own making.
  if (version === 0 || address.includes("%")) return undefined
  const longest = version === 4 ? 32 : 128
  const length = digits === undefined ? longest : Number(digits)
  return length > longest ? undefined : { address, length, family: version === 4 ? "ipv4" : "ipv6" }
}
