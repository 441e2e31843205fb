/** The effort table, from every dialect's own words to the budget that goes upstream; and who gets to read the thoughts. */
import { describe, expect, it } from "vitest"
import type { StreamPart } from "../canonical/stream-part.ts"
import { clientDialects, upstreamDialects, type ClientDialectName } from "../dialects/index.ts"
import { answerOf, framesOf } from "../dialects/testing/fixtures.ts"

const LEVELS = ["none", "minimal", "low", "medium", "high", "xhigh", "max", "auto"] as const
type Level = (typeof LEVELS)[number]

const HELLO = { role: "user", content: "Hello?" }
const chat = (more: object) => ({ messages: [HELLO], ...more })
const responses = (more: object) => ({ input: "Hello?", ...more })
const messages = (more: object) => ({ max_tokens: 4000, messages: [HELLO], ...more })
const gemini = (thinkingConfig: object) => ({
  contents: [{ role: "user", parts: [{ text: "Hello?" }] }],
  generationConfig: { thinkingConfig },
})

/** How each dialect says a level; undefined: it has no word for it. */
const WORDS: readonly (readonly [
  case_: string,
  dialect: ClientDialectName,
  say: (level: Level) => object | undefined,
])[] = [
  ["G54 reasoning_effort", "openai-chat", (level) => chat({ reasoning_effort: level })],
  ["G54 reasoning.effort", "openai-chat", (level) => chat({ reasoning: { effort: level } })],
  [
    "G54 thinking_level",
    "openai-chat",
    (level) => chat({ extra_body: { google: { thinking_config: { thinking_level: level } } } }),
  ],
  ["G54 reasoning.effort", "openai-responses", (level) => responses({ reasoning: { effort: level } })],
  [
    "G133 adaptive and its effort",
    "anthropic-messages",
    (level) => messages({ thinking: { type: "adaptive" }, output_config: { effort: level } }),
  ],
  ["G133 effort alone", "anthropic-messages", (level) => messages({ output_config: { effort: level } })],
  ["G154 thinkingLevel", "gemini", (level) => gemini({ thinkingLevel: level })],
  [
    "G154 thinkingLevel in capitals beside a budget",
    "gemini",
    (level) => gemini({ thinkingLevel: level.toUpperCase(), thinkingBudget: 7 }),
  ],
  // -1 and 0 are said as numbers too.
  [
    "G132 budget_tokens",
    "anthropic-messages",
    (level) => (level === "auto" ? messages({ thinking: { type: "enabled", budget_tokens: -1 } }) : undefined),
  ],
  [
    "G132 disabled",
    "anthropic-messages",
    (level) => (level === "none" ? messages({ thinking: { type: "disabled" } }) : undefined),
  ],
  [
    "G154 thinkingBudget",
    "gemini",
    (level) =>
      level === "auto" ? gemini({ thinkingBudget: -1 }) : level === "none" ? gemini({ thinkingBudget: 0 }) : undefined,
  ],
]

/** Budgets in the order of `LEVELS`. */
const MODELS: readonly (readonly [model: string, maxOutputTokens: number, budgets: readonly number[]])[] = [
  ["gemini-3.8-flash-tiered", 65_536, [0, 512, 1024, 8192, 24_576, 32_768, 32_768, -1]],
  ["gemini-pro-agent", 65_535, [128, 512, 1024, 8192, 24_576, 32_768, 32_768, -1]],
  ["gemini-2.5-pro", 65_535, [128, 512, 1024, 8192, 24_576, 32_768, 32_768, -1]],
  ["gemini-2.5-flash", 65_535, [1, 512, 1024, 8192, 24_576, 24_576, 24_576, -1]],
  ["gemini-3.1-flash-image", 65_536, [128, 512, 1024, 8192, 24_576, 32_768, 32_768, -1]],
  ["claude-sonnet-4-6", 64_000, [0, 1024, 1024, 8192, 24_576, 32_768, 62_976, 8192]],
  ["gpt-oss-120b-medium", 32_768, [0, 512, 1024, 8192, 24_576, 32_767, 32_767, 8192]],
]

