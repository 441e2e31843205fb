import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { editDistance } from "./edit-distance.ts"

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["PROT", "PORT", 1],
    ["claude-opus-4-6", "claude-opus-4-6-thinking", 9],
  ])("of %j and %j is %d", (left, right, expected) => {
    expect(editDistance(left, right)).toBe(expected)
    expect(editDistance(right, left)).toBe(expected)
  })

  it("stops at the limit", () => {
    expect(editDistance("abcdef", "uvwxyz", 2)).toBe(3)
    expect(editDistance("a", "abcdef", 2)).toBe(3)
  })

  it("is 0 only for equal texts, symmetric, and the same below a limit", () => {
    const text = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(text, text, fc.nat(6), (left, right, limit) => {
        const distance = editDistance(left, right)
        expect(distance === 0).toBe(left === right)
        expect(editDistance(right, left)).toBe(distance)
        expect(editDistance(left, right, limit)).toBe(Math.min(distance, limit + 1))
      }),
    )
  })
})
