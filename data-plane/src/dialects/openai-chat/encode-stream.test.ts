import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeChoicesStream, encodeStream } from "./encode-stream.ts"

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

  it("knows any number of freeform tools in any number of calls", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `t${index}`)
    const { frames, encoder: stream } = encoder({ tools: names.map((name) => ({ type: "custom", name })) })
    for (const [block, name] of names.entries()) {
      stream.part({ type: "tool-input-start", block, id: name, name })
      stream.part({ type: "tool-input-delta", block, json: '{"input":"x"}' })
      stream.part({ type: "tool-input-end", block })
    }
    expect(frames.at(-1)).toContain('"tool_calls":[{"index":99999,"custom":{"input":"x"}}]')
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

describe("encodeChoicesStream", () => {
  function choices(count: number, more: object = {}) {
    const frames: string[] = []
    const { value } = decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }], n: count, ...more }, {})
    const stream = encodeChoicesStream((written) => frames.push(written), answerContext(value), count)
    const chunks = () =>
      frames
        .join("")
        .split("\n\n")
        .filter((frame) => frame.startsWith("data: {"))
        .map(
          (frame) =>
            JSON.parse(frame.slice(6)) as {
              choices: { index: number; delta: { role?: string; content?: string }; finish_reason: string | null }[]
              usage?: object
            },
        )
    return { frames, stream, chunks }
  }
  const usage = (outputTokens: number): StreamPart => ({ type: "usage", usage: { inputTokens: 5, outputTokens } })

  it("marks every chunk with its answer's index, and ends when the last answer has", () => {
    const { frames, stream, chunks } = choices(2, { stream_options: { include_usage: true } })
    const [first, second] = stream.choices
    first?.part(text("a"))
    second?.part(text("b"))
    second?.part(usage(2))
    second?.part(END)
    expect(frames.join("")).not.toContain("[DONE]")
    first?.part(text("c"))
    first?.part(usage(3))
    first?.part(END)
    expect(chunks().map((chunk) => chunk.choices.map(({ index }) => index))).toEqual([
      [0],
      [0],
      [1],
      [1],
      [1],
      [0],
      [0],
      [],
    ])
    expect(chunks().filter((chunk) => chunk.choices[0]?.delta.role === "assistant")).toHaveLength(2)
    expect(chunks().at(-1)?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 })
    expect(frames.join("").match(/\[DONE\]/g)).toHaveLength(1)
    expect(frames.join("").endsWith("data: [DONE]\n\n")).toBe(true)
  })

  it("keeps every answer whole, however they come between each other", () => {
    const answers = fc.array(fc.array(anyText({ minLength: 1, maxLength: 5 }), { maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(answers, fc.infiniteStream(fc.nat()), (texts, order) => {
        const { frames, stream, chunks } = choices(texts.length)
        const left = texts.map((pieces, index) => ({ index, parts: [...pieces.map(text), END] }))
        while (left.length > 0) {
          const at = (order.next().value ?? 0) % left.length
          const one = left[at]
          const part = one?.parts.shift()
          if (one === undefined || part === undefined) left.splice(at, 1)
          else stream.choices[one.index]?.part(part)
        }
        const read = texts.map(() => ({ content: "", ends: 0 }))
        for (const { choices: told } of chunks()) {
          for (const { index, delta, finish_reason: reason } of told) {
            const answer = read[index]
            if (answer === undefined) throw new Error(`nobody asked for answer ${index}`)
            expect(answer.ends).toBe(0)
            answer.content += delta.content ?? ""
            if (reason !== null) answer.ends += 1
          }
        }
        expect(read).toEqual(texts.map((pieces) => ({ content: pieces.join(""), ends: 1 })))
        expect(frames.join("").endsWith("data: [DONE]\n\n")).toBe(true)
      }),
    )
  })

  it("ends with the error of any of them", () => {
    const { frames, stream } = choices(2)
    stream.choices[0]?.part(text("a"))
    stream.whole.keepAlive()
    stream.whole.part({ type: "error", error: new GatewayError("upstream_interrupted", "stopped") })
    expect(frames.at(-2)).toBe(": keep-alive\n\n")
    expect(frames.at(-1)).toMatch(/^data: \{"error":.*\n\ndata: \[DONE\]\n\n$/)
  })
})
