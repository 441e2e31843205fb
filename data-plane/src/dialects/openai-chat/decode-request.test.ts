import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { RequestHeaders } from "../dialect.ts"
import { decodeRequest } from "./decode-request.ts"

const HELLO = [{ role: "user", content: "hi" }]
const decode = (more: object, headers: RequestHeaders = {}) =>
  decodeRequest({ model: "gemini-3-flash", messages: HELLO, ...more }, headers)
const conversation = (...messages: object[]) => decode({ messages })
const text = (value: string) => ({ type: "text", text: value })

describe("messages", () => {
  it("become system text and merged turns", () => {
    const { value, dropped } = conversation(
      { role: "system", content: "s1" },
      { role: "developer", content: [{ type: "text", text: "s2" }] },
      { role: "user", content: "a" },
      {
        role: "user",
        content: [
          { type: "text", text: "b" },
          { type: "text", text: "" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "text", text: "c" },
          { type: "refusal", refusal: "no" },
        ],
      },
      { role: "user", content: "d" },
    )
    expect(value.system).toEqual([text("s1"), text("s2")])
    expect(value.turns).toEqual([
      { role: "user", parts: [text("a"), text("b")] },
      { role: "assistant", parts: [text("c"), text("no")] },
      { role: "user", parts: [text("d")] },
    ])
    expect(dropped).toEqual([])
  })

  it("keep later system text in its place as a reminder, and record it", () => {
    const { value, dropped } = conversation({ role: "user", content: "a" }, { role: "system", content: "s" })
    expect(value.turns).toEqual([
      { role: "user", parts: [text("a"), text("<system-reminder>\ns\n</system-reminder>")] },
    ])
    expect(dropped).toEqual(["+system-reminder"])
  })

  it("take an assistant's refusal where it has no content", () => {
    const { value } = conversation(...HELLO, { role: "assistant", content: null, refusal: "no" }, ...HELLO)
    expect(value.turns[1]).toEqual({ role: "assistant", parts: [text("no")] })
  })

  it("list what they lose with its path, and drop turns that are left empty", () => {
    const { value, dropped } = conversation(
      {
        role: "user",
        name: "Ann",
        content: [{ type: "text", text: "what is it?" }],
      },
      { role: "assistant", content: null, audio: { id: "x" } },
      { role: "user", content: [{ type: "new_kind" }] },
    )
    expect(value.turns).toEqual([{ role: "user", parts: [text("what is it?")] }])
    expect(dropped).toEqual(["messages[0].name", "messages[2].content[0]"])
  })

  it("with nothing left are refused with a sentence that says why", () => {
    expect(() => conversation({ role: "user", content: [{ type: "new_kind" }] })).toThrowError(
      "messages: no message holds anything that can be sent. What they hold is not carried yet: messages[0].content[0].",
    )
    expect(() => conversation({ role: "user", content: "" })).toThrowError(
      "messages: no message holds anything that can be sent.",
    )
  })

  it("with system text only are kept", () => {
    expect(conversation({ role: "system", content: "s" }).value).toMatchObject({ system: [text("s")], turns: [] })
  })

  it.each<[string, unknown, string]>([
    ["no body object", [], ""],
    ["no model", { messages: HELLO }, "model"],
    ["an empty model", { model: "", messages: HELLO }, "model"],
    ["no messages", { model: "m" }, "messages"],
    ["empty messages", { model: "m", messages: [] }, "messages"],
    ["a message that is no object", { model: "m", messages: ["hi"] }, "messages[0]"],
    ["an unknown role", { model: "m", messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
    ["content of a wrong kind", { model: "m", messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
    [
      "a part that is no object",
      { model: "m", messages: [{ role: "user", content: ["x"] }] },
      "messages[0].content[0]",
    ],
    [
      "a text that is none",
      { model: "m", messages: [{ role: "user", content: [{ type: "text", text: 1 }] }] },
      "messages[0].content[0].text",
    ],
    ["a temperature that is no number", { model: "m", messages: HELLO, temperature: "hot" }, "temperature"],
    ["max_tokens of 0", { model: "m", messages: HELLO, max_tokens: 0 }, "max_tokens"],
    ["a broken stop list", { model: "m", messages: HELLO, stop: ["a", 1] }, "stop[1]"],
    ["a stream that is no boolean", { model: "m", messages: HELLO, stream: "yes" }, "stream"],
  ])("refuses %s", (_name, wire, param) => {
    expect(() => decodeRequest(wire, {})).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: param === "" ? undefined : param }),
    )
  })
})

describe("sampling", () => {
  it("takes every field it names", () => {
    const { value, dropped } = decode({
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      seed: 7,
      stop: ["a", "", "b"],
    })
    expect(value.sampling).toEqual({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stop: ["a", "b"],
    })
    expect(dropped).toEqual([])
  })

  it("lets max_completion_tokens win", () => {
    expect(decode({ max_tokens: 100, max_completion_tokens: 50 }).value.sampling).toEqual({ maxOutputTokens: 50 })
  })

  it("takes null, empty and '[undefined]' for absent", () => {
    const { value, dropped } = decode({
      temperature: null,
      top_p: "[undefined]",
      stop: "",
      top_k: -1,
      max_tokens: null,
      seed: null,
    })
    expect(value.sampling).toEqual({})
    expect(dropped).toEqual([])
  })

  it("takes one stop text for a list", () => {
    expect(decode({ stop: "END" }).value.sampling.stop).toEqual(["END"])
  })
})

describe("other fields", () => {
  it("are listed when they are not carried yet, or unknown", () => {
    const { dropped } = decode({
      tools: [
        { type: "web_search", external_web_access: false },
        { type: "new_kind", name: "x", more: 1 },
      ],
      parallel_tool_calls: false,
      reasoning_effort: "high",
      web_search_options: { user_location: { type: "approximate" } },
      vendor_switch: true,
      stream_options: { include_usage: true, new_option: 1 },
    })
    expect(dropped).toEqual([
      "parallel_tool_calls",
      "web_search_options.user_location",
      "vendor_switch",
      "stream_options.new_option",
      "tools[0]",
      "tools[1]",
    ])
  })

  it("are listed when the client asked for something by them", () => {
    expect(decode({ logit_bias: { 50: 1 } }).dropped).toEqual(["logit_bias"])
  })

  it("are not listed when they mean nothing here", () => {
    const { dropped } = decode({
      n: 1,
      logprobs: true,
      presence_penalty: 1,
      store: true,
      metadata: { a: "b" },
      response_format: { type: "text" },
      tools: [],
      parallel_tool_calls: true,
      modalities: ["text"],
    })
    expect(dropped).toEqual([])
  })

  it.each([
    [{ modalities: ["text", "audio"] }, "unsupported_parameter", "modalities"],
    [{ n: 11 }, "invalid_request", "n"],
    [{ n: 0 }, "invalid_request", "n"],
    [{ n: 1.5 }, "invalid_request", "n"],
    [{ image_config: "16:9" }, "invalid_request", "image_config"],
    [{ image_config: { aspect_ratio: "wide" } }, "invalid_request", "image_config.aspect_ratio"],
    [{ image_config: { image_size: "8K" } }, "invalid_request", "image_config.image_size"],
  ])("refuse %j", (more, code, param) => {
    expect(() => decode(more)).toThrowError(expect.objectContaining({ code, param }))
  })

  it("ask for several answers, or an image's look", () => {
    expect(decode({ n: 2 }).value.choices).toBe(2)
    expect(decode({ n: 1 }).value).not.toHaveProperty("choices")
    const image_config = { aspect_ratio: "16:9", image_size: "2k" }
    expect(decode({ image_config }).value.image).toEqual({ aspectRatio: "16:9", size: "2K" })
    expect(decode({ image_config: { image_size: "4K" } }).value.image).toEqual({ size: "4K" })
  })

  it.each([
    [{ reasoning_effort: "none" }],
    [{ reasoning: { exclude: true } }],
    [{ reasoning: { enabled: false } }],
    [{ thinking: { type: "disabled" } }],
  ])("hide thoughts by %j", (more) => {
    expect(decode(more).value.extra).toMatchObject({
      "openai-chat": { includeUsage: false, reasoningHidden: true, echoServiceTier: false, legacyFunctions: false },
    })
  })

  it("ask for usage in a stream and for the service tier", () => {
    expect(decode({ stream: true, stream_options: { include_usage: true }, service_tier: "auto" }).value).toMatchObject(
      {
        stream: true,
        extra: { "openai-chat": { includeUsage: true, reasoningHidden: false, echoServiceTier: true } },
      },
    )
  })

  it.each<[object, RequestHeaders, string | undefined]>([
    [{}, {}, undefined],
    [{ user: "u" }, {}, "u"],
    [{ user: "u", prompt_cache_key: "k" }, {}, "k"],
    [{ user: "u" }, { "x-session-affinity": "a" }, "a"],
    [{ user: "u" }, { "x-session-affinity": "a", "x-session-id": ["s"] }, "s"],
    [{ user: "" }, { "x-session-id": "" }, undefined],
  ])("tell conversations apart by %j and headers %j", (more, headers, expected) => {
    expect(decode(more, headers).value.conversation).toBe(expected)
  })
})

it("never takes a user's text for an absent one", () => {
  const { value } = decodeRequest({ model: "m", messages: [{ role: "user", content: "[undefined]" }] }, {})
  expect(value.turns).toEqual([{ role: "user", parts: [text("[undefined]")] }])
})

it("decodes anything or throws a GatewayError that names the client's fault", () => {
  const content = fc.oneof(
    fc.string(),
    fc.jsonValue(),
    fc.array(
      fc.record({
        type: fc.constantFrom("text", "refusal", "image_url", "file", "image", "document", "tool_use", "tool_result"),
        text: fc.jsonValue(),
        image_url: fc.jsonValue(),
        file: fc.oneof(fc.jsonValue(), fc.record({ file_data: fc.jsonValue() })),
        source: fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant("base64"), data: fc.jsonValue() })),
        name: fc.jsonValue(),
        content: fc.jsonValue(),
      }),
    ),
  )
  const named = fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue() }))
  const calls = fc.oneof(fc.jsonValue(), fc.array(fc.record({ id: fc.jsonValue(), function: named, custom: named })))
  const message = fc.record(
    {
      role: fc.constantFrom("system", "user", "assistant", "tool", "function", "x"),
      content,
      tool_calls: calls,
      function_call: named,
      tool_call_id: fc.jsonValue(),
    },
    { requiredKeys: ["role"] },
  )
  const tools = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.record({ type: fc.constantFrom("function", "custom"), function: named })),
  )
  const wire = fc.oneof(
    fc.record(
      {
        model: fc.string(),
        messages: fc.array(message),
        stop: fc.jsonValue(),
        stream_options: fc.jsonValue(),
        tools,
        tool_choice: fc.jsonValue(),
        functions: tools,
        function_call: fc.jsonValue(),
      },
      { requiredKeys: ["model", "messages"] },
    ),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(wire, (body) => {
      try {
        const { value } = decodeRequest(body, {})
        expect(value.turns.length + value.system.length).toBeGreaterThan(0)
        for (const [index, turn] of value.turns.entries()) expect(turn.role).not.toBe(value.turns[index - 1]?.role)
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        expect(error.status).toBe(400)
      }
    }),
    { numRuns: 500 },
  )
})
