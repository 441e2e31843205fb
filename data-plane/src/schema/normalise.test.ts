/** The table of `keywords.ts` row by row, and schemas as tools in the field have them. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { ModelFamily } from "../dialects/model-family.ts"
import { KEYWORDS } from "./keywords.ts"
import { normaliseResponseSchema, normaliseToolSchema } from "./normalise.ts"

/** A schema of one property, what is sent of it to Gemini, and the places of all changes in the report, blanks between. */
type Row = readonly [about: string, given: unknown, sent: unknown, ...changed: readonly string[]]

const text = { type: "string" }
const sentProperty = (given: unknown, family: ModelFamily = "gemini", more: object = {}) => {
  const { schema, changes } = normaliseToolSchema({ type: "object", properties: { a: given }, ...more }, { family })
  const { a: sent } = schema["properties"] as Record<string, unknown> // the root of a tool's schema always has properties
  return { sent, changed: changes.map(({ path }) => path.replace(/^properties\.a\.?/, "")) }
}

const rows: readonly Row[] = [
  ["a plain schema", { type: "string", description: "A" }, { type: "string", description: "A" }],
  ["an enum of texts", { type: "string", enum: ["x", "y"] }, { type: "string", enum: ["x", "y"] }],
  ["type in capitals", { type: "STRING" }, text, "type"],
  ["a type that nobody knows", { type: "any" }, text, "type", "type"],
  ["Python's name of a type", { type: "dict" }, { type: "object" }, "type"],
  [
    "a list of types",
    { type: ["null", "integer", "string"] },
    { type: "integer", nullable: true, description: "(or string)" },
    "type",
    "nullable",
  ],
  ["type null", { type: "null" }, { type: "string", nullable: true }, "type", "type", "nullable"],
  ["no type", { description: "A" }, { type: "string", description: "A" }, "type"],
  ["no type, but properties", { properties: { b: text } }, { type: "object", properties: { b: text } }, "type"],
  ["no type, but items", { items: text }, { type: "array", items: text }, "type"],
  ["no type, but a bound", { minimum: 1 }, { type: "number", description: "(minimum: 1)" }, "minimum", "type"],
  ["const", { const: "x" }, { type: "string", enum: ["x"] }, "const", "type"],
  [
    "const that is no text",
    { const: 5 },
    { type: "string", enum: ["5"], description: "(one of [5], written as text)" },
    "const type enum",
  ],
  [
    "an enum of numbers",
    { type: "integer", enum: [1, 2], description: "N" },
    { type: "string", enum: ["1", "2"], description: "N (one of [1,2], written as text)" },
    "enum type",
  ],
  ["an empty text in an enum", { type: "string", enum: ["", "x"] }, { type: "string", enum: ["x"] }, "enum"],
  [
    "null in an enum",
    { enum: ["x", null] },
    { type: "string", nullable: true, enum: ["x"] },
    "type",
    "enum",
    "nullable",
  ],
  ["an enum of nothing", { type: "string", enum: [] }, text, "enum"],
  [
    "an enum of objects",
    { type: "object", enum: [{ b: 1 }] },
    { type: "object", description: '(one of [{"b":1}])' },
    "enum",
  ],
  ["items of a text", { type: "string", items: text, properties: { b: text } }, text, "items", "properties"],
  ["no items", { type: "array" }, { type: "array", items: text }, "items"],
  ["items true", { type: "array", items: true }, { type: "array", items: text }, "items", "items"],
  [
    "a tuple",
    { type: "array", items: [{ type: "number" }, text] },
    { type: "array", items: { type: "number" }, description: "(a list of number, string)" },
    "items",
  ],
  [
    "a tuple of 2020",
    { type: "array", prefixItems: [{ type: "number" }, text], items: false },
    { type: "array", items: { type: "number" }, description: "(a list of number, string)" },
    "items prefixItems",
  ],
  [
    "required of what is not there",
    { type: "object", properties: { b: text }, required: ["b", "c"] },
    { type: "object", properties: { b: text }, required: ["b"] },
    "required",
  ],
  [
    "a property that requires itself",
    { type: "object", properties: { b: { type: "string", required: true } } },
    { type: "object", properties: { b: text }, required: ["b"] },
    "properties.b.required",
  ],
  [
    "a property that cannot be",
    { type: "object", properties: { b: false, c: text }, required: ["b", "c"] },
    { type: "object", properties: { c: text }, required: ["c"] },
    "properties.b required",
  ],
  ["anyOf with null", { anyOf: [{ type: "null" }, text] }, { type: "string", nullable: true }, "anyOf", "nullable"],
  [
    "anyOf of an object and a text",
    { anyOf: [text, { type: "object", properties: { b: text } }], description: "A" },
    { type: "object", properties: { b: text }, description: "A (or string)" },
    "anyOf",
  ],
  [
    "oneOf of a list and a text, each with a description",
    { description: "A", oneOf: [text, { type: "array", items: text, description: "B" }] },
    { type: "array", items: text, description: "A B (or string)" },
    "oneOf",
  ],
  [
    "a union of literals",
    {
      oneOf: [
        { const: "x", description: "ten" },
        { enum: ["y", "z"], type: "string" },
      ],
    },
    { type: "string", enum: ["x", "y", "z"], description: '("x": ten)' },
    "oneOf const",
  ],
  [
    "allOf",
    {
      allOf: [
        { type: "object", properties: { b: text }, required: ["b"], description: "B" },
        { properties: { b: { description: "more" }, c: text }, required: ["c"] },
      ],
    },
    {
      type: "object",
      properties: { b: { type: "string", description: "more" }, c: text },
      required: ["b", "c"],
      description: "B",
    },
    "allOf",
  ],
  [
    "allOf of enums",
    { allOf: [{ enum: ["x", "y"] }, { enum: ["y", "z"] }] },
    { type: "string", enum: ["y"] },
    "allOf",
    "type",
    "enum",
  ],
  [
    "a map",
    { type: "object", additionalProperties: { type: "number" } },
    { type: "object", description: "(other properties: number)" },
    "additionalProperties",
  ],
  [
    "no other properties",
    { type: "object", additionalProperties: false },
    { type: "object", description: "(no other properties)" },
    "additionalProperties",
  ],
  ["any other properties", { type: "object", additionalProperties: true }, { type: "object" }, "additionalProperties"],
  [
    "bounds that bound nothing",
    { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
    { type: "integer" },
    "minimum maximum",
  ],
  ["not", { type: "string", not: { const: "x" } }, { type: "string", description: '(not: {"const":"x"})' }, "not"],
  [
    "a name in capitals and lines",
    { type: "array", items: text, min_items: 2 },
    { type: "array", items: text, description: "(minItems: 2)" },
    "min_items",
    "minItems",
  ],
  ["a title below the root", { type: "string", title: "A" }, text, "title"],
  ["nullable", { type: "string", nullable: true }, { type: "string", nullable: true }],
  ["true as a schema", true, text, "", "type"],
  ["a type's name as a schema", "number", { type: "number" }, ""],
  ["null as a schema", null, text, "", "type"],
  [
    "a property that would change its object",
    JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"b":{"type":"string"}},"required":["__proto__"]}',
    ),
    { type: "object", properties: { b: text } },
    "properties.__proto__ required",
  ],
]

