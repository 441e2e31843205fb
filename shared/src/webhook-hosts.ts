/**
 * Where alerts may be sent: a comma list of hosts, as `ALERT_WEBHOOK_HOSTS` holds it. An entry is a host name (`hooks.example.com`), a
 * domain with all below it (`*.example.com`), or an address or a range of them (`192.0.2.7`, `10.0.0.0/8`); after a name or an address
 * may stand a port. `http://` before an entry allows clear text, which otherwise only loopback is spoken to in.
 *
 * A name leads to public addresses only: an address that is not public must be listed itself, so that nobody who may write the records
 * of a name chooses what in our network is called.
 */
import { createAddressFilter, isAddressRange } from "./address-range.ts"
import { isPublicAddress } from "./public-address.ts"

export interface WebhookHosts {
  readonly text: string
  /** Why a message may not go to this URL, as the end of "The address …"; undefined: it may, as far as its text tells. */
  refusal(url: URL): string | undefined
  /** Whether a connection for a name of the list may be made to this address. */
  allowsAddress(address: string): boolean
}

interface Entry {
  readonly isClear: boolean
  readonly port: string | undefined
  /** Of a range only. */
  readonly holds: ((address: string) => boolean) | undefined
  readonly name: string
}

const NAME = /^(\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/
const isLoopback = createAddressFilter(["127.0.0.0/8", "::1"])

/** Undefined: one of the entries is none. */
export function parseWebhookHosts(text: string): WebhookHosts | undefined {
  const entries = text.split(",").map((part) => parseEntry(part.trim().toLowerCase()))
  if (!entries.every((entry) => entry !== undefined)) return undefined
  const fits = (entry: Entry, host: string, port: string): boolean =>
    (entry.port === undefined || entry.port === port) && fitsHost(entry, host)
  return {
    text,
    refusal: (url) => {
      const isTls = url.protocol === "https:"
      if (!isTls && url.protocol !== "http:") return "does not begin with https://"
      if (url.username !== "" || url.password !== "") return "holds a user name or a password"
      const host = plainHost(url)
      const fitting = entries.filter((entry) => fits(entry, host, url.port || (isTls ? "443" : "80")))
      if (fitting.length === 0) return `leads to ${url.host}, which ALERT_WEBHOOK_HOSTS does not allow`
      const mayBeClear = isLoopback(host) || host === "localhost" || fitting.some(({ isClear }) => isClear)
      return isTls || mayBeClear ? undefined : "does not begin with https://, and its host is not listed with http://"
    },
    allowsAddress: (address) =>
      isPublicAddress(address) ||
      entries.some(({ holds, name }) => holds?.(address) === true || (name === "localhost" && isLoopback(address))),
  }
}

function fitsHost({ holds, name }: Entry, host: string): boolean {
  if (holds !== undefined) return holds(host)
  return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name
}

function parseEntry(text: string): Entry | undefined {
  const isClear = text.startsWith("http://")
  const rest = isClear ? text.slice("http://".length) : text
  if (isAddressRange(rest)) return rangeEntry(rest, undefined, isClear)
  const [, host = "", port] = /^(.*?)(?::(\d{1,5}))?$/.exec(rest) ?? []
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined
  const plain = /^\[(.*)\]$/.exec(host)?.[1] ?? host
  if (isAddressRange(plain)) return rangeEntry(plain, port, isClear)
  return NAME.test(host) && !/^[\d.]+$/.test(host) ? { isClear, port, holds: undefined, name: host } : undefined
}

function rangeEntry(range: string, port: string | undefined, isClear: boolean): Entry | undefined {
  // All there is would be no list.
  if (/\/0+$/.test(range)) return undefined
  return { isClear, port, holds: createAddressFilter([range]), name: range }
}

function plainHost(url: URL): string {
  return url.hostname
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase()
}
