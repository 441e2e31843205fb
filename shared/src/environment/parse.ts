/**
 * Parsers of the environment's values. Each takes the text of a variable that is set and returns its value, or throws
 * `NotAllowed` with what is allowed, as the end of the sentence "NAME must be …".
 */
import { isAddressRange } from "../address-range.ts"
import { EFFORT_NAMES, MAX_EFFORT_TOKENS, parseEffortTable, type EffortTable } from "../effort-table.ts"
import { parsePoolStrategies, POOL_STRATEGY_NAMES, type PoolStrategies } from "../pool-strategy.ts"
import { QUOTA_BUCKETS } from "../quota-bucket.ts"
import { Secret } from "../secret.ts"
import { parseStoreAddress, type StoreAddress } from "../store-address.ts"
import type { ValueForm } from "../value-form.ts"
import { parseWebhookHosts, type WebhookHosts } from "../webhook-hosts.ts"

export interface Parser<Value> {
  (text: string): Value
  /** What a person is given to fill in; absent: a line of text. */
  readonly form?: ValueForm
}

function withForm<Value>(form: ValueForm, parse: (text: string) => Value): Parser<Value> {
  return Object.assign(parse, { form })
}

/** The message completes "NAME must be …". */
export class NotAllowed extends Error {
  override readonly name = "NotAllowed"
}

export function integer(minimum: number, maximum: number): Parser<number> {
  return withForm({ kind: "INTEGER", minimum, maximum }, (given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= minimum && value <= maximum)) {
      throw new NotAllowed(`a whole number from ${minimum} to ${maximum}`)
    }
    return value
  })
}

export function text(value: string): string {
  return value
}

export function secret(value: string): Secret<string> {
  return new Secret(value)
}

/** A header's value: printable ASCII only, so that it can never break a request. */
export function headerText(value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) throw new NotAllowed("printable ASCII text without line breaks")
  return value
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Parser<Choice> {
  return withForm({ kind: "CHOICE", choices }, (value) => {
    const found = choices.find((choice) => choice === value.toLowerCase())
    if (found === undefined) throw new NotAllowed(`one of ${choices.join(", ")}`)
    return found
  })
}

export const flag = withForm({ kind: "SWITCH" }, (value): boolean => {
  switch (value.toLowerCase()) {
    case "1":
    case "true":
    case "on":
    case "yes":
      return true
    case "0":
    case "false":
    case "off":
    case "no":
      return false
    default:
      throw new NotAllowed("on or off")
  }
})

/** A host name or address to listen on. */
export function host(value: string): string {
  if (!/^[A-Za-z0-9._:-]{1,253}$/.test(value))
    throw new NotAllowed("a host name or an address, without scheme and port")
  return value
}

/** An absolute address without credentials, query and fragment; a trailing slash is taken off. */
export function httpAddress(value: string): string {
  const url = parseUrl(value)
  const isAllowed =
    url !== undefined &&
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  if (!isAllowed) throw new NotAllowed("an http:// or https:// address without credentials and query")
  return url.href.replace(/\/+$/, "")
}

/** An `http://` proxy; credentials are allowed, therefore the value is a secret. */
export function proxyAddress(value: string): Secret<string> {
  const url = parseUrl(value)
  const isAllowed = url !== undefined && url.protocol === "http:" && url.hostname !== "" && /^\/?$/.test(url.pathname)
  if (!isAllowed) throw new NotAllowed("an address of the form http://[user:password@]host:port")
  return new Secret(value)
}

/** A database's address; it may hold a password. */
export function databaseAddress(value: string): Secret<string> {
  if (!/^(file:|postgres:\/\/|postgresql:\/\/)./.test(value)) {
    throw new NotAllowed("file:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME")
  }
  return new Secret(value)
}

/** Of a Valkey or Redis; it may hold a password. */
export function storeAddress(value: string): Secret<StoreAddress> {
  const address = parseStoreAddress(value)
  if (address !== undefined) return new Secret(address)
  throw new NotAllowed(
    "an address of the form redis://[user:password@]host[:port][/database], or rediss:// for TLS, with what is special in the password percent-encoded",
  )
}

/** Comma list of addresses and ranges. One that holds every address is a slip: then anybody's word would count. */
export function addressRanges(value: string): readonly string[] {
  const ranges = value.split(",").map((part) => part.trim())
  const isAllowed = ranges.every((range) => isAddressRange(range) && !/\/0+$/.test(range))
  if (!isAllowed)
    throw new NotAllowed("a comma list of addresses and ranges, such as 10.0.0.0/8,2001:db8::7, none of them /0")
  return [...new Set(ranges)]
}

const BASE_URL_WORDS: Readonly<Record<string, string>> = {
  daily: "https://daily-cloudcode-pa.googleapis.com",
  prod: "https://cloudcode-pa.googleapis.com",
}

/** Comma list of addresses, in order; `daily` and `prod` stand for Google's. */
export const baseUrls = withForm({ kind: "LIST" }, (value): readonly string[] => {
  const urls = value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => (Object.hasOwn(BASE_URL_WORDS, part) ? BASE_URL_WORDS[part] : undefined) ?? part)
  try {
    if (urls.length === 0) throw new NotAllowed("")
    return [...new Set(urls.map(httpAddress))]
  } catch (cause) {
    throw new NotAllowed("a comma list of daily, prod, or http(s) addresses", { cause })
  }
})

/** Strategies of the pool by group of models. */
export const strategies = withForm(
  { kind: "MAP", keys: QUOTA_BUCKETS, choices: POOL_STRATEGY_NAMES },
  (value): PoolStrategies => {
    const known = parsePoolStrategies(value)
    if (known !== undefined) return known
    throw new NotAllowed(
      `a strategy, or a comma list of GROUP=STRATEGY with at most one strategy alone for all other groups; groups are ` +
        `${QUOTA_BUCKETS.join(", ")}, strategies are ${POOL_STRATEGY_NAMES.join(", ")}`,
    )
  },
)

/** Thinking budgets by effort. */
export const effortTable = withForm(
  { kind: "MAP", keys: EFFORT_NAMES, choices: ["maximum"], minimum: 1, maximum: MAX_EFFORT_TOKENS },
  (value): EffortTable => {
    const table = parseEffortTable(value)
    if (table !== undefined) return table
    throw new NotAllowed(
      `a comma list of EFFORT=TOKENS, such as low=2000,max=maximum; efforts are ${EFFORT_NAMES.join(", ")}, ` +
        `tokens are from 1 to ${MAX_EFFORT_TOKENS} or, but for auto, the word maximum`,
    )
  },
)

/** Hosts that alerts may be sent to. */
export const webhookHosts = withForm({ kind: "LIST" }, (value): WebhookHosts => {
  const hosts = parseWebhookHosts(value)
  if (hosts !== undefined) return hosts
  throw new NotAllowed(
    "a comma list of host names, *.domains, addresses and ranges, each with http:// before it where clear text is allowed, " +
      "and with :PORT after it where only that is",
  )
})

/** Headers as OpenTelemetry writes them: a comma list of NAME=VALUE, values as in a URL. They may hold a token. */
export function headerList(value: string): Secret<Readonly<Record<string, string>>> {
  try {
    const pairs = value.split(",").map((part): [string, string] => {
      const [, name = "", encoded = ""] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
      if (name === "") throw new NotAllowed("")
      return [name.toLowerCase(), headerText(decodeURIComponent(encoded))]
    })
    return new Secret(Object.fromEntries(pairs))
  } catch (cause) {
    throw new NotAllowed("a comma list of NAME=VALUE, each value percent-encoded where it needs to be", { cause })
  }
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined
}
