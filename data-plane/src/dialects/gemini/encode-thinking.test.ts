import { describe, expect, it } from "vitest"
import type { Part } from "../../canonical/part.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import { encodeRequest } from "./encode-request.ts"

function encode(id: string, more: Partial<ChatRequest>) {
  const request: ChatRequest = {
    model: "m",
    stream: false,
    system: [],
    turns: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    sampling: {},
    extra: {},
    ...more,
  }
  const { value, dropped } = encodeRequest(request, { id })
  return { config: value["generationConfig"], contents: value["contents"], dropped }
}

const reasoning = { kind: "budget", tokens: 2000, show: true } as const
const BUDGET = { includeThoughts: true, thinkingBudget: 2000 }

describe("generationConfig with thinking", () => {
  it("raises the output limit over the budget", () => {
    const { config } = encode("gemini-3-flash", { reasoning, sampling: { maxOutputTokens: 100 } })
    expect(config).toEqual({ maxOutputTokens: 2100, thinkingConfig: BUDGET })
  })

  it("drops what Claude does not take while it thinks, and keeps what it does", () => {
    const refused = encode("claude-sonnet-4-6", { reasoning, sampling: { temperature: 0.5, topP: 0.9, topK: 5 } })
    expect(refused.config).toEqual({ maxOutputTokens: 64_000, thinkingConfig: BUDGET })
    expect(refused.dropped).toEqual(["sampling.temperature", "sampling.topP", "sampling.topK"])
    const taken = encode("claude-sonnet-4-6", { reasoning, sampling: { temperature: 1, topP: 0.95 } })
    expect(taken.config).toEqual({ maxOutputTokens: 64_000, temperature: 1, topP: 0.95, thinkingConfig: BUDGET })
    expect(taken.dropped).toEqual([])
  })

  it.each([
    [{ type: "required" }, true],
    [{ type: "tool", name: "f" }, true],
    [{ type: "allowed", mode: "required", names: ["f"] }, true],
    [{ type: "allowed", mode: "auto", names: ["f"] }, false],
    [{ type: "auto" }, false],
    [{ type: "none" }, false],
  ] as const)("tool choice %j makes Claude think no more: %s (G134)", (toolChoice, isOff) => {
    const tools = [{ name: "f", parameters: {} }]
    const got = encode("claude-sonnet-4-6", { reasoning, tools, toolChoice })
    expect(got.config).toMatchObject({ thinkingConfig: { thinkingBudget: isOff ? 0 : 2000 } })
    expect(got.dropped.includes("reasoning")).toBe(isOff)
    expect(encode("gemini-3-flash", { reasoning, tools, toolChoice }).config).toMatchObject({ thinkingConfig: BUDGET })
  })
})

describe("thoughts of the history", () => {
  const parts: Part[] = [
    { type: "text", text: "text" },
    { type: "tool-call", id: "c", name: "f", arguments: {} },
    { type: "reasoning", text: "thought", signature: "s" },
    { type: "reasoning", text: "", signature: "t" },
    { type: "reasoning", text: "unsigned" },
  ]
  const turns: ChatRequest["turns"] = [
    { role: "user", parts: [{ type: "text", text: "hi" }] },
    { role: "assistant", parts },
    { role: "user", parts: [{ type: "tool-result", callId: "c", content: [], isError: false }] },
  ]
  const modelTurn = (id: string) => {
    const contents = encode(id, { turns }).contents as { parts: object[] }[] // made above
    return contents[1]?.parts.map((part) => Object.values(part)[0])
  }

  it("stand first for Claude, an empty one as a space of no width (G129)", () => {
    expect(modelTurn("claude-sonnet-4-6")).toEqual(["thought", "\u200B", "text", expect.objectContaining({ id: "c" })])
    expect(encode("claude-sonnet-4-6", { turns }).dropped).toContain("turns[1].parts[4]")
  })

  it("stay where they were for Gemini (G129)", () => {
    expect(modelTurn("gemini-3-flash")).toEqual(["text", expect.objectContaining({ id: "c" }), "thought", ""])
  })

  it("do not go to GPT-OSS", () => {
    expect(modelTurn("gpt-oss-120b-medium")).toEqual(["text", expect.objectContaining({ id: "c" })])
  })
})
