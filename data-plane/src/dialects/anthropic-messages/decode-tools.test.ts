import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const HELLO = [{ role: "user", content: "hi" }]
const decode = (more: object) => decodeRequest({ model: "m", max_tokens: 10, messages: HELLO, ...more }, {})
const SCHEMA = { type: "object", properties: { path: { type: "string" } } }
const PNG = "iVBORw0KGgo="

describe("tools", () => {
  it.each([[undefined], [null], ["custom"]])("of the type %j are the client's own", (type) => {
    const { value, dropped } = decode({
      tools: [
        {
          type,
          name: "Read",
          description: "reads",
          input_schema: SCHEMA,
          cache_control: { type: "ephemeral" },
          eager_input_streaming: true,
          strict: true,
          input_examples: [{}],
          allowed_callers: ["direct"],
        },
      ],
    })
    expect(value.tools).toEqual([{ name: "Read", description: "reads", parameters: SCHEMA }])
    expect(dropped).toEqual([])
  })

  it("G123 that the vendor runs are recorded, the others stay", () => {
    const { value, dropped } = decode({
      tools: [
        { type: "web_search_20250305", name: "web_search", max_uses: 8 },
        { name: "f", input_schema: SCHEMA },
        { type: "code_execution_20250825", name: "code_execution" },
        { type: "computer_toolset_20260801", name: "computer" },
        { type: "mcp_toolset", mcp_server_name: "x" },
      ],
    })
    expect(value.tools?.map(({ name }) => name)).toEqual(["f"])
    // Whether the web is searched the target decides.
    expect(value.webSearch).toEqual({})
    expect(dropped).toEqual(["tools[0].max_uses", "tools[2]", "tools[3]", "tools[4]"])
  })

  it.each([
    ["bash_20250124", "bash", "command"],
    ["text_editor_20250728", "str_replace_based_edit_tool", "old_str"],
    ["memory_20250818", "memory", "new_path"],
    ["computer_20250124", "computer", "coordinate"],
  ])("that the client runs by a type alone have their public schema: %s", (type, name, property) => {
    const { value, dropped } = decode({ tools: [{ type, name, display_width_px: 800, display_height_px: 600 }] })
    expect(value.tools).toEqual([
      { name, description: expect.any(String), parameters: expect.objectContaining({ type: "object" }) },
    ])
    expect(JSON.stringify(value.tools)).toContain(`"${property}":`)
    expect(value.tools?.[0]?.description).toContain("800 by 600")
    expect(dropped).toEqual([])
  })

  it("without a name are refused", () => {
    expect(() => decode({ tools: [{ input_schema: SCHEMA }] })).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "tools[0].name" }),
    )
  })

  it("G124 that are deferred wait for a reference", () => {
    const tools = [
      { name: "ToolSearch", input_schema: SCHEMA },
      { name: "Loaded", input_schema: SCHEMA, defer_loading: true },
      { name: "Waiting", input_schema: SCHEMA, defer_loading: true },
    ]
    expect(decode({ tools }).value.tools?.map(({ name }) => name)).toEqual(["ToolSearch"])
    const { value, dropped } = decode({
      tools,
      messages: [
        ...HELLO,
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "ToolSearch", input: {} }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t", content: [{ type: "tool_reference", tool_name: "Loaded" }] },
            { type: "text", text: "Tool loaded." },
          ],
        },
      ],
    })
    expect(value.tools?.map(({ name }) => name)).toEqual(["ToolSearch", "Loaded"])
    expect(value.turns[2]?.parts).toMatchObject([
      { type: "tool-result", content: [{ type: "text", text: "Tool Loaded is now available." }] },
      { type: "text", text: "Tool loaded." },
    ])
    expect(dropped).toEqual(["+tool-available"])
  })
})

describe("tool_choice", () => {
  it.each([
    [{ type: "auto" }, { type: "auto" }],
    [{ type: "any" }, { type: "required" }],
    [
      { type: "tool", name: "f" },
      { type: "tool", name: "f" },
    ],
    [{ type: "none" }, { type: "none" }],
  ])("%j", (wire, choice) => {
    expect(decode({ tool_choice: wire }).value.toolChoice).toEqual(choice)
  })

  it("records the wish for one call at a time, and only that", () => {
    const wish = (value: boolean) => decode({ tool_choice: { type: "auto", disable_parallel_tool_use: value } }).dropped
    expect(wish(true)).toEqual(["tool_choice.disable_parallel_tool_use"])
    expect(wish(false)).toEqual([])
  })

  it.each([["auto"], [{ type: "tool" }], [{ type: "other" }]])("refuses %j", (wire) => {
    expect(() => decode({ tool_choice: wire })).toThrowError(expect.objectContaining({ code: "invalid_request" }))
  })
})

