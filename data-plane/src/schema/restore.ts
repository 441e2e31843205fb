/** The way back: a call's arguments as the client's own schema means them. */
import { isObject } from "./work.ts"
import type { NormalisedSchema } from "./normalise.ts"
import { stripPlaceholder } from "./placeholder.ts"

/**
 * Arguments of a call to a function with this schema: without the placeholder, with the values that texts of an `enum` stand
 * for, and with numbers and booleans that the model wrote as texts (upstream-protocol 8.4). All else stays as it is.
 */
export function restoreArguments(
  args: Readonly<Record<string, unknown>>,
  normalised: NormalisedSchema,
): Readonly<Record<string, unknown>> {
  const own = normalised.placeholder ? stripPlaceholder(args) : args
  const restored = restore(own, normalised.schema, normalised.originals)
  return isObject(restored) ? restored : own
}

/** The same for a JSON text of any kind; a text that is none, or that means itself, stays letter by letter. */
export function restoreText(text: string, { schema, originals }: NormalisedSchema): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  const written = JSON.stringify(value)
  const restored = JSON.stringify(restore(value, schema, originals)) ?? written
  return restored === written ? text : restored
}

function restore(value: unknown, schema: unknown, originals: NormalisedSchema["originals"]): unknown {
  if (!isObject(schema)) return value
  if (typeof value === "string") return restoreWord(value, schema, originals)
  if (Array.isArray(value)) {
    const items = schema["items"]
    return value.map((item: unknown) => restore(item, items, originals))
  }
  const properties = schema["properties"]
  if (!isObject(value) || !isObject(properties)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      restore(member, Object.hasOwn(properties, name) ? properties[name] : undefined, originals),
    ]),
  )
}

function restoreWord(
  value: string,
  schema: Readonly<Record<string, unknown>>,
  originals: NormalisedSchema["originals"],
): unknown {
  const meant = originals.get(schema)
  return meant?.has(value) ? meant.get(value) : valueOfText(value, schema["type"])
}

/** What a text stands for where a schema wants that type; the text itself when it stands for nothing else. */
export function valueOfText(text: string, type: unknown): unknown {
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true"
  if (type !== "integer" && type !== "number") return text
  // Only a number that is written back in the same way: no "0x10", no digits lost.
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
}
