/**
 * Checks of JSON from the other side of the link, by hand: each returns the value with its type or throws `ShapeError` naming
 * the path. Only whoever catches it (`snapshot-check.ts`, `link-frames.ts`, `report-batch.ts`) calls these.
 */
import { storableText } from "./storable-text.ts"

export class ShapeError extends Error {
  override readonly name = "ShapeError"
}

export type Fields = Readonly<Record<string, unknown>>

export function asFields(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ShapeError(`${path} must be an object`)
  return value as Fields // any object that is no array has string keys
}

/** Own fields only: what a prototype holds was not sent. */
export function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

export interface TextRule {
  readonly max: number
  readonly min?: number
  readonly pattern?: RegExp
  /** Free text, of whatever a client or an upstream wrote: a longer one is cut instead of refused, and what no database holds left out. */
  readonly cut?: boolean
}

export function textAt(fields: Fields, name: string, path: string, rule: TextRule): string {
  return asText(field(fields, name), `${path}.${name}`, rule)
}

export function asText(value: unknown, path: string, rule: TextRule): string {
  if (typeof value !== "string") throw new ShapeError(`${path} must be a text`)
  if (rule.cut === true) return storableText(value, rule.max)
  if (value.length > rule.max) throw new ShapeError(`${path} is longer than ${rule.max} characters`)
  if (value.length < (rule.min ?? 0)) throw new ShapeError(`${path} is too short`)
  if (rule.pattern?.test(value) === false) throw new ShapeError(`${path} has a form that is not allowed`)
  return value
}

export interface NumberRule {
  readonly min: number
  readonly max: number
  readonly isFraction?: boolean
}

export function numberAt(fields: Fields, name: string, path: string, rule: NumberRule): number {
  return asNumber(field(fields, name), `${path}.${name}`, rule)
}

export function asNumber(value: unknown, path: string, rule: NumberRule): number {
  const isKind =
    typeof value === "number" && (rule.isFraction === true ? Number.isFinite(value) : Number.isSafeInteger(value))
  if (!isKind) throw new ShapeError(`${path} must be a ${rule.isFraction === true ? "number" : "whole number"}`)
  if (value < rule.min || value > rule.max) throw new ShapeError(`${path} must be from ${rule.min} to ${rule.max}`)
  return value
}

export function booleanAt(fields: Fields, name: string, path: string): boolean {
  const value = field(fields, name)
  if (typeof value !== "boolean") throw new ShapeError(`${path}.${name} must be true or false`)
  return value
}

/** A list, at most `max` long; with `cut` the rest is left out instead of refused. */
export function listAt<T>(
  fields: Fields,
  name: string,
  path: string,
  rule: { readonly max: number; readonly cut?: boolean },
  each: (value: unknown, path: string) => T,
): readonly T[] {
  const value = field(fields, name)
  if (!Array.isArray(value)) throw new ShapeError(`${path}.${name} must be a list`)
  if (value.length > rule.max && rule.cut !== true) throw new ShapeError(`${path}.${name} is longer than ${rule.max}`)
  return value.slice(0, rule.max).map((entry: unknown, index) => each(entry, `${path}.${name}[${index}]`))
}

/** An object used as a map. Keys are client or upstream text: `__proto__` is a key like any other. */
export function mapAt<T>(
  fields: Fields,
  name: string,
  path: string,
  rule: { readonly max: number },
  each: (value: unknown, path: string) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(asFields(field(fields, name), `${path}.${name}`))
  if (entries.length > rule.max) throw new ShapeError(`${path}.${name} has more than ${rule.max} entries`)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, each(value, `${path}.${name}[${JSON.stringify(key.slice(0, 80))}]`)]),
  )
}

/** `{ [name]: read() }` when the field is there, else nothing: optional fields stay absent. `null` counts as absent. */
export function optionalAt<Name extends string, T>(
  fields: Fields,
  name: Name,
  read: (fields: Fields, name: Name) => T,
): { readonly [Key in Name]?: T } {
  const value = field(fields, name)
  if (value === undefined || value === null) return {}
  return { [name]: read(fields, name) } as { readonly [Key in Name]?: T } // a computed key widens to string
}
