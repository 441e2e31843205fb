import { describe, expect, it } from "vitest"
import { png } from "../../canonical/testing/images.ts"
import { countTokens } from "./count-tokens.ts"

const count = (more: object) => countTokens({ model: "m", messages: [{ role: "user", content: "foo" }], ...more }, {})

describe("countTokens", () => {
  it("takes Claude Code's probe of one tool, without an output limit (G139)", () => {
    const tool = { name: "Read", description: "Reads a file.", input_schema: { type: "object", properties: {} } }
    const plain = count({})
    expect(plain).toEqual({ input_tokens: 5 })
    expect(count({ tools: [tool] }).input_tokens).toBeGreaterThan(plain.input_tokens)
    expect(count({ max_tokens: null })).toEqual(plain)
  })

  it("counts system text, Latin and Chinese", () => {
    const plain = count({}).input_tokens
    expect(count({ system: "x".repeat(350) }).input_tokens).toBe(plain + 100)
    expect(count({ system: [{ type: "text", text: "数".repeat(120) }] }).input_tokens).toBe(plain + 100)
  })

  it("counts an image by its size and a page of a PDF", () => {
    const source = (mediaType: string, data: string) => ({ type: "base64", media_type: mediaType, data })
    const withBlock = (block: object) => count({ messages: [{ role: "user", content: [block] }] }).input_tokens
    expect(withBlock({ type: "image", source: source("image/png", png(1000, 900)) })).toBe(1200 + 4)
    const pdf = Buffer.from("%PDF << /Type /Page >>").toString("base64")
    expect(withBlock({ type: "document", source: source("application/pdf", pdf) })).toBe(1500 + 4)
  })

  it("refuses what no message could be", () => {
    expect(() => countTokens([], {})).toThrow(/JSON object/)
    expect(() => countTokens({ model: "m" }, {})).toThrow(/messages/)
    expect(() => countTokens({ messages: [] }, {})).toThrow(/model/)
  })
})
