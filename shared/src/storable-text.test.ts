import * as fc from "fast-check"
import { expect, test } from "vitest"
import { storableText } from "./storable-text.ts"

test("holds nothing that a database refuses, wherever it is cut, and nothing else is changed", () => {
  const unit = fc.oneof(fc.constantFrom("\0", "\uD83D", "\uDE00", "😀"), fc.string({ maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20, size: "max" }), fc.nat(40), (parts, max) => {
      const text = parts.join("")
      const stored = storableText(text, max)
      expect(Buffer.from(stored).toString("utf8")).toBe(stored)
      expect(stored).not.toContain("\0")
      expect(stored.length).toBeLessThanOrEqual(max)
      const isStorable = !text.includes("\0") && Buffer.from(text).toString("utf8") === text
      if (isStorable && text.length <= max) expect(stored).toBe(text)
    }),
  )
})