describe("G125 results", () => {
  const result = (content: unknown, more: object = {}) => {
    const { value, dropped } = decode({
      messages: [
        ...HELLO,
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "t", name: "f", input: { a: 1 }, caller: { type: "direct" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content, ...more }] },
      ],
    })
    expect(value.turns[1]?.parts).toEqual([{ type: "tool-call", id: "t", name: "f", arguments: { a: 1 } }])
    return { part: value.turns[2]?.parts[0], dropped }
  }
  const text = (value: string) => ({ type: "text", text: value })

  it.each<[string, unknown, unknown[]]>([
    ["a string", "42", [text("42")]],
    ["nothing", undefined, []],
    ["null", null, []],
    ["an empty list", [], []],
    ["texts", [text("a"), text(""), text("b")], [text("a"), text("b")]],
    [
      "an image",
      [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
      [{ type: "media", mediaType: "image/png", data: PNG }],
    ],
    [
      "documents",
      [
        { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0x" } },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "words" } },
      ],
      [{ type: "media", mediaType: "application/pdf", data: "JVBERi0x" }, text("words")],
    ],
  ])("of %s", (_name, content, expected) => {
    expect(result(content)).toEqual({
      part: { type: "tool-result", callId: "t", content: expected, isError: false },
      dropped: [],
    })
  })

  it("G126 that are errors", () => {
    expect(result("no", { is_error: true }).part).toMatchObject({ isError: true })
  })

  it("record what they lose", () => {
    const { dropped } = result([
      { type: "search_result", source: "x", citations: { enabled: true } },
      { type: "new_kind" },
    ])
    expect(dropped).toEqual(["messages[2].content[0].content[1]"])
  })

  it("hold what the client searched for itself, and media at other addresses", () => {
    const found = { type: "search_result", title: "T", source: "https://example.test", content: [text("a"), text("b")] }
    const image = { type: "image", source: { type: "url", url: "https://example.test/a.png" } }
    expect(result([found, image]).part).toMatchObject({
      content: [text("T\nhttps://example.test\na\nb"), { type: "remote-media", accepts: "image" }],
    })
  })
})

it("wraps a tool's input that is no object", () => {
  const { value } = decode({
    messages: [...HELLO, { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: [1] }] }],
  })
  expect(value.turns[1]?.parts).toEqual([{ type: "tool-call", id: "t", name: "f", arguments: { _raw: "[1]" } }])
})

describe("G131 images and documents", () => {
  const parts = (...content: object[]) => {
    const { value, dropped } = decode({ messages: [{ role: "user", content }] })
    expect(dropped).toEqual([])
    return value.turns[0]?.parts
  }
  const text = (value: string) => ({ type: "text", text: value })
  const pdf = { type: "base64", media_type: "application/pdf", data: "JVBERi0x" }

  it("stand in the request, or elsewhere", () => {
    expect(
      parts(
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "_9j_\n4A==" } },
        { type: "image", source: { type: "url", url: "https://example.test/a.png" } },
        { type: "document", source: pdf, title: "T", context: "C" },
        { type: "document", source: { type: "url", url: "https://example.test/a.pdf" } },
      ),
    ).toEqual([
      { type: "media", mediaType: "image/jpeg", data: "/9j/4A==" },
      {
        type: "remote-media",
        url: "https://example.test/a.png",
        accepts: "image",
        param: "messages[0].content[1].source.url",
      },
      text("T\nC"),
      { type: "media", mediaType: "application/pdf", data: "JVBERi0x" },
      {
        type: "remote-media",
        url: "https://example.test/a.pdf",
        accepts: "document",
        param: "messages[0].content[3].source.url",
      },
    ])
  })

  it("are texts and blocks under their title", () => {
    expect(
      parts(
        { type: "document", source: { type: "text", media_type: "text/plain", data: "words" }, title: "T" },
        { type: "document", source: { type: "content", content: "words" }, context: "C" },
        {
          type: "document",
          source: { type: "content", content: [text("a"), { type: "image", source: pdf }] },
          title: "U",
        },
        { type: "document", source: { type: "base64", media_type: "text/plain", data: "d29yZHM=" } },
      ),
    ).toEqual([
      text("T\nwords"),
      text("C\nwords"),
      text("U"),
      text("a"),
      { type: "media", mediaType: "application/pdf", data: "JVBERi0x" },
      text("words"),
    ])
  })

  it("are what the client found itself", () => {
    expect(parts({ type: "search_result", title: "T", source: "s", content: [text("a")] })).toEqual([text("T\ns\na")])
  })

  it("are images again that an answer held as Markdown, in the assistant's turns only", () => {
    const markdown = `![image](data:image/png;base64,${PNG})`
    const { value } = decode({
      messages: [
        { role: "user", content: markdown },
        { role: "assistant", content: [text(markdown), text("and words")] },
        { role: "user", content: "more" },
      ],
    })
    expect(value.turns[0]?.parts).toEqual([text(markdown)])
    expect(value.turns[1]?.parts).toEqual([{ type: "media", mediaType: "image/png", data: PNG }, text("and words")])
  })

  it.each([
    [{ type: "image", source: { type: "file", file_id: "f" } }, "unsupported_parameter", "source.file_id"],
    [{ type: "document", source: { type: "file", file_id: "f" } }, "unsupported_parameter", "source.file_id"],
    [{ type: "image" }, "invalid_request", "source"],
    [{ type: "image", source: { type: "url" } }, "invalid_request", "source"],
    [{ type: "image", source: { type: "base64", data: "?" } }, "invalid_request", "source.data"],
    [
      { type: "document", source: { type: "content", content: [{ type: "video" }] } },
      "invalid_request",
      "source.content[0].type",
    ],
  ])("that cannot be read are refused with the field: %j", (block, code, field) => {
    expect(() => decode({ messages: [{ role: "user", content: [block] }] })).toThrowError(
      expect.objectContaining({ code, param: `messages[0].content[0].${field}` }),
    )
  })
})
