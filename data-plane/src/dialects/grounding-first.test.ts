import { describe, expect, it } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { groundingFirst } from "./grounding-first.ts"

const START: StreamPart = { type: "response-start" }
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop" } }
const GROUNDING: StreamPart = { type: "grounding", grounding: { queries: ["q"], sources: [], citations: [] } }
const text = (block: number): StreamPart[] => [
  { type: "text-start", block },
  { type: "text-delta", block, text: "t" },
  { type: "text-end", block },
]
const thought = (block: number): StreamPart[] => [
  { type: "reasoning-start", block },
  { type: "reasoning-delta", block, text: "h" },
  { type: "reasoning-end", block },
]
const USAGE: StreamPart = { type: "usage", usage: { inputTokens: 1 } }

/** What has been passed on after each part. */
function run(parts: readonly StreamPart[]): { passed: StreamPart[]; counts: number[] } {
  const passed: StreamPart[] = []
  const take = groundingFirst((part) => passed.push(part))
  const counts = parts.map((part) => {
    take(part)
    return passed.length
  })
  return { passed, counts }
}

describe("groundingFirst", () => {
  it("puts the search before the text, thoughts at once", () => {
    const { passed, counts } = run([START, ...thought(0), ...text(1), GROUNDING, END])
    expect(passed).toEqual([START, ...thought(0), GROUNDING, ...text(1), END])
    expect(counts).toEqual([1, 2, 3, 4, 4, 4, 4, 8, 9])
  })

  it("keeps what follows the text behind it", () => {
    expect(run([START, ...text(0), ...thought(1), ...text(2), GROUNDING, END]).passed).toEqual([
      START,
      GROUNDING,
      ...text(0),
      ...thought(1),
      ...text(2),
      END,
    ])
  })

  it.each<StreamPart>([
    END,
    { type: "error", error: new GatewayError("upstream_interrupted", "x") },
    { type: "tool-input-start", block: 1, id: "a", name: "f" },
  ])("gives the text as it was where no search comes: $type", (last) => {
    expect(run([START, ...text(0), USAGE, last]).passed).toEqual([START, USAGE, ...text(0), last])
  })

  it("holds nothing once the search is known", () => {
    expect(run([START, GROUNDING, ...text(0)]).counts).toEqual([1, 2, 3, 4, 5])
  })
})
