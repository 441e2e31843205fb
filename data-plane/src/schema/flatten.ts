/** Reads what a schema says, with its references, unions and merges built in, keyword by keyword. */
import { DEEPEST_REFERENCE, KEYWORDS, SPELLINGS, TYPE_NAMES } from "./keywords.ts"
import type { KeywordRule, SchemaType } from "./keywords.ts"
import { targetOf } from "./reference.ts"
import { bestOf, branchKind, nameOf, summary } from "./union.ts"
import { isObject, join, preview, report, weightOf, weightOfText } from "./work.ts"
import type { FlatSchema, Place, Source, Work } from "./work.ts"

/** Where a keyword is read into. */
interface Reading {
  readonly flat: FlatSchema
  readonly source: Source
  readonly place: Place
  readonly work: Work
  /** Unions, merges and references within each other at this place. */
  readonly level: number
}

type Reader = (value: unknown, reading: Reading, keyword: string) => void

/** All sources merged; the first has the say where two disagree. */
export function flatten(sources: readonly Source[], place: Place, work: Work): FlatSchema {
  const flat = emptyFlat()
  for (const source of sources) absorb({ flat, source, place, work, level: 0 })
  return flat
}

function emptyFlat(): FlatSchema {
  return {
    onlyNull: false,
    nullable: false,
    nullableGiven: false,
    descriptions: [],
    hints: [],
    enums: [],
    items: [],
    requiredItself: false,
    closed: false,
    implied: new Set(),
  }
}

function absorb(reading: Reading): void {
  const { flat, source, place, work, level } = reading
  if (!isObject(source.raw)) {
    const named = typeof source.raw === "string" ? TYPE_NAMES.get(source.raw.toLowerCase()) : undefined
    if (named && named !== "null") flat.type ??= named
    return report(
      work,
      place,
      "",
      `${preview(source.raw, work)} is no schema: read as ${named ?? "one that says nothing"}`,
    )
  }
  if (level > DEEPEST_REFERENCE) return report(work, place, "", "nested too deep at one place: left out")
  const later: { readonly keyword: string; readonly value: unknown }[] = []
  for (const [name, value] of Object.entries(source.raw)) {
    work.left -= 1
    const keyword = SPELLINGS.get(name) ?? name
    if (keyword !== name) report(work, place, name, `read as \`${keyword}\``)
    const rule = KEYWORDS.get(keyword)
    if (rule?.how === "resolved") later.push({ keyword, value })
    else read(rule, value, reading, keyword)
  }
  for (const keyword of resolvedInOrder) {
    for (const entry of later) if (entry.keyword === keyword) readers[keyword]?.(entry.value, reading, keyword)
  }
}

function read(rule: KeywordRule | undefined, value: unknown, reading: Reading, keyword: string): void {
  if (rule?.implies) reading.flat.implied.add(rule.implies)
  if (!rule) return report(reading.work, reading.place, keyword, "deleted: the upstream does not know it")
  if (rule.how === "described") return describeKeyword(value, reading, keyword)
  if (rule.how === "deleted") return report(reading.work, reading.place, keyword, "deleted: says nothing to the model")
  readers[keyword]?.(value, reading, keyword)
}

const describeKeyword: Reader = (value, { flat, work, place }, keyword) => {
  if (typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER)
    return report(work, place, keyword, "deleted: no bound at all")
  flat.hints.push(`${keyword}: ${preview(value, work)}`)
  report(work, place, keyword, "moved into the description")
}

const readType: Reader = (value, { flat, work, place }, keyword) => {
  const given = Array.isArray(value) ? value : [value]
  work.left -= given.length
  const names = given.flatMap((name) => (typeof name === "string" ? (TYPE_NAMES.get(name.toLowerCase()) ?? []) : []))
  const types = [...new Set(names)].filter((name): name is SchemaType => name !== "null")
  const [first, ...others] = types
  if (names.includes("null")) {
    flat.nullable = true
    flat.onlyNull ||= first === undefined
  }
  if (first && flat.type && first !== flat.type) report(work, place, keyword, `${first} gives way to ${flat.type}`)
  else if (value !== first) report(work, place, keyword, `${preview(value, work)} became ${first ?? "no type"}`)
  flat.type ??= first
  if (others.length > 0) flat.hints.push(`or ${others.join(" or ")}`)
}

