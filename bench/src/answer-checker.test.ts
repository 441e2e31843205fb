import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AnswerSpec } from "./answer.ts"
import { AnswerChecker, WrongAnswer } from "./answer-checker.ts"
import { chunkBytes, closingBytes } from "./answer-wire.ts"

const spec: AnswerSpec = { seed: 3, id: 11, chunks: 20, size: 64, intervalMs: 0, isHeld: false, promptBytes: 0 }
const events = Array.from({ length: spec.chunks }, (_, index) => chunkBytes("openai-chat", spec, index))
const closing = closingBytes("openai-chat", spec)
const whole = Buffer.concat([...events, closing])

function check(...pieces: readonly Buffer[]): AnswerChecker {
  const checker = new AnswerChecker(spec)
  for (const piece of pieces) checker.push(piece)
  checker.end()
  return checker
}

/** The whole answer with one text replaced by another. */
const edited = (from: string, to: string): Buffer => {
  const text = whole.toString()
  if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`)
  return Buffer.from(text.replace(from, to))
}

describe("AnswerChecker", () => {
  it("takes the right answer, cut anywhere", () => {
    expect(check(whole).chunks).toBe(20)
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 30, size: "max" }), (cuts) => {
        const places = [0, ...cuts.toSorted((first, second) => first - second), whole.length]
        const pieces = places.slice(1).map((place, index) => whole.subarray(places[index], place))
        expect(check(...pieces).chunks).toBe(20)
      }),
    )
  })

  it("takes texts that were split or joined on the way, and comments", () => {
    const event = (content: string): Buffer =>
      Buffer.from(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    const text = events.map(
      (bytes) => JSON.parse(bytes.toString().trimEnd().split("data: ").at(-1) ?? "").choices[0].delta.content,
    )
    const joined = text.join("")
    expect(
      check(Buffer.from(": keep-alive\n\n"), event(joined.slice(0, 5)), event(joined.slice(5)), closing).chunks,
    ).toBe(20)
  })

  it("notices any one altered byte of the text", () => {
    const first = events[0]?.toString().indexOf("#11#") ?? -1
    for (let offset = 0; offset < 60; offset += 1) {
      const altered = Buffer.from(whole)
      const at = first + offset
      altered[at] = (altered[at] ?? 0) ^ 0x01
      expect(() => check(altered), `byte ${at}`).toThrow()
    }
  })

  it("notices a missing [DONE], finish reason, chunk or tail", () => {
    expect(() => check(edited("data: [DONE]\n\n", ""))).toThrow("no [DONE]")
    expect(() => check(edited('"finish_reason":"stop"', '"finish_reason":null'))).toThrow("no finish_reason")
    expect(() => check(...events.slice(0, -1), closing)).toThrow("finish_reason before the whole text")
    expect(() => check(...events.slice(0, -1))).toThrow("a short answer")
    expect(() => check(whole.subarray(0, -1))).toThrow("half an event")
    expect(() => check()).toThrow("a short answer: 0 of")
  })

  it("notices a chunk given twice, two chunks exchanged, another request's answer", () => {
    const [first, second, third, ...others] = events
    if (first === undefined || second === undefined || third === undefined) throw new Error("too few events")
    expect(() => check(first, second, second, third, ...others, closing)).toThrow("a wrong byte at character")
    expect(() => check(first, third, second, ...others, closing)).toThrow("a wrong byte at character")
    expect(() => check(chunkBytes("openai-chat", { ...spec, id: 12 }, 0))).toThrow("a wrong byte at character 2")
  })

  it("notices an error event, another finish reason, wrong usage and text after the end", () => {
    expect(() => check(Buffer.from('data: {"error":{"message":"no"}}\n\n'))).toThrow("an error event")
    expect(() => check(edited('"finish_reason":"stop"', '"finish_reason":"length"'))).toThrow("finish_reason length")
    expect(() => check(edited('"completion_tokens":20', '"completion_tokens":21'))).toThrow("usage")
    expect(() => check(whole, Buffer.from("data: {}\n\n"))).toThrow("an event after [DONE]")
    expect(() => check(whole, Buffer.from("<html>\n\n"))).toThrow(WrongAnswer)
  })
})
