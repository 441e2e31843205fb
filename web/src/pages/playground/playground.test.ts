import { expect, test } from "vitest"
import { codeForms, codeOf, shortened } from "./code.ts"
import { speakers } from "./dialects/index.ts"
import { createEventReader } from "./event-text.ts"
import { exampleTools, readAsk, readTools, startSettings } from "./settings.ts"
import { splitImages, type Ask, type Draft, type PlaygroundDialect, type Turn } from "./talk.ts"

const DIALECTS = Object.keys(speakers) as PlaygroundDialect[] // the record's own keys
const PIXEL = "iVBORw0KGgo="

/** Something of everything, said in one dialect. */
const turnsIn = (dialect: PlaygroundDialect): Turn[] => [
  {
    role: "user",
    dialect,
    parts: [
      { type: "text", text: "Look." },
      { type: "image", mediaType: "image/png", data: PIXEL },
    ],
  },
  {
    role: "assistant",
    dialect,
    parts: [
      { type: "thinking", text: "Hm.", signature: "signed" },
      { type: "text", text: "I ask." },
      { type: "call", id: "c1", name: "get_weather", input: '{"city":"Rome"}', signature: "signed" },
    ],
  },
  { role: "user", dialect, parts: [{ type: "result", callId: "c1", name: "get_weather", text: "Sun." }] },
]

const ask = (dialect: PlaygroundDialect, more: Partial<Ask> = {}): Ask => ({
  model: "gemini-3-flash",
  system: "Be brief.",
  turns: turnsIn(dialect),
  stream: true,
  tools: readTools(exampleTools) ?? [],
  effort: "low",
  temperature: 0.5,
  topP: 0.9,
  maxTokens: 2_000,
  ...more,
})

test.each(DIALECTS)("%s: all that is said and set stands in the request", (dialect) => {
  const { path, body } = speakers[dialect].write(ask(dialect))
  const text = JSON.stringify(body)
  for (const said of [
    "Look.",
    PIXEL,
    "I ask.",
    "c1",
    "get_weather",
    "Rome",
    "Sun.",
    "Be brief.",
    "0.5",
    "0.9",
    "2000",
  ]) {
    expect(text).toContain(said)
  }
  expect(path + text).toContain("gemini-3-flash")
  expect(path.includes("stream") || body["stream"] === true).toBe(true)
  const whole = speakers[dialect].write(ask(dialect, { stream: false }))
  expect(whole.path.includes("stream") || "stream" in whole.body).toBe(false)
})

test("a signature goes back in the dialect that it came in, and in no other", () => {
  for (const dialect of ["messages", "gemini"] as const) {
    expect(JSON.stringify(speakers[dialect].write(ask(dialect)).body)).toContain("signed")
    const others = { turns: turnsIn("chat") }
    expect(JSON.stringify(speakers[dialect].write(ask(dialect, others)).body)).not.toContain("signed")
  }
})

test("nothing that is not set is sent", () => {
  const { body } = speakers.chat.write({ model: "m", system: "", turns: [], stream: false, tools: [] })
  expect(body).toEqual({ model: "m", messages: [] })
})

test("a thinking budget leaves room for the answer", () => {
  const { body } = speakers.messages.write({
    model: "m",
    system: "",
    turns: [],
    stream: false,
    tools: [],
    effort: "high",
  })
  expect(body).toMatchObject({ thinking: { budget_tokens: 24_576 }, max_tokens: 24_576 + 8_192 })
})

