import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mergeWishes, readWishedName, type NameWish } from "./name-wish.ts"

describe("readWishedName", () => {
  it.each<[string, string, NameWish]>([
    ["m(high)", "m", { reasoning: { kind: "effort", level: "high" } }],
    ["m (High)", "m", { reasoning: { kind: "effort", level: "high" } }],
    ["m[minimal]", "m", { reasoning: { kind: "effort", level: "minimal" } }],
    ["m(8192)", "m", { reasoning: { kind: "budget", tokens: 8192 } }],
    ["m(0)", "m", { reasoning: { kind: "off" } }],
    ["m(none)", "m", { reasoning: { kind: "off" } }],
    ["m(-1)", "m", { reasoning: { kind: "auto" } }],
    ["m(auto)", "m", { reasoning: { kind: "auto" } }],
    ["m(16:9)", "m", { image: { aspectRatio: "16:9" } }],
    ["m(4K)(16:9)", "m", { image: { aspectRatio: "16:9", size: "4K" } }],
    ["m[1m]", "m", {}],
    ["m[1m](low)", "m", { reasoning: { kind: "effort", level: "low" } }],
    ["m(low)(high)", "m", { reasoning: { kind: "effort", level: "high" } }],
  ])("reads %s", (text, name, wish) => {
    expect(readWishedName(text)).toEqual({ name, wish })
  })

  it.each([
    "",
    "m",
    "(high)",
    "m(loud)",
    "m()",
    "m(high",
    "m high)",
    "m(high]",
    "m(99999999999)",
    "m(7:3)",
    "m(high) ",
  ])("takes %j whole", (text) => {
    expect(readWishedName(text)).toEqual({ name: text, wish: {} })
  })

  it("never throws, and what it takes away stood in brackets at the end", () => {
    const word = fc.constantFrom("(high)", "[1m]", "(8192)", "(x)", "(", ")", "[", "]", "m", "(16:9)")
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join("")),
        ),
        (text) => {
          const { name } = readWishedName(text)
          expect(text.startsWith(name)).toBe(true)
          if (name !== text) expect(text).toMatch(/[)\]]$/)
          expect(text === "" || name !== "").toBe(true)
        },
      ),
    )
  })

  it("reads a name of a million brackets in one pass", () => {
    const text = "(".repeat(500_000) + ")".repeat(500_000)
    expect(readWishedName(text).name).toBe(text)
  })
})

it("mergeWishes lets the first count, field by field", () => {
  const first: NameWish = { image: { size: "4K" } }
  const second: NameWish = { reasoning: { kind: "auto" }, image: { size: "2K", aspectRatio: "1:1" } }
  expect(mergeWishes(first, second)).toEqual({
    reasoning: { kind: "auto" },
    image: { size: "4K", aspectRatio: "1:1" },
  })
  expect(mergeWishes({}, {})).toEqual({})
})
