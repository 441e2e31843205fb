/** Gemini clients: paths, what they get of an answer that is passed as it came, and errors in their own words. */
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import type { IncomingMessage } from "node:http"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { fetchAnswer, open, readAll, type Answer } from "./support/client.ts"
import { startGate, type Gate } from "./support/gate.ts"
import {
  ApiError,
  askGemini,
  eventsOf,
  geminiBody,
  parseAsFirstMajor,
  partsOf,
  textOf,
  type GeminiEvent,
} from "./support/gemini.ts"
import { startSystem, type System } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

const CLAUDE = "claude-sonnet-4-6"
const IMAGE = "gemini-3.1-flash-image"
const STREAM = "streamGenerateContent?alt=sse"

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 2, settings: { maxConcurrentPerAccount: 0 } })
})
afterEach(() => system.simulator.clearFaults())
afterAll(() => system?.stop())

const ask = (method: string, body: object, more: Parameters<typeof askGemini>[3] = {}) =>
  askGemini(system.url, method, body, more)
const whole = ({ text }: Pick<Answer, "text">) => JSON.parse(text) as GeminiEvent // this wire's shape

/** The newest request that the upstream got. */
function upstreamRequest(): Record<string, unknown> {
  const { body } = system.simulator.seen().at(-1) ?? {}
  return (body as { request: Record<string, unknown> }).request // the simulator records what it parsed
}

/** What comes of a stream, read by read. */
function readsOf(method: string, body: object): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const outgoing = open(`${system.url}/v1beta/models/${MODEL}:${method}`, { body })
    outgoing.on("error", reject)
    outgoing.on("response", (message) => {
      const reads: string[] = []
      message.on("data", (chunk: Buffer) => reads.push(chunk.toString()))
      message.on("end", () => resolve(reads))
    })
  })
}

