import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ModelFamily } from "./model-family.ts"
import { createToolNames, dedupeTools } from "./tool-names.ts"

const families: readonly ModelFamily[] = ["gemini", "claude", "gpt-oss", "other"]
const legal = { claude: /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, others: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/ }

describe("createToolNames", () => {
  it("leaves legal names as they are", () => {
    for (const family of families) {
      const names = createToolNames(["Bash", "mcp__server__read-file", "_x", "a".repeat(64)], family)
      expect(names.toUpstream("Bash")).toBe("Bash")
      expect(names.toUpstream("a".repeat(64))).toBe("a".repeat(64))
      expect(names.toClient("mcp__server__read-file")).toBe("mcp__server__read-file")
    }
  })

  it("case 44: a name with letters of no upstream", () => {
    const name = "mcp__srv.tool/üx"
    expect(createToolNames([name], "gemini").toUpstream(name)).toMatch(/^mcp__srv\.tool_x_[0-9a-f]{8}$/)
    const claude = createToolNames([name], "claude")
    expect(claude.toUpstream(name)).toMatch(/^mcp__srv_tool_x_[0-9a-f]{8}$/)
    expect(claude.toClient(claude.toUpstream(name))).toBe(name)
  })

  it("case 45: names that become equal stay two", () => {
    const names = createToolNames(["a b", "a/b", "a_b"], "claude")
    const given = ["a b", "a/b", "a_b"].map(names.toUpstream)
    expect(new Set(given).size).toBe(3)
    expect(given[2]).toBe("a_b")
    expect(given.map(names.toClient)).toEqual(["a b", "a/b", "a_b"])
  })

  it("is stricter for Claude, and no name begins with a digit", () => {
    expect(createToolNames([], "gemini").toUpstream("a.b:c")).toBe("a.b:c")
    expect(createToolNames([], "claude").toUpstream("a.b:c")).toMatch(/^a_b_c_[0-9a-f]{8}$/)
    expect(createToolNames([], "claude").toUpstream("1st")).toMatch(/^_1st_[0-9a-f]{8}$/)
    expect(createToolNames([], "gemini").toUpstream("")).toMatch(/^__[0-9a-f]{8}$/)
  })

  it.each(["web_search", "google_search"])(
    "renames a function called %s, which would count as the upstream's own",
    (name) => {
      for (const family of families) {
        const names = createToolNames([name], family)
        expect(names.toUpstream(name)).toMatch(new RegExp(`^${name}_[0-9a-f]{8}$`))
        expect(names.toClient(names.toUpstream(name))).toBe(name)
      }
    },
  )

  it("gives a legal name the first claim to itself, wherever it stands", () => {
    const taken = createToolNames(["a/b"], "gemini").toUpstream("a/b")
    const names = createToolNames(["a/b", taken], "gemini")
    expect(names.toUpstream(taken)).toBe(taken)
    expect(names.toUpstream("a/b")).not.toBe(taken)
    const later = createToolNames(["a/b"], "gemini")
    expect(later.toUpstream(taken)).not.toBe(taken)
    expect(later.toClient(later.toUpstream(taken))).toBe(taken)
  })

  it("gives any names legal, different, the same each time, and back", () => {
    const name = fc.oneof(
      fc.string({ maxLength: 80, size: "max", unit: "binary" }),
      fc.string({ maxLength: 70, size: "max", unit: fc.constantFrom("a", "_", ".", "/", ":", "-", "1", "\uD800") }),
      fc.constantFrom("web_search", "google_search", "__proto__", "constructor", "a/b", "a_b"),
    )
    fc.assert(
      fc.property(fc.array(name), fc.array(name), fc.constantFrom(...families), (declared, others, family) => {
        const names = createToolNames(declared, family)
        const all = [...new Set([...declared, ...others])]
        const given = all.map(names.toUpstream)
        for (const one of given) {
          expect(one).toMatch(family === "claude" ? legal.claude : legal.others)
          expect(["web_search", "google_search"]).not.toContain(one)
        }
        expect(new Set(given).size).toBe(all.length)
        expect(given.map(names.toClient)).toEqual(all)
        const again = createToolNames(declared, family)
        expect(all.map(again.toUpstream)).toEqual(given)
      }),
      { numRuns: 1000 },
    )
  })

  it("returns what nobody gave out", () => {
    expect(createToolNames(["a"], "gemini").toClient("never_declared")).toBe("never_declared")
  })
})

describe("dedupeTools", () => {
  it("keeps the last definition of each name", () => {
    const tools = [
      { name: "a", version: 1 },
      { name: "b", version: 2 },
      { name: "a", version: 3 },
    ]
    expect(dedupeTools(tools)).toEqual({ tools: tools.slice(1), dropped: [0] })
    expect(dedupeTools(tools.slice(1))).toEqual({ tools: tools.slice(1), dropped: [] })
  })
})