describe("the table", () => {
  it.each(rows)("%s", (_about, given, sent, ...changed) => {
    const found = sentProperty(given)
    expect(found.sent).toEqual(sent)
    const sorted = (paths: readonly string[]) => paths.toSorted((one, other) => one.localeCompare(other))
    expect(sorted(found.changed)).toEqual(sorted(changed.flatMap((paths) => String(paths).split(" "))))
  })

  it.each([...KEYWORDS].filter(([, { how }]) => how === "deleted" || how === "described"))(
    "%s is gone, reported, and described if it says something",
    (keyword, { how }) => {
      const { sent, changed } = sentProperty({ type: "string", description: "A", [keyword]: 3 })
      const description = how === "described" ? `A (${keyword}: 3)` : "A"
      expect(sent).toEqual({ type: "string", description })
      expect(changed).toEqual([keyword])
    },
  )

  it("keeps for Claude the empty text, and says null in words", () => {
    expect(sentProperty({ type: "string", enum: ["", "x"] }, "claude").sent).toEqual({
      type: "string",
      enum: ["", "x"],
    })
    expect(sentProperty({ type: ["string", "null"], description: "A" }, "claude")).toEqual({
      sent: { type: "string", description: "A (may be null)" },
      changed: ["type", "nullable"],
    })
  })
})

