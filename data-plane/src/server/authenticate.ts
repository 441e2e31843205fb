/**
 * Who asks. The key is looked up by its digest and compared in constant time, before a byte of the body is read. A fault of ours
 * is never a 401: without a snapshot nobody can be known, and that is a 503.
 */
import { API_KEY_PREFIX, digestApiKey, digestsEqual, hasValidChecksum, looksLikeApiKey } from "#shared/api-key.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
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

/** The API key's record; throws `not_ready`, `invalid_request` (two credentials of one kind) or `invalid_api_key`. */
export function authenticate(incoming: Incoming, compiled: CompiledSnapshot | undefined, now: number): SnapshotApiKey {
  if (compiled === undefined) throw notReady()
  refuseDuplicates(incoming)
  const key = presentedKey(incoming)
  if (key === undefined) {
    throw new GatewayError(
      "invalid_api_key",
      "No API key was sent: use Authorization: Bearer, x-api-key or x-goog-api-key.",
    )
  }
  const record = key.length <= LONGEST_KEY ? find(compiled, key) : undefined
  if (record === undefined) throw new GatewayError("invalid_api_key", wrongKeyMessage(key))
  if (record.expiresAt !== undefined && record.expiresAt <= now) {
    throw new GatewayError("invalid_api_key", "This API key has expired.")
  }
  return record
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

function find(compiled: CompiledSnapshot, key: string): SnapshotApiKey | undefined {
  const digest = digestApiKey(compiled.apiKeyPepper, key)
  const record = compiled.keyByDigest.get(digest)
  return record !== undefined && digestsEqual(record.digest, digest) ? record : undefined
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
