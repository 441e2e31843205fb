/**
 * What every major of the official `openai` package must be able to do with the Responses of a real data plane over the simulator:
 * answers, its helpers, loops of calls, and thoughts on their way through a client. A suite, so that one file a major can run it.
 */
import type Types from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { OpenAIClass } from "./openai.suite.ts"
import { generationsSeen, lastUsage } from "./seen.ts"
import { startSystem, type System } from "./start-system.ts"

type Responses = Types.Responses.Response
type Input = Types.Responses.ResponseInput

const MODEL = "gemini-3-flash"
const MODELS = [MODEL, "claude-sonnet-4-6"]
const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

export function responsesSuite(OpenAI: OpenAIClass): void {
  let system: System
  let openai: Types

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  const weather = {
    type: "function" as const,
    name: "weather",
    description: "The weather now.",
    strict: true,
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  }

  describe("answers", () => {
    test("G66 create is byte-equal and its usage exact", async () => {
      const answer = await openai.responses.create({
        model: MODEL,
        instructions: "Be exact.",
        input: `[[sim:text=${TEXT}]]`,
      })
      expect(answer).toMatchObject({ output_text: TEXT, status: "completed", model: MODEL, error: null })
      const upstream = lastUsage(system.simulator)
      expect(answer.usage).toMatchObject({
        input_tokens: upstream.promptTokenCount,
        output_tokens: upstream.candidatesTokenCount,
        total_tokens: upstream.totalTokenCount,
      })
    })

    test("G65 G66 the stream and its helper give the same", async () => {
      const body = { model: MODEL, input: `[[sim:chunks=9]][[sim:text=${TEXT}]]` }
      let text = ""
      const numbers: number[] = []
      for await (const event of await openai.responses.create({ ...body, stream: true })) {
        numbers.push(event.sequence_number)
        if (event.type === "response.output_text.delta") text += event.delta
      }
      expect(text).toBe(TEXT)
      expect(numbers).toEqual(numbers.map((_number, index) => index))
      const final = await openai.responses.stream(body).finalResponse()
      expect(final.output_text).toBe(TEXT)
      expect(final.usage?.total_tokens).toBe(lastUsage(system.simulator).totalTokenCount)
    })

    test.each(MODELS)("G92 parse gives the object that the schema of %s asks for", async (model) => {
      const schema = {
        type: "object",
        properties: { title: { type: "string" }, count: { type: "integer" } },
        required: ["title", "count"],
        additionalProperties: false,
      }
      const format = { type: "json_schema" as const, name: "answer", strict: true, schema }
      const answer = await openai.responses.parse({ model, input: "Count.", text: { format } })
      expect(JSON.parse(answer.output_text)).toEqual({ title: expect.any(String), count: expect.any(Number) })
    })

    test("an image of the user is seen", async () => {
      const content = [
        { type: "input_image" as const, image_url: `data:image/png;base64,${PNG}`, detail: "auto" as const },
        { type: "input_text" as const, text: "[[sim:text=seen]]" },
      ]
      const answer = await openai.responses.create({ model: MODEL, input: [{ role: "user", content }] })
      expect(answer.output_text).toBe("seen")
      expect(JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)).toContain(PNG)
    })

    test.each([
      ["MAX_TOKENS", "max_output_tokens"],
      ["SAFETY", "content_filter"],
    ])("finish %s is incomplete for %s", async (finish, reason) => {
      const answer = await openai.responses.create({
        model: MODEL,
        input: `[[sim:text=partial]][[sim:finish=${finish}]]`,
      })
      expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason }, output_text: "partial" })
    })
  })

  describe.each(MODELS)("loops with %s", (model) => {
    const start = `Compare. [[sim:think=I compare.]][[sim:call=weather {"city":"Zürich"}]][[sim:call=weather {"city":"Rome"}]]`
    const prompt = `${start}[[sim:then]][[sim:call=weather {"city":"Oslo"}]][[sim:then]][[sim:text=${TEXT}]]`

    /** Gives every call its result and the whole answer back, until there is none. */
    async function loop(
      change: (item: object) => object,
      streamed: boolean,
    ): Promise<{ answers: Responses[]; cities: unknown[] }> {
      const input: Input = [{ role: "user", content: prompt }]
      const answers: Responses[] = []
      const cities: unknown[] = []
      for (;;) {
        const body = {
          model,
          input,
          tools: [weather],
          store: false,
          include: ["reasoning.encrypted_content" as const],
          reasoning: { effort: "low" as const, summary: "auto" as const },
        }
        const answer: Responses = streamed
          ? await openai.responses.stream(body).finalResponse()
          : await openai.responses.create(body)
        answers.push(answer)
        input.push(...(answer.output.map(change) as Input)) // what came may go back
        const calls = answer.output.filter((item) => item.type === "function_call")
        if (calls.length === 0) return { answers, cities }
        for (const call of calls) {
          const { city } = JSON.parse(call.arguments) as { city: string } // as the simulator was asked to write
          cities.push(city)
          input.push({ type: "function_call_output", call_id: call.call_id, output: `It rains in ${city}.` })
        }
      }
    }

    test.each([
      ["streamed", true],
      ["whole", false],
    ])(
      "G95 of calls and results end with the answer, %s; thoughts go round in our carrier",
      async (_name, streamed) => {
        const before = generationsSeen(system.simulator).length
        const { answers, cities } = await loop((item) => item, streamed)
        expect(cities).toEqual(["Zürich", "Rome", "Oslo"])
        expect(answers.at(-1)?.output_text).toBe(TEXT)
        const [first] = answers[0]?.output ?? []
        expect(first).toMatchObject({ type: "reasoning", encrypted_content: expect.stringMatching(/^gw1\./) })
        const seen = generationsSeen(system.simulator).slice(before)
        expect(seen.map((request) => request.outcome?.status)).toEqual([200, 200, 200])
        const sent = JSON.stringify(seen.at(-1)?.body)
        expect(sent).toContain('"thoughtSignature":"')
        expect(sent).not.toContain("skip_thought_signature_validator")
      },
    )

    test("G79 with a client that empties summaries and drops ids", async () => {
      const emptied = (item: object) => {
        const { id: _id, ...rest } = item as { id?: string; type: string } // of an answer
        return rest.type === "reasoning" ? { ...rest, summary: [] } : rest
      }
      expect((await loop(emptied, true)).answers.at(-1)?.output_text).toBe(TEXT)
    })
  })

  test("G74 a freeform tool gets its text", async () => {
    const patch = '*** Begin Patch\n*** Add File: a "b".txt\n+Zürich 🙂\n*** End Patch'
    const answer = await openai.responses
      .stream({
        model: MODEL,
        input: `[[sim:call=apply_patch ${JSON.stringify({ input: patch })}]]`,
        tools: [
          {
            type: "custom",
            name: "apply_patch",
            format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
          },
        ],
      })
      .finalResponse()
    expect(answer.output.at(-1)).toMatchObject({ type: "custom_tool_call", name: "apply_patch", input: patch })
  })

  test("G97 compact gives a history to go on with", async () => {
    const input: Input = [
      { role: "user", content: "Remember 42." },
      { role: "assistant", content: "I do." },
      { role: "user", content: "[[sim:text=The number is 42.]]" },
    ]
    const compacted = await openai.responses.compact({ model: MODEL, input })
    expect(compacted.object).toBe("response.compaction")
    expect(compacted.output.at(-1)).toMatchObject({ type: "compaction" })
    const next = [...compacted.output, { role: "user", content: "[[sim:text=go on]]" }] as Input // what came may go back
    expect((await openai.responses.create({ model: MODEL, input: next })).output_text).toBe("go on")
    expect(JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)).toContain("The number is 42.")
  })

  describe("errors", () => {
    test("G81 a stored answer is a BadRequestError with its code", async () => {
      const failure = openai.responses.create({ model: MODEL, input: "x", previous_response_id: "resp_1" })
      await expect(failure).rejects.toBeInstanceOf(OpenAI.BadRequestError)
      await expect(failure).rejects.toMatchObject({
        code: "previous_response_not_found",
        param: "previous_response_id",
      })
    })

    test("an answer to fetch is a NotFoundError", async () => {
      await expect(openai.responses.retrieve("resp_1")).rejects.toBeInstanceOf(OpenAI.NotFoundError)
      await expect(openai.responses.delete("resp_1")).rejects.toBeInstanceOf(OpenAI.NotFoundError)
      await expect(openai.responses.cancel("resp_1")).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    })

    test("G86 R5 a stream cut off after content is a failed response, and whole an InternalServerError", async () => {
      const body = { model: MODEL, input: "[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]" }
      const failed = await openai.responses.stream(body).finalResponse()
      expect(failed).toMatchObject({ status: "failed", error: { code: "server_error" } })
      await expect(openai.responses.create(body)).rejects.toBeInstanceOf(OpenAI.InternalServerError)
    })
  })
}
