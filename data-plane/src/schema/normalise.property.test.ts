/** Laws of the normaliser over any schema. That its output is accepted is tested with the simulator's checker (`data-plane/test`). */
import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../../test/support/cpu-time.ts"
import type { ModelFamily } from "../dialects/model-family.ts"
import { normaliseResponseSchema, normaliseToolSchema } from "./normalise.ts"
import { arbitrarySchema } from "./testing/arbitrary-schema.ts"
import { isObject, join, weightOf } from "./work.ts"

const families: readonly ModelFamily[] = ["gemini", "claude", "gpt-oss", "other"]
const options = fc.record({ family: fc.constantFrom(...families), placeholderRequired: fc.boolean() })
const runs = { numRuns: 1000 }

describe("any schema", () => {
  it("is normalised once: what came out goes in and out unchanged, and nothing is reported", () => {
    fc.assert(
      fc.property(arbitrarySchema(), options, (schema, given) => {
        const once = normaliseToolSchema(schema, given)
        const twice = normaliseToolSchema(once.schema, given)
        expect(twice.schema).toEqual(once.schema)
        expect(twice.changes).toEqual([])
        expect(twice.placeholder).toBe(once.placeholder)
        const response = normaliseResponseSchema(schema, given)
        expect(normaliseResponseSchema(response.schema, given)).toMatchObject({ schema: response.schema, changes: [] })
      }),
      runs,
    )
  })

  it("is not reported unchanged when it was changed, nor the other way round", () => {
    fc.assert(
      fc.property(fc.oneof(arbitrarySchema(), fc.jsonValue()), options, (schema, given) => {
        const { schema: sent, changes } = normaliseToolSchema(schema, given)
        if (!isDeepStrictEqual(plain(sent), plain(schema))) expect(changes).not.toEqual([])
      }),
      runs,
    )
  })

  it("has every keyword that is gone or became another in the report, at its place", () => {
    fc.assert(
      fc.property(arbitrarySchema(true), options, (schema, given) => {
        const { schema: sent, changes } = normaliseToolSchema(schema, given)
        expect(unreported(schema, sent, "", new Set(changes.map(({ path }) => path)))).toEqual([])
      }),
      runs,
    )
  })

  it("is left as it was, and the same comes out of the same", () => {
    fc.assert(
      fc.property(arbitrarySchema(), options, (schema, given) => {
        const before = JSON.stringify(schema)
        const once = JSON.stringify(normaliseToolSchema(schema, given))
        expect(JSON.stringify(normaliseToolSchema(JSON.parse(before), given))).toBe(once)
        expect(JSON.stringify(schema)).toBe(before)
      }),
      runs,
    )
  })

  it("changes no prototype", () => {
    fc.assert(
      fc.property(arbitrarySchema(), options, (schema, given) => {
        for (const node of nodes(normaliseToolSchema(schema, given).schema))
          expect(Object.getPrototypeOf(node)).toBe(Object.prototype)
      }),
      runs,
    )
    expect(({} as Record<string, unknown>)["type"]).toBeUndefined() // an index signature to look for what must not be there
  })
})

describe("work", () => {
  const chain = (width: number, keyword: string) => {
    const defs: Record<string, unknown> = { d15: { type: "string", description: "x".repeat(2000) } }
    for (let index = 0; index < 15; index += 1) {
      const branches = Array.from({ length: width }, () => ({ $ref: `#/$defs/d${index + 1}` }))
      defs[`d${index}`] =
        keyword === "properties"
          ? { type: "object", properties: Object.fromEntries(branches.entries()) }
          : { [keyword]: branches }
    }
    return { $ref: "#/$defs/d0", $defs: defs }
  }
  const nested = (keyword: string, depth: number) => {
    let schema: unknown = { type: "string" }
    for (let index = 0; index < depth; index += 1) {
      const inner =
        keyword === "properties" ? { a: schema } : keyword === "items" || keyword === "not" ? schema : [schema]
      schema = { [keyword]: inner }
    }
    return schema
  }
  const many = Array.from({ length: 20_000 }, (_, index) => ({ enum: ["a", `v${index}`], required: [`r${index}`] }))

  it.each<[string, unknown]>([
    ["references that double at each step", chain(2, "properties")],
    ["references that multiply in `allOf`", chain(3, "allOf")],
    ["references that multiply in `anyOf`", chain(3, "anyOf")],
    ["100,000 objects in each other", nested("properties", 100_000)],
    ["100,000 lists in each other", nested("items", 100_000)],
    ["100,000 unions in each other", nested("anyOf", 100_000)],
    ["100,000 merges in each other", nested("allOf", 100_000)],
    ["100,000 negations in each other", nested("not", 100_000)],
    ["20,000 branches of a merge", { allOf: many }],
    ["20,000 branches of a union", { properties: { a: { anyOf: many } } }],
    ["deep values of an enum", { properties: { a: { enum: [nested("not", 100_000)] } } }],
  ])("is linear: %s", (_name, schema) => {
    let made: ReturnType<typeof normaliseToolSchema> | undefined
    const spent = cpuMs(() => (made = normaliseToolSchema(schema, { family: "gemini" })))
    // Two seconds are a hundred times what it takes; without the limits the first three take minutes.
    expect(spent).toBeLessThan(2000)
    const allowed = 20_000 + 20 * weightOf(schema)
    expect(weightOf(made?.schema)).toBeLessThan(allowed)
    expect(made?.changes.length).toBeLessThan(allowed)
  })
})

/** Without prototypes and `__proto__`, as JSON sees it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function nodes(schema: unknown): object[] {
  if (!isObject(schema)) return []
  const below = isObject(schema["properties"]) ? Object.values(schema["properties"]) : []
  return [schema, ...[...below, schema["items"]].flatMap(nodes)]
}

/** Paths of keywords of a schema without references and unions that differ from what was sent and are not in the report. */
function unreported(raw: unknown, sent: unknown, path: string, reported: ReadonlySet<string>): string[] {
  if (!isObject(raw) || !isObject(sent) || reported.has(path)) return []
  const missing: string[] = []
  for (const [keyword, value] of Object.entries(raw)) {
    const at = join(path, keyword)
    const other = Object.hasOwn(sent, keyword) ? sent[keyword] : undefined
    if (keyword === "properties" && isObject(value) && isObject(other)) {
      for (const [name, member] of Object.entries(value)) {
        const inner = Object.hasOwn(other, name) ? other[name] : undefined
        if (inner === undefined && !reported.has(join(at, name))) missing.push(join(at, name))
        missing.push(...unreported(member, inner, join(at, name), reported))
      }
    } else if (keyword === "items" && isObject(value) && isObject(other)) {
      missing.push(...unreported(value, other, at, reported))
    } else if (keyword !== "description" && !isDeepStrictEqual(value, other) && !reported.has(at)) missing.push(at)
  }
  return missing
}
