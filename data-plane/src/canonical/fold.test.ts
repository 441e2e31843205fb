import { describe, expect, it } from "vitest"
import { GatewayError } from "./error.ts"
import { createFold, fold } from "./fold.ts"
import type { StreamPart } from "./stream-part.ts"

const PARTS: StreamPart[] = [
  { type: "response-start" },
  { type: "usage", usage: { inputTokens: 3 } },
  { type: "reasoning-start", block: 0 },
  { type: "reasoning-delta", block: 0, text: "Let " },
  { type: "reasoning-delta", block: 0, text: "me" },
  { type: "reasoning-end", block: 0, signature: "s" },
  { type: "text-start", block: 1 },
  { type: "text-delta", block: 1, text: "Hel" },
  { type: "text-delta", block: 1, text: "lo" },
  { type: "text-end", block: 1 },
  { type: "usage", usage: { inputTokens: 3, outputTokens: 4 } },
]
const END: StreamPart = { type: "response-end", finishReason: { unified: "length", raw: "MAX_TOKENS" } }

describe("fold", () => {
  it("joins deltas to one part a block and keeps the last usage", () => {
    expect(fold([...PARTS, END])).toEqual({
      parts: [
        { type: "reasoning", text: "Let me", signature: "s" },
        { type: "text", text: "Hello" },
      ],
      finishReason: { unified: "length", raw: "MAX_TOKENS" },
      usage: { inputTokens: 3, outputTokens: 4 },
    })
  })

  it("makes one part of a call, whatever its arguments are", () => {
    const call = (block: number, json: string): StreamPart[] => [
      { type: "tool-input-start", block, id: `i${block}`, name: "f", upstreamId: "u" },
      { type: "tool-input-delta", block, json: json.slice(0, 2) },
      { type: "tool-input-delta", block, json: json.slice(2) },
      { type: "tool-input-end", block, signature: "s" },
    ]
    const common = { type: "tool-call", name: "f", upstreamId: "u", signature: "s" }
    expect(fold([{ type: "response-start" }, ...call(0, '{"a":1}'), ...call(1, "[]"), END]).parts).toEqual([
      { ...common, id: "i0", arguments: { a: 1 } },
      { ...common, id: "i1", arguments: { _raw: "[]" } },
    ])
  })

  it("leaves usage unknown when none was reported", () => {
    expect(fold([{ type: "response-start" }, END]).usage).toEqual({})
  })

  it("throws the stream's own error, not a part of the answer", () => {
    const error = new GatewayError("upstream_overloaded", "full")
    expect(() => fold([...PARTS, { type: "error", error }])).toThrow(error)
  })

  it("throws upstream_interrupted for a stream without an end", () => {
    const folding = createFold()
    for (const part of PARTS) folding.part(part)
    expect(() => folding.response()).toThrowError(expect.objectContaining({ code: "upstream_interrupted" }))
  })
})