describe("references", () => {
  const definitions = {
    $defs: {
      node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, "a/b": { $ref: "#/$defs/a~1b" } } },
      "a/b": { type: "integer", description: "own" },
      two: { $ref: "#/$defs/a%7E1b" },
    },
  }

  it("puts them in place, ends circles, and keeps what is said of the place", () => {
    expect(sentProperty({ $ref: "#/$defs/node", description: "The list" }, "gemini", definitions).sent).toEqual({
      type: "object",
      properties: {
        next: { type: "object", description: "(again a node)" },
        "a/b": { type: "integer", description: "own" },
      },
      description: "The list",
    })
    expect(sentProperty({ $ref: "#/$defs/two", description: "here" }, "gemini", definitions).sent).toEqual({
      type: "integer",
      description: "here",
    })
  })

  it.each(["other.json#/a", "#anchor", "#/$defs/none", "#/$defs/constructor"])("says where %s pointed", ($ref) => {
    const { sent, changed } = sentProperty({ $ref }, "gemini", definitions)
    expect(sent).toEqual({ type: "string", description: `(see "${$ref}")` })
    expect(changed).toContain("$ref")
  })

  it("goes at most 16 deep into them, and 20 into the schema", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `d${index}`,
        { type: "object", properties: { n: { $ref: `#/$defs/d${index + 1}` } } },
      ]),
    )
    expect(depthOf(normaliseToolSchema({ $ref: "#/$defs/d0", $defs: chain }, { family: "gemini" }).schema)).toBe(16)
    let deep: unknown = { type: "string" }
    for (let index = 0; index < 40; index += 1) deep = { type: "object", properties: { n: deep } }
    expect(depthOf(normaliseToolSchema(deep, { family: "gemini" }).schema)).toBe(21)
  })
})

describe("the root", () => {
  it.each([undefined, null, "text", 3, [], {}, { type: "object" }, { type: "string" }, true])(
    "is an object with a placeholder for %j",
    (given) => {
      const { schema, changes, placeholder } = normaliseToolSchema(given, { family: "gemini" })
      expect(schema).toEqual({
        type: "object",
        properties: { _unused: { type: "boolean", description: "The function does not use it." } },
      })
      expect(placeholder).toBe(true)
      expect(changes).not.toEqual([])
    },
  )

  it("requires the placeholder when that is asked for, and nothing of a schema with properties", () => {
    const options = { family: "claude", placeholderRequired: true } as const
    expect(normaliseToolSchema({}, options).schema["required"]).toEqual(["_unused"])
    const own = { type: "object", properties: { _unused: text } }
    expect(normaliseToolSchema(own, options)).toMatchObject({ schema: own, placeholder: false, changes: [] })
  })

  it("keeps its title", () => {
    const given = { title: "Input", type: "object", properties: { a: text } }
    expect(normaliseToolSchema(given, { family: "claude" })).toMatchObject({ schema: given, changes: [] })
  })
})

describe("a response schema", () => {
  it("may be anything, stays closed, and gets no placeholder", () => {
    const given = {
      type: "array",
      items: { type: "object", properties: {}, additionalProperties: false, minProperties: 1 },
    }
    expect(normaliseResponseSchema(given, { family: "gemini" }).schema).toEqual({
      type: "array",
      items: { type: "object", properties: {}, additionalProperties: false, description: "(minProperties: 1)" },
    })
  })
})

describe("schemas as tools have them", () => {
  const dirty: unknown = JSON.parse(readFileSync(new URL("__fixtures__/dirty-schemas.json", import.meta.url), "utf8"))
  const all = Object.entries(dirty as Record<string, unknown>) // our own file

  it.each(all)("%s", async (name, given) => {
    const file = `__fixtures__/${name
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, "-")
      .replace(/-$/, "")}.json`
    const made = (["gemini", "claude"] as const).map((family) => {
      const { schema, changes } = normaliseToolSchema(given, { family })
      return [family, { schema, changes: changes.map(({ path, change }) => `${path}: ${change}`) }] as const
    })
    await expect(`${JSON.stringify(Object.fromEntries(made), null, 2)}\n`).toMatchFileSnapshot(file)
  })
})

function depthOf(schema: unknown): number {
  const properties = (schema as { properties?: { n?: unknown } }).properties // only of schemas this test made
  return properties?.n === undefined ? 0 : 1 + depthOf(properties.n)
}
