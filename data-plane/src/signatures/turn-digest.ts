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
  const text = withoutWhiteSpace(texts.join(""))
  if (text.length === 0 && calls.length === 0) return undefined
  const said = calls.map((call) => [call.name, withSortedKeys(call.arguments)])
  return createHash("sha256").update(text).update(WHITE_SPACE).update(JSON.stringify(said)).digest("base64url")
}

const WHITE_SPACE = " "
const SPACE = 0x20

/** On the bytes: an agent's history has megabytes. Control characters go too. */
function withoutWhiteSpace(text: string): Buffer {
  const bytes = Buffer.from(text)
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte > SPACE) bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

/** Arguments are no deeper than a request's body or an upstream's event may be. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(withSortedKeys)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { entries: entries.map(([key, member]) => [key, withSortedKeys(member)]) }
}

/** A picture's base64, as the key under which its signature is found. */
export function mediaDigest(data: string): string {
  return createHash("sha256").update(data).digest("base64url")
}
