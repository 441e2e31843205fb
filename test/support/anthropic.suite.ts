/** What every major of the official `@anthropic-ai/sdk` package must be able to do with a real data plane over the simulator. */
import type Types from "@anthropic-ai/sdk"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSystem, type System } from "./start-system.ts"
import { generationsSeen, lastUsage } from "./seen.ts"
import { waitFor } from "./wait-for.ts"

const MODEL = "claude-sonnet-4-6"
const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'

/** The package's class; the majors have the same members as far as the suite uses them. */
export type AnthropicClass = typeof Types

export function anthropicSuite(Anthropic: AnthropicClass): void {
  let system: System
  let anthropic: Types

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  const ask = (content: string) => ({
    model: MODEL,
    max_tokens: 1024,
    system: "Be exact.",
    messages: [{ role: "user" as const, content }],
  })

  describe("answers", () => {
    test("a plain answer is byte-equal and its usage exact", async () => {
      const content = `[[sim:text=${TEXT}]]`
      const message = await anthropic.messages.create(ask(content))
      expect(message.content).toEqual([expect.objectContaining({ type: "text", text: TEXT })])
      expect(message).toMatchObject({ model: MODEL, role: "assistant", stop_reason: "end_turn", stop_sequence: null })
      const upstream = lastUsage(system.simulator)
      expect(upstream.promptTokenCount).toBe(Math.ceil(("Be exact.".length + content.length) / 4))
      expect(message.usage).toMatchObject({
        input_tokens: upstream.promptTokenCount,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
        output_tokens: upstream.candidatesTokenCount,
      })
    })

    test("a streamed message equals the plain one (G102)", async () => {
      const stream = anthropic.messages.stream(ask(`[[sim:chunks=9]][[sim:text=${TEXT}]]`))
      const events: string[] = []
      stream.on("streamEvent", (event) => events.push(event.type))
      const message = await stream.finalMessage()
      expect(message.content).toEqual([expect.objectContaining({ type: "text", text: TEXT })])
      const upstream = lastUsage(system.simulator)
      expect(message.usage).toMatchObject({
        input_tokens: upstream.promptTokenCount,
        output_tokens: upstream.candidatesTokenCount,
      })
      expect(events.filter((type) => type === "content_block_delta").length).toBeGreaterThan(1)
      expect(events.filter((type) => type !== "content_block_delta")).toEqual([
        "message_start",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
      ])
      const whole = await anthropic.messages.create(ask(`[[sim:text=${TEXT}]]`))
      const { content, role, stop_reason, stop_sequence } = message
      expect(whole).toMatchObject({ content, role, stop_reason, stop_sequence })
    })

    test("a Gemini model answers in the same dialect", async () => {
      const message = await anthropic.messages.create({ ...ask("[[sim:text=hello]]"), model: "gemini-3-flash" })
      expect(message.content).toEqual([expect.objectContaining({ type: "text", text: "hello" })])
      expect(message.model).toBe("gemini-3-flash")
    })

    test("an alias answers under the name that was asked for", async () => {
      const message = await anthropic.messages.create({ ...ask("[[sim:text=hello]]"), model: "claude-sonnet-4-5" })
      expect(message.model).toBe("claude-sonnet-4-5")
      expect(generationsSeen(system.simulator).at(-1)?.body).toMatchObject({ model: MODEL })
    })

    test("a bearer token is as good as x-api-key", async () => {
      const bearer = new Anthropic({
        baseURL: system.gatewayUrl,
        apiKey: null,
        authToken: system.apiKey,
        maxRetries: 0,
      })
      const message = await bearer.messages.create(ask("[[sim:text=hello]]"))
      expect(message.stop_reason).toBe("end_turn")
    })

    test.each([
      ["MAX_TOKENS", "max_tokens"],
      ["SAFETY", "refusal"],
    ])("finish %s is %s", async (upstream, ours) => {
      const message = await anthropic.messages.create(ask(`[[sim:text=partial]][[sim:finish=${upstream}]]`))
      expect(message.stop_reason).toBe(ours)
    })

    test("models are listed page by page in the Anthropic shape", async () => {
      const ids: string[] = []
      for await (const model of anthropic.models.list({ limit: 1 })) {
        expect(model).toMatchObject({ type: "model", display_name: expect.any(String), created_at: expect.any(String) })
        ids.push(model.id)
      }
      expect(ids).toContain(MODEL)
      expect(new Set(ids).size).toBe(ids.length)
    })
  })

  describe("errors", () => {
    test("a wrong key is an AuthenticationError", async () => {
      const stranger = new Anthropic({ baseURL: system.gatewayUrl, apiKey: "lag_wrong", maxRetries: 0 })
      const failure = stranger.messages.create(ask("hi"))
      await expect(failure).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
      await expect(failure).rejects.toMatchObject({ error: { type: "error", error: { type: "authentication_error" } } })
    })

    test("an unknown model is a NotFoundError", async () => {
      const failure = anthropic.messages.create({ ...ask("hi"), model: "claude-unheard-of-9" })
      await expect(failure).rejects.toBeInstanceOf(Anthropic.NotFoundError)
      await expect(failure).rejects.toThrow(/model: claude-unheard-of-9/)
    })

    test("missing max_tokens is a BadRequestError that says so", async () => {
      const { max_tokens: _, ...rest } = ask("hi")
      // The type forbids what this test sends on purpose.
      const failure = anthropic.messages.create(rest as Parameters<typeof anthropic.messages.create>[0])
      await expect(failure).rejects.toBeInstanceOf(Anthropic.BadRequestError)
      await expect(failure).rejects.toThrow(/max_tokens: Field required/)
    })

    test("a stream cut off after content is an error event, never a clean end", async () => {
      const stream = anthropic.messages.stream(ask("[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]"))
      let text = ""
      stream.on("text", (delta) => (text += delta))
      await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError)
      expect(text.length).toBeGreaterThan(0)
    })

    test("capacity is 529 overloaded_error and blames no account (G116)", async () => {
      system.simulator.script({ fault: { kind: "capacity" }, match: { model: MODEL } })
      try {
        const failure = anthropic.messages.create(ask("hi"))
        await expect(failure).rejects.toMatchObject({
          status: 529,
          error: { type: "error", error: { type: "overloaded_error" } },
        })
      } finally {
        system.simulator.clearFaults()
      }
    })
  })

  describe("one account with one slot", () => {
    let single: System
    beforeAll(async () => {
      single = await startSystem({
        accounts: 1,
        env: { MAX_CONCURRENT_PER_ACCOUNT: "1", MAX_CONCURRENT_PER_MODEL: "0" },
      })
    })
    afterAll(() => single?.stop())

    test("abort resets the upstream and frees the account", async () => {
      const client = new Anthropic({ baseURL: single.gatewayUrl, apiKey: single.apiKey, maxRetries: 0 })
      // It never ends by itself.
      const stream = client.messages.stream(
        ask('[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]'),
      )
      // Heard from the beginning: it ends while the next request is under way.
      const end = stream.finalMessage().catch((error: unknown) => error)
      await new Promise<void>((resolve) => stream.once("text", () => resolve()))
      stream.abort()
      // The only slot is taken by the aborted stream: this can be answered only once it is free.
      const message = await client.messages.create(ask("[[sim:text=free]]"))
      expect(message.content).toEqual([expect.objectContaining({ type: "text", text: "free" })])
      expect(await end).toBeInstanceOf(Anthropic.APIUserAbortError)
      await waitFor(() => generationsSeen(single.simulator).find((seen) => seen.aborted))
    })
  })
}
