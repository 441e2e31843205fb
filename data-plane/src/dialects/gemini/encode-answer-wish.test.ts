import { describe, expect, it } from "vitest"
import type { ChatRequest, ResponseFormat } from "../../canonical/request.ts"
import { encodeRequest } from "./encode-request.ts"

const GEMINI = { id: "gemini-3-flash", catalogue: { id: "gemini-3-flash", supportsWebSearch: true } }
const CLAUDE = { id: "claude-sonnet-4-6" }
const GPT_OSS = { id: "gpt-oss-120b-medium" }

const TOOLS = [{ name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } }]
const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { title: { type: "string" }, note: { type: ["string", "null"] } },
  required: ["title"],
  additionalProperties: false,
}

function chat(more: Partial<ChatRequest>): ChatRequest {
  const turns = [{ role: "user", parts: [{ type: "text", text: "hi" }] }] as const
  return { model: "m", stream: true, system: [{ type: "text", text: "s" }], turns, sampling: {}, extra: {}, ...more }
}

describe("G55 the format of answers", () => {
  const json: ResponseFormat = { type: "json" }
  const schema: ResponseFormat = { type: "json-schema", name: "t", schema: SCHEMA }

  it("is a JSON type and a cleaned schema for Gemini", () => {
    const { value, dropped, json: told } = encodeRequest(chat({ responseFormat: schema }), GEMINI)
    expect(value["generationConfig"]).toEqual({
      responseMimeType: "application/json",
      responseJsonSchema: {
        type: "object",
        properties: { title: { type: "string" }, note: { type: "string", nullable: true } },
        required: ["title"],
        additionalProperties: false,
      },
    })
    expect(dropped).toEqual(["responseFormat.schema"])
    expect(told?.schema?.originals.size).toBe(0)
  })

  it("is a JSON type alone where no schema is given", () => {
    const { value, dropped, json: told } = encodeRequest(chat({ responseFormat: json }), GEMINI)
    expect(value["generationConfig"]).toEqual({ responseMimeType: "application/json" })
    expect({ dropped, told }).toEqual({ dropped: [], told: {} })
  })

  it.each([CLAUDE, GPT_OSS])(
    "is an instruction with the client's own schema for $id, after its system text",
    (target) => {
      const { value, dropped, json: told } = encodeRequest(chat({ responseFormat: schema }), target)
      expect(value["systemInstruction"]).toEqual({
        role: "user",
        parts: [
          { text: "s" },
          {
            text:
              "Answer with one JSON value and nothing else: no words before or after it, and no code fence around it. " +
              `It must be valid against this JSON Schema:\n${JSON.stringify(SCHEMA)}`,
          },
        ],
      })
      expect(value["generationConfig"] ?? {}).not.toHaveProperty("responseMimeType")
      expect({ dropped, told }).toEqual({ dropped: ["+format-instruction"], told: {} })
    },
  )

  it("is an instruction for Gemini beside tools, and beside a search", () => {
    for (const more of [{ tools: TOOLS }, { webSearch: {} }]) {
      const { value, dropped } = encodeRequest(chat({ responseFormat: json, ...more }), GEMINI)
      expect(value["generationConfig"]).toBeUndefined()
      expect(JSON.stringify(value["systemInstruction"])).toContain("Answer with one JSON object and nothing else")
      expect(dropped).toEqual(["+format-instruction"])
    }
  })

  it("stands in the user's turn where there is system text only, and is nothing to answer alone", () => {
    const { value } = encodeRequest(chat({ responseFormat: json, turns: [] }), CLAUDE)
    expect(value["contents"]).toEqual([
      { role: "user", parts: [{ text: "s" }, { text: expect.stringContaining("JSON") }] },
    ])
    expect(() => encodeRequest(chat({ responseFormat: json, turns: [], system: [] }), CLAUDE)).toThrowError(
      "The request holds nothing to answer.",
    )
  })
})

describe("a web search", () => {
  it("is the upstream's own tool, in a call for it where the model is listed for that", () => {
    const encoded = encodeRequest(chat({ webSearch: {} }), GEMINI)
    expect(encoded.value["tools"]).toEqual([{ googleSearch: {} }])
    expect(encoded).toMatchObject({ dropped: [], isSearch: true, purpose: "web-search" })
    const unlisted = encodeRequest(chat({ webSearch: {} }), { id: "gemini-pro-agent" })
    expect(unlisted.value["tools"]).toEqual([{ googleSearch: {} }])
    expect(unlisted.purpose).toBeUndefined()
    expect(unlisted.isSearch).toBe(true)
  })

  it("keeps to the client's hosts", () => {
    const { value } = encodeRequest(chat({ webSearch: { domains: ["example.org"] } }), GEMINI)
    expect(value["tools"]).toEqual([{ googleSearch: { includedDomains: ["example.org"] } }])
  })

  it("is none where no tool may be called", () => {
    const { value, dropped, isSearch } = encodeRequest(chat({ webSearch: {}, toolChoice: { type: "none" } }), GEMINI)
    expect(value["tools"]).toBeUndefined()
    expect({ dropped, isSearch }).toEqual({ dropped: [], isSearch: undefined })
  })

  it("G123 goes where there are functions, and they stay", () => {
    const { value, dropped, isSearch, purpose } = encodeRequest(chat({ webSearch: {}, tools: TOOLS }), GEMINI)
    expect(value["tools"]).toEqual([{ functionDeclarations: [expect.objectContaining({ name: "f" })] }])
    expect({ dropped, isSearch, purpose }).toEqual({ dropped: ["webSearch"], isSearch: undefined, purpose: undefined })
  })

  it.each([CLAUDE, GPT_OSS])("goes for $id, which cannot", (target) => {
    const { value, dropped, isSearch } = encodeRequest(chat({ webSearch: {} }), target)
    expect(value["tools"]).toBeUndefined()
    expect({ dropped, isSearch }).toEqual({ dropped: ["webSearch"], isSearch: undefined })
  })
})
