import { describe, expect, it } from "vitest"
import type { ChatResponse } from "../../canonical/response.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeChoices, encodeResponse } from "./encode-response.ts"

const RESPONSE: ChatResponse = {
  parts: [
    { type: "reasoning", text: "Think." },
    { type: "text", text: "Hel" },
    { type: "text", text: "lo" },
  ],
  finishReason: { unified: "stop", raw: "STOP" },
  usage: { inputTokens: 12, cachedInputTokens: 8, outputTokens: 9, reasoningTokens: 4 },
}

function encode(response: Partial<ChatResponse>, more: object = {}) {
  const { value } = decodeRequest({ model: "asked", messages: [{ role: "user", content: "hi" }], ...more }, {})
  return encodeResponse({ ...RESPONSE, ...response }, answerContext(value))
}

describe("encodeResponse", () => {
  it("is a chat completion with the model's name as it was asked", () => {
    expect(encode({})).toEqual({
      id: "chatcmpl-01k7fixture0000000000000000",
      object: "chat.completion",
      created: 1760000000,
      model: "asked",
      system_fingerprint: "fp_gw",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null, reasoning_content: "Think." },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 9,
        total_tokens: 21,
        prompt_tokens_details: { cached_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    })
  })

  it("leaves thoughts out when there are none or the client hides them", () => {
    expect(encode({ parts: [] }).choices[0]?.message).toEqual({ role: "assistant", content: "", refusal: null })
    expect(encode({}, { reasoning: { exclude: true } }).choices[0]?.message).not.toHaveProperty("reasoning_content")
  })

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["refusal", "content_filter"],
    ["tool-calls", "tool_calls"],
  ] as const)("ends with %s as %s", (unified, wire) => {
    expect(encode({ finishReason: { unified } }).choices[0]?.finish_reason).toBe(wire)
  })

  it("says why it refused when the upstream said it", () => {
    expect(encode({ finishReason: { unified: "refusal", message: "Unsafe." } }).choices[0]?.message.refusal).toBe(
      "Unsafe.",
    )
    expect(encode({ finishReason: { unified: "stop", message: "Fine." } }).choices[0]?.message.refusal).toBeNull()
  })

  it("estimates what the upstream did not count", () => {
    expect(encode({ usage: {} }).usage).toEqual({
      prompt_tokens: 42,
      completion_tokens: 4,
      total_tokens: 46,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
  })
})

describe("encodeChoices", () => {
  it("G56 has several answers by their index, and the usage of all", () => {
    const { value } = decodeRequest({ model: "asked", messages: [{ role: "user", content: "hi" }], n: 2 }, {})
    const other: ChatResponse = {
      parts: [{ type: "tool-call", id: "c", name: "f", arguments: {} }],
      finishReason: { unified: "tool-calls" },
      usage: { inputTokens: 12, outputTokens: 1 },
    }
    const { choices, usage } = encodeChoices([RESPONSE, other], answerContext(value))
    expect(choices).toMatchObject([
      { index: 0, message: { content: "Hello" }, finish_reason: "stop" },
      { index: 1, message: { content: null, tool_calls: [{ id: "c" }] }, finish_reason: "tool_calls" },
    ])
    expect(usage).toEqual({
      prompt_tokens: 24,
      completion_tokens: 10,
      total_tokens: 34,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 4 },
    })
  })

  it("G58 has images beside an empty content", () => {
    const { choices } = encode({ parts: [{ type: "media", mediaType: "image/png", data: "aGkh" }] })
    expect(choices[0]?.message).toMatchObject({
      content: "",
      images: [{ type: "image_url", image_url: { url: "data:image/png;base64,aGkh" }, index: 0 }],
    })
  })
})
