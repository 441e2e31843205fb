import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseArguments, readArguments, toArguments } from "./tool-arguments.ts"

describe("arguments", () => {
  it.each<[string, unknown]>([
    ["", {}],
    [" \n", {}],
    ['{"a":1}', { a: 1 }],
    ["null", { _raw: "null" }],
    ["[1]", { _raw: "[1]" }],
    ["{", { _raw: "{" }],
  ])("of the text %j", (text, expected) => {
    expect(readArguments(text)).toEqual(expected)
  })

  it.each<[unknown, unknown]>([
    [undefined, {}],
    [null, {}],
    [{ a: 1 }, { a: 1 }],
    [[1], { _raw: "[1]" }],
    [7, { _raw: "7" }],
    ['{"a":1}', { a: 1 }],
  ])("of the value %j", (value, expected) => {
    expect(toArguments(value)).toEqual(expected)
  })

  it("are an object whatever comes, and lose nothing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseArguments(text)
        expect(readArguments(text)).toEqual(text.trim() === "" ? {} : (parsed ?? { _raw: text }))
      }),
    )
  })
})
