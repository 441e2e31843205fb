/** Any conversation with calls and results, in every dialect, passes the strict checker of the simulated upstream. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { clientDialects, upstreamDialects } from "#data-plane/dialects/index.ts"
import { modelOf } from "#simulator/catalogue.ts"
import { account, requestFor, signatures } from "#simulator/checker/cases.ts"
import { check } from "#simulator/checker/index.ts"
import { readGeneration } from "#simulator/request.ts"

const MODELS = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium"]

/** What the upstream would refuse of the request, after its way over the wire. */
function refusalOf(model: string, request: object) {
  const body: unknown = JSON.parse(JSON.stringify(requestFor(model, request)))
  return check(
    {
      method: "streamGenerateContent",
      headers: { "user-agent": "lagrange/0.1.0" },
      account: { ...account, models: undefined },
      body,
      request: readGeneration(body),
      model: modelOf(model),
      signatures,
      newerModelsVersion: "0.1.0",
      supportedVersion: "0.0.1",
    },
    new Set(),
  )
}

const PNG = "iVBORw0KGgo="
const text = fc.constantFrom("", " ", "hello", "[undefined]")
const id = fc.constantFrom("a", "b", "c:1/ü", "", "a".repeat(80))
const name = fc.constantFrom("f", "mcp__x.y/z", "web_search", "gone")
const image = (model: string, wire: object) => (model.startsWith("gpt-oss") ? { type: "text", text: "no image" } : wire)
const TOOLS = ["f", "mcp__x.y/z", "web_search"]

function chatMessage(model: string) {
  const picture = image(model, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } })
  const call = fc.record({
    id,
    type: fc.constant("function"),
    function: fc.record({ name, arguments: fc.constantFrom("", "{}", '{"x":1}', "no json") }),
  })
  const content = fc.oneof(
    text,
    fc.array(
      fc.oneof(
        text.map((one) => ({ type: "text", text: one })),
        fc.constant(picture),
      ),
      { maxLength: 3 },
    ),
  )
  return fc.oneof(
    fc.record({ role: fc.constantFrom("user", "system"), content: text }),
    fc.record({ role: fc.constant("user"), content }),
    fc.record({ role: fc.constant("assistant"), content: text, tool_calls: fc.array(call, { maxLength: 3 }) }),
    fc.record({ role: fc.constant("tool"), tool_call_id: id, content }),
    fc.record({ role: fc.constant("assistant"), function_call: fc.record({ name, arguments: fc.constant("{}") }) }),
    fc.record({ role: fc.constant("function"), name, content: text }),
  )
}

function messagesMessage(model: string) {
  const picture = image(model, { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } })
  const textBlock = text.map((one) => ({ type: "text", text: one }))
  const use = fc.record({ type: fc.constant("tool_use"), id, name, input: fc.constantFrom({}, { x: 1 }, "x") })
  const result = fc.record({
    type: fc.constant("tool_result"),
    tool_use_id: id,
    is_error: fc.boolean(),
    content: fc.oneof(text, fc.constant(null), fc.array(fc.oneof(textBlock, fc.constant(picture)), { maxLength: 2 })),
  })
  return fc.oneof(
    fc.record({ role: fc.constant("system"), content: text }),
    fc.record({
      role: fc.constant("user"),
      content: fc.array(fc.oneof(textBlock, result, fc.constant(picture)), { maxLength: 4 }),
    }),
    fc.record({ role: fc.constant("assistant"), content: fc.array(fc.oneof(textBlock, use), { maxLength: 4 }) }),
  )
}

function geminiContent(model: string) {
  const textPart = text.map((one) => ({ text: one }))
  const picture = model.startsWith("gpt-oss")
    ? { text: "no image" }
    : { inlineData: { mimeType: "image/png", data: PNG } }
  const sentinel = fc.constantFrom(undefined, "skip_thought_signature_validator")
  const maybe = <One>(arbitrary: fc.Arbitrary<One>) => fc.option(arbitrary, { nil: undefined })
  const call = fc.record({
    functionCall: fc.record({ id: maybe(id), name, args: fc.constantFrom(undefined, {}, { x: 1 }, "x") }),
    thoughtSignature: sentinel,
  })
  const response = fc.constantFrom(undefined, {}, { output: "x" }, { error: "x" }, { files: [1] }, "x")
  const result = fc.record({ functionResponse: fc.record({ id: maybe(id), name: maybe(name), response }) })
  const thought = text.map((one) => ({ text: one, thought: true }))
  return fc.oneof(
    fc.record({
      role: fc.constantFrom("user", undefined, "function"),
      parts: fc.array(fc.oneof(textPart, result, fc.constant(picture)), { maxLength: 4 }),
    }),
    fc.record({ role: fc.constant("model"), parts: fc.array(fc.oneof(textPart, call, thought), { maxLength: 4 }) }),
  )
}

describe.each(MODELS)("%s", (model) => {
  const choice = fc.constantFrom(undefined, "auto", "required", "none")

  test("chat completions", () => {
    const tools = TOOLS.map((tool) => ({ type: "function", function: { name: tool } }))
    fc.assert(
      fc.property(fc.array(chatMessage(model), { maxLength: 10 }), choice, (messages, tool_choice) => {
        const wire = { model, messages: [{ role: "user", content: "go" }, ...messages], tools, tool_choice }
        const { value } = clientDialects["openai-chat"].decodeRequest(wire, {})
        expect(refusalOf(model, upstreamDialects.gemini.encodeRequest(value, { id: model }).value)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test("messages", () => {
    const tools = TOOLS.map((tool) => ({ name: tool, input_schema: { type: "object", properties: {} } }))
    fc.assert(
      fc.property(fc.array(messagesMessage(model), { maxLength: 10 }), (messages) => {
        const wire = { model, max_tokens: 100, messages: [...messages, { role: "user", content: "go" }], tools }
        const { value } = clientDialects["anthropic-messages"].decodeRequest(wire, {})
        expect(refusalOf(model, upstreamDialects.gemini.encodeRequest(value, { id: model }).value)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test("gemini", () => {
    const functionDeclarations = TOOLS.map((tool) => ({ name: tool, parameters: { type: "OBJECT", properties: {} } }))
    fc.assert(
      fc.property(fc.array(geminiContent(model), { maxLength: 10 }), (contents) => {
        const wire = { contents: [{ parts: [{ text: "go" }] }, ...contents], tools: [{ functionDeclarations }] }
        const { value } = clientDialects.gemini.decodeRequest(wire, {}, { rest: `models/${model}` })
        expect(refusalOf(model, upstreamDialects.gemini.encodeRequest(value, { id: model }).value)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })
})
