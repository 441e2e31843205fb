/** A JSON object whose members nobody has checked yet. */
export type JsonObject = { [key: string]: unknown }

/** Whether the value is a JSON object (not null, not a list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** The value as an object; an empty one when it is anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The value as a list; an empty one when it is anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value when it is a string. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** The value when it is a finite number, also when written as a decimal string (proto JSON allows both). */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return undefined
}

/** Parses JSON text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** `thinkingConfig` as `thinking_config`. */
export function snakeCase(name: string): string {
  const known = snakes.get(name)
  if (known !== undefined) return known
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  if (snakes.size < 1000) snakes.set(name, snake)
  return snake
}

// The same few dozen names come with every request; the bound is for names that clients make up.
const snakes = new Map<string, string>()

/** A member by its camelCase name in either of proto JSON's spellings. */
export function member(object: JsonObject, name: string): unknown {
  return object[name] ?? object[snakeCase(name)]
}
