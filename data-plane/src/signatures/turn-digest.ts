/** What one model turn said, as the key under which its signatures are found where the client gave the calls other ids. */
import { createHash } from "node:crypto"

/** A call as the client knows it. */
export interface SaidCall {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/**
 * Undefined for a turn that said nothing. Clients join, trim and wrap text and write arguments anew, so neither white space nor the
 * order of an object's keys counts.
 */
export function turnDigest(texts: readonly string[], calls: readonly SaidCall[]): string | undefined {
  const text = texts.join("").replaceAll(/\s+/g, "")
  if (text === "" && calls.length === 0) return undefined
  const said = calls.map((call) => [call.name, withSortedKeys(call.arguments)])
  return createHash("sha256")
    .update(JSON.stringify([text, said]))
    .digest("base64url")
}

/** Arguments are no deeper than a request's body or an upstream's event may be. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(withSortedKeys)
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, withSortedKeys(member)])
}

/** A picture's base64, as the key under which its signature is found. */
export function mediaDigest(data: string): string {
  return createHash("sha256").update(data).digest("base64url")
}
