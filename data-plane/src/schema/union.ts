/** Which branch of a union is sent, since the upstream takes one shape at each place. */
import { KEYWORDS, TYPE_NAMES } from "./keywords.ts"
import type { SchemaType } from "./keywords.ts"
import { targetOf } from "./reference.ts"
import { isObject, preview } from "./work.ts"
import type { BranchKind, Work } from "./work.ts"

/** The better the greater; what has none cannot be chosen. */
const ranks: Readonly<Record<BranchKind, number>> = { object: 4, array: 3, plain: 2, literal: 1, null: 0, none: 0 }

/** What a branch would be, without resolving it. Each schema is looked at once in a normalisation. */
export function branchKind(raw: unknown, work: Work, level = 0): BranchKind {
  if (!isObject(raw) || level > 32) return "none"
  const known = work.branchKinds.get(raw)
  if (known) return known
  // What leads back to itself says nothing.
  work.branchKinds.set(raw, "none")
  const kind = kindByType(raw) ?? kindByParts(raw, work, level)
  work.branchKinds.set(raw, kind)
  return kind
}

function kindByType(raw: Readonly<Record<string, unknown>>): BranchKind | undefined {
  const given = Array.isArray(raw["type"]) ? raw["type"] : [raw["type"]]
  const types = given.flatMap((name) => (typeof name === "string" ? (TYPE_NAMES.get(name.toLowerCase()) ?? []) : []))
  const type = types.find((name) => name !== "null")
  if (type) return kindOfType(type, raw)
  if (types.length > 0) return "null"
  const literals = "const" in raw ? [raw["const"]] : raw["enum"]
  if (!Array.isArray(literals)) return undefined
  return literals.length > 0 && literals.every((value) => value === null) ? "null" : "literal"
}

function kindOfType(type: SchemaType, raw: Readonly<Record<string, unknown>>): BranchKind {
  if (type === "object" || type === "array") return type
  return "const" in raw || Array.isArray(raw["enum"]) ? "literal" : "plain"
}

function kindByParts(raw: Readonly<Record<string, unknown>>, work: Work, level: number): BranchKind {
  if (isObject(raw["properties"])) return "object"
  if (raw["items"] !== undefined || Array.isArray(raw["prefixItems"])) return "array"
  if (typeof raw["$ref"] === "string") return branchKind(targetOf(work.root, raw["$ref"]), work, level + 1)
  const branches = ["allOf", "anyOf", "oneOf"].flatMap((name): readonly unknown[] =>
    Array.isArray(raw[name]) ? raw[name] : [],
  )
  if (branches.length > 0) {
    const kinds = branches.map((branch) => branchKind(branch, work, level + 1))
    const best = bestOf(kinds)
    return best === -1 ? (kinds.find((kind) => kind === "null") ?? "none") : (kinds[best] ?? "none")
  }
  const rules = Object.keys(raw).map((name) => KEYWORDS.get(name))
  // `required` alone restricts the object around it and is no shape.
  const implied = rules.find((rule) => rule?.how === "described" && rule.implies)?.implies
  return implied === undefined ? "none" : kindOfType(implied, raw)
}

/** The index of the best, the first of equals; −1 when none can be chosen. */
export function bestOf(kinds: readonly BranchKind[]): number {
  let best = -1
  for (const [index, kind] of kinds.entries()) {
    if (ranks[kind] > (best === -1 ? 0 : ranks[kinds[best] ?? "none"])) best = index
  }
  return best
}

/** A branch in a few words, for the description. */
export function summary(raw: unknown, work: Work): string {
  if (!isObject(raw)) return preview(raw, work)
  if (typeof raw["title"] === "string") return raw["title"].slice(0, 60)
  if (typeof raw["$ref"] === "string") return nameOf(raw["$ref"])
  if ("const" in raw) return preview(raw["const"], work)
  if (Array.isArray(raw["enum"])) return `one of ${preview(raw["enum"], work)}`
  if (typeof raw["type"] === "string" && raw["type"] !== "object") return raw["type"].slice(0, 60)
  const names = isObject(raw["properties"]) ? Object.keys(raw["properties"]) : []
  work.left -= names.length
  if (names.length > 0) return `object with ${names.slice(0, 6).join(", ").slice(0, 100)}`
  return raw["type"] === "object" ? "object" : preview(raw, work)
}

/** The last name of a reference. */
export function nameOf(reference: string): string {
  if (reference.length < 3) return "whole"
  return reference.slice(reference.lastIndexOf("/") + 1, reference.lastIndexOf("/") + 61)
}
