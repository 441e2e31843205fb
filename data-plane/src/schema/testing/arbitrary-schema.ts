/** Schemas for property tests: what clients write, and what they should not write, at every place. */
import fc from "fast-check"
import { KEYWORDS, SPELLINGS } from "../keywords.ts"

const names = ["a", "b", "type", "format", "required", "$ref", "a.b", "__proto__", "constructor", "", "_unused"]
const references = [
  "#",
  "#/",
  "#/$defs/a",
  "#/$defs/b",
  "#/$defs/__proto__",
  "#/properties/a",
  "#/%zz/~1",
  "other.json",
]
const types = ["object", "array", "string", "number", "integer", "boolean", "null", "STRING", "any", "float"]
const keywords = [...KEYWORDS.keys(), ...SPELLINGS.keys(), "x-unknown", "constructor", "__proto__"]

/** JSON that looks like a schema; with `plain`, without references, unions, merges and other spellings. */
export function arbitrarySchema(plain = false): fc.Arbitrary<unknown> {
  const { schema } = fc.letrec<{ schema: unknown; node: unknown; members: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
      { weight: 9, arbitrary: tie("node") },
    ),
    members: fc.dictionary(fc.constantFrom(...names), tie("schema"), { maxKeys: 4 }),
    node: fc
      .array(
        fc.oneof(
          {
            weight: 4,
            arbitrary: fc.tuple(fc.constant("type"), fc.oneof(fc.constantFrom(...types), fc.subarray(types))),
          },
          { weight: 4, arbitrary: fc.tuple(fc.constant("properties"), tie("members")) },
          { weight: 2, arbitrary: fc.tuple(fc.constant("items"), tie("schema")) },
          { weight: 1, arbitrary: fc.tuple(fc.constant("required"), fc.oneof(fc.subarray(names), fc.boolean())) },
          { weight: 1, arbitrary: fc.tuple(fc.constant("propertyOrdering"), fc.array(fc.constantFrom(...names))) },
          {
            weight: 2,
            arbitrary: fc.tuple(fc.constant("enum"), fc.array(fc.oneof(fc.string(), fc.integer(), fc.jsonValue()))),
          },
          { weight: 1, arbitrary: fc.tuple(fc.constant("description"), fc.string()) },
          { weight: 1, arbitrary: fc.tuple(fc.constant("nullable"), fc.boolean()) },
          {
            weight: 3,
            arbitrary: fc.tuple(fc.constantFrom(...(plain ? plainKeywords : keywords)), fc.jsonValue({ maxDepth: 2 })),
          },
          ...(plain
            ? []
            : [
                { weight: 2, arbitrary: fc.tuple(fc.constant("$ref"), fc.constantFrom(...references)) },
                { weight: 2, arbitrary: fc.tuple(fc.constant("$defs"), tie("members")) },
                {
                  weight: 3,
                  arbitrary: fc.tuple(
                    fc.constantFrom("anyOf", "oneOf", "allOf", "prefixItems", "items"),
                    fc.array(tie("schema"), { maxLength: 3 }),
                  ),
                },
              ]),
        ),
        { maxLength: 6 },
      )
      // As `JSON.parse` does it: `__proto__` is a member like any other.
      .map((entries) => Object.fromEntries(entries as [string, unknown][])), // each arbitrary above makes a pair
  }))
  return schema
}

const resolving = new Set(["$ref", "anyOf", "oneOf", "allOf", "prefixItems", "const"])
const plainKeywords = [...KEYWORDS.keys(), "x-unknown", "constructor", "__proto__"].filter(
  (name) => !resolving.has(name),
)
