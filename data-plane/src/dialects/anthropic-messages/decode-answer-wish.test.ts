import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const decode = (more: object) =>
  decodeRequest({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }], ...more }, {})

describe("the format of the answer", () => {
  const schema = { type: "object", properties: { title: { type: "string" } } }
  const format = { type: "json_schema", schema }

  it.each([
    [{ output_config: { format } }],
    [{ output_format: format }],
    [{ output_config: { effort: "low", format }, output_format: { type: "json_schema", schema: {} } }],
  ])("%j", (more) => {
    const { value, dropped } = decode(more)
    expect(value.responseFormat).toEqual({ type: "json-schema", schema })
    expect(dropped).toEqual([])
  })

  it.each([
    [{ output_config: { format: { type: "text" } } }, "output_config.format.type"],
    [{ output_config: { format: "json" } }, "output_config.format.type"],
    [{ output_config: { format: { type: "json_schema" } } }, "output_config.format.schema"],
    [{ output_format: { type: "json_schema", schema: [] } }, "output_format.schema"],
  ])("%j is refused", (more, param) => {
    expect(() => decode(more)).toThrowError(expect.objectContaining({ code: "invalid_request", param }))
  })
})

describe("a web search", () => {
  it.each(["web_search_20250305", "web_search_20260209", "web_search_20260318"])("alone is %s", (type) => {
    const { value, dropped } = decode({ tools: [{ type, name: "web_search" }] })
    expect(value.webSearch).toEqual({ anyModel: true })
    expect(value.tools).toBeUndefined()
    expect(dropped).toEqual([])
  })

  it("keeps to some hosts, and records what it cannot keep to", () => {
    const tool = {
      type: "web_search_20250305",
      name: "web_search",
      allowed_domains: ["example.org"],
      blocked_domains: ["example.com"],
      max_uses: 8,
      user_location: { type: "approximate", city: "Ulm" },
    }
    const { value, dropped } = decode({ tools: [tool] })
    expect(value.webSearch).toEqual({ domains: ["example.org"], anyModel: true })
    expect(dropped).toEqual(["tools[0].blocked_domains", "tools[0].max_uses", "tools[0].user_location"])
  })

  it("beside other tools keeps to the asked model", () => {
    const tools = [
      { type: "web_search_20250305", name: "web_search" },
      { name: "f", input_schema: { type: "object" } },
    ]
    expect(decode({ tools }).value).toMatchObject({ webSearch: {}, tools: [{ name: "f" }] })
  })

  it("that is called so by the client itself is the client's", () => {
    const { value } = decode({ tools: [{ name: "web_search", input_schema: { type: "object" } }] })
    expect(value.webSearch).toBeUndefined()
    expect(value.tools).toHaveLength(1)
  })
})
