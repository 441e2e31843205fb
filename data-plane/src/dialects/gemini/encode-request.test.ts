import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ChatRequest, Sampling, Turn } from "../../canonical/request.ts"
import { encodeRequest } from "./encode-request.ts"

const GEMINI = { id: "gemini-3-flash" }
const CLAUDE = { id: "claude-sonnet-4-6" }

const turn = (role: Turn["role"], ...texts: string[]): Turn => ({
  role,
  parts: texts.map((text) => ({ type: "text", text })),
})

function chat(turns: readonly Turn[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: "m", stream: true, system: [], turns, sampling: {}, extra: {}, ...more }
}

const sampled = (sampling: Sampling) => chat([turn("user", "hi")], { sampling })
const systemText = (...texts: string[]) => texts.map((text) => ({ type: "text" as const, text }))
const content = (role: string, ...texts: string[]) => ({ role, parts: texts.map((text) => ({ text })) })

describe("the conversation", () => {
  it("has user and model turns and system text with the role user, in a fixed key order", () => {
    const request = chat([turn("user", "a", "b"), turn("assistant", "c"), turn("user", "d")], {
      system: systemText("s1", "s2"),
      sampling: { maxOutputTokens: 5 },
    })
    expect(JSON.stringify(encodeRequest(request, GEMINI).value)).toBe(
      '{"systemInstruction":{"role":"user","parts":[{"text":"s1"},{"text":"s2"}]},"generationConfig":{"maxOutputTokens":5},' +
        '"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d"}]}]}',
    )
  })

  it("leaves out empty parts and turns, and merges what then is adjacent", () => {
    const request = chat([turn("user", "a", ""), turn("assistant", ""), turn("user", "b")])
    const { value, dropped } = encodeRequest(request, GEMINI)
    expect({ value, dropped }).toEqual({ value: { contents: [content("user", "a", "b")] }, dropped: [] })
  })

  it("leaves out blank parts for Claude, keeps them for Gemini", () => {
    const request = chat([turn("user", " \n", "a")], { system: systemText(" ") })
    expect(encodeRequest(request, CLAUDE).value).toMatchObject({ contents: [content("user", "a")] })
    expect(encodeRequest(request, CLAUDE).value).not.toHaveProperty("systemInstruction")
    expect(encodeRequest(request, GEMINI).value).toMatchObject({ contents: [content("user", " \n", "a")] })
  })

  it.each([GEMINI, CLAUDE])("puts a placeholder before a first model turn for $id", (target) => {
    const { value, dropped } = encodeRequest(chat([turn("assistant", "a"), turn("user", "b")]), target)
    expect(value["contents"]).toEqual([content("user", "."), content("model", "a"), content("user", "b")])
    expect(dropped).toEqual(["+placeholder-turn"])
  })

  it("keeps a prefill for Gemini", () => {
    const { value, dropped } = encodeRequest(chat([turn("user", "a"), turn("assistant", "{")]), GEMINI)
    expect(value["contents"]).toEqual([content("user", "a"), content("model", "{")])
    expect(dropped).toEqual([])
  })

  it("moves a prefill into the last user turn for Claude", () => {
    const hint = "Continue your answer exactly after this text, without repeating it:\n{x"
    const { value, dropped } = encodeRequest(chat([turn("user", "a"), turn("assistant", "{", "x")]), CLAUDE)
    expect(value["contents"]).toEqual([content("user", "a", hint)])
    expect(dropped).toEqual(["+prefill-hint"])
    expect(encodeRequest(chat([turn("assistant", "{x")]), CLAUDE).value["contents"]).toEqual([content("user", hint)])
  })

  it("moves system text into a user turn when there is nothing else", () => {
    expect(encodeRequest(chat([], { system: systemText("a", "b") }), GEMINI).value).toEqual({
      contents: [content("user", "a", "b")],
    })
  })

  it("refuses a request without text", () => {
    expect(() => encodeRequest(chat([turn("user", " ")]), CLAUDE)).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "messages" }),
    )
  })

  it("leaves out thoughts and records them", () => {
    const thinking: Turn = {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "x" },
        { type: "text", text: "y" },
      ],
    }
    const { value, dropped } = encodeRequest(chat([turn("user", "a"), thinking, turn("user", "b")]), GEMINI)
    expect(value["contents"]).toEqual([content("user", "a"), content("model", "y"), content("user", "b")])
    expect(dropped).toEqual(["turns[1].parts[0]"])
  })

  it("always has alternating, non-empty turns that begin with the user, ending with the user for Claude", () => {
    const turns = fc.array(
      fc.record({
        role: fc.constantFrom("user" as const, "assistant" as const),
        texts: fc.array(fc.constantFrom("", " ", "a", "b"), { maxLength: 3 }),
      }),
    )
    fc.assert(
      fc.property(turns, fc.constantFrom(GEMINI, CLAUDE), (list, target) => {
        const request = chat(
          list.map(({ role, texts }) => turn(role, ...texts)),
          { system: systemText("s") },
        )
        const contents = JSON.parse(JSON.stringify(encodeRequest(request, target).value["contents"])) as {
          role: string
          parts: { text: string }[]
        }[] // what was just written
        expect(contents.length).toBeGreaterThan(0)
        for (const [index, { role, parts }] of contents.entries()) {
          expect(role).toBe(index % 2 === 0 ? "user" : "model")
          expect(parts.length).toBeGreaterThan(0)
          for (const { text } of parts) expect(text === "" || (target === CLAUDE && text.trim() === "")).toBe(false)
        }
        if (target === CLAUDE) expect(contents.at(-1)?.role).toBe("user")
      }),
    )
  })
})

