import { describe, expect, it } from "vitest"
import type { ChatResponse } from "../../canonical/response.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeResponse } from "./encode-response.ts"

const RESPONSE: ChatResponse = {
  parts: [
    { type: "text", text: "Hel" },
    { type: "reasoning", text: "Think.", signature: "s" },
    { type: "text", text: "lo" },
  ],
  finishReason: { unified: "stop", raw: "STOP" },
  usage: { inputTokens: 12, cachedInputTokens: 8, outputTokens: 9, reasoningTokens: 4 },
}

function encode(response: Partial<ChatResponse>) {
  const { value } = decodeRequest({ model: "asked", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }, {})
  return encodeResponse({ ...RESPONSE, ...response }, answerContext(value))
}

describe("encodeResponse", () => {
  it("is a message with the model's name as it was asked, and without thoughts", () => {
    expect(encode({})).toEqual({
      id: "msg_01k7fixture0000000000000000",
      type: "message",
      role: "assistant",
      model: "asked",
      content: [
        { type: "text", text: "Hel" },
        { type: "text", text: "lo" },
      ],
      stop_reason: "end_turn",
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 8,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 4 },
      },
    })
  })

  it.each([
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["refusal", "refusal"],
    ["tool-calls", "tool_use"],
  ] as const)("ends with %s as %s", (unified, wire) => {
    expect(encode({ finishReason: { unified } }).stop_reason).toBe(wire)
  })

  it("gives details of a refusal, with the upstream's sentence where it had one", () => {
    const details = (message?: string) =>
      encode({ finishReason: { unified: "refusal", ...(message === undefined ? {} : { message }) } }).stop_details
    expect(details("Unsafe.")).toEqual({ type: "refusal", category: null, explanation: "Unsafe." })
    expect(details()).toEqual({ type: "refusal", category: null, explanation: null })
  })

  it("has input counts that add up to the prompt, even when the upstream contradicts itself", () => {
    expect(encode({ usage: { inputTokens: 5, cachedInputTokens: 9 } }).usage).toMatchObject({
      input_tokens: 0,
      cache_read_input_tokens: 5,
    })
  })

  it("estimates what the upstream did not count", () => {
    expect(encode({ usage: {} }).usage).toMatchObject({ input_tokens: 42, output_tokens: 4 })
  })
})
