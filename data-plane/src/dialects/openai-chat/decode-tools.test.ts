import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const HELLO = [{ role: "user", content: "hi" }]
const decode = (more: object) => decodeRequest({ model: "gemini-3-flash", messages: HELLO, ...more }, {})
const parts = (...messages: object[]) => {
  const { value, dropped } = decode({ messages: [...HELLO, ...messages] })
  return { turns: value.turns.slice(1), dropped }
}
const call = (id: string, name: string, args: unknown = "{}") => ({
  id,
  type: "function",
  function: { name, arguments: args },
})
const PNG = "iVBORw0KGgo="
const SCHEMA = { type: "object", properties: {} }

describe("G50 tools", () => {
  it.each([
    [
      "with the inner function",
      { type: "function", function: { name: "f", description: "d", parameters: SCHEMA, strict: true } },
    ],
    ["flat", { type: "function", name: "f", description: "d", parameters: SCHEMA, strict: true }],
    [
      "as Anthropic has them",
      { name: "f", description: "d", input_schema: SCHEMA, cache_control: { type: "ephemeral" } },
    ],
    ["as Anthropic has them with a type", { type: "custom", name: "f", description: "d", input_schema: SCHEMA }],
  ])("are taken %s", (_name, tool) => {
    const { value, dropped } = decode({ tools: [tool] })
    expect(value.tools).toEqual([{ name: "f", description: "d", parameters: SCHEMA }])
    expect(dropped).toEqual([])
  })

  it("without a name are refused", () => {
    expect(() => decode({ tools: [{ type: "function", function: {} }] })).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "tools[0].function.name" }),
    )
    expect(() => decode({ tools: {} })).toThrowError("tools: must be a list")
  })
})

describe("G47 tool_choice", () => {
  const named = { type: "tool", name: "f" }
  const allowed = { type: "allowed", mode: "required", names: ["f"] }
  it.each([
    ["none", { type: "none" }],
    ["auto", { type: "auto" }],
    ["required", { type: "required" }],
    [{ type: "any" }, { type: "required" }],
    [{ type: "function", function: { name: "f" } }, named],
    [{ type: "function", name: "f" }, named],
    [{ type: "custom", custom: { name: "f" } }, named],
    [{ type: "tool", name: "f" }, named],
    [{ function: { name: "f" } }, named],
    [{ custom: { name: "f" } }, named],
    [
      {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
      },
      allowed,
    ],
    [{ type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }] }, allowed],
  ])("%j", (wire, choice) => {
    expect(decode({ tool_choice: wire }).value.toolChoice).toEqual(choice)
  })

  it.each([["sometimes"], [7], [{ type: "function" }], [{ type: "allowed_tools" }]])("refuses %j", (wire) => {
    expect(() => decode({ tool_choice: wire })).toThrowError(expect.objectContaining({ code: "invalid_request" }))
  })
})

describe("G49 functions of the old form", () => {
  it("are tools, and their choice a choice", () => {
    const { value, dropped } = decode({ functions: [{ name: "f", parameters: SCHEMA }], function_call: { name: "f" } })
    expect(value.tools).toEqual([{ name: "f", parameters: SCHEMA }])
    expect(value.toolChoice).toEqual({ type: "tool", name: "f" })
    expect(value.extra["openai-chat"]).toMatchObject({ legacyFunctions: true })
    expect(dropped).toEqual([])
  })

  it("are listed as lost beside tools, which win", () => {
    const { value, dropped } = decode({
      tools: [{ type: "function", function: { name: "g" } }],
      functions: [{ name: "f", parameters: SCHEMA }],
      function_call: { name: "f" },
    })
    expect(value.tools).toMatchObject([{ name: "g" }])
    expect(value.toolChoice).toBeUndefined()
    expect(dropped).toEqual(["functions", "function_call"])
  })

  it("are called and answered without ids", () => {
    const { turns } = parts(
      { role: "assistant", content: null, function_call: { name: "f", arguments: '{"x":1}' } },
      { role: "function", name: "f", content: "42" },
    )
    expect(turns).toEqual([
      { role: "assistant", parts: [{ type: "tool-call", id: "call_1", name: "f", arguments: { x: 1 } }] },
      {
        role: "user",
        parts: [
          { type: "tool-result", callId: "call_1", name: "f", content: [{ type: "text", text: "42" }], isError: false },
        ],
      },
    ])
  })
})

