/**
 * Who asks. The key is looked up by its digest and compared in constant time, before a byte of the body is read. A fault of ours
 * is never a 401: without a snapshot nobody can be known, and that is a 503.
 */
import { createAddressFilter } from "#shared/address-range.ts"
import type { ClientAddresses } from "#shared/client-address.ts"
import { GuessLimit } from "#shared/guess-limit.ts"
import type { Logger } from "#shared/log.ts"
import { API_KEY_PREFIX, digestApiKey, digestsEqual, hasValidChecksum, looksLikeApiKey } from "#shared/api-key.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import { countHeader, headerText, type Incoming } from "./incoming.ts"

const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"] as const
const NOT_READY_RETRY_MS = 2_000
/** Longer than any key of ours; hashing more would be work for nothing. */
const LONGEST_KEY = 512

export function notReady(): GatewayError {
  return new GatewayError("not_ready", "The gateway has no configuration yet. Please try again in 2s.", {
    retryAfterMs: NOT_READY_RETRY_MS,
  })
}

/**
 * The API key's record; throws `not_ready`, `invalid_request` (two credentials of one kind), `invalid_api_key`, `key_guesses_limited`, or
 * `permission_denied` where the key may not be used from this address. Whoever holds a key of ours is told what became of it.
 */
export type Authenticate = (incoming: Incoming, compiled: CompiledSnapshot | undefined, now: number) => SnapshotApiKey

export interface AuthenticateOptions {
  readonly clientAddresses: ClientAddresses
  readonly clock: Clock
  readonly log: Logger
}

export function createAuthenticate({ clientAddresses, clock, log }: AuthenticateOptions): Authenticate {
  const guesses = new GuessLimit(() => clock.monotonic())

  function addressOf(incoming: Incoming): string {
    return clientAddresses.of(incoming.request.socket.remoteAddress, headerText(incoming, "x-forwarded-for"))
  }

  /** Throws while too many wrong keys came from where this one comes from; such a one is not looked at. */
  function look(compiled: CompiledSnapshot, given: string, incoming: Incoming, now: number): SnapshotApiKey {
    const address = addressOf(incoming)
    const retryAfterMs = guesses.waitMs(address, given)
    if (retryAfterMs > 0) {
      const message =
        "Too many wrong API keys came from your address. Please try again in 1s, with a key of this gateway."
      throw new GatewayError("key_guesses_limited", message, { retryAfterMs })
    }
    const key = given.length <= LONGEST_KEY ? find(compiled, given, now) : undefined
    if (key !== undefined) return key
    if (guesses.wrong(address, given)) log.warn("api-key.guessing", { address })
    throw new GatewayError("invalid_api_key", wrongKeyMessage(given))
  }

  return (incoming, compiled, now) => {
    if (compiled === undefined) throw notReady()
    refuseDuplicates(incoming)
    const given = presentedKey(incoming)
    if (given === undefined) {
      throw new GatewayError(
        "invalid_api_key",
        "No API key was sent: use Authorization: Bearer, x-api-key or x-goog-api-key.",
      )
    }
    const key = look(compiled, given, incoming, now)
    if (key.isDisabled === true) {
      throw new GatewayError("invalid_api_key", "This API key is disabled. Ask the operator to enable it.")
    }
    if (key.expiresAt !== undefined && key.expiresAt <= now) {
      throw new GatewayError("invalid_api_key", `This API key has expired, at ${isoTime(key.expiresAt)}.`)
    }
    if (key.addresses !== undefined) refuseAddress(key, key.addresses, addressOf(incoming))
    return key
  }
}

/** First of Authorization, x-api-key, x-goog-api-key and `?key=`; an empty one counts as absent. */
function presentedKey({ headers, query }: Incoming): string | undefined {
  const bearer = /^Bearer +(.*)$/i.exec(headerText({ headers }, "authorization")?.trim() ?? "")?.[1]
  const carriers = [
    bearer,
    headerText({ headers }, "x-api-key"),
    headerText({ headers }, "x-goog-api-key"),
    query.get("key"),
  ]
  return carriers.map((value) => value?.trim()).find((value) => value !== undefined && value !== "")
}

/** Throws for one that was replaced, when its overlap is over. */
function find(compiled: CompiledSnapshot, given: string, now: number): SnapshotApiKey | undefined {
  const digest = digestApiKey(compiled.apiKeyPepper, given)
  const key = compiled.keyByDigest.get(digest)
  if (key !== undefined) return digestsEqual(key.digest, digest) ? key : undefined
  const replaced = compiled.replacedByDigest.get(digest)
  if (replaced === undefined || !digestsEqual(replaced.digest, digest)) return undefined
  if (replaced.worksUntil > now) return replaced.key
  const when = isoTime(replaced.worksUntil)
  throw new GatewayError("invalid_api_key", `This API key was replaced by a new one and stopped working at ${when}.`)
}

type AddressFilter = ReturnType<typeof createAddressFilter>

/** Looked up with the first request of a key under a snapshot, and gone with both. */
const filters = new WeakMap<SnapshotApiKey, AddressFilter>()
/** Making one takes long: snapshots come often, and their lists are mostly the same. */
const filtersByText = new Map<string, AddressFilter>()
const MOST_FILTERS = 1_000

function filterOf(key: SnapshotApiKey, addresses: readonly string[]): AddressFilter {
  const known = filters.get(key)
  if (known !== undefined) return known
  const text = addresses.join(" ")
  const filter = filtersByText.get(text) ?? createAddressFilter(addresses)
  if (filtersByText.size >= MOST_FILTERS) filtersByText.clear()
  filtersByText.set(text, filter)
  filters.set(key, filter)
  return filter
}

function refuseAddress(key: SnapshotApiKey, addresses: readonly string[], address: string): void {
  if (!filterOf(key, addresses)(address)) {
    throw new GatewayError("permission_denied", `This API key may not be used from the address ${address}.`)
  }
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}

/** One parser takes the first of two, another the last: a request that means two things means nothing. */
function refuseDuplicates({ request, query }: Incoming): void {
  for (const name of CREDENTIAL_HEADERS) {
    if (countHeader(request, name) > 1)
      throw new GatewayError("invalid_request", `The header ${name} was sent more than once.`)
  }
  if (query.getAll("key").length > 1)
    throw new GatewayError("invalid_request", "The parameter key was sent more than once.")
}

function wrongKeyMessage(key: string): string {
  const isMistyped = key.startsWith(API_KEY_PREFIX) && (!looksLikeApiKey(key) || !hasValidChecksum(key))
  return isMistyped
    ? "Incorrect API key provided: its checksum does not match, it was cut or mistyped."
    : "Incorrect API key provided."
}
