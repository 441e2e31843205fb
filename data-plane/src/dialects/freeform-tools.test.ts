import { describe, expect, it } from "vitest"
import { createFold } from "../canonical/fold.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { freeformInput } from "./freeform-tools.ts"
import { clientDialects } from "./index.ts"
import { answerContext, framesOf } from "./testing/fixtures.ts"

const chat = clientDialects["openai-chat"]
const CODE = 'print("Zürich 🙂")\n\t\\'

const call: readonly StreamPart[] = [
  { type: "response-start" },
  { type: "tool-input-start", block: 0, id: "call_1", name: "run" },
  { type: "tool-input-delta", block: 0, json: JSON.stringify({ input: CODE }) },
  { type: "tool-input-end", block: 0 },
  { type: "tool-input-start", block: 1, id: "call_2", name: "add" },
  { type: "tool-input-delta", block: 1, json: '{"a":1}' },
  { type: "tool-input-end", block: 1, signature: "s" },
  { type: "response-end", finishReason: { unified: "tool-calls" } },
]

const grammar = { type: "grammar", grammar: { syntax: "lark", definition: "start: x" } }
const run = { type: "custom", custom: { name: "run", description: "Runs code.", format: grammar } }
const add = { type: "function", function: { name: "add", parameters: {} } }
const body = { model: "m", stream: true, messages: [{ role: "user", content: "hi" }], tools: [run, add] }

describe("G48 a freeform tool in Chat Completions", () => {
  it("is declared as a function with one text, its grammar in the description", () => {
    const { value, dropped } = chat.decodeRequest(body, {})
    expect(value.tools?.[0]).toMatchObject({
      name: "run",
      description: "Runs code.\n\nThe input must follow this lark grammar:\nstart: x",
      parameters: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
    })
    expect(dropped).toEqual(["+freeform-tool"])
  })

  it("is called with its text, other tools with JSON", () => {
    const request = chat.decodeRequest(body, {}).value
    const fold = createFold()
    for (const part of call) fold.part(part)
    expect(chat.encodeResponse(fold.response(), answerContext(request))).toMatchObject({
      choices: [
        {
          finish_reason: "tool_calls",
          message: {
            tool_calls: [
              { id: "call_1", type: "custom", custom: { name: "run", input: CODE } },
              { id: "call_2", type: "function", function: { name: "add", arguments: '{"a":1}' } },
            ],
          },
        },
      ],
    })
    const chunks = framesOf(chat, call, request)
      .join("")
      .split("\n\n")
      .filter((frame) => frame.startsWith("data: {"))
      .map((frame) => JSON.parse(frame.slice("data: ".length)) as { choices: { delta: { tool_calls?: object[] } }[] }) // a chat's
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
      { index: 0, id: "call_1", type: "custom", custom: { name: "run", input: "" } },
      { index: 0, custom: { input: CODE } },
      expect.objectContaining({ index: 1, id: "call_2", type: "function" }),
      { index: 1, function: { arguments: '{"a":1}' } },
    ])
  })

  it("comes back as a call with its text", () => {
    const messages = [
      { role: "assistant", tool_calls: [{ id: "call_1", type: "custom", custom: { name: "run", input: CODE } }] },
      { role: "tool", tool_call_id: "call_1", content: "ok" },
    ]
    expect(chat.decodeRequest({ ...body, messages }, {}).value.turns[0]?.parts).toEqual([
      { type: "tool-call", id: "call_1", name: "run", arguments: { input: CODE } },
    ])
  })
})

describe("freeformInput", () => {
  it.each([
    ['{"input":"a"}', "a"],
    ['{"input":""}', ""],
    ['{"other":1}', '{"other":1}'],
    ["no JSON", "no JSON"],
  ])("of %s is %s", (json, input) => {
    expect(freeformInput(json)).toBe(input)
  })
})

describe("G52 a Responses body at the path of Chat Completions", () => {
  const input = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: [{ type: "input_text", text: "hi" }] },
  ]
  const tools = [
    { type: "function", name: "add", parameters: { type: "object" } },
    { type: "custom", name: "run" },
  ]

  it("is read as what it is", () => {
    const { value } = chat.decodeRequest({ model: "m", input, tools, stream: true, max_output_tokens: 9 }, {})
    expect(value).toMatchObject({
      system: [{ text: "Be brief." }],
      turns: [{ role: "user", parts: [{ text: "hi" }] }],
      tools: [{ name: "add" }, { name: "run" }],
      sampling: { maxOutputTokens: 9 },
      stream: true,
    })
  })

  it("is answered as a chat", () => {
    const request = chat.decodeRequest({ model: "m", input, tools, stream_options: { include_usage: true } }, {}).value
    const frames = framesOf(chat, call, request).join("")
    expect(frames).toMatch(/^data: \{"id":"chatcmpl-.*"object":"chat\.completion\.chunk"/)
    expect(frames).toContain('"type":"custom","custom":{"name":"run"')
    expect(frames).toMatch(/"choices":\[\],"usage":\{.*\n\ndata: \[DONE\]\n\n$/)
  })

  it("with messages too is a chat's", () => {
    expect(chat.decodeRequest({ ...body, input }, {}).value.turns[0]?.parts).toMatchObject([{ text: "hi" }])
    expect(() => chat.decodeRequest({ model: "m" }, {})).toThrow(expect.objectContaining({ param: "messages" }))
  })
})
