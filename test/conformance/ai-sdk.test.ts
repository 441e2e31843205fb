/** The AI SDK's `generateText`, `streamText` and tool loops, through its own provider packages, against a real data plane. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { APICallError, generateText, jsonSchema, stepCountIs, streamText, tool, type LanguageModel } from "ai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen, lastUsage } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
})
afterAll(() => system?.stop())

const PROVIDERS: Readonly<Record<string, (id: string) => LanguageModel>> = {
  "@ai-sdk/openai-compatible": (id) =>
    createOpenAICompatible({
      name: "lagrange",
      baseURL: `${system.gatewayUrl}/v1`,
      apiKey: system.apiKey,
      includeUsage: true,
    })(id),
  // Its default is the Responses API.
  "@ai-sdk/openai": (id) => createOpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey })(id),
  "@ai-sdk/openai, chat": (id) => createOpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey }).chat(id),
  "@ai-sdk/anthropic": (id) => createAnthropic({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey })(id),
  "@ai-sdk/google": (id) =>
    createGoogleGenerativeAI({ baseURL: `${system.gatewayUrl}/v1beta`, apiKey: system.apiKey })(id),
}

const weather = (asked: string[]) => ({
  weather: tool({
    description: "The weather now.",
    inputSchema: jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    }),
    execute: ({ city }) => {
      asked.push(city)
      return `It rains in ${city}.`
    },
  }),
})
const LOOP =
  '[[sim:call=weather {"city":"Zürich"}]][[sim:call=weather {"city":"Rome"}]][[sim:then]]' +
  `[[sim:call=weather {"city":"Oslo"}]][[sim:then]][[sim:text=${TEXT}]]`

describe.each(Object.entries(PROVIDERS))("%s", (_name, model) => {
  describe.each(["gemini-3-flash", "claude-sonnet-4-6"])("%s", (id) => {
    test("generates a text and its usage", async () => {
      const { text, usage, finishReason } = await generateText({
        model: model(id),
        maxOutputTokens: 1000,
        system: "Be exact.",
        prompt: `[[sim:text=${TEXT}]]`,
      })
      const { promptTokenCount, totalTokenCount } = lastUsage(system.simulator)
      expect({ text, finishReason }).toEqual({ text: TEXT, finishReason: "stop" })
      expect(usage).toMatchObject({
        inputTokens: promptTokenCount,
        outputTokens: totalTokenCount - promptTokenCount,
      })
    })

    test("streams a text without an error part", async () => {
      const { fullStream } = streamText({
        model: model(id),
        maxOutputTokens: 1000,
        prompt: `[[sim:chunks=9]][[sim:text=${TEXT}]]`,
      })
      let text = ""
      const types = new Set<string>()
      for await (const part of fullStream) {
        types.add(part.type)
        if (part.type === "text-delta") text += part.text
      }
      expect(text).toBe(TEXT)
      expect(types).not.toContain("error")
      expect([...types].at(-1)).toBe("finish")
    })

    test.each([false, true])("goes through a loop of tools, parallel calls first, stream %s", async (stream) => {
      const asked: string[] = []
      const before = generationsSeen(system.simulator).length
      const call = {
        model: model(id),
        maxOutputTokens: 1000,
        tools: weather(asked),
        prompt: LOOP,
        stopWhen: stepCountIs(5),
      }
      const result = stream ? streamText(call) : await generateText(call)
      const [text, steps] = [await result.text, await result.steps]
      expect(asked).toEqual(["Zürich", "Rome", "Oslo"])
      expect(text).toBe(TEXT)
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "tool-calls", "stop"])
      expect(generationsSeen(system.simulator)).toHaveLength(before + 3)
    })

    test("throws what it may not try again, with its status", async () => {
      const failure = generateText({
        model: model(id),
        maxOutputTokens: 1000,
        prompt: "[[sim:fault=invalid-argument]]",
      })
      await expect(failure).rejects.toBeInstanceOf(APICallError)
      await expect(failure).rejects.toMatchObject({ statusCode: 400, isRetryable: false })
    })

    test("hears of a stream that breaks off", async () => {
      const errors: unknown[] = []
      const { fullStream } = streamText({
        model: model(id),
        maxOutputTokens: 1000,
        prompt: "[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]",
        onError: ({ error }) => void errors.push(error),
      })
      const types: string[] = []
      for await (const part of fullStream) types.push(part.type)
      expect(types).toContain("text-delta")
      expect(types).toContain("error")
      expect(errors).toHaveLength(1)
    })
  })
})