const EVENTS: Record<PlaygroundDialect, readonly object[]> = {
  chat: [
    { choices: [{ delta: { role: "assistant", reasoning_content: "Hm" } }] },
    { choices: [{ delta: { reasoning_content: "." } }] },
    { choices: [{ delta: { content: "Hel" } }] },
    { choices: [{ delta: { content: "lo" } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, id: "c1", function: { name: "f", arguments: '{"a"' } }] } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] } }] },
    { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
  ],
  responses: [
    { type: "response.created" },
    { type: "response.reasoning_summary_text.delta", delta: "Hm." },
    { type: "response.output_text.delta", delta: "Hello" },
    {
      type: "response.output_item.done",
      item: { type: "function_call", call_id: "c1", name: "f", arguments: '{"a":1}' },
    },
    { type: "response.completed", response: { status: "completed", usage: { input_tokens: 3, output_tokens: 4 } } },
  ],
  messages: [
    { type: "message_start", message: { usage: { input_tokens: 3, output_tokens: 0 } } },
    { type: "content_block_start", content_block: { type: "thinking", thinking: "" } },
    { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "Hm." } },
    { type: "content_block_start", content_block: { type: "text", text: "" } },
    { type: "content_block_delta", delta: { type: "text_delta", text: "Hello" } },
    { type: "content_block_start", content_block: { type: "tool_use", id: "c1", name: "f", input: {} } },
    { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: '{"a":1}' } },
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 4 } },
  ],
  gemini: [
    { candidates: [{ content: { parts: [{ text: "Hm.", thought: true }] } }] },
    { candidates: [{ content: { parts: [{ text: "Hello" }] } }] },
    {
      candidates: [
        { content: { parts: [{ functionCall: { id: "c1", name: "f", args: { a: 1 } } }] }, finishReason: "STOP" },
      ],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 3, thoughtsTokenCount: 1 },
    },
  ],
}

test.each(DIALECTS)("%s: a stream becomes thoughts, a text and a call, with its counts and its end", (dialect) => {
  const draft: Draft = { parts: [] }
  for (const event of EVENTS[dialect]) speakers[dialect].readEvent(event as Record<string, unknown>, draft) // of its own literals
  expect(draft.parts.filter(({ type }) => type !== "call").map((part) => "text" in part && part.text)).toEqual([
    "Hm.",
    "Hello",
  ])
  expect(draft.parts.at(-1)).toMatchObject({ type: "call", id: "c1", name: "f", input: '{"a":1}' })
  expect(draft).toMatchObject({ inputTokens: 3, outputTokens: 4, finish: expect.stringMatching(/./) })
})

test("events are read however they are cut into pieces, and kept as they came", () => {
  const wire = 'event: a\ndata: {"x":1}\n\n: ping\n\ndata: [DONE]\r\n\r\n'
  for (const size of [1, 3, 1_000]) {
    const read = createEventReader()
    const events = (wire.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).flatMap((piece) => read(piece))
    expect(events).toEqual([
      { text: 'event: a\ndata: {"x":1}', value: { x: 1 } },
      { text: ": ping", value: undefined },
      { text: "data: [DONE]", value: undefined },
    ])
  }
})

test("what is typed wrongly is named", () => {
  const typed = { ...startSettings, temperature: "3", topP: "half", maxTokens: "1.5", tools: "{}" }
  expect(readAsk(typed, [])).toEqual({
    problems: {
      temperature: "out-of-range",
      topP: "no-number",
      maxTokens: "not-whole",
      tools: "malformed",
      model: "missing",
    },
  })
})

test("an image that is written into a text is an image", () => {
  expect(splitImages(`a ![image](data:image/png;base64,${PIXEL}) b`)).toEqual([
    { type: "text", text: "a " },
    { type: "image", mediaType: "image/png", data: PIXEL },
    { type: "text", text: " b" },
  ])
})

test.each(DIALECTS)("%s: the code asks the same with a key of one's own, and holds no picture", (dialect) => {
  const turns: Turn[] = [
    {
      role: "user",
      dialect,
      parts: [
        { type: "text", text: "it's me" },
        { type: "image", mediaType: "image/png", data: "A".repeat(9_000) },
      ],
    },
  ]
  const written = speakers[dialect].write(ask(dialect, { turns }))
  for (const form of codeForms) {
    const code = codeOf(form, { dialect, written, gatewayUrl: "http://gateway.example.test:8088/" })
    expect(code).toContain("http://gateway.example.test:8088")
    expect(code).toContain("LAGRANGE_KEY")
    expect(code).toContain("BASE64_OF_YOUR_PICTURE")
    expect(code.length).toBeLessThan(4_000)
    if (form === "curl") expect(code).toContain(String.raw`it'\''s me`)
    if (form === "python") expect(code).not.toMatch(/\b(?:true|false|null)\b/)
  }
})

test("a long text is no picture", () => {
  const text = "word ".repeat(2_000)
  expect(shortened({ text })).toEqual({ text })
})
