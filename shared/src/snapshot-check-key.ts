/** The part of `snapshot-check.ts` that reads an API key: what limits it must be understood, or the snapshot is refused. */
import { isAddressRange } from "./address-range.ts"
import { isClientDialect, type ClientDialectName } from "./client-dialect.ts"
import { apiKeyId } from "./ids.ts"
import {
  asFields,
  asText,
  booleanAt,
  listAt,
  numberAt,
  optionalAt,
  ShapeError,
  textAt,
  type Fields,
  type NumberRule,
  type TextRule,
} from "./shape.ts"
import type { ReplacedDigest, SnapshotApiKey } from "./snapshot.ts"
import { COUNT, ID, NAME, SLOTS } from "./link-rules.ts"

const DIGEST: TextRule = { max: 44, pattern: /^[A-Za-z0-9+/]{43}=$/ }
/** A rate of nothing would never fill again. */
const RATE: NumberRule = { min: 1, max: Number.MAX_SAFE_INTEGER }
const MAX_REPLACED = 100
const MAX_LISTED = 1_000

/** Throws `ShapeError`. */
export function readApiKey(value: unknown, path: string): SnapshotApiKey {
  const fields = asFields(value, path)
  const numberBy = (rule: NumberRule) => (from: Fields, name: string) => numberAt(from, name, path, rule)
  const listOf =
    <T>(read: (entry: unknown, at: string) => T, max = MAX_LISTED) =>
    (from: Fields, name: string) =>
      listAt(from, name, path, { max }, read)
  return {
    id: apiKeyId(textAt(fields, "id", path, ID)),
    name: textAt(fields, "name", path, NAME),
    ...optionalAt(fields, "tags", listOf(readTag)),
    lineage: textAt(fields, "lineage", path, ID),
    digest: textAt(fields, "digest", path, DIGEST),
    ...optionalAt(fields, "replaced", listOf(readReplaced, MAX_REPLACED)),
    ...optionalAt(fields, "isDisabled", (from, name) => booleanAt(from, name, path)),
    ...optionalAt(fields, "expiresAt", numberBy(COUNT)),
    ...optionalAt(fields, "models", listOf(readPattern)),
    ...optionalAt(fields, "dialects", listOf(readDialect)),
    ...optionalAt(fields, "addresses", listOf(readAddress)),
    ...optionalAt(fields, "maxConcurrent", numberBy(SLOTS)),
    ...optionalAt(fields, "requestsPerMinute", numberBy(RATE)),
    ...optionalAt(fields, "tokensPerMinute", numberBy(RATE)),
    ...optionalAt(fields, "tokensPerDay", numberBy(COUNT)),
    ...optionalAt(fields, "exhaustedUntil", numberBy(COUNT)),
    ...optionalAt(fields, "tokensPerMonth", numberBy(COUNT)),
    ...optionalAt(fields, "monthExhaustedUntil", numberBy(COUNT)),
    mayExplain: booleanAt(fields, "mayExplain", path),
    ...optionalAt(fields, "captureUntil", numberBy(COUNT)),
    ...optionalAt(fields, "capturesErasedAt", numberBy(COUNT)),
  }
}

function readReplaced(value: unknown, path: string): ReplacedDigest {
  const fields = asFields(value, path)
  return { digest: textAt(fields, "digest", path, DIGEST), worksUntil: numberAt(fields, "worksUntil", path, COUNT) }
}

function readTag(value: unknown, path: string): string {
  return asText(value, path, ID)
}

function readPattern(value: unknown, path: string): string {
  return asText(value, path, ID)
}

function readDialect(value: unknown, path: string): ClientDialectName {
  const name = asText(value, path, ID)
  if (!isClientDialect(name)) throw new ShapeError(`${path} is not a dialect this program knows`)
  return name
}

function readAddress(value: unknown, path: string): string {
  const range = asText(value, path, ID)
  if (!isAddressRange(range)) throw new ShapeError(`${path} must be a network address or a range`)
  return range
}
