/** Any conversation with calls and results, in every dialect, passes the strict checker of the simulated upstream. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { clientDialects, upstreamDialects } from "#data-plane/dialects/index.ts"
import { chatMessage, geminiContent, messagesMessage, TOOLS } from "#data-plane/dialects/testing/tool-histories.ts"
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
