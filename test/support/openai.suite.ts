/**
 * What every major of the official `openai` package must be able to do with a real data plane over the simulator. A suite, so that
 * one file a major can run it.
 */
import type Types from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSystem, type System } from "./start-system.ts"
import { generationsSeen, lastUsage } from "./seen.ts"
import { waitFor } from "./wait-for.ts"

const MODEL = "gemini-3-flash"
const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'

/** The package's class; later majors have the same members as far as the suite uses them. */
export type OpenAIClass = typeof Types

export function openaiSuite(OpenAI: OpenAIClass): void {
  let system: System
  let openai: Types

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  const ask = (content: string) => [
    { role: "system" as const, content: "Be exact." },
    { role: "user" as const, content },
  ]

  describe("answers", () => {
    test("a plain answer is byte-equal and its usage exact", async () => {
      const content = `[[sim:text=${TEXT}]]`
      const answer = await openai.chat.completions.create({ model: MODEL, messages: ask(content) })
      expect(answer.choices[0]?.message.content).toBe(TEXT)
      expect(answer.choices[0]?.finish_reason).toBe("stop")
      expect(answer.model).toBe(MODEL)
      const upstream = lastUsage(system.simulator)
      expect(upstream.promptTokenCount).toBe(Math.ceil(("Be exact.".length + content.length) / 4))
      expect(answer.usage).toMatchObject({
        prompt_tokens: upstream.promptTokenCount,
        completion_tokens: upstream.candidatesTokenCount,
        total_tokens: upstream.totalTokenCount,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      })
    })

    test("a streamed answer is byte-equal, in several chunks, with usage when asked", async () => {
      const stream = await openai.chat.completions.create({
        model: MODEL,
        messages: ask(`[[sim:chunks=9]][[sim:text=${TEXT}]]`),
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ""
      let deltas = 0
      const finishes: string[] = []
      let usage: Types.CompletionUsage | undefined
      for await (const chunk of stream) {
        const choice = chunk.choices[0]
        if (choice?.delta.content) {
          text += choice.delta.content
          deltas += 1
        }
        if (choice?.finish_reason) finishes.push(choice.finish_reason)
        if (chunk.usage) usage = chunk.usage
      }
      expect(text).toBe(TEXT)
      expect(deltas).toBeGreaterThan(1)
      expect(finishes).toEqual(["stop"])
      const upstream = lastUsage(system.simulator)
      expect(usage).toMatchObject({
        prompt_tokens: upstream.promptTokenCount,
        completion_tokens: upstream.candidatesTokenCount,
        total_tokens: upstream.totalTokenCount,
      })
    })

    test("the stream helper gives the same message (G21)", async () => {
      const runner = openai.chat.completions.stream({
        model: MODEL,
        messages: ask(`[[sim:chunks=4]][[sim:text=${TEXT}]]`),
      })
      expect(await runner.finalContent()).toBe(TEXT)
    })

    test("turns and system text reach the upstream in order", async () => {
      await openai.chat.completions.create({
        model: MODEL,
        messages: [
          { role: "system", content: "one" },
          { role: "developer", content: "two" },
          { role: "user", content: "three" },
          { role: "assistant", content: "four" },
          { role: "user", content: "five" },
        ],
      })
      const body = generationsSeen(system.simulator).at(-1)?.body as {
        request: { systemInstruction: unknown; contents: unknown }
      } // the simulator records what it parsed
      expect(body.request.systemInstruction).toMatchObject({ parts: [{ text: "one" }, { text: "two" }] })
      expect(body.request.contents).toEqual([
        { role: "user", parts: [{ text: "three" }] },
        { role: "model", parts: [{ text: "four" }] },
        { role: "user", parts: [{ text: "five" }] },
      ])
    })

    test.each([
      ["MAX_TOKENS", "length"],
      ["SAFETY", "content_filter"],
      ["STOP", "stop"],
    ])("finish %s is %s", async (upstream, ours) => {
      const answer = await openai.chat.completions.create({
        model: MODEL,
        messages: ask(`[[sim:text=partial]][[sim:finish=${upstream}]]`),
      })
      expect(answer.choices[0]?.finish_reason).toBe(ours)
      expect(answer.choices[0]?.message.content).toBe("partial")
    })

    test("the tool runner calls, answers and goes on until the text", async () => {
      const asked: string[] = []
      const tool = (name: string, run: (input: { city?: string }) => string) => ({
        type: "function" as const,
        function: {
          name,
          description: `The ${name}.`,
          parameters: { type: "object", properties: { city: { type: "string" } } },
          parse: JSON.parse as (text: string) => { city?: string }, // what the prompt asks the model to write
          function: (input: { city?: string }) => {
            asked.push(`${name} ${input.city ?? ""}`)
            return run(input)
          },
        },
      })
      const steps =
        '[[sim:call=weather {"city":"Zürich"}]][[sim:call=weather {"city":"Rome"}]][[sim:then]][[sim:call=time {}]][[sim:then]]'
      for (const stream of [false, true]) {
        const body = {
          model: MODEL,
          messages: ask(`${steps}[[sim:text=It rains 🙂.]]`),
          tools: [tool("weather", ({ city }) => `rain in ${city}`), tool("time", () => "noon")],
        }
        const runner = stream
          ? openai.chat.completions.runTools({ ...body, stream: true })
          : openai.chat.completions.runTools(body)
        expect(await runner.finalContent()).toBe("It rains 🙂.")
        expect(asked.splice(0)).toEqual(["weather Zürich", "weather Rome", "time "])
      }
    })

    test("the model list shows what the accounts offer", async () => {
      const ids: string[] = []
      for await (const model of openai.models.list()) ids.push(model.id)
      expect(ids).toContain(MODEL)
      expect(ids).toContain("claude-sonnet-4-6")
      expect((await openai.models.retrieve(MODEL)).id).toBe(MODEL)
    })
  })

  describe("errors", () => {
    test("a wrong key is an AuthenticationError and reaches no upstream", async () => {
      const before = generationsSeen(system.simulator).length
      const stranger = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: "lag_wrong", maxRetries: 0 })
      const failure = stranger.chat.completions.create({ model: MODEL, messages: ask("hi") })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
      await expect(failure).rejects.toMatchObject({ status: 401, code: "invalid_api_key" })
      expect(generationsSeen(system.simulator)).toHaveLength(before)
    })

    test("an unknown model is a NotFoundError with the nearest ids and no upstream call", async () => {
      const before = generationsSeen(system.simulator).length
      const failure = openai.chat.completions.create({ model: "gemini-3-flush", messages: ask("hi") })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.NotFoundError)
      await expect(failure).rejects.toMatchObject({ code: "model_not_found", param: "model" })
      await expect(failure).rejects.toThrow(/gemini-3-flash/)
      expect(generationsSeen(system.simulator)).toHaveLength(before)
    })

    test("a request without messages is a BadRequestError that names the field", async () => {
      const failure = openai.chat.completions.create({ model: MODEL, messages: [] })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.BadRequestError)
      await expect(failure).rejects.toMatchObject({ param: "messages" })
    })

    test("a request the upstream refuses is a BadRequestError after one attempt", async () => {
      const before = generationsSeen(system.simulator).length
      const failure = openai.chat.completions.create({
        model: MODEL,
        messages: ask("[[sim:fault=invalid-argument]]"),
      })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.BadRequestError)
      expect(generationsSeen(system.simulator)).toHaveLength(before + 1)
    })

    test("an upstream that stays broken is an InternalServerError, and says it is not the key", async () => {
      const failure = openai.chat.completions.create({ model: MODEL, messages: ask("[[sim:fault=internal]]") })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.InternalServerError)
      await expect(failure).rejects.toMatchObject({ status: 502 })
    })

    test("a stream cut off after content throws, and is never a clean end (G31, G176)", async () => {
      const stream = await openai.chat.completions.create({
        model: MODEL,
        messages: ask("[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]"),
        stream: true,
      })
      let text = ""
      const reading = (async () => {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ""
      })()
      await expect(reading).rejects.toBeInstanceOf(OpenAI.APIError)
      expect(text.length).toBeGreaterThan(0)
    })
  })

  describe("retries of the SDK", () => {
    /** A client that tries twice more, and how many requests it made. */
    const counted = (of: System) => {
      let requests = 0
      const client = new OpenAI({
        baseURL: `${of.gatewayUrl}/v1`,
        apiKey: of.apiKey,
        maxRetries: 2,
        fetch: (url, init) => {
          requests += 1
          return fetch(url, init)
        },
      })
      return { client, requests: () => requests }
    }

    test("find an upstream that recovers", async () => {
      // As many as one request tries here.
      system.simulator.script({ fault: { kind: "internal" }, times: 4 })
      const { client, requests } = counted(system)
      const answer = await client.chat.completions.create({ model: MODEL, messages: ask("[[sim:text=again]]") })
      expect(answer.choices[0]?.message.content).toBe("again")
      expect(requests()).toBe(2)
    })

    test("do not happen where they are pointless (R7)", async () => {
      const single = await startSystem({ accounts: 1 })
      try {
        single.simulator.script({ fault: { kind: "quota-model" } })
        const { client, requests } = counted(single)
        const failure = client.chat.completions.create({ model: MODEL, messages: ask("hi"), stream: true })
        await expect(failure).rejects.toBeInstanceOf(OpenAI.RateLimitError)
        await expect(failure).rejects.toMatchObject({ type: "usage_limit_reached" })
        expect(requests()).toBe(1)
      } finally {
        await single.stop()
      }
    })

    test("are told the true time when every account is limited for a while (G32)", async () => {
      const single = await startSystem({ accounts: 1 })
      try {
        single.simulator.script({ fault: { kind: "rate-limit-long" } })
        const client = new OpenAI({ baseURL: `${single.gatewayUrl}/v1`, apiKey: single.apiKey, maxRetries: 0 })
        const failure = client.chat.completions.create({ model: MODEL, messages: ask("hi"), stream: true })
        await expect(failure).rejects.toMatchObject({ status: 429, code: "rate_limit_exceeded" })
        await expect(failure).rejects.toThrow(/Please try again in \d+(\.\d+)?s\./)
        const error = (await failure.catch((thrown: unknown) => thrown)) as InstanceType<typeof OpenAI.RateLimitError> // asserted above
        expect(error.headers?.get("content-type")).toMatch(/^application\/json/)
        expect(error.headers?.has("x-should-retry")).toBe(false)
        const seconds = Number(error.headers?.get("retry-after"))
        expect(seconds).toBeGreaterThan(15)
        expect(seconds).toBeLessThanOrEqual(45)
        expect(Math.ceil(Number(error.headers?.get("retry-after-ms")) / 1000)).toBe(seconds)
      } finally {
        await single.stop()
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
      const client = new OpenAI({ baseURL: `${single.gatewayUrl}/v1`, apiKey: single.apiKey, maxRetries: 0 })
      const abort = new AbortController()
      // It never ends by itself.
      const endless = ask('[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]')
      const stream = await client.chat.completions.create(
        { model: MODEL, messages: endless, stream: true },
        { signal: abort.signal },
      )
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
      abort.abort()
      // The only slot is taken by the aborted stream: this can be answered only once it is free.
      const answer = await client.chat.completions.create({ model: MODEL, messages: ask("[[sim:text=free]]") })
      expect(answer.choices[0]?.message.content).toBe("free")
      const first = await waitFor(() => generationsSeen(single.simulator).find((seen) => seen.aborted))
      expect(first.outcome?.status).toBe(200)
    })

    test("an exhausted pool is a RateLimitError with the true time and no call to retry at once", async () => {
      single.simulator.script({ fault: { kind: "quota-model" }, times: 1 })
      const client = new OpenAI({ baseURL: `${single.gatewayUrl}/v1`, apiKey: single.apiKey, maxRetries: 0 })
      const failure = client.chat.completions.create({ model: MODEL, messages: ask("hi") })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.RateLimitError)
      const error = (await failure.catch((thrown: unknown) => thrown)) as InstanceType<typeof OpenAI.RateLimitError> // asserted above
      expect(error.headers?.get("x-should-retry")).toBe("false")
      expect(Number(error.headers?.get("retry-after"))).toBeGreaterThan(60)
    })
  })
}
