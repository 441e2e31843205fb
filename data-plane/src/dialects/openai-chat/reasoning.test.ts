import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { ReasoningAsk } from "../../canonical/reasoning.ts"
import { decodeRequest } from "./decode-request.ts"

const decode = (more: object) => decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }], ...more }, {})
const google = (thinking_config: object) => ({ extra_body: { google: { thinking_config } } })

describe("what a Chat Completions client says about thinking", () => {
  it.each<[string, object, ReasoningAsk | undefined]>([
    ["nothing", {}, undefined],
    ["an effort", { reasoning_effort: "xhigh" }, { kind: "effort", level: "xhigh", show: true }],
    ["no effort", { reasoning_effort: "none" }, { kind: "off", show: false }],
    ["null", { reasoning_effort: null, reasoning: null, thinking: null }, undefined],
    ["an empty effort", { reasoning_effort: "" }, undefined],
    ["an effort of OpenRouter's", { reasoning: { effort: "low" } }, { kind: "effort", level: "low", show: true }],
    [
      "a budget of OpenRouter's",
      { reasoning: { effort: "low", max_tokens: 5 } },
      { kind: "budget", tokens: 5, show: true },
    ],
    ["hidden thoughts", { reasoning: { effort: "low", exclude: true } }, { kind: "effort", level: "low", show: false }],
    ["enabled", { reasoning: { enabled: true } }, { kind: "auto", show: true }],
    ["not enabled", { reasoning: { enabled: false, effort: "low" } }, { kind: "off", show: false }],
    [
      "Anthropic's budget",
      { thinking: { type: "enabled", budget_tokens: 9 } },
      { kind: "budget", tokens: 9, show: true },
    ],
    ["Anthropic's -1", { thinking: { type: "enabled", budget_tokens: -1 } }, { kind: "auto", show: true }],
    ["Anthropic's off", { thinking: { type: "disabled" } }, { kind: "off", show: false }],
    ["Google's budget", google({ thinking_budget: 7 }), { kind: "budget", tokens: 7, show: true }],
    ["Google's level", google({ thinking_level: "MEDIUM" }), { kind: "effort", level: "medium", show: true }],
    ["Google's thoughts alone", google({ include_thoughts: true }), { kind: "auto", show: true }],
    [
      "Google's budget without thoughts",
      google({ thinking_budget: 7, include_thoughts: false }),
      { kind: "budget", tokens: 7, show: false },
    ],
    ["a switch", { enable_thinking: true }, { kind: "auto", show: true }],
    ["a switch and a budget", { enable_thinking: true, thinking_budget: 3 }, { kind: "budget", tokens: 3, show: true }],
    ["a switch that is off", { enable_thinking: false, thinking_budget: 3 }, { kind: "off", show: true }],
    ["a budget of none", { thinking_budget: 0 }, { kind: "off", show: true }],
  ])("%s", (_name, more, wanted) => {
    const { value, dropped } = decode(more)
    expect(value.reasoning).toEqual(wanted)
    expect(dropped).toEqual([])
  })

  it("of several the explicit Google form wins, then thinking, then reasoning, then reasoning_effort", () => {
    const layers = [
      google({ thinking_budget: 1 }),
      { thinking: { type: "enabled", budget_tokens: 2 } },
      { reasoning: { max_tokens: 3 } },
      { reasoning_effort: "high" },
      { thinking_budget: 5 },
    ]
    for (let from = 0; from < layers.length; from += 1) {
      const all: object = Object.assign({}, ...layers.slice(from))
      const { show: _show, ...wish } = decode(all).value.reasoning ?? {}
      const { show: _alone, ...own } = decode(layers[from] ?? {}).value.reasoning ?? {}
      expect(wish).toEqual(own)
    }
  })

  it.each<[string, object]>([
    ["Google's thoughts", google({ include_thoughts: true })],
    ["Anthropic's thinking", { thinking: { type: "enabled" } }],
    ["OpenRouter's reasoning", { reasoning: { enabled: true } }],
  ])("%s switched on say nothing of how much: the effort does", (_name, on) => {
    const wanted = { kind: "effort", level: "low", show: true }
    expect(decode({ ...on, reasoning_effort: "low" }).value.reasoning).toEqual(wanted)
    expect(decode({ ...on, thinking_budget: 7 }).value.reasoning).toEqual({ kind: "budget", tokens: 7, show: true })
  })

  it.each([
    ["reasoning_effort", { reasoning_effort: "hard" }],
    ["reasoning_effort", { reasoning_effort: 5 }],
    ["reasoning", { reasoning: "high" }],
    ["reasoning.max_tokens", { reasoning: { max_tokens: 1.5 } }],
    ["thinking.budget_tokens", { thinking: { type: "enabled", budget_tokens: "many" } }],
    ["extra_body.google.thinking_config.thinking_level", google({ thinking_level: "no" })],
  ])("refuses %s of another kind", (param, more) => {
    expect(() => decode(more)).toThrow(expect.objectContaining({ code: "invalid_request", param }) as GatewayError)
  })
})

describe("what a Chat Completions client gives back", () => {
  it("is the thought first, by any of its names, and the call with its signature", () => {
    const calls = [
      {
        id: "c1",
        type: "function",
        function: { name: "f", arguments: "{}" },
        extra_content: { google: { thought_signature: "sig" } },
      },
    ]
    for (const name of ["reasoning_content", "reasoning", "reasoning_text"]) {
      const { value, dropped } = decode({
        messages: [
          { role: "user", content: "hi" },
          { role: "assistant", content: "x", [name]: " hm ", tool_calls: calls },
        ],
      })
      expect(value.turns[1]?.parts).toEqual([
        { type: "reasoning", text: " hm " },
        { type: "text", text: "x" },
        { type: "tool-call", id: "c1", name: "f", arguments: {}, signature: "sig" },
      ])
      expect(dropped).toEqual([])
    }
  })
})
