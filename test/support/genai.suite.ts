/**
 * What every major of the official `@google/genai` package must be able to do with a real data plane over the simulator. A suite, so
 * that one file a major can run it.
 */
import type * as Types from "@google/genai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen, lastUsage } from "./seen.ts"
import { startSystem, type System } from "./start-system.ts"

const MODEL = "gemini-3-flash"
const CLAUDE = "claude-sonnet-4-6"
const IMAGE_MODEL = "gemini-3.1-flash-image"
const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'
/** One pixel. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** Of the package; later majors have the same members as far as the suite uses them. */
export type GenAiPackage = Pick<typeof Types, "GoogleGenAI" | "ApiError" | "FunctionCallingConfigMode" | "Type">

export function genaiSuite({ GoogleGenAI, ApiError, FunctionCallingConfigMode, Type }: GenAiPackage): void {
  let system: System
  let ai: Types.GoogleGenAI

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    ai = client(system.apiKey)
  })
  afterAll(() => system?.stop())

  const client = (apiKey: string) =>
    new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: system.gatewayUrl } })

  /** Every generation since then was taken by the simulator's rules at the first try. */
  function expectAccepted(before: number, count: number): void {
    const seen = generationsSeen(system.simulator).slice(before)
    expect(seen.map(({ outcome }) => outcome?.status)).toEqual(Array.from({ length: count }, () => 200))
  }

  describe("answers", () => {
    test("a plain answer is byte-equal and its usage the upstream's", async () => {
      const answer = await ai.models.generateContent({
        model: MODEL,
        contents: `[[sim:text=${TEXT}]]`,
        config: { systemInstruction: "Be exact.", temperature: 0.5, maxOutputTokens: 1000 },
      })
      expect(answer.text).toBe(TEXT)
      expect(answer.candidates?.[0]?.finishReason).toBe("STOP")
      const { promptTokenCount, candidatesTokenCount, totalTokenCount } = lastUsage(system.simulator)
      expect(answer.usageMetadata).toMatchObject({ promptTokenCount, candidatesTokenCount, totalTokenCount })
    })

    test("G145 a stream is byte-equal, in several chunks, with an end and usage in its last", async () => {
      const stream = await ai.models.generateContentStream({
        model: MODEL,
        contents: `[[sim:chunks=9]][[sim:text=${TEXT}]]`,
      })
      const chunks: Types.GenerateContentResponse[] = []
      for await (const chunk of stream) chunks.push(chunk)
      expect(chunks.map(({ text }) => text ?? "").join("")).toBe(TEXT)
      expect(chunks.length).toBeGreaterThan(2)
      expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP")
      const { totalTokenCount } = lastUsage(system.simulator)
      expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBe(totalTokenCount)
    })

    test("a schema makes JSON of it", async () => {
      const schema = {
        type: Type.OBJECT,
        properties: { city: { type: Type.STRING } },
        required: ["city"],
      }
      for (const model of [MODEL, CLAUDE]) {
        const answer = await ai.models.generateContent({
          model,
          contents: '[[sim:text={"city":"Rome"}]]',
          config: { responseMimeType: "application/json", responseSchema: schema },
        })
        expect(JSON.parse(answer.text ?? "")).toEqual({ city: "Rome" })
      }
    })

    test("thoughts are flagged and count", async () => {
      const answer = await ai.models.generateContent({
        model: MODEL,
        contents: "[[sim:think=Let me see.]][[sim:text=Seen.]]",
        config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } },
      })
      expect(answer.text).toBe("Seen.")
      const thought = answer.candidates?.[0]?.content?.parts?.find((part) => part.thought === true)
      expect(thought?.text).toBe("Let me see.")
      expect(answer.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0)
    })

    test("G164 an image goes in and an image comes out", async () => {
      const answer = await ai.models.generateContent({
        model: IMAGE_MODEL,
        contents: [{ inlineData: { mimeType: "image/png", data: PNG } }, { text: "The same in red." }],
        config: { responseModalities: ["IMAGE"], imageConfig: { aspectRatio: "16:9" } },
      })
      expect(answer.data?.length).toBeGreaterThan(20)
      const body = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
      expect(body).toContain(`"inlineData":{"mimeType":"image/png","data":"${PNG}"}`)
      expect(body).toContain('"aspectRatio":"16:9"')
    })
  })

  describe.each([MODEL, CLAUDE])("chats with %s", (model) => {
    const weather: Types.FunctionDeclaration = {
      name: "get_weather",
      description: "The weather now.",
      parametersJsonSchema: {
        type: "object",
        properties: { city: { type: "string", minLength: 1 } },
        required: ["city"],
        additionalProperties: false,
      },
    }
    const time: Types.FunctionDeclaration = { name: "get_time" }
    const PROMPT =
      '[[sim:call=get_weather {"city":"Zürich"}]][[sim:call=get_weather {"city":"Rome"}]]' +
      "[[sim:then]][[sim:call=get_time {}]][[sim:then]][[sim:text=Both are wet.]]"

    test.each([false, true])("a loop of calls, parallel ones first, stream %s", async (stream) => {
      const before = generationsSeen(system.simulator).length
      const chat = ai.chats.create({
        model,
        config: {
          tools: [{ functionDeclarations: [weather, time] }],
          toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
          thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 },
          maxOutputTokens: 8000,
        },
      })
      const send = async (message: Types.PartListUnion) => {
        if (!stream) {
          const answer = await chat.sendMessage({ message })
          return { calls: answer.functionCalls ?? [], text: answer.text ?? "" }
        }
        const calls: Types.FunctionCall[] = []
        let text = ""
        for await (const chunk of await chat.sendMessageStream({ message })) {
          calls.push(...(chunk.functionCalls ?? []))
          text += chunk.text ?? ""
        }
        return { calls, text }
      }
      const rounds: unknown[][] = []
      let answer = await send(PROMPT)
      while (answer.calls.length > 0 && rounds.length < 5) {
        rounds.push(answer.calls.map(({ name, args }) => [name, args]))
        answer = await send(
          answer.calls.map(({ id, name = "", args }) => ({
            functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: JSON.stringify(args) } },
          })),
        )
      }
      expect(rounds).toEqual([
        [
          ["get_weather", { city: "Zürich" }],
          ["get_weather", { city: "Rome" }],
        ],
        [["get_time", {}]],
      ])
      expect(answer.text).toBe("Both are wet.")
      expectAccepted(before, 3)
    })
  })

  describe("beside answers", () => {
    test("G157 counts tokens without an upstream call", async () => {
      const before = system.simulator.seen().length
      const { totalTokens } = await ai.models.countTokens({ model: MODEL, contents: "x".repeat(350) })
      expect(totalTokens).toBe(104)
      expect(system.simulator.seen()).toHaveLength(before)
    })

    test("G11 lists every model, page by page, and gets each", async () => {
      const names: string[] = []
      for await (const model of await ai.models.list({ config: { pageSize: 2 } })) names.push(model.name ?? "")
      expect(names).toContain(`models/${MODEL}`)
      expect(new Set(names).size).toBe(names.length)
      expect(names.length).toBeGreaterThan(4)
      const one = await ai.models.get({ model: MODEL })
      expect(one.name).toBe(`models/${MODEL}`)
      expect(one.inputTokenLimit).toBeGreaterThan(100_000)
    })
  })

  describe("errors", () => {
    const failureOf = async (work: Promise<unknown>): Promise<Types.ApiError> => {
      const error: unknown = await work.then(
        () => new Error("no error"),
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(ApiError)
      return error as Types.ApiError // asserted above
    }
    const drained = async (contents: string) => {
      let text = ""
      for await (const chunk of await ai.models.generateContentStream({ model: MODEL, contents }))
        text += chunk.text ?? ""
      return text
    }

    test("a wrong key is a 401 and reaches no upstream", async () => {
      const before = generationsSeen(system.simulator).length
      const error = await failureOf(client("lag_wrong").models.generateContent({ model: MODEL, contents: "hi" }))
      expect(error.status).toBe(401)
      expect(error.message).toContain("UNAUTHENTICATED")
      expect(generationsSeen(system.simulator)).toHaveLength(before)
    })

    test("an unknown model is a 404 with the nearest ids", async () => {
      const error = await failureOf(ai.models.generateContent({ model: "gemini-3-flush", contents: "hi" }))
      expect(error.status).toBe(404)
      expect(error.message).toContain("gemini-3-flash")
    })

    test("G158 embeddings are a 404 that says what there is", async () => {
      const error = await failureOf(ai.models.embedContent({ model: MODEL, contents: "hi" }))
      expect(error.status).toBe(404)
      expect(error.message).toContain("countTokens")
    })

    test("an upstream that refuses the request is a 400", async () => {
      const error = await failureOf(
        ai.models.generateContent({ model: MODEL, contents: "[[sim:fault=invalid-argument]]" }),
      )
      expect(error.status).toBe(400)
      expect(error.message).toContain("INVALID_ARGUMENT")
    })

    test.each([
      ["G159", "reset-mid-stream"],
      ["G179", "truncated"],
    ])("%s a stream that breaks by %s throws with a status after its text", async (_case, fault) => {
      const error = await failureOf(drained(`[[sim:chunks=5]][[sim:words=60]][[sim:fault=${fault}]]`))
      expect(error.status).toBe(502)
    })

    test("G179 a whole answer that was cut is a 502", async () => {
      const contents = "[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]"
      expect((await failureOf(ai.models.generateContent({ model: MODEL, contents }))).status).toBe(502)
    })
  })
}
