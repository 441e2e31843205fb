/** Arguments come back as the client's schema means them. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { normaliseToolSchema } from "./normalise.ts"
import { addPlaceholder, stripPlaceholder } from "./placeholder.ts"
import { restoreArguments } from "./restore.ts"
import { arbitrarySchema } from "./testing/arbitrary-schema.ts"

const family = "claude"

describe("restoreArguments", () => {
  const normalised = normaliseToolSchema(
    {
      type: "object",
      properties: {
        level: { enum: [1, 2, "3", null, { deep: true }] },
        kind: { const: false },
        list: { type: "array", items: { type: "object", properties: { count: { type: "integer" } } } },
        sure: { type: "boolean" },
        said: { type: "string" },
      },
    },
    { family },
  )

  it.each<[object, object]>([
    [{ level: "1" }, { level: 1 }],
    [{ level: "3" }, { level: "3" }],
    [{ level: '{"deep":true}' }, { level: { deep: true } }],
    [{ level: "other" }, { level: "other" }],
    [{ kind: "false" }, { kind: false }],
    [
      { list: [{ count: "5" }, { count: 6 }, { count: "0x10" }, { count: "" }, { count: "1e999" }] },
      { list: [{ count: 5 }, { count: 6 }, { count: "0x10" }, { count: "" }, { count: "1e999" }] },
    ],
    [
      { sure: "true", said: "true", unknown: "5" },
      { sure: true, said: "true", unknown: "5" },
    ],
    [
      { list: "5", said: 5 },
      { list: "5", said: 5 },
    ],
  ])("makes %j into %j", (args, restored) => {
    expect(restoreArguments({ ...args }, normalised)).toEqual(restored)
  })

  it("takes away the placeholder only where it was put", () => {
    expect(restoreArguments({ _unused: true }, normaliseToolSchema({}, { family }))).toEqual({})
    const own = normaliseToolSchema({ properties: { _unused: { type: "boolean" } } }, { family })
    expect(restoreArguments({ _unused: true }, own)).toEqual({ _unused: true })
  })

  it("gives back the numbers that a Gemini client declared with texts", () => {
    const vertex = normaliseToolSchema(
      { properties: { flat: { type: "INTEGER", enum: ["101", "201"] } } },
      { family: "gemini" },
    )
    expect(restoreArguments({ flat: "101" }, vertex)).toEqual({ flat: 101 })
  })

  it("takes any arguments for any schema and adds nothing", () => {
    fc.assert(
      fc.property(arbitrarySchema(), fc.dictionary(fc.string(), fc.jsonValue()), (schema, args) => {
        const restored = restoreArguments(args, normaliseToolSchema(schema, { family: "gemini" }))
        expect(Object.keys(args)).toEqual(expect.arrayContaining(Object.keys(restored)))
      }),
    )
  })
})

describe("the placeholder", () => {
  it("goes and comes back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (args) => {
        fc.pre(!("_unused" in args))
        expect(stripPlaceholder(addPlaceholder(args))).toEqual(args)
        expect(stripPlaceholder(args)).toBe(args)
      }),
    )
    expect(addPlaceholder({ _unused: false })).toEqual({ _unused: false })
  })
})
