import { inflateSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { directivesOf, planAnswer } from "./answer.ts"
import { defaultAnswer, instanceOf, pieces, resultAnswer, wordsFor } from "./answer-text.ts"
import { modelOf } from "./catalogue.ts"
import { documentOf, eventsOf } from "./events.ts"
import { readGeneration } from "./request.ts"
import { picture, pixelsOf } from "./picture.ts"
import { Signatures } from "./signatures.ts"
import { PromptCache, promptTokens, tokens } from "./usage.ts"

const signatures = new Signatures("seed")

function plan(model: string, text: string, request: object = {}, turns: readonly object[] = []) {
  const contents = [{ role: "user", parts: [{ text }] }, ...turns]
  const read = readGeneration({ project: "p", model, request: { contents, ...request } })
  const known = modelOf(model)
  if (!known) throw new Error(`no model ${model}`)
  const context = { request: read, model: known, seed: "seed", signatures, cached: 0, serial: 1 }
  return planAnswer(context, directivesOf(read))
}
const thinking = (thinkingBudget: number, includeThoughts = true) => ({
  generationConfig: { thinkingConfig: { includeThoughts, thinkingBudget } },
})
const weather = {
  tools: [
    {
      functionDeclarations: [
        {
          name: "weather",
          parameters: {
            type: "object",
            properties: { city: { type: "string" }, days: { type: "integer" } },
            required: ["city"],
          },
        },
      ],
    },
  ],
}

describe("the words of an answer", () => {
  it("follow from seed and prompt", () => {
    expect(plan("gemini-3-flash", "Hello").text).toBe(defaultAnswer("seed", "Hello"))
    expect(defaultAnswer("seed", "Hello")).toMatch(/^Simulated answer [0-9a-f]{8} to: Hello$/)
    expect(defaultAnswer("other", "Hello")).not.toBe(defaultAnswer("seed", "Hello"))
    expect(plan("gemini-3-flash", "Go. [[sim:words=12]]").text).toBe(wordsFor("seed", "Go.", 12))
    expect(wordsFor("seed", "Go.", 12).split(" ")).toHaveLength(12)
    expect(plan("gemini-3-flash", "Go. [[sim:text=Exactly this.]]").text).toBe("Exactly this.")
  })

  it("are cut between code points, nothing lost", () => {
    expect(pieces("a🙂b🙂", 3)).toEqual(["a🙂", "b🙂"])
    expect(pieces("", 3)).toEqual([])
    const text = wordsFor("seed", "cut", 50)
    for (const count of [1, 2, 7, 1000]) expect(pieces(text, count).join("")).toBe(text)
  })

  it("are JSON where the request wants JSON", () => {
    const json = {
      generationConfig: {
        responseMimeType: "application/json",
        responseSchema: {
          type: "object",
          properties: { a: { type: "array", items: { type: "boolean" } }, b: { type: "string", enum: ["x"] } },
          required: ["a", "b"],
        },
      },
    }
    expect(JSON.parse(plan("gemini-3-flash", "Hi", json).text)).toEqual({ a: [true], b: "x" })
    expect(instanceOf({ anyOf: [{ type: "string" }] }, "seed", "p")).toBe("simulated p")
  })

  it("are JSON in a fence where the system text asks for it in words", () => {
    const schema = { type: "object", properties: { a: { type: ["null", "boolean"] }, b: { const: "x" } } }
    const told = { systemInstruction: { parts: [{ text: `Be exact. JSON Schema:\n${JSON.stringify(schema)}` }] } }
    expect(plan("claude-sonnet-4-6", "Hi", told).text).toBe('```json\n{\n  "a": true,\n  "b": "x"\n}\n```')
    expect(plan("claude-sonnet-4-6", "[[sim:text=no]]", told).text).toBe("no")
  })

  it("rest on pages where a search was asked for", () => {
    const search = { tools: [{ googleSearch: {} }] }
    expect(plan("gemini-3-flash", "Hi", {}).grounding).toBeUndefined()
    expect(plan("gemini-3-flash", "Hi [[sim:sources=0]]", search).grounding).toEqual({})
    const { grounding } = plan("gemini-3-flash", "Hi [[sim:sources=2]][[sim:text=数据. Two! Three.]]", search)
    expect(grounding).toMatchObject({
      webSearchQueries: ["Hi"],
      groundingChunks: [{ web: { title: "example.org" } }, { web: { title: "example-2.org" } }],
      groundingSupports: [
        { segment: { endIndex: 7, text: "数据." }, groundingChunkIndices: [0] },
        { segment: { startIndex: 7, endIndex: 12, text: " Two!" }, groundingChunkIndices: [1] },
        { segment: { startIndex: 12, endIndex: 19, text: " Three." }, groundingChunkIndices: [0] },
      ],
    })
  })

  it("stop at a stop sequence", () => {
    expect(
      plan("gemini-3-flash", "[[sim:text=one two three]]", { generationConfig: { stopSequences: ["three", " two"] } }),
    ).toMatchObject({ text: "one", finishReason: "STOP" })
  })
})

describe("thinking", () => {
  it("shows a thought when asked, with Claude's signature over it", () => {
    const answer = plan("claude-sonnet-4-6", "Hello [[sim:think=Let me see.]]", thinking(2048))
    expect(answer.thought).toBe("Let me see.")
    expect(signatures.isClaude(answer.thoughtSignature ?? "", "Let me see.")).toBe(true)
    expect(answer.counts.thoughts).toBe(3)
    const parts = eventsOf(answer, { chunks: 2, usage: "every" }).map(partOf)
    expect(parts.map((part) => [part["thought"], part["text"]])).toEqual([
      [true, "Let me see."],
      [true, ""],
      [undefined, expect.any(String)],
      [undefined, expect.any(String)],
    ])
  })

  it("counts but hides a thought without includeThoughts; 0 is off", () => {
    expect(plan("gemini-3-flash", "Hello", thinking(2048, false))).toMatchObject({
      thought: undefined,
      counts: { thoughts: tokens(30) },
    })
    expect(plan("gemini-3.6-flash-low", "Hello", thinking(0)).counts.thoughts).toBe(0)
    expect(plan("claude-sonnet-4-6", "Hello", thinking(0, false))).toMatchObject({
      thought: undefined,
      thoughtSignature: undefined,
    })
  })

  it("is imitated in the text by Claude without a budget", () => {
    const answer = plan("claude-sonnet-4-6", "Hello", {
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    })
    expect(answer.text).toMatch(/^<think>/)
    expect(answer.thought).toBeUndefined()
  })

  it("takes its share of the output limit first", () => {
    const limited = {
      generationConfig: { maxOutputTokens: 10, thinkingConfig: { includeThoughts: true, thinkingBudget: 5 } },
    }
    const answer = plan(
      "gemini-3-flash",
      "Hello [[sim:think=0123456789012345678901234567890]][[sim:text=abc]]",
      limited,
    )
    expect(answer).toMatchObject({
      thought: "01234567890123456789",
      finishReason: "MAX_TOKENS",
      counts: { thoughts: 5 },
    })
    const cut = plan("gemini-3-flash", "[[sim:text=0123456789]]", { generationConfig: { maxOutputTokens: 2 } })
    expect(cut).toMatchObject({ text: "01234567", finishReason: "MAX_TOKENS", counts: { candidates: 2 } })
  })
})

describe("calls", () => {
  it("are made when the prompt asks, with made-up arguments unless given", () => {
    const [part] = plan("claude-sonnet-4-6", "[[sim:call=weather]]", weather).parts
    expect(part).toEqual({
      functionCall: {
        id: expect.stringMatching(/^toolu_vrtx_\w{24}$/),
        name: "weather",
        args: { city: "simulated city" },
      },
    })
    expect(plan("gemini-3-flash", "[[sim:call=x {}]]").parts[0]).toEqual({
      functionCall: { name: "x" },
      thoughtSignature: expect.any(String),
    })
    expect(plan("gemini-2.5-pro", "[[sim:call=x {}]][[sim:ids=on]]").parts[0]).toEqual({
      functionCall: { id: expect.stringMatching(/^\w{8}$/), name: "x" },
    })
  })

  it("of Gemini 3 are signed on the first only; a text is signed at its end", () => {
    const answer = plan("gemini-3-flash", '[[sim:call=a {"x":1}]][[sim:call=b {"y":2}]]')
    expect(answer.parts.map((part) => signatures.isGemini(String(part["thoughtSignature"])))).toEqual([true, false])
    const text = plan("gemini-3-flash", "Hello", thinking(1000))
    expect(signatures.isGemini(text.textSignature ?? "")).toBe(true)
    expect(partOf(eventsOf(text, { chunks: 1, usage: "every" }).at(-1))).toEqual({
      text: "",
      thoughtSignature: text.textSignature,
    })
  })

  it("follow the mode: ANY always calls, NONE never", () => {
    const mode = (value: string) => ({ ...weather, toolConfig: { functionCallingConfig: { mode: value } } })
    expect(plan("gemini-3-flash", "Hello", mode("ANY")).parts).toHaveLength(1)
    expect(plan("gemini-3-flash", "[[sim:call=weather]]", mode("NONE")).parts).toHaveLength(0)
    expect(plan("gemini-3-flash", "Hello", mode("AUTO")).parts).toHaveLength(0)
  })

  it("are followed by an answer that names the results, or by the next step", () => {
    const round = (name: string) => [
      { role: "model", parts: [{ functionCall: { name, args: {} } }] },
      { role: "user", parts: [{ functionResponse: { name, response: { output: "rain" } } }, { text: "reminder" }] },
    ]
    expect(plan("gemini-3-flash", "[[sim:call=weather]]", {}, round("weather")).text).toBe(
      'Result of weather: {"output":"rain"}',
    )
    const steps = "[[sim:call=a]][[sim:then]][[sim:call=b]][[sim:then]][[sim:text=Done.]]"
    expect(plan("gemini-3-flash", steps, {}, round("a")).parts[0]).toMatchObject({ functionCall: { name: "b" } })
    expect(plan("gemini-3-flash", steps, {}, [...round("a"), ...round("b")]).text).toBe("Done.")
    const steered = [
      round("a")[0],
      { role: "user", parts: [{ functionResponse: { name: "a", response: {} } }, { text: "[[sim:text=New.]]" }] },
    ]
    expect(plan("gemini-3-flash", steps, {}, steered as object[]).text).toBe("New.") // both elements are objects
    expect(resultAnswer([{ id: undefined, name: "f", response: undefined }])).toBe("Result of f: null")
  })
})

describe("usage", () => {
  it("is four characters a token over system, tools and every turn", () => {
    const request = readGeneration({
      request: {
        systemInstruction: { parts: [{ text: "12345" }] },
        contents: [{ role: "user", parts: [{ text: "123" }, { inlineData: { mimeType: "image/png", data: "AAAA" } }] }],
      },
    })
    expect(promptTokens(request)).toBe(2 + 258)
  })

  it("adds up, on every event, the last exact", () => {
    const answer = plan("gemini-3-flash", 'Hello [[sim:words=50]][[sim:call=f {"a":1}]]', thinking(500))
    const events = eventsOf(answer, { chunks: 5, usage: "every" })
    const last = events.at(-1)?.["usageMetadata"]
    expect(last).toEqual(documentOf(answer)["usageMetadata"])
    const { prompt, candidates, thoughts } = answer.counts
    expect(last).toEqual({
      promptTokenCount: prompt,
      candidatesTokenCount: candidates,
      thoughtsTokenCount: thoughts,
      totalTokenCount: prompt + candidates + thoughts,
    })
    expect(candidates).toBe(tokens(answer.text.length + 1 + 7))
    expect(eventsOf(answer, { chunks: 5, usage: "none" }).every((event) => event["usageMetadata"] === undefined)).toBe(
      true,
    )
    expect(eventsOf(answer, { chunks: 5, usage: "after" }).at(-1)).toMatchObject({
      candidates: [],
      usageMetadata: last,
    })
  })

  it("counts a repeated prefix of the same session as cached", () => {
    const cache = new PromptCache()
    const turn = (text: string, role = "user") => ({ role, parts: [{ text }] })
    const ask = (sessionId: string | undefined, ...contents: object[]) =>
      cache.hit("a", readGeneration({ model: "m", request: { contents, sessionId } }))
    expect(ask("1", turn("x".repeat(40)))).toBe(0)
    expect(ask("1", turn("x".repeat(40)), turn("y", "model"), turn("z"))).toBe(10)
    expect(ask("1", turn("other"))).toBe(0)
    expect(ask("2", turn("x".repeat(40)))).toBe(0)
    expect(ask(undefined, turn("x"))).toBe(0)
    expect(ask(undefined, turn("x"))).toBe(0)
  })
})

describe("pictures", () => {
  it.each([
    ["16:9", "1K", 1376, 768],
    ["16:9", "2K", 2752, 1536],
    ["16:9", "4K", 5504, 3072],
    ["1:1", "4K", 4096, 4096],
  ])("of %s at %s are %i × %i", (ratio, size, width, height) => expect(pixelsOf(ratio, size)).toEqual([width, height]))

  it("are PNGs of that size", () => {
    const png = picture(20, 3, 0xaa)
    expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 20, 3])
    const length = png.readUInt32BE(33)
    expect(inflateSync(png.subarray(41, 41 + length))).toHaveLength(3 * 4)
  })
})

