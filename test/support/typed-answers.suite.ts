/** Typed answers through the helpers of the official `openai` package, which make the schema and read the answer. A suite for its majors. */
import type Types from "openai"
import type { zodResponseFormat as ZodResponseFormat } from "openai/helpers/zod"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import type { OpenAIClass } from "./openai.suite.ts"
import { generationsSeen } from "./seen.ts"
import { startSystem, type System } from "./start-system.ts"

export const TYPED_MODELS = ["gemini-3-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium"] as const

/** Of kinds that the upstream's schema does not have: numbers to choose from, unions, null. */
export const Meeting = z.object({
  name: z.string(),
  kind: z.enum(["meeting", "holiday"]),
  year: z.number().int(),
  version: z.literal([2, 3]),
  people: z.array(z.object({ name: z.string(), age: z.number().nullable() })),
  place: z.union([z.string(), z.null()]),
})

/** Where the upstream takes a schema it gets one, else it is told in words. */
export function expectSchemaSent(system: System, model: string): void {
  const sent = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
  expect(sent.includes('"responseJsonSchema"')).toBe(model.startsWith("gemini"))
  expect(sent.includes("JSON Schema:")).toBe(!model.startsWith("gemini"))
}

export function typedAnswersSuite(OpenAI: OpenAIClass, zodResponseFormat: typeof ZodResponseFormat): void {
  let system: System
  let openai: Types

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  const ask = [{ role: "user" as const, content: "Alice and Bob meet on Friday." }]
  const responseFormat = zodResponseFormat(Meeting, "meeting")

  describe.each(TYPED_MODELS)("G55 %s", (model) => {
    test("is read by parse", async () => {
      const body = { model, messages: ask, response_format: responseFormat }
      const [choice] = (await openai.chat.completions.parse(body)).choices
      expectSchemaSent(system, model)
      expect(choice?.message.parsed).toEqual(Meeting.parse(JSON.parse(choice?.message.content ?? "")))
      expect([2, 3]).toContain(choice?.message.parsed?.version)
    })

    test("is read by the stream helper", async () => {
      const stream = openai.chat.completions.stream({ model, messages: ask, response_format: responseFormat })
      const deltas: string[] = []
      stream.on("content.delta", ({ delta }) => deltas.push(delta))
      const completion = await stream.finalChatCompletion()
      expect(completion.choices[0]?.message.parsed).toEqual(Meeting.parse(JSON.parse(deltas.join(""))))
      expectSchemaSent(system, model)
    })

    test("is read by parse beside tools", async () => {
      const look = { name: "look", strict: true, parameters: { type: "object", properties: {} } }
      const tools = [{ type: "function" as const, function: look }]
      const completion = await openai.chat.completions.parse({
        model,
        messages: ask,
        tools,
        response_format: responseFormat,
      })
      expect(completion.choices[0]?.message.parsed).toEqual(expect.objectContaining({ name: expect.any(String) }))
      expect(JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)).toContain("JSON Schema:")
    })

    test("is JSON of any kind where no schema is given", async () => {
      const answer = '{"anything": ["goes", 1]}'
      const content = model.startsWith("gemini") ? answer : `Sure!\n\`\`\`json\n${answer}\n\`\`\``
      const completion = await openai.chat.completions.create({
        model,
        messages: [{ role: "user", content: `[[sim:text=${JSON.stringify(content)}]]` }],
        response_format: { type: "json_object" },
      })
      expect(completion.choices[0]?.message.content).toBe(answer)
    })
  })
}
