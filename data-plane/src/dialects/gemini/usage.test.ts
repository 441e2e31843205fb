import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeUsage } from "./usage.ts"

describe("decodeUsage", () => {
  it.each([
    [
      "what the upstream left to thoughts",
      { promptTokenCount: 107, candidatesTokenCount: 16, totalTokenCount: 203 },
      { inputTokens: 107, outputTokens: 96 },
    ],
    [
      "candidates that include the thoughts",
      { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 5, totalTokenCount: 18 },
      { inputTokens: 10, outputTokens: 13, reasoningTokens: 5 },
    ],
    [
      "candidates beside the thoughts",
      { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 5, totalTokenCount: 23 },
      { inputTokens: 10, outputTokens: 13, reasoningTokens: 5 },
    ],
    [
      "no total",
      { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 5 },
      { inputTokens: 10, outputTokens: 13, reasoningTokens: 5 },
    ],
    [
      "a tool-use prompt",
      { promptTokenCount: 10, toolUsePromptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 16 },
      { inputTokens: 14, outputTokens: 2 },
    ],
    [
      "cached tokens",
      { promptTokenCount: 10, cachedContentTokenCount: 9, candidatesTokenCount: 1 },
      { inputTokens: 10, cachedInputTokens: 9, outputTokens: 1 },
    ],
    ["only a prompt: output stays unknown", { promptTokenCount: 10 }, { inputTokens: 10 }],
    ["only a total: nothing can be told apart", { totalTokenCount: 10 }, undefined],
    ["only thoughts", { thoughtsTokenCount: 3 }, { outputTokens: 3, reasoningTokens: 3 }],
    ["counts as texts", { promptTokenCount: "10", candidatesTokenCount: "2" }, { inputTokens: 10, outputTokens: 2 }],
    ["nothing", {}, undefined],
    ["nonsense", { promptTokenCount: -1, candidatesTokenCount: "many", thoughtsTokenCount: 1.5 }, undefined],
    ["not an object", "usage", undefined],
  ])("reads %s", (_name, wire, usage) => {
    expect(decodeUsage(wire)).toEqual(usage)
  })

  it("never gives less output than reasoning, nor a number that is not a count", () => {
    const counts = fc.option(fc.nat(1_000_000), { nil: undefined })
    const wires = fc.record({
      promptTokenCount: counts,
      candidatesTokenCount: counts,
      thoughtsTokenCount: counts,
      toolUsePromptTokenCount: counts,
      totalTokenCount: counts,
    })
    fc.assert(
      fc.property(wires, (wire) => {
        const usage = decodeUsage(wire) ?? {}
        expect(usage.outputTokens ?? 0).toBeGreaterThanOrEqual(usage.reasoningTokens ?? 0)
        for (const value of Object.values(usage)) expect(Number.isSafeInteger(value)).toBe(true)
      }),
    )
  })
})
