/** The values of an `enum`: texts, since the upstream has no others. */
import type { SchemaType } from "./keywords.ts"
import { valueOfText } from "./restore.ts"
import { preview, report, weightOfText } from "./work.ts"
import type { FlatSchema, Place, Work } from "./work.ts"

/** What is sent of an `enum`. */
export interface EnumValues {
  readonly texts: readonly string[]
  /** What the texts stand for, of those that were no texts. */
  readonly originals: ReadonlyMap<string, unknown>
}

/** The values, or undefined when there is nothing to send. */
export function enumOf(flat: FlatSchema, type: SchemaType, place: Place, work: Work): EnumValues | undefined {
  if (flat.enums.length === 0) return undefined
  const all = common(flat.enums)
  if (all.length === 0) {
    report(work, place, "enum", "deleted: no value")
    return undefined
  }
  if (type === "object" || type === "array") {
    flat.hints.push(`one of ${preview(all, work)}`)
    report(work, place, "enum", "moved into the description")
    return undefined
  }
  const texts = new Set<string>()
  const originals = new Map<string, unknown>()
  // A text goes before another value that is written alike.
  for (const value of all) {
    if (typeof value !== "string") continue
    texts.add(value)
    const meant = valueOfText(value, type)
    if (meant !== value) originals.set(value, meant)
  }
  for (const value of all) {
    if (value === null) flat.nullable = true
    else if (typeof value !== "string") addOther(value, texts, originals)
  }
  for (const text of texts) work.left -= weightOfText(text)
  if (work.options.family !== "claude") texts.delete("")
  if (originals.size > 0) flat.hints.push(`one of ${preview([...originals.values()], work)}, written as text`)
  if (texts.size < all.length || originals.size > 0 || flat.enums.length > 1)
    report(work, place, "enum", "texts only, each once")
  if (texts.size === 0) return undefined
  if (type !== "string") report(work, place, "type", `string instead of ${type}: the values are texts`)
  return { texts: [...texts], originals }
}

function addOther(value: unknown, texts: Set<string>, originals: Map<string, unknown>): void {
  const text = textOf(value)
  if (text === undefined || texts.has(text)) return
  texts.add(text)
  originals.set(text, value)
}

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // Nested too deep to be written.
    return undefined
  }
}

/** The values that are in every list, or the first list when there are none. */
function common(lists: readonly (readonly unknown[])[]): readonly unknown[] {
  const [first = [], ...others] = lists
  if (others.length === 0) return first
  const counts = new Map<unknown, number>()
  for (const list of others) for (const value of new Set(list)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const found = first.filter((value) => counts.get(value) === others.length)
  return found.length > 0 ? found : first
}
