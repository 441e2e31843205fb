/** Makes any JSON Schema one that the upstream takes, and says what was changed (upstream-protocol 8.2). Pure and synchronous. */
import type { ModelFamily } from "../dialects/model-family.ts"
import { PLACEHOLDER, PLACEHOLDER_DESCRIPTION } from "./placeholder.ts"
import { createWork, isObject, report } from "./work.ts"
import type { Place, Work } from "./work.ts"
import { writeNode } from "./write-node.ts"
import type { Node } from "./write-node.ts"

/** One thing that differs between the client's schema and the one that is sent. */
export interface SchemaChange {
  /** Where, from the schema's root: `properties.age.minimum`, `properties["a.b"].items`; empty for the root itself. */
  readonly path: string
  /** What became of it, one clause in English. */
  readonly change: string
}

/** What decides beside the schema itself. */
export interface SchemaOptions {
  readonly family: ModelFamily
  /** Makes the placeholder of an empty schema required (Claude with thinking). */
  readonly placeholderRequired?: boolean
}

/** A schema for the upstream. Shared between requests: never change it. */
export interface NormalisedSchema {
  readonly schema: Record<string, unknown>
  /** In the order of the schema; empty when the schema went through as it was. */
  readonly changes: readonly SchemaChange[]
  /** The schema holds the placeholder property: arguments of calls need `stripPlaceholder` and, replayed, `addPlaceholder`. */
  readonly placeholder: boolean
  /** What the texts of an `enum` stand for where they are no texts, by the node of `schema`; for `restoreArguments`. */
  readonly originals: ReadonlyMap<object, ReadonlyMap<string, unknown>>
}

/** The `parameters` of a function. Takes anything, never throws; what is no schema becomes one without parameters. */
export function normaliseToolSchema(schema: unknown, options: SchemaOptions): NormalisedSchema {
  const { node, work } = rootOf(schema, "tool", options)
  const placeholder = addPlaceholderTo(node, options.placeholderRequired === true, work)
  return { schema: node, changes: work.changes, placeholder, originals: work.originals }
}

/** A `responseSchema`: the same without a placeholder, any root type, and `additionalProperties: false` stays. Not for Claude. */
export function normaliseResponseSchema(schema: unknown, options: Pick<SchemaOptions, "family">): NormalisedSchema {
  const { node, work } = rootOf(schema, "response", options)
  return { schema: node, changes: work.changes, placeholder: false, originals: work.originals }
}

function rootOf(schema: unknown, kind: Work["kind"], options: SchemaOptions): { node: Node; work: Work } {
  const work = createWork(schema, kind, options)
  return { node: writeNode([{ raw: schema, references: [] }], { path: "", depth: 0 }, work).node, work }
}

/** True when the schema holds the placeholder, added now or before. */
function addPlaceholderTo(node: Node, required: boolean, work: Work): boolean {
  const known = isObject(node["properties"]) ? node["properties"] : {}
  const names = Object.keys(known)
  if (names.length > 0 && !isPlaceholder(names, known[PLACEHOLDER])) return false
  if (names.length === 0) report(work, root, "properties", `added: \`${PLACEHOLDER}\`, since the upstream wants one`)
  node["properties"] = { [PLACEHOLDER]: { type: "boolean", description: PLACEHOLDER_DESCRIPTION } }
  if (required && node["required"] === undefined) {
    report(work, root, "required", `added: \`${PLACEHOLDER}\``)
    node["required"] = [PLACEHOLDER]
  }
  return true
}

const root: Place = { path: "", depth: 0 }

function isPlaceholder(names: readonly string[], schema: unknown): boolean {
  return names.length === 1 && isObject(schema) && schema["description"] === PLACEHOLDER_DESCRIPTION
}
