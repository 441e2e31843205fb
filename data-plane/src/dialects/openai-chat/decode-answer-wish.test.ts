import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const decode = (more: object) => decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }], ...more }, {})

describe("G55 response_format", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } }

  it.each([
    [{ type: "text" }, undefined],
    [null, undefined],
    [{ type: "json_object" }, { type: "json" }],
    [
      { type: "json_schema", json_schema: { name: "n", strict: true, schema } },
      { type: "json-schema", name: "n", schema },
    ],
    [{ type: "json_schema", json_schema: { name: "n" } }, { type: "json" }],
  ])("%j", (wire, responseFormat) => {
    const { value, dropped } = decode({ response_format: wire })
    expect(value.responseFormat).toEqual(responseFormat)
    expect(dropped).toEqual([])
  })

  it.each([
    ["json", "response_format"],
    [{}, "response_format.type"],
    [{ type: "grammar" }, "response_format.type"],
    [{ type: "json_schema" }, "response_format.json_schema"],
    [{ type: "json_schema", json_schema: { schema: "x" } }, "response_format.json_schema.schema"],
  ])("%j is refused", (wire, param) => {
    expect(() => decode({ response_format: wire })).toThrowError(
      expect.objectContaining({ code: "invalid_request", param }),
    )
  })
})

describe("a web search", () => {
  const FUNCTION = { type: "function", function: { name: "f" } }

  it.each([
    [{ web_search_options: {} }],
    [{ web_search_options: { search_context_size: "high" } }],
    [{ tools: [{ type: "web_search" }] }],
    [{ tools: [{ type: "web_search_preview" }], tool_choice: { type: "web_search_preview" } }],
    [{ tools: [{ type: "web_search_2025_08_26", search_context_size: "low" }] }],
    [{ tools: [{ type: "web_search_20250305", name: "web_search" }] }],
  ])("is asked for by %j", (more) => {
    const { value, dropped } = decode(more)
    expect(value.webSearch).toEqual({})
    expect(value.tools).toBeUndefined()
    expect(dropped).toEqual([])
  })

  it("may keep to some hosts", () => {
    const tools = [{ type: "web_search", filters: { allowed_domains: ["example.org", 5] } }]
    expect(decode({ tools }).value.webSearch).toEqual({ domains: ["example.org"] })
  })

  it("stands beside functions", () => {
    const { value } = decode({ tools: [{ type: "web_search" }, FUNCTION], tool_choice: { type: "web_search" } })
    expect(value).toMatchObject({ webSearch: {}, tools: [{ name: "f" }] })
    expect(value.toolChoice).toBeUndefined()
  })

  it("without the web is none", () => {
    const { value, dropped } = decode({ tools: [{ type: "web_search", external_web_access: false }, FUNCTION] })
    expect(value.webSearch).toBeUndefined()
    expect(dropped).toEqual(["tools[0]"])
  })

  it("loses the place it is asked from, and says so", () => {
    const tools = [{ type: "web_search", user_location: { type: "approximate", country: "DE" } }]
    expect(decode({ tools }).dropped).toEqual(["tools[0].user_location"])
  })
})
