/** A web search through the official SDKs, the strict AI SDK and the real Claude Code, whose tool for it is a request of its own. */
import { createAnthropic } from "@ai-sdk/anthropic"
import Anthropic from "@anthropic-ai/sdk"
import { generateText, streamText, type ToolSet } from "ai"
import Anthropic0 from "anthropic-sdk-0"
import OpenAI from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeHome, removeHome } from "../support/agent.ts"
import { runClaudeCode } from "../support/claude-code.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"
const TEXT = "Die Hauptstadt 🙂 ist Paris. 不是里昂。"
const PROMPT = `[[sim:sources=2]][[sim:chunks=9]][[sim:text=${TEXT}]]`

let system: System
let anthropic: Anthropic

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
})
afterAll(() => system?.stop())

const searches = () =>
  generationsSeen(system.simulator)
    .map(({ body }) => body as { model: string; requestType: string }) // what the simulator parsed
    .filter(({ requestType }) => requestType === "web_search")

describe("G122 in Messages", () => {
  const ask = (model: string) => ({
    model,
    max_tokens: 4000,
    messages: [{ role: "user" as const, content: PROMPT }],
    tools: [{ type: "web_search_20250305" as const, name: "web_search" as const, max_uses: 3 }],
  })

  test.each([CLAUDE, GEMINI])("streamed and whole are one message: %s", async (model) => {
    const whole = await anthropic.messages.create(ask(model))
    expect(searches().at(-1)).toMatchObject({ model: GEMINI })
    expect(whole.model).toBe(model)
    expect(whole.content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text", "text"])
    const texts = whole.content.filter((block) => block.type === "text")
    expect(texts.map(({ text }) => text).join("")).toBe(TEXT)
    expect(texts.map(({ citations }) => citations?.[0])).toMatchObject([
      { type: "web_search_result_location", title: "example.org", cited_text: "Die Hauptstadt 🙂 ist Paris." },
      { type: "web_search_result_location", title: "example-2.org", cited_text: " 不是里昂。" },
    ])
    expect(whole.usage.server_tool_use?.web_search_requests).toBe(1)
    const streamed = await anthropic.messages.stream(ask(model)).finalMessage()
    const withoutIds = (message: Anthropic.Message) =>
      JSON.parse(JSON.stringify(message.content).replaceAll(/srvtoolu_\w+/g, "srvtoolu")) as unknown
    expect(withoutIds(streamed)).toEqual(withoutIds(whole))
    expect(streamed.usage.server_tool_use).toEqual(whole.usage.server_tool_use)
  })

  test("the last of the 0.x SDKs reads the same message", async () => {
    const older = new Anthropic0({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
    const kinds = (content: readonly { type: string }[]) => content.map(({ type }) => type)
    const whole = await older.messages.create(ask(CLAUDE))
    expect(kinds(whole.content)).toEqual(["server_tool_use", "web_search_tool_result", "text", "text"])
    expect(kinds((await older.messages.stream(ask(CLAUDE)).finalMessage()).content)).toEqual(kinds(whole.content))
  })

  test("G123 beside other tools there is none", async () => {
    const look = { name: "look", input_schema: { type: "object" as const } }
    const message = await anthropic.messages.create({ ...ask(CLAUDE), tools: [...ask(CLAUDE).tools, look] })
    expect(message.content.map(({ type }) => type)).toEqual(["text"])
    expect(generationsSeen(system.simulator).at(-1)?.body).toMatchObject({ model: CLAUDE, requestType: "agent" })
  })

  test("the strict AI SDK finds the sources, streamed and whole", async () => {
    const provider = createAnthropic({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey })
    const tools = { web_search: provider.tools.webSearch_20250305({}) } as ToolSet // its types know no exact optional members
    const question = { model: provider(CLAUDE), prompt: PROMPT, tools, maxRetries: 0 }
    const whole = await generateText(question)
    expect(whole.text).toBe(TEXT)
    expect(whole.sources.map((source) => source.sourceType === "url" && source.title)).toContain("example-2.org")
    const streamed = streamText(question)
    const kinds = new Set<string>()
    for await (const part of streamed.fullStream) kinds.add(part.type)
    expect(kinds).not.toContain("error")
    expect(await streamed.text).toBe(TEXT)
    expect((await streamed.sources).length).toBe(whole.sources.length)
  })
})

describe("in Chat Completions", () => {
  test.each([true, false])("the text has its annotations, stream %s", async (stream) => {
    const openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
    const body = { model: GEMINI, messages: [{ role: "user" as const, content: PROMPT }], web_search_options: {} }
    const completion = stream
      ? await openai.chat.completions.stream(body).finalChatCompletion()
      : await openai.chat.completions.create(body)
    const message = completion.choices[0]?.message
    expect(message?.content).toBe(TEXT)
    const cited = message?.annotations?.map(({ url_citation: { start_index: start, end_index: end, title } }) => [
      title,
      TEXT.slice(start, end),
    ])
    expect(cited).toEqual([
      ["example.org", "Die Hauptstadt 🙂 ist Paris."],
      ["example-2.org", " 不是里昂。"],
    ])
  })
})

describe("G122 Claude Code's own tool", () => {
  test.each([CLAUDE, GEMINI])("searches through the gateway and reads what came: %s", async (model) => {
    const home = await makeHome("claude-code")
    try {
      const before = searches().length
      const prompt = [
        // Deferred: it is declared only after it was asked for.
        '[[sim:call=ToolSearch {"query":"select:WebSearch"}]]',
        '[[sim:call=WebSearch {"query":"capital of France"}]]',
        "[[sim:text=Found.]]",
      ].join("[[sim:then]]")
      const options = ["--allowedTools", "WebSearch"]
      const answer = await runClaudeCode({ url: system.gatewayUrl, key: system.apiKey, model, prompt, home, options })
      expect(answer).toMatchObject({ code: 0, output: "Found." })
      expect(searches()).toHaveLength(before + 1)
      expect(searches().at(-1)).toMatchObject({ model: GEMINI })
      const last = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
      // The tool's result is made of the pages and the text.
      expect(last).toContain("vertexaisearch.cloud.google.com")
      expect(last).toContain("Simulated answer")
    } finally {
      await removeHome(home)
    }
  })
})
