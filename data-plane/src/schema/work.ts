/** What one normalisation carries along: the schema it came from, the report, and how much may still be put in place. */
import type { SchemaChange, SchemaOptions } from "./normalise.ts"
import type { SchemaType } from "./keywords.ts"

/** A place in the schema. */
export interface Place {
  readonly path: string
  /** 0 for the root. */
  readonly depth: number
}

/** A schema as the client wrote it, and the references it was reached by. */
export interface Source {
  readonly raw: unknown
  readonly references: readonly string[]
}

/** What a schema says once references, unions and merges are resolved. */
export interface FlatSchema {
  type?: SchemaType
  /** The type is said to be `null` and nothing else. */
  onlyNull: boolean
  nullable: boolean
  /** By the keyword itself. */
  nullableGiven: boolean
  readonly descriptions: string[]
  readonly hints: string[]
  /** Every `enum` said of it: a value must be in all. */
  readonly enums: (readonly unknown[])[]
  properties?: Map<string, Source[]>
  required?: string[]
  /** `required: true`, meant for the object around it. */
  requiredItself: boolean
  items: Source[]
  ordering?: readonly string[]
  title?: string
  /** `additionalProperties: false`. */
  closed: boolean
  /** By keywords that belong to one type only. */
  readonly implied: Set<SchemaType>
}

/** A union's branch by what can be said in it. */
export type BranchKind = "object" | "array" | "plain" | "literal" | "null" | "none"

/** One normalisation. */
export interface Work {
  readonly root: unknown
  readonly kind: "tool" | "response"
  readonly options: SchemaOptions
  readonly changes: SchemaChange[]
  /** Texts of an `enum` and the values they stand for, by the schema that is sent. */
  readonly originals: Map<object, ReadonlyMap<string, unknown>>
  readonly branchKinds: Map<object, BranchKind>
  readonly previews: Map<object, string>
  /** Keywords, values and 16 characters of text each count one. Without limit until the first reference. */
  left: number
}

/** Starts one. */
export function createWork(root: unknown, kind: Work["kind"], options: SchemaOptions): Work {
  return {
    root,
    kind,
    options,
    changes: [],
    originals: new Map(),
    branchKinds: new Map(),
    previews: new Map(),
    left: Infinity,
  }
}

/** Puts a change into the report, at a keyword of the place or at the place itself. */
export function report(work: Work, place: Place, keyword: string, change: string): void {
  work.changes.push({ path: join(place.path, keyword), change })
}

/** A path with one name more. Long names are cut: they are the client's. */
export function join(path: string, name: string): string {
  if (name === "") return path
  if (!/^[A-Za-z_$][A-Za-z0-9_$-]{0,63}$/.test(name)) return `${path}[${JSON.stringify(name.slice(0, 64))}]`
  return path === "" ? name : `${path}.${name}`
}

/** Reckons a text's part in the work. */
export function weightOfText(text: string): number {
  return 1 + (text.length >> 4)
}

/** Everything in a JSON value, in the unit of `left`. Any depth. */
export function weightOf(root: unknown): number {
  let weight = 0
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    weight += typeof value === "string" ? weightOfText(value) : 1
    if (!isObject(value) && !Array.isArray(value)) continue
    for (const [key, member] of Object.entries(value)) {
      weight += key.length >> 4
      waiting.push(member)
    }
  }
  return weight
}

/** A JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

const previewLength = 120

/** The beginning of a value's JSON, at most 120 characters, whatever its size and depth. */
export function preview(value: unknown, work: Work): string {
  if (typeof value !== "object" || value === null) return cut(begin(value, 0))
  const known = work.previews.get(value)
  if (known !== undefined) return known
  const made = cut(begin(value, 0))
  work.previews.set(value, made)
  return made
}

function begin(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, previewLength))
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? ""
  const list = Array.isArray(value)
  if (depth === 4) return list ? "[…]" : "{…}"
  const members = Object.entries(value)
  const shown = members.slice(0, 8).map(([key, member]) => {
    const text = begin(member, depth + 1)
    return list ? text : `${JSON.stringify(key.slice(0, previewLength))}:${text}`
  })
  if (members.length > shown.length) shown.push("…")
  return list ? `[${shown.join(",")}]` : `{${shown.join(",")}}`
}

function cut(text: string): string {
  return text.length > previewLength ? `${text.slice(0, previewLength - 1)}…` : text
}
