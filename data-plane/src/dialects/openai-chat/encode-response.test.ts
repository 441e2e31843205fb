import { describe, expect, it } from "vitest"
import type { ChatResponse } from "../../canonical/response.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeResponse } from "./encode-response.ts"

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
