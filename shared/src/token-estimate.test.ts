import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyText } from "./testing/any-text.ts"
import { estimateTokens, tokenWeight, wholeTokens } from "./token-estimate.ts"

describe("estimateTokens", () => {
  it.each([
    ["", 0],
    ["a", 1],
    ["Hello there, world!!!", 6],
    ["你好世界你好", 5],
    ["こんにちは", 5],
    ["안녕하세요", 5],
    ["héé", 1],
    ["😀😀😀", 3],
    [`${"a".repeat(7)}${"字".repeat(12)}`, 12],
  ])("counts %j as %i", (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens)
  })

  it("adds up over any cut of a text", () => {
    fc.assert(
      fc.property(anyText(), fc.nat(), (text, at) => {
        const cut = text.length === 0 ? 0 : at % text.length
        const pieces = tokenWeight(text.slice(0, cut)) + tokenWeight(text.slice(cut))
        expect(pieces).toBeCloseTo(tokenWeight(text), 6)
      }),
    )
  })

  it("is the same however a text was cut", () => {
    for (const text of ["a".repeat(49), "字".repeat(36), "a字".repeat(42)]) {
      const weight = Array.from(text).reduce((sum, piece) => sum + tokenWeight(piece), 0)
      expect(wholeTokens(weight)).toBe(estimateTokens(text))
    }
  })

  it("never falls when text is added", () => {
    fc.assert(
      fc.property(anyText(), anyText(), (text, more) => {
        expect(estimateTokens(text + more)).toBeGreaterThanOrEqual(estimateTokens(text))
      }),
    )
  })
})