function partOf(event: object | undefined): Record<string, unknown> {
  const { candidates } = event as { candidates: { content: { parts: Record<string, unknown>[] } }[] } // what eventsOf makes
  return candidates[0]?.content.parts[0] ?? {}
}

describe("pictures", () => {
  const image = (prompt: string) => plan("gemini-3.1-flash-image", prompt)
  const pictures = (answer: { parts: readonly object[] }) => answer.parts.filter((part) => "inlineData" in part)

  it("are one, unless the prompt asks for others or for words", () => {
    expect(pictures(image("a cat"))).toHaveLength(1)
    expect(pictures(image("[[sim:images=3]]a cat"))).toHaveLength(3)
    expect(new Set(pictures(image("[[sim:images=3]]a cat")).map((part) => JSON.stringify(part))).size).toBe(3)
    expect(pictures(image("[[sim:text=No.]]"))).toHaveLength(0)
    expect(image("[[sim:text=Here.]][[sim:images=1]]")).toMatchObject({ text: "Here.", counts: { candidates: 1292 } })
    expect(pictures(plan("gemini-3-flash", "[[sim:images=1]]"))).toHaveLength(0)
  })

  it("may have drafts before them, which are thoughts", () => {
    const [draft, final] = pictures(image("[[sim:drafts=1]]a cat"))
    expect(draft).toMatchObject({ thought: true })
    expect(final).not.toHaveProperty("thought")
  })
})
