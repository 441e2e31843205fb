import fc from "fast-check"
import { expect, test } from "vitest"
import { diffLines } from "./line-diff.ts"

const short = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => ({ same: " ", before: "-", after: "+" })[kind] + text)

test("lines that went and came stand where they did", () => {
  expect(short("a\nb\nc\nd", "a\nx\nc\nd\ne")).toEqual([" a", "-b", "+x", " c", " d", "+e"])
  expect(short("same", "same")).toEqual([" same"])
})

test("both texts can be read out of it, whatever they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 }).map((lines) => lines.join("\n"))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      const without = (kind: string) =>
        lines
          .filter((line) => line.kind !== kind)
          .map((line) => line.text)
          .join("\n")
      expect(without("after")).toBe(before)
      expect(without("before")).toBe(after)
    }),
  )
})

test("texts too long to compare line by line are told whole", () => {
  const many = (word: string) => Array.from({ length: 2_100 }, (_, index) => `${word}${index}`).join("\n")
  const lines = diffLines(many("a"), many("b"))
  expect(lines.filter(({ kind }) => kind === "before")).toHaveLength(2_100)
  expect(lines.filter(({ kind }) => kind === "after")).toHaveLength(2_100)
})
