/** Typed answers through the official SDKs, streamed and whole, on every family. */
import Anthropic from "@anthropic-ai/sdk"
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod"
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
