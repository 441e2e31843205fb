import { describe, expect, it } from "vitest"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext, answerOf, framesOf } from "../testing/fixtures.ts"
import { encodeChoicesStream } from "./encode-stream.ts"
import { openaiCompletionsClient } from "./index.ts"

const PARTS: StreamPart[] = [
  { type: "response-start" },
  { type: "reasoning-start", block: 0 },
  { type: "reasoning-delta", block: 0, text: "hidden" },
  { type: "reasoning-end", block: 0 },
  { type: "text-start", block: 1 },
  { type: "text-delta", block: 1, text: " a " },
  { type: "text-delta", block: 1, text: "time" },
  { type: "text-end", block: 1 },
  { type: "response-end", finishReason: { unified: "stop" } },
]

const request = (more: object = {}) =>
  openaiCompletionsClient.decodeRequest({ model: "m", prompt: "Once upon", ...more }, {}).value
const chunks = (more: object = {}, parts = PARTS) => {
  const lines = framesOf(openaiCompletionsClient, parts, request(more)).join("").split("\n\n").filter(Boolean)
  expect(lines.at(-1)).toBe("data: [DONE]")
  return lines.slice(0, -1).map((line): unknown => JSON.parse(line.slice("data: ".length)))
}
const textsOf = (list: readonly unknown[]) =>
  list.map((chunk) => (chunk as { choices: { text: string }[] }).choices[0]?.text) // a chunk of our own

describe("encodeStream", () => {
  it("writes texts, a finish reason of its own, and no thoughts", () => {
    const list = chunks()
    expect(textsOf(list)).toEqual([" a ", "time", ""])
    expect(list.at(-1)).toMatchObject({ choices: [{ text: "", finish_reason: "stop", logprobs: null }] })
    expect(JSON.stringify(list)).not.toMatch(/hidden|usage/)
  })

  it("begins with the prompt where it is to be echoed, once, as the whole answer does", () => {
    expect(textsOf(chunks({ echo: true }))).toEqual(["Once upon", " a ", "time", ""])
    expect(textsOf(chunks({ echo: true }, [PARTS[0], PARTS[8]] as StreamPart[]))).toEqual(["Once upon", ""]) // both are there
    const { body } = answerOf(openaiCompletionsClient, PARTS, request({ echo: true }))
    expect(body).toMatchObject({ choices: [{ text: "Once upon a time", finish_reason: "stop" }] })
  })

  it("ends with usage where it was asked for, estimated where nobody reported it", () => {
    const list = chunks({ stream_options: { include_usage: true } })
    expect(list.slice(0, -1).every((chunk) => (chunk as { usage: unknown }).usage === null)).toBe(true) // present and null
    expect(list.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 42, completion_tokens: 4, total_tokens: 46 },
    })
  })

  it("tells several answers apart by their index and closes when the last has ended", () => {
    const frames: string[] = []
    const context = answerContext(request({ n: 2, stream_options: { include_usage: true } }))
    const { choices, whole } = encodeChoicesStream((written) => frames.push(written), context, 2)
    whole.keepAlive()
    for (const part of PARTS) choices[1]?.part(part)
    expect(frames.join("")).not.toContain("[DONE]")
    for (const part of PARTS) choices[0]?.part(part)
    expect(frames.join("").match(/"index":\d/g)).toEqual(["1", "1", "1", "0", "0", "0"].map((at) => `"index":${at}`))
    expect(frames.join("")).toMatch(/"usage":\{"prompt_tokens":84,"completion_tokens":8,[^\n]+\n\ndata: \[DONE\]\n\n$/)
  })

  it("stays alive with comments until its end", () => {
    const frames: string[] = []
    const context = { exchangeId: "req_1", model: "m", createdAt: 1, request: request(), estimatedInputTokens: 1 }
    const encoder = openaiCompletionsClient.encodeStream((written) => frames.push(written), context)
    encoder.keepAlive()
    encoder.part({ type: "response-end", finishReason: { unified: "refusal" } })
    encoder.keepAlive()
    expect(frames[0]).toBe(": keep-alive\n\n")
    expect(frames).toHaveLength(2)
    expect(frames[1]).toContain('"finish_reason":"content_filter"')
  })
})
