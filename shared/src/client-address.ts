/** Where a request really comes from: the peer of its connection, or what proxies say that the operator named (`TRUSTED_PROXIES`). */
import { isIP, isIPv4, isIPv6 } from "node:net"
import { createAddressFilter, plainAddress } from "./address-range.ts"

export interface ClientAddresses {
  /**
   * The address of the client. `forwardedFor` is the header `X-Forwarded-For`; it is read from the right, passing over the hops that
   * are trusted, and only where the peer is. What cannot be read counts as not sent.
   */
  of(peer: string | undefined, forwardedFor: string | undefined): string
  /** Whether what this peer says of its client counts. */
  isTrusted(peer: string | undefined): boolean
}

/** An address as proxies write it: plain, with a port, or in brackets. */
const HOP = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?|([\da-f:.]+))$/i

/** Peers whose ignored header is told. Everybody may send one, so those told must have an end. */
const MOST_TOLD = 4

/** `onIgnored` hears once of a peer that forwards for others and is not trusted, and of the first few such peers only. */
export function createClientAddresses(
  trustedProxies: readonly string[],
  onIgnored: (peer: string) => void = () => undefined,
): ClientAddresses {
  const isTrustedAddress = createAddressFilter(trustedProxies)
  const isTrusted = (peer: string | undefined): boolean => trustedProxies.length > 0 && isTrustedAddress(peer ?? "")
  const told = new Set<string>()
  const tell = (peer: string): void => {
    if (told.size >= MOST_TOLD || told.has(peer)) return
    told.add(peer)
    onIgnored(peer)
  }
  return {
    isTrusted,
    of: (peer, forwardedFor) => {
      const own = plainAddress(peer ?? "")
      if (forwardedFor === undefined) return own
      if (!isTrusted(peer)) {
        tell(own)
        return own
      }
      let client = own
      for (const hop of forwardedFor.split(",").toReversed()) {
        const address = readHop(hop.trim())
        if (address === undefined) return own
        client = address
        if (!isTrustedAddress(address)) break
      }
      return client
    },
  }
}

function readHop(text: string): string | undefined {
  const [, bracketed, four, plain] = HOP.exec(text) ?? []
  const address = bracketed ?? four ?? plain ?? ""
  return isIP(address) === 0 ? undefined : plainAddress(address)
}

/** What an address counts under: an IPv6 customer has a /64, an IPv4-mapped address is the IPv4 one. */
export function addressGroup(given: string): string {
  const address = plainAddress(given)
  if (isIPv4(address) || !isIPv6(address)) return address
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? []
  const front = head === "" ? [] : head.split(":")
  const back = tail === undefined || tail === "" ? [] : tail.split(":")
  const groups =
    tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back]
  return `${groups.slice(0, 4).join(":")}::/64`
}

/** What an operator reads who has a proxy in front and did not say so. */
export function ignoredProxyMessage(peer: string): string {
  return (
    `${peer} sends X-Forwarded-For and TRUSTED_PROXIES does not name it, so that all who come through it count as one: ` +
    `who guesses there slows everybody down. If it is your proxy, set TRUSTED_PROXIES=${peer} and start again.`
  )
}
