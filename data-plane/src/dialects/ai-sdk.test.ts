/**
 * The AI SDK reads every stream and every answer that the goldens show. Its packages hold each chunk against a strict schema, so
 * that a field in the wrong place fails here where the official SDKs would pass it over.
 */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { describe, expect, it } from "vitest"
import { fold } from "../canonical/fold.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"
import { answerOf, fixtureNames, framesOf, partsOf, REQUESTS, upstreamBytes } from "./testing/fixtures.ts"

/** Answers any request with a fixture, in the dialect of the client. */
function answering(dialect: keyof typeof REQUESTS, fixture: string): typeof fetch {
  const client = clientDialects[dialect satisfies ClientDialectName]
  const parts = partsOf([upstreamBytes(fixture)])
  const { value: request } = client.decodeRequest(REQUESTS[dialect], {})
  return (url, init) => {
    // The path says it, or the body does.
    const asked = `${url instanceof Request ? url.url : url.toString()} ${typeof init?.body === "string" ? init.body : ""}`
    if (/:streamGenerateContent|"stream":true/.test(asked)) {
      const headers = { "content-type": "text/event-stream; charset=utf-8" }
      return Promise.resolve(new Response(framesOf(client, parts, request).join(""), { headers }))
    }
    const { status, body } = answerOf(client, parts, request)
    return Promise.resolve(Response.json(body, { status }))
  }
}

const models = {
  "openai-chat": (fixture: string) =>
    createOpenAICompatible({
      name: "gateway",
      baseURL: "http://gateway.test/v1",
      includeUsage: true,
      fetch: answering("openai-chat", fixture),
    }).chatModel("gemini-3-flash"),
  "openai-responses": (fixture: string) =>
    createOpenAI({
      baseURL: "http://gateway.test/v1",
      apiKey: "test",
      fetch: answering("openai-responses", fixture),
    }).responses("gemini-3-flash"),
  "anthropic-messages": (fixture: string) =>
    createAnthropic({
      baseURL: "http://gateway.test/v1",
      apiKey: "test",
      fetch: answering("anthropic-messages", fixture),
    }).languageModel("gemini-3-flash"),
  gemini: (fixture: string) =>
    createGoogleGenerativeAI({
      baseURL: "http://gateway.test/v1beta",
      apiKey: "test",
      fetch: answering("gemini", fixture),
    }).languageModel("gemini-3-flash"),
}

const ASK = { prompt: [{ role: "user" as const, content: [{ type: "text" as const, text: "Hello?" }] }] }

async function read(stream: ReadableStream<{ type: string }>) {
  const seen: Record<string, unknown>[] = []
  for await (const part of stream) seen.push({ ...part })
  const joined = (type: string) => seen.map((part) => (part["type"] === type ? String(part["delta"]) : "")).join("")
  return { seen, text: joined("text-delta"), errors: seen.filter(({ type }) => type === "error") }
}

async function errorsOf(opened: PromiseLike<{ stream: ReadableStream<{ type: string }> }>): Promise<unknown[]> {
  try {
    return (await read((await opened).stream)).errors.map(({ error }) => error)
  } catch (error) {
    return [error]
  }
}

describe.each([
  ["G64", "openai-chat" as const],
  ["G67", "openai-responses" as const],
  ["G103", "anthropic-messages" as const],
  ["G145", "gemini" as const],
])("%s the AI SDK's schema of %s", (_case, dialect) => {
  describe.each(fixtureNames())("%s", (fixture) => {
    const parts = partsOf([upstreamBytes(fixture)])
    const isFailure = parts.at(-1)?.type === "error"

    it("takes every frame", async () => {
      const opened = models[dialect](fixture).doStream(ASK)
      if (isFailure) {
        // An error that is the first event is thrown; a later one is a part of the stream.
        const errors = await errorsOf(opened)
        expect(errors).toHaveLength(1)
        expect(errors[0]).not.toMatchObject({ name: expect.stringMatching(/validation|parse/i) })
        return
      }
      const { seen, text, errors } = await read((await opened).stream)
      expect(errors).toEqual([])
      const expected = fold(parts)
      for (const part of expected.parts) if (part.type === "text") expect(text).toContain(part.text)
      // An image of the model is the result of a tool that the vendor runs.
      const calls = seen.filter(({ type, providerExecuted }) => type === "tool-call" && providerExecuted !== true)
      expect(calls.map(({ toolName, input }) => [toolName, JSON.parse(String(input))])).toEqual(
        expected.parts.flatMap((part) => (part.type === "tool-call" ? [[part.name, part.arguments]] : [])),
      )
      expect(seen.at(-1)).toMatchObject({
        type: "finish",
        usage: { inputTokens: { total: expect.any(Number) }, outputTokens: { total: expect.any(Number) } },
      })
    })

    it("takes the whole answer, which says the same", async () => {
      const model = models[dialect](fixture)
      if (isFailure) {
        await expect(model.doGenerate(ASK)).rejects.toMatchObject({ name: "AI_APICallError" })
        return
      }
      const { content, finishReason } = await model.doGenerate(ASK)
      const { seen, text } = await read((await model.doStream(ASK)).stream)
      expect(content.map((part) => (part.type === "text" ? part.text : "")).join("")).toBe(text)
      expect(finishReason).toEqual(seen.at(-1)?.["finishReason"])
    })
  })
})
