/** What an operator says of a key, the same whether it is made or changed. Pure; throws `InvalidInputError`. */
import { isAddressRange } from "#shared/address-range.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { checkName, checkRange, checkTags, given, refuseField, type Given } from "../input-checks.ts"

const MAX_CONCURRENT = 1_000_000
const MAX_REQUESTS = 1_000_000
const MAX_TOKENS = 1_000_000_000_000n
const MAX_LISTED = 100
const MAX_MODEL_LENGTH = 200
const MAX_NOTE_LENGTH = 1_000

/** As GraphQL delivers it. What is left out stays as it is, or is not limited; null takes a limit back. */
export interface KeyFields {
  readonly models?: Given<readonly string[]>
  readonly dialects?: Given<readonly ClientDialectName[]>
  readonly addresses?: Given<readonly string[]>
  readonly maxConcurrent?: Given<number>
  readonly requestsPerMinute?: Given<number>
  readonly tokensPerMinute?: Given<bigint>
  readonly tokensPerDay?: Given<bigint>
  readonly tokensPerMonth?: Given<bigint>
  readonly expiresAt?: Given<Date>
  readonly mayExplain?: Given<boolean>
  readonly tags?: Given<readonly string[]>
  readonly note?: Given<string>
}

/** The columns to write; what is left out is not among them. An empty list in the database is no restriction. */
export function keyData(input: KeyFields, now: number) {
  const { expiresAt, mayExplain } = input
  if (expiresAt && expiresAt.getTime() <= now) {
    refuseField("in_the_past", "The key would have expired already.", "expiresAt")
  }
  return {
    ...given("models", restriction(input.models, "models", checkPattern)),
    ...given(
      "dialects",
      restriction(input.dialects, "dialects", (dialect) => dialect),
    ),
    ...given("addresses", restriction(input.addresses, "addresses", checkAddress)),
    ...given("maxConcurrent", limit(input.maxConcurrent, "maxConcurrent", 1, MAX_CONCURRENT)),
    ...given("requestsPerMinute", limit(input.requestsPerMinute, "requestsPerMinute", 1, MAX_REQUESTS)),
    ...given("tokensPerMinute", limit(input.tokensPerMinute, "tokensPerMinute", 1n, MAX_TOKENS)),
    ...given("tokensPerDay", limit(input.tokensPerDay, "tokensPerDay", 1n, MAX_TOKENS)),
    ...given("tokensPerMonth", limit(input.tokensPerMonth, "tokensPerMonth", 1n, MAX_TOKENS)),
    ...given("expiresAt", expiresAt),
    ...(typeof mayExplain === "boolean" ? { mayExplain } : {}),
    ...given("tags", checkTags(input.tags)?.slice()),
    ...given("note", checkNote(input.note)),
  }
}

function limit<T extends number | bigint>(value: Given<T>, name: string, low: T, high: T): T | null | undefined {
  return value === null ? null : checkRange(value, name, low, high)
}

function restriction<T extends string>(
  value: Given<readonly T[]>,
  name: string,
  check: (entry: T) => string,
): string[] | undefined {
  if (value === undefined) return undefined
  if (value === null) return []
  if (value.length === 0) refuseField("empty_list", `Name at least one of the ${name}; null is for all of them.`, name)
  if (value.length > MAX_LISTED) refuseField("too_many", `There are at most ${MAX_LISTED} ${name}.`, name)
  return [...new Set(value.map(check))]
}

function checkPattern(pattern: string): string {
  const name = checkName(pattern, ["input", "models"], MAX_MODEL_LENGTH)
  if (name.split("*").length > 2) {
    refuseField("malformed_pattern", `The pattern ${name} has more than one *, which stands for any text.`, "models")
  }
  return name
}

function checkAddress(text: string): string {
  const range = text.trim()
  if (!isAddressRange(range)) {
    const shown = JSON.stringify(range.slice(0, 100))
    const message = `${shown} is no address and no range: write 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.`
    refuseField("malformed_address", message, "addresses")
  }
  return range
}

/** Lines are kept; an empty note is none. */
function checkNote(note: Given<string>): string | null | undefined {
  const text = note?.trim()
  if (text === undefined) return note === null ? null : undefined
  if (text.length > MAX_NOTE_LENGTH) {
    refuseField("too_long", `A note has at most ${MAX_NOTE_LENGTH} characters.`, "note")
  }
  if (/[^\P{Cc}\n]/u.test(text)) refuseField("control_character", "A note holds no control characters.", "note")
  return text === "" ? null : text
}