const readEnum: Reader = (value, { flat, work, place }, keyword) => {
  if (!Array.isArray(value)) return report(work, place, keyword, "deleted: not a list")
  work.left -= value.length
  flat.enums.push(value)
}

const readProperties: Reader = (value, { flat, source, work, place }, keyword) => {
  if (!isObject(value)) return report(work, place, keyword, "deleted: not an object")
  const properties = (flat.properties ??= new Map<string, Source[]>())
  const at = { ...place, path: join(place.path, keyword) }
  for (const [name, raw] of Object.entries(value)) {
    work.left -= weightOfText(name)
    if (name === "__proto__") report(work, at, name, "left out: it would change the object itself")
    else if (raw === false) report(work, at, name, "left out: its schema is `false`")
    else {
      const sources = properties.get(name)
      if (sources) sources.push({ raw, references: source.references })
      else properties.set(name, [{ raw, references: source.references }])
    }
  }
}

const readRequired: Reader = (value, { flat, work, place }, keyword) => {
  if (typeof value === "boolean") {
    flat.requiredItself ||= value
    return report(work, place, keyword, value ? "said by the object around it" : "deleted: says nothing")
  }
  const names = typeof value === "string" ? [value] : value
  if (!Array.isArray(names)) return report(work, place, keyword, "deleted: not a list of names")
  work.left -= names.length
  const texts = names.filter((name): name is string => typeof name === "string")
  if (texts.length < names.length || names !== value) report(work, place, keyword, "read as a list of names")
  flat.implied.add("object")
  flat.required ??= []
  for (const name of texts) flat.required.push(name)
}

const readItems: Reader = (value, { flat, source, work, place }, keyword) => {
  if (Array.isArray(value)) return readTuple(value, { flat, source, work, place, level: 0 }, keyword)
  if (isObject(value)) flat.items.push({ raw: value, references: source.references })
  else report(work, place, keyword, `${preview(value, work)} says nothing of the items`)
}

const readTuple: Reader = (value, { flat, source, work, place }, keyword) => {
  if (!Array.isArray(value)) return report(work, place, keyword, "deleted: not a list")
  work.left -= value.length
  report(work, place, keyword, "the first schema of the list is the one of all items")
  const parts = value.slice(0, 8).map((raw: unknown) => summary(raw, work))
  if (value.length > parts.length) parts.push("…")
  if (parts.length > 0) flat.hints.push(`a list of ${parts.join(", ")}`)
  const first: unknown = value.find(isObject)
  if (first) flat.items = [{ raw: first, references: source.references }]
}

const readReference: Reader = (value, reading, keyword) => {
  const { flat, source, work, place } = reading
  if (typeof value !== "string") return report(work, place, keyword, "deleted: not a text")
  if (work.left === Infinity) work.left = 1000 + 8 * weightOf(work.root)
  work.left -= weightOfText(value)
  const target = targetOf(work.root, value)
  if (target === undefined) {
    flat.hints.push(`see ${preview(value, work)}`)
    return report(work, place, keyword, "left out: it points at nothing here")
  }
  const cycle = source.references.includes(value)
  if (cycle || source.references.length >= DEEPEST_REFERENCE || work.left <= 0) {
    flat.type ??= "object"
    flat.hints.push(cycle ? `again a ${nameOf(value)}` : `a ${nameOf(value)}`)
    return report(
      work,
      place,
      keyword,
      cycle ? "holds itself: ends in an object" : "too much to put in place: an object",
    )
  }
  report(work, place, keyword, "put in place")
  const said = flat.descriptions.length
  absorbNext(reading, { raw: target, references: [...source.references, value] })
  // What is said of the place goes before what the definition says of itself.
  if (said > 0) flat.descriptions.length = said
}

function absorbNext(reading: Reading, source: Source): void {
  absorb({ ...reading, source, level: reading.level + 1 })
}

const readConst: Reader = (value, { flat, work, place }, keyword) => {
  report(work, place, keyword, "an `enum` of one value")
  if (value === null) flat.onlyNull = true
  flat.enums.push([value])
}

const readAll: Reader = (value, reading, keyword) => {
  const { source, work, place } = reading
  if (!Array.isArray(value)) return report(work, place, keyword, "deleted: not a list")
  report(work, place, keyword, "built in")
  for (const raw of value) if (raw !== true) absorbNext(reading, { raw, references: source.references })
}

