import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mayBecomeVersionText, readVersionText } from "./version-text.ts"

const file = new URL("../__fixtures__/upstream-failures/200-text-version-unsupported.json", import.meta.url)
const { text_variants: texts } = JSON.parse(readFileSync(file, "utf8")) as { text_variants: string[] } // fixture

describe("version texts", () => {
  it.each(texts)("are known at every cut: %s", (text) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(mayBecomeVersionText(text.slice(0, cut)), text.slice(0, cut)).toBe(true)
    }
    expect(readVersionText(text)).not.toBe("no")
    expect(readVersionText(`\n ${text.replaceAll(" ", "\n\t")} `)).not.toBe("no")
  })

  it.each([
    "Hello",
    "I",
    "This is",
    "The banner says: This version of Antigravity is no longer supported.",
    "Gemini is a family of models",
    "Gemini is no longer a mystery",
    "GPT-4 was",
    "Claude,",
    "x".repeat(500),
  ])("are not seen in %j", (text) => {
    expect(mayBecomeVersionText(text)).toBe(false)
    expect(readVersionText(text)).toBe("no")
  })

  it("hold back ordinary answers for a few words at most", () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 20 }), (text) => {
        expect(mayBecomeVersionText(text)).toBe(false)
      }),
    )
  })

  it("are seen only when they may still become one", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (readVersionText(text) !== "no") expect(mayBecomeVersionText(text)).toBe(true)
      }),
    )
  })
})
