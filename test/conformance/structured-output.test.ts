/** Typed answers through the official SDKs, streamed and whole, on every family. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import Anthropic from "@anthropic-ai/sdk"
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod"
import { generateText, Output, streamText } from "ai"
import OpenAI from "openai"
import { zodResponseFormat } from "openai/helpers/zod"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"
import { expectSchemaSent, Meeting, TYPED_MODELS, typedAnswersSuite } from "../support/typed-answers.suite.ts"

describe("the OpenAI SDK", () => typedAnswersSuite(OpenAI, zodResponseFormat))

describe("the Anthropic SDK", () => {
  let system: System
  let anthropic: Anthropic

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  test.each(TYPED_MODELS)("reads %s by parse and by its stream", async (model) => {
    const messages = [{ role: "user" as const, content: "Alice and Bob meet on Friday." }]
    const body = { model, max_tokens: 4000, messages, output_config: { format: zodOutputFormat(Meeting) } }
    const message = await anthropic.messages.parse(body)
    expect(message.parsed_output).toEqual(expect.objectContaining({ name: expect.any(String), kind: "meeting" }))
    expectSchemaSent(system, model)
    const streamed = await anthropic.messages.stream(body).finalMessage()
    expect(streamed.parsed_output).toEqual(message.parsed_output)
  })
})

describe("the AI SDK", () => {
  let system: System
  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
  })
  afterAll(() => system?.stop())

  const providers = {
    "openai-compatible": (url: string, apiKey: string) =>
      createOpenAICompatible({ name: "gateway", baseURL: `${url}/v1`, apiKey, supportsStructuredOutputs: true }),
    openai: (url: string, apiKey: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey }),
    anthropic: (url: string, apiKey: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey }),
    google: (url: string, apiKey: string) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey }),
  }
  const cases = TYPED_MODELS.flatMap((model) =>
    Object.entries(providers).map(([name, provider]) => [name, model, provider] as const),
  )

  test.each(cases)("reads objects by its provider %s from %s, streamed and whole", async (_name, model, provider) => {
    // Its Google provider makes texts of numbers to choose from, before anything is sent.
    const output = Output.object({ schema: Meeting.omit({ version: true }) })
    const asked = {
      model: provider(system.gatewayUrl, system.apiKey)(model),
      prompt: "Alice and Bob meet on Friday.",
      output,
      maxRetries: 0,
    }
    const whole = await generateText(asked)
    expect(whole.output).toMatchObject({ kind: "meeting", year: expect.any(Number) })
    const streamed = streamText(asked)
    let last: unknown
    for await (const partial of streamed.partialOutputStream) last = partial
    expect(last).toEqual(whole.output)
  })
})