describe("calls", () => {
  it("keep their order, and results their calls", () => {
    const { turns, dropped } = parts(
      { role: "assistant", content: "let me", tool_calls: [call("a", "f", '{"x":1}'), call("b", "g")] },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "2" }] },
      { role: "tool", tool_call_id: "a", content: "1" },
    )
    expect(turns).toMatchObject([
      {
        role: "assistant",
        parts: [
          { type: "text", text: "let me" },
          { type: "tool-call", id: "a", name: "f", arguments: { x: 1 } },
          { type: "tool-call", id: "b", name: "g", arguments: {} },
        ],
      },
      {
        role: "user",
        parts: [
          { callId: "b", content: [{ text: "2" }] },
          { callId: "a", content: [{ text: "1" }] },
        ],
      },
    ])
    expect(dropped).toEqual([])
  })

  it.each([
    ["", {}],
    ["  ", {}],
    ["not json", { _raw: "not json" }],
    ["[1]", { _raw: "[1]" }],
    ['{"a":{"b":1}}', { a: { b: 1 } }],
    [{ a: 1 }, { a: 1 }],
  ])("G43 with the arguments %j", (args, expected) => {
    const { turns } = parts({ role: "assistant", tool_calls: [call("a", "f", args)] })
    expect(turns[0]?.parts).toMatchObject([{ arguments: expected }])
  })

  it.each([
    ["x = 1", "x = 1"],
    [{ x: 1 }, '{"x":1}'],
    [7, "7"],
    [null, ""],
  ])("of freeform tools keep what they hold: %j", (input, kept) => {
    const { turns } = parts({
      role: "assistant",
      tool_calls: [{ id: "a", type: "custom", custom: { name: "f", input } }],
    })
    expect(turns[0]?.parts).toEqual([{ type: "tool-call", id: "a", name: "f", arguments: { input: kept } }])
  })

  it.each([[{}], [{ function: {} }], [{ function: { name: "" } }], ["x"]])("like %j are refused", (wire) => {
    expect(() => parts({ role: "assistant", tool_calls: [wire] })).toThrowError(
      expect.objectContaining({ code: "invalid_request" }),
    )
  })

  it("G51 come as Anthropic's blocks too, and are not counted twice", () => {
    const { turns, dropped } = parts(
      {
        role: "assistant",
        content: [
          { type: "text", text: "hm" },
          { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
        ],
        tool_calls: [call("a", "f", '{"x":1}')],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", is_error: true, content: [{ type: "text", text: "no" }] },
          { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
        ],
      },
    )
    expect(turns).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "text", text: "hm" },
          { type: "tool-call", id: "a", name: "f", arguments: { x: 1 } },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "tool-result", callId: "a", content: [{ type: "text", text: "no" }], isError: true },
          { type: "media", mediaType: "image/png", data: PNG },
        ],
      },
    ])
    expect(dropped).toEqual([])
  })
})

describe("media", () => {
  it("G35 of data URLs keep their place", () => {
    const { turns, dropped } = parts(
      { role: "assistant", content: "?" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } },
          { type: "text", text: "what is it?" },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0xLjQ=" } },
        ],
      },
    )
    expect(turns[1]?.parts).toEqual([
      { type: "media", mediaType: "image/png", data: PNG },
      { type: "text", text: "what is it?" },
      { type: "media", mediaType: "application/pdf", data: "JVBERi0xLjQ=" },
    ])
    expect(dropped).toEqual([])
  })

  it("G40 stand in results of tools", () => {
    const { turns } = parts(
      { role: "assistant", tool_calls: [call("a", "f")] },
      {
        role: "tool",
        tool_call_id: "a",
        content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
      },
    )
    expect(turns[1]?.parts).toMatchObject([{ content: [{ type: "media", mediaType: "image/png" }] }])
  })

  it("G37 are sounds and documents too", () => {
    const { turns } = parts(
      { role: "assistant", content: "?" },
      {
        role: "user",
        content: [
          { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
          { type: "input_audio", input_audio: { data: "data:audio/mp3;base64,SUQz" } },
          { type: "file", file: { file_data: "JVBERi0xLjQ=" } },
          { type: "file", file: { filename: "notes.md", file_data: "data:text/markdown;base64,IyBBCg==" } },
          { type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } },
          { type: "video_url", video_url: "https://www.youtube.com/watch?v=abc" },
        ],
      },
    )
    expect(turns[1]?.parts).toEqual([
      { type: "media", mediaType: "audio/wav", data: "UklGRg==" },
      { type: "media", mediaType: "audio/mpeg", data: "SUQz" },
      { type: "media", mediaType: "application/pdf", data: "JVBERi0xLjQ=" },
      { type: "text", text: "notes.md\n# A\n" },
      { type: "media", mediaType: "video/mp4", data: "AAAA" },
      {
        type: "remote-media",
        url: "https://www.youtube.com/watch?v=abc",
        accepts: "video",
        param: "messages[2].content[5].video_url.url",
      },
    ])
  })

  it("stand elsewhere, to be fetched", () => {
    const { turns, dropped } = parts(
      { role: "assistant", content: "?" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://example.test/a.png" } },
          { type: "file", file: { file_url: "https://example.test/a.pdf" } },
        ],
      },
    )
    expect(turns[1]?.parts).toMatchObject([
      { type: "remote-media", accepts: "image", param: "messages[2].content[0].image_url.url" },
      { type: "remote-media", accepts: "document", param: "messages[2].content[1].file.file_url" },
    ])
    expect(dropped).toEqual([])
  })

  it("of an assistant's turn are given back as they came", () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` }, index: 0 }
    const { turns, dropped } = parts({ role: "assistant", content: "", images: [image] })
    expect(turns.at(-1)).toEqual({ role: "assistant", parts: [{ type: "media", mediaType: "image/png", data: PNG }] })
    expect(dropped).toEqual([])
  })

  it("G38 of a file id are refused with the field", () => {
    const file = { role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] }
    expect(() => parts(file)).toThrowError(
      expect.objectContaining({ code: "unsupported_parameter", param: "messages[1].content[0].file.file_id" }),
    )
  })

  it.each([
    [{ type: "image_url", image_url: { url: "x" } }, "image_url.url"],
    [{ type: "image_url", image_url: {} }, "image_url.url"],
    [{ type: "image_url" }, "image_url.url"],
    [{ type: "input_audio", input_audio: {} }, "input_audio.data"],
    [{ type: "input_audio", input_audio: { data: "AAAA", format: "pcm16" } }, "input_audio.format"],
    [{ type: "file", file: {} }, "file.file_data"],
    [{ type: "file" }, "file"],
    [{ type: "file", file: { file_data: "data:application/zip;base64,AAAA" } }, "file.file_data"],
    [{ type: "image", source: { type: "file", file_id: "f" } }, "source.file_id"],
  ])("that cannot be read are refused with the field: %j", (part, field) => {
    expect(() => parts({ role: "user", content: [part] })).toThrowError(
      expect.objectContaining({ param: `messages[1].content[0].${field}` }),
    )
  })
})
