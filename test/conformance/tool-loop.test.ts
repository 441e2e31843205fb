/** Loops of calls and results by the official packages against a real data plane over the simulator, which checks every request. */
import Anthropic from "@anthropic-ai/sdk"
import OpenAI from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODELS = ["gemini-3-flash", "claude-sonnet-4-6"]
/** A name that no upstream takes as it is. */
const WEATHER = "mcp__weather.get/now"
const PROMPT =
  `Compare. [[sim:call=NAME {"city":"Zürich"}]][[sim:call=NAME {"city":"Rome"}]]` +
  `[[sim:then]][[sim:call=get_time {}]][[sim:then]]`
const PARAMETERS = {
  type: "object" as const,
  properties: { city: { type: "string", minLength: 1 } },
  required: ["city"],
  additionalProperties: false,
  $schema: "http://json-schema.org/draft-07/schema#",
}
const NO_PARAMETERS = { type: "object" as const, properties: {} }

let system: System
let openai: OpenAI
let anthropic: Anthropic
/** The upstream's name for the first tool, which the prompt needs to ask for it. */
const upstreamNames = new Map<string, string>()

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
  for (const model of MODELS) {
    const body = { model, max_tokens: 100, messages: [{ role: "user" as const, content: "[[sim:text=ok]]" }] }
    await anthropic.messages.create({ ...body, tools: [{ name: WEATHER, input_schema: PARAMETERS }] })
    const seen = generationsSeen(system.simulator).at(-1)?.body
    upstreamNames.set(model, /"functionDeclarations":\[\{"name":"([^"]+)"/.exec(JSON.stringify(seen))?.[1] ?? "")
  }
})
afterAll(() => system?.stop())

const prompt = (model: string) => PROMPT.replaceAll("NAME", upstreamNames.get(model) ?? "")
const weather = (city: string) => `It rains in ${city}.`

/** Every generation since then was taken by the simulator's rules at the first try. */
function expectAccepted(before: number, count: number): void {
  const seen = generationsSeen(system.simulator).slice(before)
  expect(seen.map(({ outcome }) => outcome?.status)).toEqual(Array.from({ length: count }, () => 200))
}

