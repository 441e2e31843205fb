import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const PNG = "iVBORw0KGgo="
/** The messages under test, behind others that make them turns of their own. */
const decode = (...messages: readonly { readonly role: string; readonly [field: string]: unknown }[]) => {
  const before = [
    { role: "user", content: "hi" },
    ...(messages[0]?.role === "user" ? [{ role: "assistant", content: "?" }] : []),
  ]
  const { value, dropped } = decodeRequest({ model: "m", messages: [...before, ...messages] }, {})
  return { turns: value.turns.slice(before.length), dropped }
}
const text = (value: string) => ({ type: "text", text: value })
const call = (id: unknown, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } })
const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }
const block = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }

describe("an assistant's refusal", () => {
  it.each([
    ["", [text("I cannot.")]],
    [null, [text("I cannot.")]],
    ["Well,", [text("Well,"), text("I cannot.")]],
  ])("is text of its turn beside the content %j", (content, wanted) => {
    const { turns, dropped } = decode({ role: "assistant", content, refusal: "I cannot." })
    expect(turns).toEqual([{ role: "assistant", parts: wanted }])
    expect(dropped).toEqual([])
  })
})

describe("ids of calls", () => {
  it("that are missing lose no call, whatever stands beside it", () => {
    const { turns } = decode({
      role: "assistant",
      content: "let me",
      tool_calls: [call(undefined, "f"), call("", "g")],
    })
    expect(turns[0]?.parts).toMatchObject([text("let me"), { id: "", name: "f" }, { id: "", name: "g" }])
  })

  it("may be numbers, which tell results apart all the same", () => {
    const { turns } = decode(
      { role: "assistant", content: null, tool_calls: [call(1, "f"), call(2, "g")] },
      { role: "tool", tool_call_id: 2, content: "two" },
      { role: "user", content: [{ type: "tool_result", tool_use_id: 1, content: "one" }] },
    )
    expect(turns).toMatchObject([
      { parts: [{ id: "1" }, { id: "2" }] },
      {
        parts: [
          { callId: "2", content: [text("two")] },
          { callId: "1", content: [text("one")] },
        ],
      },
    ])
  })
})

describe("parts at a place where they cannot stand", () => {
  it("are listed when a system message holds them", () => {
    const messages = [
      { role: "system", content: [text("s"), image] },
      { role: "user", content: "hi" },
    ]
    const { value, dropped } = decodeRequest({ model: "m", messages }, {})
    expect(value.system).toEqual([text("s")])
    expect(dropped).toEqual(["messages[0].content[1]"])
  })

  it("are listed when a tool's message holds them, but for the result itself as Anthropic writes it", () => {
    const { turns, dropped } = decode(
      { role: "assistant", content: null, tool_calls: [call("a", "f")] },
      {
        role: "tool",
        tool_call_id: "a",
        content: [
          { type: "tool_result", tool_use_id: "a", is_error: true, content: [text("no"), block] },
          { type: "tool_use", id: "b", name: "g", input: {} },
        ],
      },
    )
    expect(turns[1]?.parts).toMatchObject([
      { callId: "a", isError: true, content: [text("no"), { type: "media", mediaType: "image/png" }] },
    ])
    expect(dropped).toEqual(["messages[2].content[1]"])
  })

  it("are listed when they are fields of another role's", () => {
    const { dropped } = decode({ role: "user", content: "x", tool_calls: [call("a", "f")], reasoning_content: "hm" })
    expect(dropped).toEqual(["messages[2].tool_calls", "messages[2].reasoning_content"])
  })
})

describe("parts of unknown kinds", () => {
  it("that hold nothing are left out and listed", () => {
    const { turns, dropped } = decode({
      role: "user",
      content: [text("x"), { type: "new_kind" }, { type: "old", a: null }],
    })
    expect(turns).toEqual([{ role: "user", parts: [text("x")] }])
    expect(dropped).toEqual(["messages[2].content[1]", "messages[2].content[2]"])
  })

  it.each([{ type: "new_kind", data: "x" }, { text: "no type" }])("that hold something are refused: %j", (part) => {
    expect(() => decode({ role: "user", content: [text("x"), part] })).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "messages[2].content[1].type" }),
    )
  })

  it("of Responses' texts and Anthropic's thoughts are known here too", () => {
    const { turns, dropped } = decode(
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "sig" },
          { type: "redacted_thinking", data: "sealed" },
          { type: "output_text", text: "b", annotations: [{ type: "url_citation", url: "u" }] },
        ],
      },
      { role: "user", content: [{ type: "input_text", text: "a" }] },
    )
    expect(turns).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm", signature: "sig" },
          { type: "reasoning", text: "", signature: "sealed" },
          text("b"),
        ],
      },
      { role: "user", parts: [text("a")] },
    ])
    expect(dropped).toEqual([])
  })
})

it("takes no text of the client's for an absent one", () => {
  const { turns } = decode(
    { role: "user", content: [text("[undefined]"), { type: "text", text: null }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "[undefined]" }] },
  )
  expect(turns).toMatchObject([{ parts: [text("[undefined]"), { callId: "a", content: [text("[undefined]")] }] }])
})

it("reads an image as Responses writes it", () => {
  const { turns, dropped } = decode({
    role: "user",
    content: [{ type: "input_image", image_url: image.image_url.url, detail: "auto" }],
  })
  expect(turns[0]?.parts).toEqual([{ type: "media", mediaType: "image/png", data: PNG }])
  expect(dropped).toEqual([])
})

it("reads images beside the content of a user's message", () => {
  const { turns, dropped } = decode({ role: "user", content: "x", images: [image] })
  expect(turns[0]?.parts).toEqual([text("x"), { type: "media", mediaType: "image/png", data: PNG }])
  expect(dropped).toEqual([])
})

it("lists calls of Anthropic's form and of this wire's with all that they hold", () => {
  const { turns, dropped } = decode({
    role: "assistant",
    content: [{ type: "tool_use", id: "a", name: "f", input: {}, signature: "s1", caller: { type: "direct" } }],
    tool_calls: [{ ...call("b", "g"), signature: "s2" }],
  })
  expect(turns[0]?.parts).toMatchObject([{ signature: "s1" }, { signature: "s2" }])
  expect(dropped).toEqual([])
})
