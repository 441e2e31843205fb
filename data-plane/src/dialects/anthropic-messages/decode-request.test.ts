import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { RequestHeaders } from "../dialect.ts"
import { decodeRequest } from "./decode-request.ts"

const HELLO = [{ role: "user", content: "hi" }]
const decode = (more: object, headers: RequestHeaders = {}) =>
  decodeRequest({ model: "gemini-3-flash", max_tokens: 1000, messages: HELLO, ...more }, headers)
const text = (value: string) => ({ type: "text", text: value })

describe("the conversation", () => {
  it("becomes system text and merged turns", () => {
    const { value, dropped } = decode({
      system: [
        { type: "text", text: "s1", cache_control: { type: "ephemeral" } },
        { type: "text", text: "s2" },
      ],
      messages: [
        { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] },
        { role: "user", content: "b" },
        { role: "assistant", content: [{ type: "text", text: "c", citations: [] }] },
        { role: "user", content: "d" },
      ],
    })
    expect(value.system).toEqual([text("s1"), text("s2")])
    expect(value.turns).toEqual([
      { role: "user", parts: [text("a"), text("b")] },
      { role: "assistant", parts: [text("c")] },
      { role: "user", parts: [text("d")] },
    ])
    expect(dropped).toEqual([])
  })

  it("takes a system string, and system messages: leading ones as system text, later ones in place", () => {
    const { value, dropped } = decode({
      system: "s1",
      messages: [
        { role: "system", content: "s2" },
        ...HELLO,
        { role: "system", content: [{ type: "text", text: "s3" }] },
      ],
    })
    expect(value.system).toEqual([text("s1"), text("s2")])
    expect(value.turns).toEqual([
      { role: "user", parts: [text("hi"), text("<system-reminder>\ns3\n</system-reminder>")] },
    ])
    expect(dropped).toEqual(["+system-reminder"])
  })

  it("lists what it loses with its path, and drops turns that are left empty", () => {
    const { value, dropped } = decode({
      messages: [
        {
          role: "user",
          content: [{ type: "text", text: "look" }, { type: "new_kind" }],
        },
        {
          role: "assistant",
          content: [
            { type: "server_tool_use", id: "t", name: "web_search", input: {} },
            { type: "tool_removal", tool_name: "f" },
          ],
        },
        { role: "user", content: [{ type: "search_result", content: [] }] },
      ],
    })
    expect(value.turns).toEqual([{ role: "user", parts: [text("look")] }])
    expect(dropped).toEqual(["messages[0].content[1]", "messages[1].content[0]", "messages[1].content[1]"])
  })

  it("with nothing left is refused with a sentence that says why", () => {
    expect(() => decode({ messages: [{ role: "user", content: [{ type: "new_kind" }] }] })).toThrowError(
      "messages: no message holds anything that can be sent. What they hold is not carried yet: messages[0].content[0].",
    )
  })

  it.each<[string, unknown, string, string]>([
    ["no max_tokens", { model: "m", messages: HELLO }, "max_tokens", "max_tokens: Field required"],
    ["max_tokens of 0", { model: "m", messages: HELLO, max_tokens: 0 }, "max_tokens", "at least 1"],
    ["half a token", { model: "m", messages: HELLO, max_tokens: 1.5 }, "max_tokens", "whole number"],
    ["no model", { messages: HELLO, max_tokens: 1 }, "model", "model: Field required"],
    ["no messages", { model: "m", max_tokens: 1 }, "messages", "at least one message"],
    [
      "an unknown role",
      { model: "m", max_tokens: 1, messages: [{ role: "tool", content: "x" }] },
      "messages[0].role",
      "must be",
    ],
    [
      "a block without text",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
      "must be a string",
    ],
    ["a broken system", { model: "m", max_tokens: 1, messages: HELLO, system: 7 }, "system", "a string or a list"],
  ])("refuses %s", (_name, wire, param, sentence) => {
    expect(() => decodeRequest(wire, {})).toThrowError(expect.objectContaining({ code: "invalid_request", param }))
    expect(() => decodeRequest(wire, {})).toThrowError(sentence)
  })

  it.each([["thread"], ["previous_message_id"]])("refuses %s so that the SDK sends the whole history", (param) => {
    expect(() => decode({ [param]: "x" })).toThrowError(
      expect.objectContaining({ code: "unsupported_parameter", param }),
    )
    expect(() => decode({ [param]: null })).not.toThrow()
  })
})

