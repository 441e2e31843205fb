/**
 * What becomes of every keyword of a JSON Schema on its way upstream (upstream-protocol 8.2), as data. `docs/reference/tool-schemas.md`
 * shows this table; a test compares them.
 */

/** A type as the upstream names it. */
export type SchemaType = "object" | "array" | "string" | "number" | "integer" | "boolean"

/**
 * `kept`: goes upstream when it is well formed. `resolved`: what it says is built into the schema around it. `described`: moved
 * into the description, where the model reads it. `deleted`: says nothing to the model.
 */
export type KeywordHow = "kept" | "resolved" | "described" | "deleted"

/** A row of the table. */
export interface KeywordRule {
  readonly how: KeywordHow
  /** The type of a schema that has the keyword but no `type`. */
  readonly implies?: SchemaType
  readonly note: string
}

const kept = (note: string, implies?: SchemaType): KeywordRule => ({ how: "kept", note, ...(implies && { implies }) })
const resolved = (note: string, implies?: SchemaType): KeywordRule => ({
  how: "resolved",
  note,
  ...(implies && { implies }),
})
const described = (implies: SchemaType | undefined, note: string): KeywordRule => ({
  how: "described",
  note,
  ...(implies && { implies }),
})
const deleted = (note: string): KeywordRule => ({ how: "deleted", note })

const limit = "Refused in VALIDATED mode. A bound at or past ±9007199254740991 is no bound and is deleted."
const condition = "The upstream has no such keyword; the first 120 characters are described."

/** Rows in the order of the page. A keyword that is not here, `x-…` among them, is deleted: the upstream refuses unknown names. */
export const KEYWORDS: ReadonlyMap<string, KeywordRule> = new Map([
  [
    "type",
    kept("Lower case. Of a list the first but `null`; the others are described. `null` alone becomes `string`."),
  ],
  ["description", kept("A text; anything else is deleted.")],
  ["nullable", kept("Gemini and GPT-OSS: `true` stays. Claude: described.")],
  [
    "enum",
    kept(
      "Texts only: other values are written as text, with type `string`, and described; the empty text is left out but for " +
        "Claude; `null` makes the schema nullable. Of an object or array it is described.",
    ),
  ],
  ["properties", kept("Only of an object. A property may be named like a keyword; `__proto__` is left out.", "object")],
  [
    "required",
    kept("Names of properties that are there. `required: true` of a property is said by the object around it."),
  ],
  [
    "items",
    kept("Only of an array, and always there: of a list the first schema, `{type: string}` for none.", "array"),
  ],
  ["propertyOrdering", kept("Names of properties that are there.")],
  ["title", kept("At the root only.")],
  [
    "$ref",
    resolved("A local one is put in place, at most 16 within each other; one that holds itself ends in an object."),
  ],
  ["$defs", resolved("Left out after the references were put in place.")],
  ["definitions", resolved("As `$defs`.")],
  ["const", resolved("An `enum` of one value.")],
  [
    "anyOf",
    resolved(
      "The best branch is built in: an object before an array before a plain value before an `enum`; the others are described. " +
        "Branches that are all `enum` or `const` become one `enum`. A `null` branch makes the schema nullable.",
    ),
  ],
  ["oneOf", resolved("As `anyOf`.")],
  ["allOf", resolved("Every branch is built in; where two disagree the first stays.")],
  ["prefixItems", resolved("The first schema is the one of `items`; the list is described.", "array")],
  [
    "additionalProperties",
    resolved("`false` and schemas are described; `true` is deleted. Response schemas keep `false`.", "object"),
  ],
  ["minLength", described("string", limit)],
  ["maxLength", described("string", limit)],
  ["pattern", described("string", "Refused in VALIDATED mode.")],
  ["format", described("string", "Refused in VALIDATED mode.")],
  ["contentEncoding", described("string", condition)],
  ["contentMediaType", described("string", condition)],
  ["minimum", described("number", limit)],
  ["maximum", described("number", limit)],
  ["exclusiveMinimum", described("number", limit)],
  ["exclusiveMaximum", described("number", limit)],
  ["multipleOf", described("number", limit)],
  ["minItems", described("array", limit)],
  ["maxItems", described("array", limit)],
  ["uniqueItems", described("array", condition)],
  ["contains", described("array", condition)],
  ["minContains", described("array", limit)],
  ["maxContains", described("array", limit)],
  ["additionalItems", described("array", condition)],
  ["unevaluatedItems", described("array", condition)],
  ["minProperties", described("object", limit)],
  ["maxProperties", described("object", limit)],
  ["default", described(undefined, "Refused in VALIDATED mode.")],
  ["not", described(undefined, condition)],
  ["if", described(undefined, condition)],
  ["then", described(undefined, condition)],
  ["else", described(undefined, condition)],
  ["dependencies", described("object", condition)],
  ["dependentRequired", described("object", condition)],
  ["dependentSchemas", described("object", condition)],
  ["patternProperties", described("object", condition)],
  ["propertyNames", described("object", condition)],
  ["unevaluatedProperties", described("object", condition)],
  ["$schema", deleted("Names the dialect of the schema.")],
  ["$id", deleted("Names the schema.")],
  ["$anchor", deleted("Names a place.")],
  ["$comment", deleted("For readers of the schema.")],
  ["examples", deleted("Not part of what is valid.")],
  ["example", deleted("Not part of what is valid.")],
  ["deprecated", deleted("For readers of the schema.")],
  ["readOnly", deleted("For readers of the schema.")],
  ["writeOnly", deleted("For readers of the schema.")],
  ["enumDescriptions", deleted("Of an editor, not of JSON Schema.")],
  ["enumTitles", deleted("Of an editor, not of JSON Schema.")],
  ["prefill", deleted("Of a client, not of JSON Schema.")],
  ["encrypted", deleted("Of a client, not of JSON Schema.")],
])

/** The proto spelling of keywords, which Gemini's API takes as well; read as the other. */
export const SPELLINGS: ReadonlyMap<string, string> = new Map(
  [...KEYWORDS.keys()]
    .map((name) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name] as const)
    .filter(([snake, name]) => snake !== name),
)

/** Names that stand for a type here and there. */
export const TYPE_NAMES: ReadonlyMap<string, SchemaType | "null"> = new Map<string, SchemaType | "null">([
  ["object", "object"],
  ["array", "array"],
  ["string", "string"],
  ["number", "number"],
  ["integer", "integer"],
  ["boolean", "boolean"],
  ["null", "null"],
  ["dict", "object"],
  ["list", "array"],
  ["str", "string"],
  ["float", "number"],
  ["double", "number"],
  ["int", "integer"],
  ["bool", "boolean"],
])

/** Nesting of schemas; what lies deeper is an object that nothing more is said about. */
export const DEEPEST = 20

/** References within each other, and unions and merges within each other at one place. */
export const DEEPEST_REFERENCE = 16
