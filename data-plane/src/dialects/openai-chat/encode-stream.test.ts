import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeStream } from "./encode-stream.ts"

function encoder(more: object = {}) {
  const frames: string[] = []
  const { value } = decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }], ...more }, {})
  return { frames, encoder: encodeStream((written) => frames.push(written), answerContext(value)) }
}

const HEAD =
  'data: {"id":"chatcmpl-01k7fixture0000000000000000","object":"chat.completion.chunk","created":1760000000,"model":"m","system_fingerprint":"fp_gw",'
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop" } }
const text = (value: string): StreamPart => ({ type: "text-delta", block: 0, text: value })

describe("encodeStream", () => {
  it("writes a delta as JSON.stringify would", () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), (value) => {
        const { frames, encoder: stream } = encoder()
        stream.part({ type: "reasoning-delta", block: 0, text: "x" })
        frames.length = 0
        stream.part(text(value))
        const choice = { index: 0, delta: { content: value }, logprobs: null, finish_reason: null }
        expect(frames).toEqual([`${HEAD}"choices":[${JSON.stringify(choice)}]}\n\n`])
      }),
    )
  })

  it("says nothing of usage unless it was asked for", () => {
    const { frames, encoder: stream } = encoder()
    stream.part(text("a"))
    stream.part({ type: "usage", usage: { inputTokens: 1, outputTokens: 1 } })
    stream.part(END)
    expect(frames.join("")).not.toContain("usage")
  })

  it("writes the role first even for an empty answer, and the end in one write", () => {
    const { frames, encoder: stream } = encoder()
    stream.part({ type: "response-start" })
    stream.part(END)
    expect(frames).toHaveLength(1)
    expect(frames[0]).toMatch(
      /^data: .*"delta":{"role":"assistant","content":""}.*\n\ndata: .*"delta":{},.*"stop".*\n\ndata: \[DONE\]\n\n$/,
    )
  })

  it("hides thoughts when the client asked so", () => {
    const { frames, encoder: stream } = encoder({ reasoning_effort: "none" })
    stream.part({ type: "reasoning-delta", block: 0, text: "secret" })
    expect(frames).toEqual([])
  })

  it("echoes the service tier only when it was named", () => {
    const { frames, encoder: stream } = encoder({ service_tier: "auto" })
    stream.part(text("a"))
    expect(frames[0]).toContain('"service_tier":"default"')
  })

  it("keeps alive with a comment, also before anything else, and not after the end", () => {
    const { frames, encoder: stream } = encoder()
    stream.keepAlive()
    expect(frames).toEqual([": keep-alive\n\n"])
    stream.part(END)
    stream.keepAlive()
    stream.part(text("late"))
    expect(frames).toHaveLength(2)
  })

  it("ends with [DONE] after an error", () => {
    const { frames, encoder: stream } = encoder()
    stream.part(text("a"))
    stream.part({ type: "error", error: new GatewayError("upstream_interrupted", "It stopped.") })
    expect(frames.at(-1)).toBe(
      'data: {"error":{"message":"It stopped.","type":"server_error","param":null,"code":"upstream_interrupted"}}\n\ndata: [DONE]\n\n',
    )
  })
})