describe.each(MODELS)("%s", (model) => {
  test.each([true, false])("OpenAI: two rounds, parallel calls first, stream %s", async (stream) => {
    const before = generationsSeen(system.simulator).length
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: "function", function: { name: WEATHER, description: "The weather now.", parameters: PARAMETERS } },
      { type: "function", function: { name: "get_time" } },
    ]
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: prompt(model) }]
    const ask = async () => {
      if (!stream) return openai.chat.completions.create({ model, messages, tools })
      return openai.chat.completions.stream({ model, messages, tools }).finalChatCompletion()
    }
    const rounds: string[][] = []
    let answer = await ask()
    while (answer.choices[0]?.finish_reason === "tool_calls" && rounds.length < 5) {
      const { message } = answer.choices[0]
      const calls = (message.tool_calls ?? []).filter((call) => call.type === "function")
      rounds.push(calls.map(({ function: called }) => `${called.name} ${called.arguments}`))
      messages.push(message)
      for (const { id, function: called } of calls.toReversed()) {
        expect(id).toMatch(/^call_[\w-]{24}$/)
        const { city } = JSON.parse(called.arguments) as { city?: string } // asked for in the prompt
        messages.push({ role: "tool", tool_call_id: id, content: city === undefined ? "noon" : weather(city) })
      }
      answer = await ask()
    }
    expect(rounds).toEqual([[`${WEATHER} {"city":"Zürich"}`, `${WEATHER} {"city":"Rome"}`], ["get_time {}"]])
    expect(answer.choices[0]?.finish_reason).toBe("stop")
    expect(answer.choices[0]?.message.content).toBe('Result of get_time: {"output":"noon"}')
    expectAccepted(before, 3)
  })

  test.each([true, false])("Anthropic: two rounds, parallel calls first, stream %s", async (stream) => {
    const before = generationsSeen(system.simulator).length
    const tools: Anthropic.Tool[] = [
      { name: WEATHER, description: "The weather now.", input_schema: PARAMETERS },
      { name: "get_time", input_schema: NO_PARAMETERS },
    ]
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt(model) }]
    const ask = async () => {
      const body = { model, max_tokens: 1000, messages, tools }
      return stream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body)
    }
    const rounds: unknown[][] = []
    let answer = await ask()
    while (answer.stop_reason === "tool_use" && rounds.length < 5) {
      const calls = answer.content.filter((block) => block.type === "tool_use")
      rounds.push(calls.map(({ name, input }) => [name, input]))
      messages.push({ role: "assistant", content: answer.content })
      const results = calls.map(({ id, input }): Anthropic.ToolResultBlockParam => {
        expect(id).toMatch(/^toolu_[\w-]{24}$/)
        const { city } = input as { city?: string } // asked for in the prompt
        return { type: "tool_result", tool_use_id: id, content: city === undefined ? "noon" : weather(city) }
      })
      messages.push({ role: "user", content: results.toReversed() })
      answer = await ask()
    }
    expect(rounds).toEqual([
      [
        [WEATHER, { city: "Zürich" }],
        [WEATHER, { city: "Rome" }],
      ],
      [["get_time", {}]],
    ])
    expect(answer.stop_reason).toBe("end_turn")
    expect(answer.content).toMatchObject([{ type: "text", text: 'Result of get_time: {"output":"noon"}' }])
    expectAccepted(before, 3)
  })

  test("G59 calls go back with what the upstream said of them, by the id alone", async () => {
    const tools: OpenAI.ChatCompletionTool[] = [{ type: "function", function: { name: "get_time" } }]
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "user", content: "[[sim:ids=on]][[sim:call=get_time {}]]" },
    ]
    const answer = await openai.chat.completions.create({ model, messages, tools })
    const call = answer.choices[0]?.message.tool_calls?.[0]
    expect(call).toBeDefined()
    const { id = "" } = call ?? {}
    const plain = { id, type: "function" as const, function: { name: "get_time", arguments: "{}" } }
    messages.push({ role: "assistant", tool_calls: [plain] }, { role: "tool", tool_call_id: id, content: "noon" })
    await openai.chat.completions.create({ model, messages, tools })
    const written = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
    expect(written).not.toContain(id)
    expect(written).not.toContain("skip_thought_signature_validator")
    if (model.startsWith("gemini")) expect(written).toMatch(/"thoughtSignature":"[^"]{20,}"/)
  })

  test("G41 G42 a history with holes and strangers is made whole", async () => {
    const before = generationsSeen(system.simulator).length
    const tools: OpenAI.ChatCompletionTool[] = [{ type: "function", function: { name: "get_time" } }]
    const call = (id: string) => ({ id, type: "function" as const, function: { name: "get_time", arguments: "" } })
    await openai.chat.completions.create({
      model,
      tools,
      messages: [
        { role: "assistant", tool_calls: [call("old:1"), call("old:2")] },
        { role: "tool", tool_call_id: "old:2", content: "noon" },
        { role: "tool", tool_call_id: "unknown", content: "x" },
        { role: "user", content: "go on" },
        { role: "assistant", content: "sure", tool_calls: [call("old:1")] },
        { role: "user", content: "[[sim:text=fine]]" },
      ],
    })
    expectAccepted(before, 1)
  })

  test("G47 a named tool is called", async () => {
    const answer = await anthropic.messages.create({
      model,
      max_tokens: 1000,
      messages: [{ role: "user", content: "hello" }],
      tools: [
        { name: WEATHER, input_schema: PARAMETERS },
        { name: "get_time", input_schema: NO_PARAMETERS },
      ],
      tool_choice: { type: "tool", name: WEATHER },
    })
    expect(answer.stop_reason).toBe("tool_use")
    expect(answer.content.at(-1)).toMatchObject({ type: "tool_use", name: WEATHER })
  })

  test("an image is seen, in a question and in a tool's result", async () => {
    const before = generationsSeen(system.simulator).length
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    const image: Anthropic.ImageBlockParam = {
      type: "image",
      source: { type: "base64", media_type: "image/png", data: png },
    }
    await anthropic.messages.create({
      model,
      max_tokens: 1000,
      tools: [{ name: "look", input_schema: NO_PARAMETERS }],
      messages: [
        { role: "user", content: [image, { type: "text", text: "[[sim:text=seen]]" }] },
        { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [image] }] },
      ],
    })
    expectAccepted(before, 1)
    const written = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
    expect(written.split(png)).toHaveLength(3)
  })
})

test("a client of the old form gets function_call", async () => {
  const answer = await openai.chat.completions.create({
    model: "gemini-3-flash",
    messages: [{ role: "user", content: "[[sim:call=get_time {}]]" }],
    functions: [{ name: "get_time" }],
  })
  expect(answer.choices[0]).toMatchObject({
    finish_reason: "function_call",
    message: { function_call: { name: "get_time", arguments: "{}" } },
  })
})
