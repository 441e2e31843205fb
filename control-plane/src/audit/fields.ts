/** What changed, as an audit event keeps it: the text of a JSON object with the changed fields only, and nothing in it that is secret. */
import { Secret } from "#shared/secret.ts"

export type AuditValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | bigint
  | Date
  /** Kept as a fingerprint: whether it is the same one can be told, nothing else. */
  | Secret<string>
  /** Json columns. */
  | readonly unknown[]
  | { readonly [name: string]: unknown }

/** By field; undefined is as left out. */
export type AuditFields = Readonly<Record<string, AuditValue>>

/** Longer values are cut: an event tells what was done, it is no copy of the data. */
const MAX_VALUE_LENGTH = 4_000

/** These columns of a row. */
export function pick<Row extends object, Name extends keyof Row & string>(
  row: Row,
  names: readonly Name[],
): Pick<Row, Name> {
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<Row, Name> // of just these names
}

/** A value as text of JSON. */
function textOf(value: Exclude<AuditValue, undefined>, fingerprint: (secret: string) => string): string {
  const plain =
    value instanceof Secret
      ? fingerprint(value.reveal())
      : value instanceof Date
        ? value.toISOString()
        : typeof value === "bigint"
          ? String(value)
          : value
  const text = JSON.stringify(plain, (_name, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner))
  if (text.length <= MAX_VALUE_LENGTH) return text
  return JSON.stringify(`${text.slice(0, MAX_VALUE_LENGTH)}… (${text.length} characters)`)
}

/** `isWhole`: there is no other side; what is not set tells nothing then. */
function textsOf(
  fields: AuditFields | undefined,
  isWhole: boolean,
  fingerprint: (secret: string) => string,
): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined || (isWhole && value === null)) continue
    texts.set(name, textOf(value, fingerprint))
  }
  return texts
}

function objectText(texts: ReadonlyMap<string, string>): string | null {
  if (texts.size === 0) return null
  return `{${[...texts].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`
}

/** Both sides of a change without what they have in common; null: nothing of that side. */
export function changesText(
  before: AuditFields | undefined,
  after: AuditFields | undefined,
  fingerprint: (secret: string) => string,
): { readonly before: string | null; readonly after: string | null } {
  const was = textsOf(before, after === undefined, fingerprint)
  const is = textsOf(after, before === undefined, fingerprint)
  for (const [name, text] of was) {
    if (is.get(name) !== text) continue
    was.delete(name)
    is.delete(name)
  }
  return { before: objectText(was), after: objectText(is) }
}