describe("fields", () => {
  it("of sampling are taken", () => {
    const { value, dropped } = decode({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ["a", ""],
      stream: true,
    })
    expect(value).toMatchObject({
      stream: true,
      sampling: { maxOutputTokens: 1000, temperature: 0.5, topP: 0.9, topK: 40, stop: ["a"] },
    })
    expect(dropped).toEqual([])
  })

  it("of Claude Code's main request are taken, ignored or listed", () => {
    const { dropped } = decode({
      stream: true,
      tools: [{ name: "Read", input_schema: { type: "object" } }],
      thinking: { type: "adaptive", display: "omitted" },
      output_config: { effort: "high", task_budget: 5 },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      metadata: { user_id: "u", other: 1 },
      service_tier: "auto",
      brand_new: 1,
    })
    expect(dropped).toEqual(["metadata.other", "brand_new"])
  })

  const SESSION = "5c2b0d4e-0000-4000-8000-000000000000"
  it.each<[string, unknown, RequestHeaders, string | undefined]>([
    ["nothing", undefined, {}, undefined],
    ["a JSON user id", `{"device_id":"d","account_uuid":"","session_id":"${SESSION}"}`, {}, SESSION],
    ["a user id of the old form", `user_abc_account__session_${SESSION}`, {}, SESSION],
    ["any other user id", "someone", {}, "someone"],
    ["a JSON user id without a session", '{"device_id":"d"}', {}, '{"device_id":"d"}'],
    ["a header before it", "someone", { "x-claude-code-session-id": SESSION }, SESSION],
    ["a user id that is no text", 7, {}, undefined],
  ])("tell conversations apart by %s", (_name, userId, headers, expected) => {
    expect(decode({ metadata: { user_id: userId } }, headers).value.conversation).toBe(expected)
  })
})

it("never takes a user's text for an absent one", () => {
  const { value } = decodeRequest(
    { model: "m", max_tokens: 1, messages: [{ role: "user", content: "[undefined]" }] },
    {},
  )
  expect(value.turns).toEqual([{ role: "user", parts: [text("[undefined]")] }])
})

it("decodes anything or throws a GatewayError that names the client's fault", () => {
  const content = fc.oneof(
    fc.string(),
    fc.jsonValue(),
    fc.array(
      fc.record({
        type: fc.constantFrom("text", "image", "document", "tool_use", "tool_result"),
        text: fc.jsonValue(),
        source: fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant("base64"), data: fc.jsonValue() })),
        name: fc.jsonValue(),
        input: fc.jsonValue(),
        content: fc.oneof(fc.jsonValue(), fc.array(fc.record({ type: fc.constant("text"), text: fc.jsonValue() }))),
      }),
    ),
  )
  const message = fc.record(
    { role: fc.constantFrom("system", "user", "assistant", "x"), content },
    { requiredKeys: ["role"] },
  )
  const wire = fc.oneof(
    fc.record(
      {
        model: fc.string(),
        max_tokens: fc.oneof(fc.nat(), fc.jsonValue()),
        messages: fc.array(message),
        system: content,
        metadata: fc.jsonValue(),
        tools: fc.oneof(fc.jsonValue(), fc.array(fc.record({ type: fc.jsonValue(), name: fc.jsonValue() }))),
        tool_choice: fc.jsonValue(),
      },
      { requiredKeys: ["model", "max_tokens", "messages"] },
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