describe("generationConfig", () => {
  const config = (sampling: Sampling, id: string, maxOutputTokens?: number) => {
    const catalogue = maxOutputTokens === undefined ? {} : { catalogue: { id, maxOutputTokens } }
    const { value, dropped } = encodeRequest(sampled(sampling), { id, ...catalogue })
    return { config: value["generationConfig"], dropped }
  }

  it("is left out when it says nothing", () => {
    expect(config({}, "gemini-3-flash").config).toBeUndefined()
  })

  it("has all keys in a fixed order", () => {
    const all: Sampling = { stop: ["x"], seed: 7, topK: 40, topP: 0.9, temperature: 1, maxOutputTokens: 10 }
    expect(JSON.stringify(config(all, "gemini-3-flash").config)).toBe(
      '{"maxOutputTokens":10,"temperature":1,"topP":0.9,"topK":40,"seed":7,"stopSequences":["x"]}',
    )
  })

  it("clamps the output limit to the catalogue's", () => {
    expect(config({ maxOutputTokens: 100_000 }, "gemini-3-flash", 65_536).config).toEqual({ maxOutputTokens: 65_536 })
    expect(config({ maxOutputTokens: 100 }, "gemini-3-flash", 65_536).config).toEqual({ maxOutputTokens: 100 })
    expect(config({ maxOutputTokens: 100_000 }, "gemini-3-flash").config).toEqual({ maxOutputTokens: 100_000 })
  })

  it("clamps temperature and topP, and takes topK below 1 for none", () => {
    expect(config({ temperature: 3, topP: 1.5, topK: -1 }, "gemini-3-flash").config).toEqual({
      temperature: 2,
      topP: 1,
    })
    expect(config({ temperature: -1, topP: -1, topK: 0 }, "gemini-3-flash").config).toEqual({ temperature: 0, topP: 0 })
  })

  const OFF = { includeThoughts: false, thinkingBudget: 0 }

  it("switches Claude's thinking off and never another's", () => {
    expect(config({}, "claude-opus-4-6-thinking").config).toEqual({ thinkingConfig: OFF })
    expect(config({}, "gpt-oss-120b-medium").config).toBeUndefined()
  })

  it("keeps Claude's temperature at 1 or below and drops topP beside it", () => {
    expect(config({ temperature: 1.5, topP: 0.9, topK: 5 }, "claude-sonnet-4-6")).toEqual({
      config: { temperature: 1, topK: 5, thinkingConfig: OFF },
      dropped: ["sampling.topP"],
    })
    expect(config({ topP: 0.9 }, "claude-sonnet-4-6")).toEqual({
      config: { topP: 0.9, thinkingConfig: OFF },
      dropped: [],
    })
  })

  it("sends a seed to Gemini only, and only one that fits", () => {
    expect(config({ seed: -5 }, "gemini-3-flash")).toEqual({ config: { seed: -5 }, dropped: [] })
    expect(config({ seed: 2 ** 40 }, "gemini-3-flash")).toEqual({ config: undefined, dropped: ["sampling.seed"] })
    expect(config({ seed: 5 }, "claude-sonnet-4-6").dropped).toEqual(["sampling.seed"])
  })

  it("sends five stop sequences and records the others", () => {
    const stop = ["a", "", "b", "c", "d", "e", "f", "g"]
    expect(config({ stop }, "gemini-3-flash")).toEqual({
      config: { stopSequences: ["a", "b", "c", "d", "e"] },
      dropped: ["sampling.stop[5]", "sampling.stop[6]"],
    })
  })
})

