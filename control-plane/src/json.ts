/** Careful reading of JSON that came from outside: nothing here throws, what is not there is undefined. */

/** A member of an object; undefined for anything that is none. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an object with this own property, as just seen
}

/** A member that is a text and not empty. */
export function textField(value: unknown, name: string): string | undefined {
  const member = field(value, name)
  return typeof member === "string" && member !== "" ? member : undefined
}

/** A member that is a finite number, or a text that says one. */
export function numberField(value: unknown, name: string): number | undefined {
  const member = field(value, name)
  const number = typeof member === "string" && member.trim() !== "" ? Number(member) : member
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

export function booleanField(value: unknown, name: string): boolean | undefined {
  const member = field(value, name)
  return typeof member === "boolean" ? member : undefined
}

/** The members of an array; none for anything that is no array. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts of an array, e.g. a Json column that holds a list of texts. */
export function texts(value: unknown): string[] {
  return items(value).filter((item) => typeof item === "string")
}

/** The numbers of an array. */
export function numbers(value: unknown): number[] {
  return items(value).filter((item) => typeof item === "number")
}
