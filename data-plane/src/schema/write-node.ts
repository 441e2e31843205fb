/** Writes one schema as the upstream takes it, from what `flatten` read, and then those below it. */
import { flatten } from "./flatten.ts"
import { DEEPEST } from "./keywords.ts"
import type { SchemaType } from "./keywords.ts"
import { enumOf } from "./write-enum.ts"
import { isObject, join, report } from "./work.ts"
import type { FlatSchema, Place, Source, Work } from "./work.ts"

/** A schema for the upstream. */
export type Node = Record<string, unknown>

interface Written {
  readonly node: Node
  /** The schema itself says that the object around it needs it. */
  readonly requiredItself: boolean
}

const tooDeep = `nested more than ${DEEPEST} deep`

/** The schema at a place, from everything that is said of it. Members come in a fixed order: the upstream caches by prefix. */
export function writeNode(sources: readonly Source[], place: Place, work: Work): Written {
  if (place.depth > DEEPEST) return { node: deepNode(sources, place, work), requiredItself: false }
  const flat = flatten(sources, place, work)
  const node: Node = {}
  const type = (node["type"] = typeOf(flat, place, work))
  const values = enumOf(flat, type, place, work)
  if (values) {
    node["enum"] = values.texts
    node["type"] = "string"
    if (values.originals.size > 0) work.originals.set(node, values.originals)
  }
  writeNullable(node, flat, place, work)
  if (type === "array") node["items"] = itemsOf(flat, place, work)
  else if (flat.items.length > 0) report(work, place, "items", `deleted: not of ${type}`)
  writeMembers(node, flat, place, work)
  if (flat.title !== undefined) node["title"] = flat.title
  if (flat.closed && work.kind === "response") {
    if (type === "object") node["additionalProperties"] = false
    else report(work, place, "additionalProperties", `deleted: not of ${type}`)
  }
  const description = descriptionOf(flat)
  if (description !== undefined) node["description"] = description
  return { node, requiredItself: flat.requiredItself }
}

function typeOf(flat: FlatSchema, place: Place, work: Work): SchemaType {
  if (place.depth === 0 && work.kind === "tool") {
    if (flat.type !== "object") {
      const change = flat.type ? `object: the root cannot be ${flat.type}` : "added: object"
      report(work, place, "type", change)
    }
    return "object"
  }
  if (flat.type) return flat.type
  const type = flat.onlyNull || flat.enums.length > 0 ? "string" : impliedType(flat)
  report(work, place, "type", `added: ${type}`)
  return type
}

function impliedType(flat: FlatSchema): SchemaType {
  if (flat.properties) return "object"
  if (flat.items.length > 0) return "array"
  for (const type of flat.implied) return type
  return "string"
}

function writeNullable(node: Node, flat: FlatSchema, place: Place, work: Work): void {
  if (!flat.nullable && !flat.onlyNull) return
  if (place.depth === 0 && work.kind === "tool")
    return report(work, place, "nullable", "deleted: arguments are never null")
  if (work.options.family !== "claude") {
    node["nullable"] = true
    if (!flat.nullableGiven) report(work, place, "nullable", "added")
    return
  }
  flat.hints.push("may be null")
  report(work, place, "nullable", "moved into the description")
}

function itemsOf(flat: FlatSchema, place: Place, work: Work): Node {
  const at = { path: join(place.path, "items"), depth: place.depth + 1 }
  if (flat.items.length > 0) return writeNode(flat.items, at, work).node
  report(work, at, "", "added: string")
  return { type: "string" }
}

/** `properties`, `required` and `propertyOrdering`. */
function writeMembers(node: Node, flat: FlatSchema, place: Place, work: Work): void {
  const type = node["type"]
  const names = new Set(flat.required)
  if (type === "object" && flat.properties) {
    const properties: Record<string, Node> = {}
    const at = join(place.path, "properties")
    for (const [name, sources] of flat.properties) {
      const written = writeNode(sources, { path: join(at, name), depth: place.depth + 1 }, work)
      properties[name] = written.node
      if (written.requiredItself) names.add(name)
    }
    node["properties"] = properties
  } else if (flat.properties) report(work, place, "properties", `deleted: not of ${String(type)}`)
  const properties: unknown = node["properties"]
  const isThere = (name: string): boolean => isObject(properties) && Object.hasOwn(properties, name)
  const required = [...names].filter(isThere)
  if (flat.required && !(required.length > 0 && isSameList(flat.required, required)))
    report(work, place, "required", "names of properties that are there, each once")
  if (required.length > 0) node["required"] = required
  if (!flat.ordering) return
  const ordering = [...new Set(flat.ordering)].filter(isThere)
  if (ordering.length > 0) node["propertyOrdering"] = ordering
  if (ordering.length < flat.ordering.length || ordering.length === 0)
    report(work, place, "propertyOrdering", "names of properties that are there, each once")
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index])
}

/** The description with what else is known in brackets behind it. */
function descriptionOf(flat: FlatSchema): string | undefined {
  const said = [...new Set(flat.descriptions)].join(" ")
  if (flat.hints.length === 0) return flat.descriptions.length > 0 ? said : undefined
  const hints = `(${[...new Set(flat.hints)].join("; ")})`
  return said === "" ? hints : `${said} ${hints}`
}

function deepNode(sources: readonly Source[], place: Place, work: Work): Node {
  const raw = sources[0]?.raw
  const already =
    isObject(raw) && Object.keys(raw).length === 2 && raw["type"] === "object" && raw["description"] === tooDeep
  if (!already) report(work, place, "", `an object: ${tooDeep}`)
  return { type: "object", description: tooDeep }
}