describe("image models", () => {
  const IMAGE = { id: "gemini-3.1-flash-image" }
  const draw = [turn("user", "a cat")]

  it.each([
    [
      { aspectRatio: "16:9", size: "2K" },
      { aspectRatio: "16:9", imageSize: "2K" },
    ],
    [{ aspectRatio: "1:1" }, { aspectRatio: "1:1" }],
    [{ size: "4K" }, { imageSize: "4K" }],
  ] as const)("are told how the image is to look: %j", (image, imageConfig) => {
    const { value, dropped, purpose } = encodeRequest(chat(draw, { image }), IMAGE)
    expect({ value, dropped, purpose }).toEqual({
      value: { generationConfig: { imageConfig }, contents: [content("user", "a cat")] },
      dropped: [],
      purpose: "image",
    })
  })

  it("are sent nothing where nothing is asked, and others never", () => {
    expect(encodeRequest(chat(draw), IMAGE).value).toEqual({ contents: [content("user", "a cat")] })
    const other = encodeRequest(chat(draw, { image: { aspectRatio: "16:9" } }), GEMINI)
    expect(other).toMatchObject({ value: { contents: [content("user", "a cat")] }, dropped: ["image"] })
    expect(other.purpose).toBeUndefined()
  })

  it("take no tools, no system text, no format and no search", () => {
    const request = chat(draw, {
      system: systemText("be brief"),
      tools: [{ name: "f", parameters: {} }],
      toolChoice: { type: "required" },
      responseFormat: { type: "json" },
      webSearch: {},
    })
    const { value, dropped } = encodeRequest(request, IMAGE)
    expect(value).toEqual({ contents: [content("user", "a cat")] })
    expect(dropped).toEqual(["tools", "responseFormat", "webSearch", "system"])
  })

  it("alone are asked for what must be an image", () => {
    const image = { isRequired: true, aspectRatio: "1:1" } as const
    expect(encodeRequest(chat(draw, { image }), IMAGE).value).toMatchObject({
      generationConfig: { imageConfig: { aspectRatio: "1:1" } },
    })
    expect(() => encodeRequest(chat(draw, { image }), GEMINI)).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "model" }),
    )
  })

  it("draw the system text where there is nothing else", () => {
    const { value, dropped } = encodeRequest(chat([], { system: systemText("a cat") }), IMAGE)
    expect({ value, dropped }).toEqual({ value: { contents: [content("user", "a cat")] }, dropped: [] })
  })
})