describe("answers", () => {
  test("G145 a stream with alt=sse is data frames and nothing else", async () => {
    const reads = await readsOf(STREAM, geminiBody("[[sim:chunks=5]][[sim:text=Straße 数据 🙂 and more]]"))
    const events = eventsOf(reads.join(""))
    expect(parseAsFirstMajor(reads)).toEqual(events)
    expect(textOf(events)).toBe("Straße 数据 🙂 and more")
    expect(events.length).toBeGreaterThan(2)
    const { headers } = await ask(STREAM, geminiBody("[[sim:text=x]]"))
    expect(headers["content-type"]).toBe("text/event-stream; charset=utf-8")
  })

  test("G145 a relayed event has the bytes that the upstream sent, without its envelope", async () => {
    const { text } = await ask(STREAM, geminiBody("[[sim:chunks=2]][[sim:text=ab]]"))
    expect(text).not.toContain("traceId")
    expect(text).not.toContain('"response":')
    expect(text).toContain('"modelVersion"')
  })

  test("the model is called as the client called it, streamed and whole", async () => {
    const body = geminiBody("[[sim:chunks=3]][[sim:text=abc]]")
    const events = eventsOf((await ask(STREAM, body, { model: "my-model" })).text)
    const answer = whole(await ask("generateContent", body, { model: "my-model" }))
    for (const event of [...events, answer]) expect(event).toMatchObject({ modelVersion: "my-model" })
  })

  test("G146 a stream without alt is one JSON list, written as it grows", async () => {
    const reads = await readsOf(
      "streamGenerateContent",
      geminiBody("[[sim:chunks=4]][[sim:pause=30]][[sim:text=abcd]]"),
    )
    expect(reads.length).toBeGreaterThan(2)
    expect(reads[0]).toMatch(/^\[\{/)
    const events = JSON.parse(reads.join("")) as GeminiEvent[] // this wire's shape
    expect(textOf(events)).toBe("abcd")
    expect(events.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP")
    const { headers } = await ask("streamGenerateContent", geminiBody("[[sim:text=x]]"))
    expect(headers["content-type"]).toBe("application/json")
  })

  test("G146 an error in the middle is the list's last element", async () => {
    const answer = await ask(
      "streamGenerateContent",
      geminiBody('[[sim:words=60]][[sim:chunks=6]][[sim:fault=reset-mid-stream {"after":2}]]'),
    )
    const events = JSON.parse(answer.text) as GeminiEvent[] // this wire's shape
    expect(events.at(-1)?.error).toMatchObject({ code: 502, status: "INTERNAL" })
  })

  test("G147 a whole answer is the fold of the stream", async () => {
    const more = { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } }
    const body = geminiBody("[[sim:chunks=6]][[sim:think=Let me see.]][[sim:text=one two three]]", more)
    const events = eventsOf((await ask(STREAM, body)).text)
    const answer = whole(await ask("generateContent", body))
    expect(textOf([answer])).toBe(textOf(events))
    expect(partsOf(answer).map(({ text, thought }) => [text, thought])).toEqual([
      ["Let me see.", true],
      ["one two three", undefined],
    ])
    expect(answer.candidates?.[0]?.finishReason).toBe("STOP")
    const { cachedContentTokenCount: _cached, ...usage } = answer.usageMetadata ?? {}
    expect(events.at(-1)?.usageMetadata).toMatchObject(usage)
    expect(answer).toMatchObject({ modelVersion: MODEL, responseId: expect.any(String) as string })
  })

  test.each([["every"], ["last"], ["after"], ["none"]])(
    "G163 the last event has an end and usage, upstream's usage %s",
    async (usage) => {
      const body = geminiBody(`[[sim:chunks=3]][[sim:usage=${usage}]][[sim:text=some words]]`)
      const events = eventsOf((await ask(STREAM, body)).text)
      const last = events.at(-1)
      expect(last?.candidates?.[0]?.finishReason).toBe("STOP")
      expect(last?.usageMetadata).toMatchObject({
        promptTokenCount: expect.any(Number) as number,
        totalTokenCount: expect.any(Number) as number,
      })
      const answer = whole(await ask("generateContent", body))
      expect(answer.usageMetadata?.["totalTokenCount"]).toBeGreaterThan(0)
    },
  )

  test("G164 an image of an image model passes unchanged", async () => {
    const events = eventsOf((await ask(STREAM, geminiBody("A red square."), { model: IMAGE })).text)
    const answer = whole(await ask("generateContent", geminiBody("A red square."), { model: IMAGE }))
    const image = events.flatMap(partsOf).find((part) => part.inlineData !== undefined)?.inlineData
    expect(image?.mimeType).toMatch(/^image\//)
    expect(partsOf(answer).find((part) => part.inlineData !== undefined)?.inlineData).toEqual(image)
  })

  test("a search passes with its pages and places as the upstream has them", async () => {
    const body = geminiBody("What is the weather in Rome?", { tools: [{ googleSearch: {} }] })
    const groundingOf = (event: GeminiEvent) => event.candidates?.[0]?.groundingMetadata
    const answer = whole(await ask("generateContent", body))
    expect(groundingOf(answer)).toMatchObject({
      groundingChunks: expect.any(Array) as [],
      webSearchQueries: expect.any(Array) as [],
    })
    const events = eventsOf((await ask(STREAM, body)).text)
    expect(events.map(groundingOf)).toContainEqual(groundingOf(answer))
  })

  test.each([[STREAM], ["generateContent"]])("an answer that must be JSON is made of its parts: %s", async (method) => {
    const responseSchema = { type: "OBJECT", properties: { city: { type: "STRING" } } }
    const generationConfig = { responseMimeType: "application/json", responseSchema }
    for (const model of [MODEL, CLAUDE]) {
      const fenced = JSON.stringify('```json\n{"city":"Rome"}\n```')
      const { text } = await ask(method, geminiBody(`[[sim:text=${fenced}]]`, { generationConfig }), { model })
      const events = method === STREAM ? eventsOf(text) : [whole({ text })]
      expect(JSON.parse(textOf(events))).toEqual({ city: "Rome" })
      expect(events.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP")
      expect(events.at(-1)?.usageMetadata?.["totalTokenCount"]).toBeGreaterThan(0)
    }
  })

  test("G162 a Claude answers with flagged thoughts and calls of tools with upper-case types", async () => {
    const declaration = {
      name: "get_weather",
      parameters: { type: "OBJECT", properties: { city: { type: "STRING" }, days: { type: "INTEGER" } } },
    }
    const body = geminiBody('[[sim:think=Which city?]][[sim:call=get_weather {"city":"Rome","days":2}]]', {
      tools: [{ functionDeclarations: [declaration] }],
      generationConfig: { maxOutputTokens: 4000, thinkingConfig: { includeThoughts: true, thinkingLevel: "low" } },
    })
    const answer = whole(await ask("generateContent", body, { model: CLAUDE }))
    const [thought, call] = partsOf(answer)
    expect(thought).toMatchObject({
      text: "Which city?",
      thought: true,
      thoughtSignature: expect.any(String) as string,
    })
    expect(call?.functionCall).toMatchObject({ name: "get_weather", args: { city: "Rome", days: 2 } })
  })

  test("calls of renamed tools and of schemas that were changed come back as the client knows them", async () => {
    const tools = [{ functionDeclarations: [{ name: "mcp/get time", parameters: { type: "object", properties: {} } }] }]
    await ask("generateContent", geminiBody("[[sim:text=ok]]", { tools }), { model: CLAUDE })
    const [{ functionDeclarations }] = upstreamRequest()["tools"] as [{ functionDeclarations: { name: string }[] }] // as sent
    const name = functionDeclarations[0]?.name ?? ""
    expect(name).not.toBe("mcp/get time")
    const body = geminiBody(`[[sim:call=${name}]]`, { tools })
    const streamed = eventsOf((await ask(STREAM, body, { model: CLAUDE })).text).flatMap(partsOf)
    const call = streamed.find(({ functionCall }) => functionCall !== undefined)?.functionCall
    expect(call).toMatchObject({ name: "mcp/get time", args: {} })
    // The upstream's own id, untouched.
    expect(call?.id).toMatch(/^toolu_vrtx_/)
  })
})

describe("before content", () => {
  test.each([["empty-answer"], ["no-events"]])(
    "what an attempt with %s sent is forgotten, and the next account answers",
    async (kind) => {
      const before = system.simulator.seen().length
      system.simulator.script({ fault: { kind }, times: 1 })
      const events = eventsOf((await ask(STREAM, geminiBody("[[sim:text=second]]"))).text)
      expect(textOf(events)).toBe("second")
      expect(events.filter(({ candidates }) => candidates?.[0]?.finishReason !== undefined)).toHaveLength(1)
      expect(system.simulator.seen()).toHaveLength(before + 2)
    },
  )

  test.each([[STREAM], ["generateContent"]])(
    "a notice about the gateway's version is no answer: %s",
    async (method) => {
      const answer = await ask(method, geminiBody("[[sim:fault=version-unsupported]]"))
      expect([answer.status, whole(answer).error?.status]).toEqual([502, "INTERNAL"])
    },
  )

  test("only the results of tools may be answered with nothing", async () => {
    const call = { functionCall: { name: "get_time", args: {} }, thoughtSignature: "skip_thought_signature_validator" }
    const results = { role: "user", parts: [{ functionResponse: { name: "get_time", response: { output: "noon" } } }] }
    const contents = [{ role: "user", parts: [{ text: "x" }] }, { role: "model", parts: [call] }, results]
    system.simulator.script({ fault: { kind: "empty-answer" }, times: 1 })
    const answer = await ask("generateContent", { contents, tools: TOOLS })
    expect(answer.status).toBe(200)
    expect(textOf([whole(answer)])).toBe("")
    expect(whole(answer).candidates?.[0]?.finishReason).toBe("STOP")
  })
})

describe("paths", () => {
  const body = geminiBody("[[sim:text=here]]")
  test.each([
    [`/v1beta/models/${MODEL}:generateContent`],
    [`/v1beta/models/${MODEL}%3AgenerateContent`],
    [`/v1beta/models/models/${MODEL}:generateContent`],
    [`/v1beta/models/models%2F${MODEL}%3AgenerateContent`],
    [`/v1beta/tunedModels/${MODEL}:generateContent`],
    [`/v1alpha/models/${MODEL}:generateContent`],
    [`/gemini/v1beta/models/${MODEL}:generateContent`],
    [`/v1/models/${MODEL}:generateContent`],
  ])("G148 %s", async (path) => {
    const answer = await fetchAnswer(`${system.url}${path}`, { body })
    expect([answer.status, textOf([whole(answer)])]).toEqual([200, "here"])
  })

  test("G4 a key in the query serves and reaches no log", async () => {
    const url = `${system.url}/v1beta/models/${MODEL}:generateContent?key=`
    const key = "test-key-in-the-query"
    expect((await fetchAnswer(url + key, { body, anonymous: true })).status).toBe(401)
    expect(system.lines.join("")).not.toContain(key)
    const { API_KEY } = await import("./support/snapshots.ts")
    expect((await fetchAnswer(url + API_KEY, { body, anonymous: true })).status).toBe(200)
    expect(system.lines.join("")).not.toContain(API_KEY)
  })

  test.each([["embedContent"], ["batchEmbedContents"], ["predict"]])(
    "G158 %s is a 404 that names what there is",
    async (method) => {
      const before = system.simulator.seen().length
      const answer = await ask(method, body)
      expect(answer.status).toBe(404)
      expect(whole(answer).error).toMatchObject({ code: 404, status: "NOT_FOUND" })
      expect(whole(answer).error?.message).toMatch(/generateContent, streamGenerateContent and countTokens/)
      expect(system.simulator.seen()).toHaveLength(before)
    },
  )

  test("G18 G2 what is not there and who may not are told in Gemini's words", async () => {
    const unknown = await fetchAnswer(`${system.url}/v1beta/nothing`)
    expect([unknown.status, whole(unknown).error?.status]).toEqual([404, "NOT_FOUND"])
    const stranger = await fetchAnswer(`${system.url}/v1beta/models`, { anonymous: true })
    expect([stranger.status, whole(stranger).error?.status]).toEqual([401, "UNAUTHENTICATED"])
    expect(stranger.headers["x-request-id"]).toBe(stranger.headers["request-id"])
  })

  test("a GET on a method names what it takes", async () => {
    const answer = await fetchAnswer(`${system.url}/v1beta/models/${MODEL}:generateContent`)
    expect([answer.status, answer.headers["allow"]]).toEqual([405, "POST, OPTIONS"])
  })

  test("G11 the list has names with models/ and pages that can all be reached", async () => {
    const names: string[] = []
    let token: string | undefined
    for (let page = 0; page < 50; page += 1) {
      const query = `pageSize=2${token === undefined ? "" : `&pageToken=${token}`}`
      const answer = await fetchAnswer(`${system.url}/v1beta/models?${query}`)
      const { models, nextPageToken } = JSON.parse(answer.text) as {
        models: { name: string }[]
        nextPageToken?: string
      } // this wire's shape
      expect(models.length).toBeLessThanOrEqual(2)
      names.push(...models.map(({ name }) => name))
      token = nextPageToken
      if (token === undefined) break
    }
    const all = JSON.parse((await fetchAnswer(`${system.url}/v1beta/models`)).text) as { models: { name: string }[] } // as above
    expect(names).toEqual(all.models.map(({ name }) => name))
    expect(names).toContain(`models/${MODEL}`)
    for (const path of [`models/${MODEL}`, `models/models/${MODEL}`, `models/models%2F${MODEL}`]) {
      const one = await fetchAnswer(`${system.url}/v1beta/${path}`)
      expect(JSON.parse(one.text)).toMatchObject({
        name: `models/${MODEL}`,
        supportedGenerationMethods: expect.any(Array) as [],
      })
    }
    const unknown = await fetchAnswer(`${system.url}/v1beta/models/gemini-3-flush`)
    expect([unknown.status, whole(unknown).error?.status]).toEqual([404, "NOT_FOUND"])
  })

  test("G6 lists at /v1 have Gemini's shape for Google's SDKs only", async () => {
    const list = async (headers: Record<string, string>) =>
      Object.keys(JSON.parse((await fetchAnswer(`${system.url}/v1/models`, { headers })).text) as object) // an object
    expect(await list({ "x-goog-api-client": "google-genai-sdk/3.3.0" })).toEqual(["models"])
    expect(await list({})).toEqual(["object", "data"])
  })

  test("G157 countTokens takes both forms and reaches no upstream", async () => {
    const before = system.simulator.seen().length
    const count = async (counted: object) =>
      JSON.parse((await ask("countTokens", counted)).text) as { totalTokens: number } // this wire's shape
    const plain = await count(geminiBody("x".repeat(350)))
    expect(plain).toEqual({ totalTokens: 104, promptTokensDetails: [{ modality: "TEXT", tokenCount: 104 }] })
    const request = { model: `models/${MODEL}`, ...geminiBody("x".repeat(350)) }
    expect(await count({ generateContentRequest: request })).toEqual(plain)
    const told = { ...request, systemInstruction: { parts: [{ text: "x".repeat(35) }] } }
    expect((await count({ generateContentRequest: told })).totalTokens).toBe(114)
    expect(system.simulator.seen()).toHaveLength(before)
  })
})

describe("requests", () => {
  test("G151 snake_case is read", async () => {
    const answer = await ask("generateContent", {
      contents: [
        {
          role: "user",
          parts: [{ inline_data: { mime_type: "image/png", data: "iVBORw0KGgo=" } }, { text: "[[sim:text=seen]]" }],
        },
      ],
      system_instruction: "Be brief.",
      generation_config: { max_output_tokens: 500, thinking_config: { thinking_level: "low" } },
    })
    expect(textOf([whole(answer)])).toBe("seen")
    expect(upstreamRequest()).toMatchObject({
      contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png" } }, {}] }],
      systemInstruction: { parts: [{ text: "Be brief." }] },
      generationConfig: { thinkingConfig: { thinkingBudget: 1024 } },
    })
  })

  test("G20 fields that nobody knows are ignored at every level", async () => {
    const answer = await ask("generateContent", {
      contents: [{ role: "user", unknown: 1, parts: [{ text: "[[sim:text=fine]]", unknown: { a: 1 } }] }],
      unknown: [1],
      generationConfig: { unknown: "x", thinkingConfig: { unknown: true } },
      tools: [
        {
          functionDeclarations: [{ name: "f", unknown: 1, parameters: { type: "object", properties: {} } }],
          unknown: {},
        },
      ],
      toolConfig: { unknown: 1, functionCallingConfig: { unknown: 1 } },
    })
    expect([answer.status, textOf([whole(answer)])]).toEqual([200, "fine"])
  })

  test("G153 two contents of the user in a row are one turn upstream", async () => {
    const contents = ["a", "[[sim:text=ok]]"].map((text) => ({ role: "user", parts: [{ text }] }))
    expect((await ask("generateContent", { contents })).status).toBe(200)
    expect(upstreamRequest()["contents"]).toEqual([
      { role: "user", parts: [{ text: "a" }, { text: "[[sim:text=ok]]" }] },
    ])
  })

  test.each([
    [{ thinkingLevel: "HIGH", thinkingBudget: 5 }, 24576],
    [{ thinkingLevel: "low" }, 1024],
    [{ thinkingBudget: -1 }, -1],
  ])("G154 G155 %j is a budget of %d, and never a level", async (thinkingConfig, budget) => {
    await ask("generateContent", geminiBody("[[sim:text=ok]]", { generationConfig: { thinkingConfig } }))
    const { thinkingConfig: sent } = upstreamRequest()["generationConfig"] as { thinkingConfig: object } // as sent
    expect(sent).toEqual({ includeThoughts: false, thinkingBudget: budget })
  })

  test("G156 cached content is refused", async () => {
    const answer = await ask("generateContent", geminiBody("x", { cachedContent: "cachedContents/abc" }))
    expect(answer.status).toBe(400)
    expect(whole(answer).error).toMatchObject({ code: 400, status: "INVALID_ARGUMENT" })
    expect(whole(answer).error?.message).toContain("cached content is not available through this gateway")
  })

  test("what only Gemini's own models take reaches them, and nobody else", async () => {
    const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }]
    const body = geminiBody("[[sim:text=ok]]", {
      safetySettings,
      generationConfig: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
    })
    expect((await ask("generateContent", body)).status).toBe(200)
    expect(upstreamRequest()).toMatchObject({
      safetySettings,
      generationConfig: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
    })
    const answer = await ask("generateContent", body, { model: CLAUDE })
    expect(answer.status).toBe(200)
    expect(upstreamRequest()).not.toHaveProperty("safetySettings")
    const id = answer.headers["x-request-id"]
    const record = await waitFor(() => system.link.find("exchange").find((item) => item.exchangeId === id))
    expect(record.dropped).toEqual(["generationConfig.mediaResolution", "safetySettings"])
    expect(record.dialect).toBe("gemini")
  })
})

const TOOLS = [
  {
    functionDeclarations: [
      {
        name: "list_directory",
        parametersJsonSchema: { type: "object", properties: { dir_path: { type: "string" } } },
      },
      { name: "get_time", parametersJsonSchema: { type: "object", properties: {} } },
    ],
  },
]

describe("tool loops", () => {
  const question = (steps: string) => ({ role: "user", parts: [{ text: steps }] })

  test("G149 gemini-cli's second turn brings the signature back unchanged", async () => {
    const first = question(
      '[[sim:think=Look.]][[sim:call=list_directory {"dir_path":"."}]][[sim:then]][[sim:text=done]]',
    )
    const generationConfig = {
      temperature: 1,
      topP: 0.95,
      topK: 64,
      thinkingConfig: { includeThoughts: true, thinkingLevel: "HIGH" },
    }
    const events = eventsOf((await ask(STREAM, { contents: [first], tools: TOOLS, generationConfig })).text)
    const call = events.flatMap(partsOf).find(({ functionCall }) => functionCall !== undefined)
    expect(call?.thoughtSignature).toEqual(expect.any(String))
    // The client drops thoughts and keeps the call with its signature.
    const response = { name: "list_directory", response: { output: "a.txt" } }
    const contents = [
      first,
      { role: "model", parts: [call] },
      { role: "user", parts: [{ functionResponse: response }] },
    ]
    const answer = await ask(STREAM, { contents, tools: TOOLS, generationConfig })
    expect(textOf(eventsOf(answer.text))).toBe("done")
    const sent = upstreamRequest()["contents"] as { parts: { thoughtSignature?: string; functionCall?: object }[] }[] // as sent
    expect(sent[1]?.parts).toEqual([call])
    expect(sent[2]?.parts).toEqual([{ functionResponse: response }])
  })

  test.each([
    [MODEL, true],
    [CLAUDE, false],
  ])("G150 the word for a missing signature goes to %s: %s", async (model, isSent) => {
    const sentinel = "skip_thought_signature_validator"
    const call = { functionCall: { name: "get_time", args: {} }, thoughtSignature: sentinel }
    const contents = [
      question("[[sim:text=no]][[sim:then]][[sim:text=ok]]"),
      { role: "model", parts: [call, call] },
      {
        role: "user",
        parts: [0, 1].map(() => ({ functionResponse: { name: "get_time", response: { output: "noon" } } })),
      },
    ]
    const answer = await ask("generateContent", { contents, tools: TOOLS }, { model })
    expect(answer.status).toBe(200)
    const text = JSON.stringify(upstreamRequest())
    expect(text.split(sentinel)).toHaveLength(isSent ? 3 : 1)
  })

  test("G152 results without names or ids belong to the calls by their place", async () => {
    const contents = [
      question("[[sim:text=no]][[sim:then]][[sim:text=ok]]"),
      {
        role: "model",
        parts: [
          { functionCall: { name: "get_time", args: {} } },
          { functionCall: { name: "list_directory", args: {} } },
        ],
      },
      {
        role: "function",
        parts: [
          { functionResponse: { response: { output: "noon" } } },
          { functionResponse: { response: { files: ["a"] } } },
        ],
      },
    ]
    const answer = await ask("generateContent", { contents, tools: TOOLS })
    expect(answer.status).toBe(200)
    const sent = upstreamRequest()["contents"] as { parts: object[] }[] // as sent
    expect(sent[2]?.parts).toEqual([
      { functionResponse: { name: "get_time", response: { output: "noon" } } },
      { functionResponse: { name: "list_directory", response: { files: ["a"] } } },
    ])
    expect((await ask("generateContent", { contents, tools: TOOLS }, { model: CLAUDE })).status).toBe(200)
  })
})

describe("errors", () => {
  test("G159 a stream that breaks ends with an error in a frame, then alone in a read", async () => {
    const body = geminiBody('[[sim:words=60]][[sim:chunks=6]][[sim:fault=reset-mid-stream {"after":2}]]')
    const reads = await readsOf(STREAM, body)
    const last = reads.at(-1) ?? ""
    expect(JSON.parse(last)).toMatchObject({ error: { code: 502, status: "INTERNAL" } })
    const framed = reads.slice(0, -1).join("")
    const events = eventsOf(framed)
    expect(events.at(-1)).toEqual(JSON.parse(last))
    expect(textOf(events)).not.toBe("")
    expect(() => parseAsFirstMajor(reads)).toThrowError(new ApiError(502))
  })

  test("G179 a stream that ends without a reason is the same error", async () => {
    const body = geminiBody("[[sim:words=60]][[sim:chunks=6]][[sim:fault=truncated]]")
    const reads = await readsOf(STREAM, body)
    expect(JSON.parse(reads.at(-1) ?? "")).toMatchObject({ error: { code: 502, status: "INTERNAL" } })
    expect(() => parseAsFirstMajor(reads)).toThrowError(new ApiError(502))
    const answer = await ask("generateContent", body)
    expect([answer.status, whole(answer).error?.status]).toEqual([502, "INTERNAL"])
  })

  test("G179 one that ends before it said anything is a 502 with a status", async () => {
    const answer = await ask(STREAM, geminiBody("[[sim:fault=no-events]]"))
    expect([answer.status, whole(answer).error?.status]).toEqual([502, "INTERNAL"])
    expect(answer.headers["content-type"]).toBe("application/json")
  })

  test.each([["MALFORMED_FUNCTION_CALL"], ["UNEXPECTED_TOOL_CALL"]])(
    "the upstream's own end %s is tried again, then passed on",
    async (reason) => {
      const before = system.simulator.seen().length
      const body = geminiBody(`[[sim:fault=finish {"reason":"${reason}"}]][[sim:text=x]]`)
      const answer = await ask("generateContent", body)
      expect(answer.status).toBe(200)
      expect(whole(answer).candidates?.[0]?.finishReason).toBe(reason)
      const events = eventsOf((await ask(STREAM, body)).text)
      expect(events.at(-1)?.candidates?.[0]?.finishReason).toBe(reason)
      expect(system.simulator.seen().length - before).toBeGreaterThanOrEqual(2)
    },
  )

  test("a wrong key, an unknown model, a body that is none", async () => {
    const wrong = await ask("generateContent", geminiBody("x"), {
      anonymous: true,
      headers: { "x-goog-api-key": "wrong" },
    })
    expect([wrong.status, whole(wrong).error?.status]).toEqual([401, "UNAUTHENTICATED"])
    const unknown = await ask("generateContent", geminiBody("x"), { model: "gemini-3-flush" })
    expect([unknown.status, whole(unknown).error?.status]).toEqual([404, "NOT_FOUND"])
    const none = await ask("generateContent", { contents: [] })
    expect([none.status, whole(none).error?.status]).toEqual([400, "INVALID_ARGUMENT"])
  })
})

describe("a pool of one", () => {
  let single: System
  beforeEach(async () => {
    single = await startSystem({ accounts: 1 })
  })
  afterEach(() => single?.stop())

  test("G160 a rate limit says when to come back", async () => {
    single.simulator.script({ fault: { kind: "rate-limit-long" } })
    const answer = await askGemini(single.url, STREAM, geminiBody("x"))
    expect(answer.status).toBe(429)
    const { error } = whole(answer)
    expect(error?.status).toBe("RESOURCE_EXHAUSTED")
    const retry = error?.details?.find((detail) => JSON.stringify(detail).includes("RetryInfo"))
    expect(retry).toMatchObject({ retryDelay: expect.stringMatching(/^4[12](\.\d+)?s$/) as string })
  })

  test("G161 exhausted it says so with a reason that stops clients", async () => {
    single.simulator.script({ fault: { kind: "quota-model" } })
    const answer = await askGemini(single.url, STREAM, geminiBody("x"))
    expect(answer.status).toBe(429)
    expect(answer.headers["x-should-retry"]).toBe("false")
    const { error } = whole(answer)
    expect(error?.status).toBe("RESOURCE_EXHAUSTED")
    expect(error?.details?.[0]).toMatchObject({ reason: "QUOTA_EXHAUSTED" })
  })
})

describe("silence", () => {
  let clock: SteeredClock
  let slow: System
  let gate: Gate
  beforeAll(async () => {
    clock = steeredClock()
    slow = await startSystem({
      plane: { clock },
      settings: { firstByteTimeoutMs: 600_000, streamIdleTimeoutMs: 600_000 },
    })
    gate = await startGate(slow.simulator.url)
    await slow.push({ settings: { antigravityBaseUrls: [gate.url] } })
  })
  afterAll(async () => {
    await slow?.stop()
    await gate?.stop()
  })

  test("an early head carries no frame", async () => {
    gate.close()
    const outgoing = open(`${slow.url}/v1beta/models/${MODEL}:${STREAM}`, { body: geminiBody("[[sim:text=late]]") })
    const head = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("error", reject)
      outgoing.on("response", resolve)
    })
    await waitFor(() => gate.held === 1)
    clock.advance(KEEP_ALIVE_MS)
    // The head comes while the upstream is still silent.
    const message = await head
    expect([message.statusCode, gate.held]).toEqual([200, 1])
    const reads: string[] = []
    message.on("data", (chunk: Buffer) => reads.push(chunk.toString()))
    gate.open()
    const text = await readAll(message)
    expect(reads[0]).toMatch(/^data: \{"candidates":\[\{/)
    expect(textOf(eventsOf(text))).toBe("late")
  })

  test("an error after an early head is the stream's last, framed and alone", async () => {
    gate.close()
    const coming = askGemini(slow.url, STREAM, geminiBody("[[sim:fault=invalid-argument]]"))
    await waitFor(() => gate.held === 1)
    clock.advance(KEEP_ALIVE_MS)
    gate.open()
    const { status, text } = await coming
    expect(status).toBe(200)
    const [frame = "", alone = ""] = text.split("\n\n")
    expect(JSON.parse(alone)).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } })
    expect(frame).toBe(`data: ${alone}`)
  })

  test("a long silence between two events is broken by events that say nothing", async () => {
    gate.close(1)
    const body = geminiBody("[[sim:chunks=2]][[sim:text=ab]]")
    const outgoing = open(`${slow.url}/v1beta/models/${MODEL}:${STREAM}`, { body })
    let text = ""
    outgoing.on("response", (message) => message.on("data", (chunk: Buffer) => (text += chunk.toString())))
    const ended = new Promise((resolve, reject) => {
      outgoing.on("error", reject)
      outgoing.on("response", (message) => message.on("end", resolve))
    })
    await waitFor(() => text !== "")
    for (let times = 0; times < 2; times += 1) clock.advance(KEEP_ALIVE_MS)
    gate.open()
    await ended
    const events = eventsOf(text)
    expect(textOf(events)).toBe("ab")
    expect(events.filter(({ candidates }) => candidates?.length === 0)).toHaveLength(2)
    expect(text).not.toMatch(/^:/m)
  })
})
