/** Checks of single fields that several nouns have. Pure; they throw `InvalidInputError` with the field's place. */
import { InvalidInputError } from "./failure.ts"

const MAX_NAME_LENGTH = 100
export const MAX_TAGS = 20
const MAX_TAG_LENGTH = 50

/** What is left out and what is null is not given. */
export type Given<T> = T | null | undefined

export function isGiven<T>(value: Given<T>): value is T {
  return value !== null && value !== undefined
}

export function refuseField(code: string, message: string, name: string): never {
  throw new InvalidInputError(code, message, ["input", name])
}

/** A name as people give one: trimmed, not empty, not endless, without control characters. */
export function checkName(name: string, path: readonly string[], maxLength = MAX_NAME_LENGTH): string {
  const trimmed = name.trim()
  if (trimmed === "") throw new InvalidInputError("empty", "A name is needed.", path)
  if (trimmed.length > maxLength)
    throw new InvalidInputError("too_long", `A name has at most ${maxLength} characters.`, path)
  if (/\p{Cc}/u.test(trimmed))
    throw new InvalidInputError("control_character", "A name holds no control characters.", path)
  return trimmed
}

export function checkRange<T extends number | bigint>(
  value: Given<T>,
  name: string,
  low: T,
  high: T,
  path: readonly string[] = ["input", name],
): T | undefined {
  if (value === null || value === undefined) return undefined
  if (value < low || value > high) {
    throw new InvalidInputError("out_of_range", `The ${name} is a whole number from ${low} to ${high}.`, path)
  }
  return value
}

/** A stretch of time that could hold nothing is a slip. */
export function checkTimes(since: Given<Date>, until: Given<Date>, path: readonly string[]): void {
  if (since && until && since >= until) {
    throw new InvalidInputError("out_of_range", "It has to be later than since.", path)
  }
}

export function checkTags(value: Given<readonly string[]>): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_TAGS) refuseField("too_many", `There are at most ${MAX_TAGS} tags.`, "tags")
  return [...new Set(value.map((tag) => checkName(tag, ["input", "tags"], MAX_TAG_LENGTH)))]
}

/** To be spread: nothing where the value is not given. */
export function given<Name extends string, T>(name: Name, value: T | undefined): { [Key in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: T } // a computed key widens to string
}
