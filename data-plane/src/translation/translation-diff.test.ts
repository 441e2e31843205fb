import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { WISHES } from "../dialects/testing/losses/loss-row.ts"
import { chatMessage, geminiContent, messagesMessage, TOOLS } from "../dialects/testing/tool-histories.ts"
import { BASE, CLIENTS } from "../dialects/testing/losses/words.ts"
import { CLAUDE, GEMINI, GPT_OSS, IMAGE, translate, unexplained } from "./testing/translate.ts"

const MODELS = [GEMINI, CLAUDE, GPT_OSS, IMAGE]

describe("every wish of every dialect, for every family of models, is explained", () => {
  it.each(WISHES)("$name", ({ said }) => {
    for (const client of CLIENTS) {
      const words = said[client]
      if (words === undefined) continue
      for (const model of MODELS) {
        try {
          const { notes } = translate(client, { model, ...BASE[client], ...words })
          expect({ client, model, unexplained: unexplained(notes) }).toEqual({ client, model, unexplained: [] })
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error
        }
      }
    }
  })
})

describe("any history of calls and results is explained", () => {
  const explained = (client: Parameters<typeof translate>[0], wire: Readonly<Record<string, unknown>>): void => {
    let notes
    try {
      notes = translate(client, wire).notes
    } catch (error) {
      if (error instanceof GatewayError) return
      throw error
    }
    expect(unexplained(notes)).toEqual([])
  }
  const RUNS = { numRuns: Number(process.env["RUNS"] ?? 25) }

  it.each([GEMINI, CLAUDE, GPT_OSS])("for %s", (model) => {
    const tools = TOOLS.map((name) => ({ name, input_schema: { type: "object", properties: {} } }))
    fc.assert(
      fc.property(fc.array(messagesMessage(model), { maxLength: 8 }), (messages) =>
        explained("anthropic-messages", {
          model,
          max_tokens: 100,
          messages: [...messages, { role: "user", content: "go" }],
          tools,
        }),
      ),
      RUNS,
    )
    const functions = TOOLS.map((name) => ({ type: "function", function: { name } }))
    fc.assert(
      fc.property(fc.array(chatMessage(model), { maxLength: 8 }), (messages) =>
        explained("openai-chat", { model, messages: [{ role: "user", content: "go" }, ...messages], tools: functions }),
      ),
      RUNS,
    )
    const functionDeclarations = TOOLS.map((name) => ({ name, parameters: { type: "OBJECT", properties: {} } }))
    fc.assert(
      fc.property(fc.array(geminiContent(model), { maxLength: 8 }), (contents) =>
        explained("gemini", {
          model,
          contents: [{ parts: [{ text: "go" }] }, ...contents],
          tools: [{ functionDeclarations }],
        }),
      ),
      RUNS,
    )
  })
})
