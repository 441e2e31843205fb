import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { ReasoningAsk } from "../../canonical/reasoning.ts"
import { decodeRequest } from "./decode-request.ts"
import { thoughtBlocks, type ThoughtBlocks } from "./reasoning.ts"

const decode = (more: object) =>
  decodeRequest({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }], ...more }, {})
const effort = (level: string) => ({ output_config: { effort: level } })

describe("what a Messages client says about thinking", () => {
  it.each<[string, object, ReasoningAsk | undefined, ThoughtBlocks]>([
    ["nothing", {}, undefined, "none"],
    [
      "a budget",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      { kind: "budget", tokens: 2000, show: true },
      "text",
    ],
    ["-1 (G132)", { thinking: { type: "enabled", budget_tokens: -1 } }, { kind: "auto", show: true }, "text"],
    ["adaptive", { thinking: { type: "adaptive" } }, { kind: "effort", level: "high", show: true }, "text"],
    [
      "adaptive with an effort (G133)",
      { thinking: { type: "adaptive" }, ...effort("low") },
      { kind: "effort", level: "low", show: true },
      "text",
    ],
    [
      "adaptive with the greatest effort (G133)",
      { thinking: { type: "adaptive" }, ...effort("max") },
      { kind: "effort", level: "max", show: true },
      "text",
    ],
    ["between tools", { thinking: { type: "between_tools" } }, { kind: "effort", level: "high", show: true }, "text"],
    ["disabled", { thinking: { type: "disabled" }, ...effort("max") }, { kind: "off", show: false }, "none"],
    ["an effort alone", effort("medium"), { kind: "effort", level: "medium", show: false }, "none"],
    [
      "omitted",
      { thinking: { type: "adaptive", display: "omitted" } },
      { kind: "effort", level: "high", show: false },
      "omitted",
    ],
    [
      "updates",
      { thinking: { type: "adaptive", display: "updates" } },
      { kind: "effort", level: "high", show: true },
      "text",
    ],
  ])("%s", (_name, more, wanted, blocks) => {
    const { value, dropped } = decode(more)
    expect(value.reasoning).toEqual(wanted)
    expect(thoughtBlocks(value)).toBe(blocks)
    expect(dropped).toEqual([])
  })

  it.each([
    ["thinking", { thinking: true }],
    ["thinking.type", { thinking: { type: "often" } }],
    ["thinking.budget_tokens", { thinking: { type: "enabled" } }],
    ["output_config.effort", effort("hard")],
  ])("refuses %s of another kind", (param, more) => {
    expect(() => decode(more)).toThrow(expect.objectContaining({ code: "invalid_request", param }) as GatewayError)
  })
})

describe("what a Messages client gives back", () => {
  it("keeps thoughts and signatures to the letter", () => {
    const { value, dropped } = decode({
      messages: [
        { role: "user", content: "hi" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: " é ​\n", signature: "gw1.a" },
            { type: "thinking", thinking: "", signature: "gw1.b" },
            { type: "thinking", thinking: "unsigned", signature: "" },
            { type: "thinking", thinking: "", signature: "" },
            { type: "redacted_thinking", data: "gw1.c" },
            { type: "tool_use", id: "t", name: "f", input: {}, extra_content: { google: { thought_signature: "s" } } },
            { type: "tool_use", id: "u", name: "f", input: {}, signature: "s" },
          ],
        },
      ],
    })
    expect(value.turns[1]?.parts).toEqual([
      { type: "reasoning", text: " é ​\n", signature: "gw1.a" },
      { type: "reasoning", text: "", signature: "gw1.b" },
      { type: "reasoning", text: "unsigned" },
      { type: "reasoning", text: "", signature: "gw1.c" },
      { type: "tool-call", id: "t", name: "f", arguments: {}, signature: "s" },
      { type: "tool-call", id: "u", name: "f", arguments: {}, signature: "s" },
    ])
    expect(dropped).toEqual([])
  })
})
