/** Typed answers through the official SDKs: their helpers make the schema and read the answer, streamed and whole, on every family. */
import Anthropic from "@anthropic-ai/sdk"
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod"
import OpenAI from "openai"
import { zodResponseFormat } from "openai/helpers/zod"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODELS = ["gemini-3-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium"] as const

const Event = z.object({
  name: z.string(),
  kind: z.enum(["meeting", "holiday"]),
  year: z.number().int(),
  version: z.literal([2, 3]),
  people: z.array(z.object({ name: z.string(), age: z.number().nullable() })),
  place: z.union([z.string(), z.null()]),
})

let system: System
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
})
afterAll(() => system?.stop())

const ask = [{ role: "user" as const, content: "Alice and Bob meet on Friday." }]
const sent = () => JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)

/** Where the upstream takes a schema it gets one, else it is told in words. */
function expectSent(model: string): void {
  expect(sent().includes('"responseJsonSchema"')).toBe(model.startsWith("gemini"))
  expect(sent().includes("JSON Schema:")).toBe(!model.startsWith("gemini"))
}

describe.each(MODELS)("G55 %s", (model) => {
  test("is read by the OpenAI SDK's parse", async () => {
    const completion = await openai.chat.completions.parse({
      model,
      messages: ask,
      response_format: zodResponseFormat(Event, "event"),
    })
    expectSent(model)
    const [choice] = completion.choices
    expect(choice?.message.parsed).toEqual(Event.parse(JSON.parse(choice?.message.content ?? "")))
    expect([2, 3]).toContain(choice?.message.parsed?.version)
  })

  test("is read by the OpenAI SDK's stream", async () => {
    const stream = openai.chat.completions.stream({
      model,
      messages: ask,
      response_format: zodResponseFormat(Event, "event"),
    })
    const deltas: string[] = []
    stream.on("content.delta", ({ delta }) => deltas.push(delta))
    const completion = await stream.finalChatCompletion()
    expect(completion.choices[0]?.message.parsed).toEqual(Event.parse(JSON.parse(deltas.join(""))))
    expectSent(model)
  })

  test("is read by the OpenAI SDK's parse beside tools", async () => {
    const completion = await openai.chat.completions.parse({
      model,
      messages: ask,
      tools: [
        { type: "function", function: { name: "look", strict: true, parameters: { type: "object", properties: {} } } },
      ],
      response_format: zodResponseFormat(Event, "event"),
    })
    expect(completion.choices[0]?.message.parsed).toEqual(expect.objectContaining({ name: expect.any(String) }))
    expect(sent()).toContain("JSON Schema:")
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

  test("is read by the Anthropic SDK's parse, and by its stream", async () => {
    const body = { model, max_tokens: 4000, messages: ask, output_config: { format: zodOutputFormat(Event) } }
    const message = await anthropic.messages.parse(body)
    expect(message.parsed_output).toEqual(expect.objectContaining({ name: expect.any(String), kind: "meeting" }))
    expectSent(model)
    const streamed = await anthropic.messages.stream(body).finalMessage()
    expect(streamed.parsed_output).toEqual(message.parsed_output)
  })
})
