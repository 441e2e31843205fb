import fc from "fast-check"
import { expect, test } from "vitest"
import { readMap, writeMap } from "./map-text.ts"

const keys = ["gemini", "third_party", "image"]

test.each([
  ["round-robin", { alone: "round-robin", named: {} }],
  ["weighted, gemini=fill-first", { alone: "weighted", named: { gemini: "fill-first" } }],
  ["", { alone: "", named: {} }],
  ["one,two", undefined],
  ["nobody=one", undefined],
  ["gemini=one,gemini=two", undefined],
  ["gemini=one=two", undefined],
])("%j", (text, map) => {
  expect(readMap(text, keys)).toEqual(map)
})

test("what is written is read as it was", () => {
  const value = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
  const map = fc.record({
    alone: fc.oneof(fc.constant(""), value),
    named: fc.dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true }),
  })
  fc.assert(
    fc.property(map, (given) => {
      expect(readMap(writeMap(given, keys), keys)).toEqual(given)
    }),
  )
})

test("an empty value is taken out", () => {
  expect(writeMap({ alone: "weighted", named: { gemini: " ", image: "fill-first" } }, keys)).toBe(
    "weighted,image=fill-first",
  )
})