interface Config {
  readonly maxOutputTokens?: number
  readonly thinkingConfig?: { readonly thinkingBudget: number; readonly includeThoughts: boolean }
}

function encoded(dialect: ClientDialectName, model: string, maxOutputTokens: number, wire: object) {
  const { value } = clientDialects[dialect].decodeRequest({ model, ...wire }, {}, { rest: `${model}:generateContent` })
  const sent = upstreamDialects.gemini.encodeRequest(value, { id: model, catalogue: { id: model, maxOutputTokens } })
  expect(JSON.stringify(sent.value)).not.toContain("thinkingLevel")
  return (sent.value["generationConfig"] ?? {}) as Config // written by our own encoder
}

describe.each(WORDS)("%s of %s", (_case, dialect, say) => {
  it.each(MODELS)("to %s", (model, maxOutputTokens, budgets) => {
    for (const [index, level] of LEVELS.entries()) {
      const wire = say(level)
      if (wire === undefined) continue
      const { thinkingConfig, maxOutputTokens: limit = Infinity } = encoded(dialect, model, maxOutputTokens, wire)
      const budget = budgets[index] ?? Number.NaN
      expect([level, thinkingConfig?.thinkingBudget]).toEqual([level, budget])
      expect(limit).toBeGreaterThan(Math.max(0, budget))
      if (level === "none") expect(thinkingConfig?.includeThoughts).toBe(false)
    }
  })
})

describe("thoughts", () => {
  const THOUGHT = "A thought of the model."
  const PARTS: readonly StreamPart[] = [
    { type: "response-start" },
    { type: "reasoning-start", block: 0 },
    { type: "reasoning-delta", block: 0, text: THOUGHT },
    { type: "reasoning-end", block: 0, signature: "sig" },
    { type: "text-start", block: 1 },
    { type: "text-delta", block: 1, text: "Answer." },
    { type: "text-end", block: 1 },
    { type: "response-end", finishReason: { unified: "stop" } },
  ]

  it.each<[string, ClientDialectName, object, boolean]>([
    ["G24 shown without a word", "openai-chat", chat({}), true],
    ["hidden by the effort none", "openai-chat", chat({ reasoning_effort: "none" }), false],
    ["hidden by reasoning.exclude", "openai-chat", chat({ reasoning: { effort: "high", exclude: true } }), false],
    ["hidden by reasoning.enabled", "openai-chat", chat({ reasoning: { enabled: false } }), false],
    ["hidden by thinking.type", "openai-chat", chat({ thinking: { type: "disabled" } }), false],
    ["G69 hidden without a summary", "openai-responses", responses({ reasoning: { effort: "high" } }), false],
    ["shown with a summary", "openai-responses", responses({ reasoning: { effort: "high", summary: "auto" } }), true],
    ["G107 hidden without thinking", "anthropic-messages", messages({}), false],
    ["G107 hidden when disabled", "anthropic-messages", messages({ thinking: { type: "disabled" } }), false],
    ["shown when adaptive", "anthropic-messages", messages({ thinking: { type: "adaptive" } }), true],
    ["shown between tools", "anthropic-messages", messages({ thinking: { type: "between_tools" } }), true],
    ["shown as updates", "anthropic-messages", messages({ thinking: { type: "adaptive", display: "updates" } }), true],
    [
      "G108 hidden when omitted",
      "anthropic-messages",
      messages({ thinking: { type: "adaptive", display: "omitted" } }),
      false,
    ],
    ["hidden unless asked for", "gemini", gemini({ thinkingBudget: 1024 }), false],
    ["shown when asked for", "gemini", gemini({ thinkingBudget: 1024, includeThoughts: true }), true],
  ])("are %s (%s)", (_name, dialect, wire, isShown) => {
    const model = "claude-sonnet-4-6"
    const client = clientDialects[dialect]
    const request = client.decodeRequest({ model, ...wire }, {}, { rest: `${model}:generateContent` }).value
    expect(client.reasoningShown(request)).toBe(isShown)
    expect(framesOf(client, PARTS, request).join("").includes(THOUGHT)).toBe(isShown)
    expect(JSON.stringify(answerOf(client, PARTS, request).body).includes(THOUGHT)).toBe(isShown)
  })
})
