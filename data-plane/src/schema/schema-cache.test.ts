import { describe, expect, it } from "vitest"
import { createSchemaCache } from "./schema-cache.ts"

describe("createSchemaCache", () => {
  it("makes each text once for each variant", () => {
    const cache = createSchemaCache<object>({ maxBytes: 100_000 })
    let made = 0
    const make = () => ({ number: (made += 1) })
    const first = cache.get("[tools]", "claude", make)
    expect(cache.get(["[", "tools]"].join(""), "claude", make)).toBe(first)
    expect(cache.get("[tools]", "gemini", make)).not.toBe(first)
    expect(made).toBe(2)
  })

  it("lets go of what was not used for longest, and never holds more than it may", () => {
    const cache = createSchemaCache<string>({ maxBytes: 2000 })
    const made: string[] = []
    const get = (text: string) =>
      cache.get(text.repeat(50), "", () => {
        made.push(text)
        return text
      })
    for (const text of ["a", "b", "c", "d", "a", "e", "a", "b"]) {
      expect(get(text)).toBe(text)
      expect(cache.bytes).toBeLessThanOrEqual(2000)
    }
    expect(made.join("")).toBe("abcdeb")
  })

  it("does not keep what is larger than all it may hold, nor what failed", () => {
    const cache = createSchemaCache<number>({ maxBytes: 1000 })
    cache.get("small", "", () => 1)
    const held = cache.bytes
    expect(cache.get("x".repeat(1000), "", () => 2)).toBe(2)
    expect(() => cache.get("other", "", () => JSON.parse("{") as number)).toThrow() // never returns
    expect(cache.bytes).toBe(held)
    expect(cache.get("small", "", () => 3)).toBe(1)
  })
})
