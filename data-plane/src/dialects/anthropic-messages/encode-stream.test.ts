import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeStream } from "./encode-stream.ts"

function encoder() {
  const frames: string[] = []
  const { value } = decodeRequest({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }, {})
  return { frames, encoder: encodeStream((written) => frames.push(written), answerContext(value)) }
}

const START: StreamPart = { type: "text-start", block: 0 }
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop" } }
const names = (frames: readonly string[]) => [...frames.join("").matchAll(/^event: (\S+)$/gm)].map(([, name]) => name)

describe("encodeStream", () => {
  it("writes a delta as JSON.stringify would", () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), (value) => {
        const { frames, encoder: stream } = encoder()
        stream.part(START)
        frames.length = 0
        stream.part({ type: "text-delta", block: 0, text: value })
        const data = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: value } }
        expect(frames).toEqual([`event: content_block_delta\ndata: ${JSON.stringify(data)}\n\n`])
      }),
    )
  })

  it("takes any number of stop sequences", () => {
    const stop_sequences = Array.from({ length: 300_000 }, () => "s")
    const wire = { model: "m", max_tokens: 9, stop_sequences, messages: [{ role: "user", content: "hi" }] }
    const frames: string[] = []
    const { value } = decodeRequest(wire, {})
    const stream = encodeStream((written) => frames.push(written), answerContext(value))
    for (const part of [
      START,
      { type: "text-delta", block: 0, text: "yes" },
      { type: "text-end", block: 0 },
      END,
    ] as const)
      stream.part(part)
    expect(frames.join("")).toContain('"stop_sequence":"s"')
  })

  it("holds message_start until there is something to say", () => {
    const { frames, encoder: stream } = encoder()
    stream.part({ type: "response-start" })
    stream.part({ type: "usage", usage: { inputTokens: 10, cachedInputTokens: 4 } })
    stream.part({ type: "reasoning-start", block: 0 })
    stream.part({ type: "reasoning-delta", block: 0, text: "hm" })
    stream.part({ type: "reasoning-end", block: 0 })
    expect(frames).toEqual([])
    stream.part({ type: "text-start", block: 1 })
    expect(names(frames)).toEqual(["message_start", "ping", "content_block_start"])
    expect(frames[0]).toContain(
      '"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":1',
    )
    expect(frames[0]).toContain('"index":0')
  })

  it("estimates the prompt while nothing is known, and corrects it at the end", () => {
    const { frames, encoder: stream } = encoder()
    stream.part(START)
    expect(frames[0]).toContain('"input_tokens":42')
    stream.part({ type: "usage", usage: { inputTokens: 7, outputTokens: 3, reasoningTokens: 1 } })
    stream.part({ type: "text-end", block: 0 })
    stream.part(END)
    expect(frames.at(-1)).toContain(
      '"usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":3,"output_tokens_details":{"thinking_tokens":1}}',
    )
  })

  it("is a whole message without blocks for an empty answer", () => {
    const { frames, encoder: stream } = encoder()
    stream.part(END)
    expect(names(frames)).toEqual(["message_start", "ping", "message_delta", "message_stop"])
  })

  it("keeps alive by beginning the message, then by pings, and not after the end", () => {
    const { frames, encoder: stream } = encoder()
    stream.keepAlive()
    stream.keepAlive()
    expect(names(frames)).toEqual(["message_start", "ping", "ping"])
    stream.part(START)
    expect(names(frames).filter((name) => name === "message_start")).toHaveLength(1)
    stream.part({ type: "text-end", block: 0 })
    stream.part(END)
    const written = frames.length
    stream.keepAlive()
    stream.part(START)
    expect(frames).toHaveLength(written)
  })

  it("ends with an error event and no message_stop", () => {
    const { frames, encoder: stream } = encoder()
    stream.part(START)
    stream.part({ type: "error", error: new GatewayError("upstream_overloaded", "Full.") })
    expect(frames.at(-1)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Full."},"request_id":"req_01k7fixture0000000000000000"}\n\n',
    )
  })
})