const readUnion: Reader = (value, reading, keyword) => {
  const { flat, source, work, place } = reading
  if (!Array.isArray(value)) return report(work, place, keyword, "deleted: not a list")
  work.left -= value.length
  const branches: readonly unknown[] = value
  const kinds = branches.map((branch) => branchKind(branch, work))
  if (kinds.includes("null")) flat.nullable = true
  const best = bestOf(kinds)
  const chosen = kinds[best]
  if (chosen === undefined) {
    if (kinds.includes("null")) flat.onlyNull = true
    else flat.hints.push(`${keyword}: ${preview(value, work)}`)
    return report(work, place, keyword, "moved into the description: no branch has a shape")
  }
  if (chosen === "literal") {
    report(work, place, keyword, "one `enum` of all values")
    return absorbLiterals(
      reading,
      branches.filter((_, index) => kinds[index] === "literal"),
    )
  }
  report(work, place, keyword, `branch ${best} of ${branches.length} was taken`)
  absorbNext(reading, { raw: branches[best], references: source.references })
  const others = branches.filter((_, index) => index !== best && kinds[index] !== "null")
  const words = others.slice(0, 8).map((branch) => summary(branch, work))
  if (others.length > words.length) words.push("…")
  if (words.length > 0) flat.hints.push(`or ${words.join(", or ")}`)
}

/** Branches that only name values, as one list of them. */
function absorbLiterals(reading: Reading, branches: readonly unknown[]): void {
  const { flat, source } = reading
  const values: unknown[] = []
  for (const raw of branches) {
    const branch = emptyFlat()
    absorbNext({ ...reading, flat: branch }, { raw, references: source.references })
    for (const value of branch.enums[0] ?? []) values.push(value)
    flat.type ??= branch.type
    if (branch.nullable) flat.nullable = true
    const said = branch.descriptions.join(" ")
    if (said !== "") flat.hints.push(`${preview(branch.enums[0]?.[0], reading.work)}: ${said}`)
    flat.hints.push(...branch.hints)
  }
  flat.enums.push(values)
}

const readAdditional: Reader = (value, { flat, work, place }, keyword) => {
  flat.implied.add("object")
  if (value === false) {
    flat.closed = true
    if (work.kind === "response") return
    flat.hints.push("no other properties")
    return report(work, place, keyword, "moved into the description")
  }
  const names = isObject(value) ? Object.keys(value) : []
  work.left -= names.length
  if (names.length === 0) return report(work, place, keyword, "deleted: says nothing to the model")
  flat.hints.push(`other properties: ${summary(value, work)}`)
  report(work, place, keyword, "moved into the description")
}

const readers: Readonly<Record<string, Reader>> = {
  type: readType,
  description: (value, { flat, work, place }, keyword) => {
    if (typeof value !== "string") return report(work, place, keyword, "deleted: not a text")
    work.left -= weightOfText(value)
    flat.descriptions.push(value)
  },
  nullable: (value, { flat, work, place }, keyword) => {
    if (value !== true) return report(work, place, keyword, "deleted: says nothing")
    flat.nullable = true
    flat.nullableGiven = true
  },
  enum: readEnum,
  properties: readProperties,
  required: readRequired,
  items: readItems,
  propertyOrdering: (value, { flat, work, place }, keyword) => {
    if (!Array.isArray(value)) return report(work, place, keyword, "deleted: not a list")
    work.left -= value.length
    flat.ordering ??= value.filter((name): name is string => typeof name === "string")
    if (flat.ordering.length < value.length) report(work, place, keyword, "names only")
  },
  title: (value, { flat, work, place, level }, keyword) => {
    if (place.depth === 0 && level === 0 && typeof value === "string" && flat.title === undefined) flat.title = value
    else report(work, place, keyword, "deleted: only the root has one")
  },
  $ref: readReference,
  $defs: (_value, { work, place }, keyword) => report(work, place, keyword, "deleted: references were put in place"),
  definitions: (_value, { work, place }, keyword) =>
    report(work, place, keyword, "deleted: references were put in place"),
  const: readConst,
  allOf: readAll,
  anyOf: readUnion,
  oneOf: readUnion,
  prefixItems: (value, reading, keyword) => {
    reading.flat.implied.add("array")
    readTuple(value, reading, keyword)
  },
  additionalProperties: readAdditional,
}

/** Later ones find what the earlier ones said. */
const resolvedInOrder = [
  "const",
  "prefixItems",
  "additionalProperties",
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "$defs",
  "definitions",
] as const
