import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { MediaKind, Part, ToolCallPart, ToolResultPart } from "../../canonical/part.ts"
import type { ChatRequest, Turn } from "../../canonical/request.ts"
import { SIGNATURE_SENTINEL } from "../../signatures/sentinel.ts"
import { encodeRequest } from "./encode-request.ts"

const GEMINI = { id: "gemini-3-flash" }
const IMAGE = { id: "gemini-3.1-flash-image" }
const GEMINI_25 = { id: "gemini-2.5-pro" }
const CLAUDE = { id: "claude-sonnet-4-6" }
const GPT_OSS = { id: "gpt-oss-120b-medium" }

const text = (value: string): Part => ({ type: "text", text: value })
const call = (id: string, name = "f", args = {}): ToolCallPart => ({ type: "tool-call", id, name, arguments: args })
const result = (callId: string, output = "ok", more: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: "tool-result",
  callId,
  content: output === "" ? [] : [{ type: "text", text: output }],
  isError: false,
  ...more,
})
const image = { type: "media", mediaType: "image/png", data: "iVBORw0KGgo=" } as const
const user = (...parts: Part[]): Turn => ({ role: "user", parts })
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts })

const chat = (...turns: Turn[]): ChatRequest => ({
  model: "m",
  stream: true,
  system: [],
  turns,
  sampling: {},
  extra: {},
})
const encode = (target: { id: string }, ...turns: Turn[]) => {
  const { value, dropped } = encodeRequest(chat(...turns), target)
  return { contents: value["contents"], dropped }
}
const signed = { thoughtSignature: SIGNATURE_SENTINEL }
const functionCall = (id: string, name = "f", args = {}) => ({ functionCall: { id, name, args } })
const response = (id: string, output = "ok", name = "f") => ({ functionResponse: { id, name, response: { output } } })
const missing = (id: string) => ({ functionResponse: { id, name: "f", response: { error: "no result" } } })

describe("results", () => {
  it("G39 of one turn stand in one user turn, in the order of the calls, with their names", () => {
    const { contents, dropped } = encode(
      GEMINI,
      user(text("go")),
      assistant(call("a", "first"), call("b", "second")),
      user(result("b", "2"), result("a", "1"), text("and?")),
    )
    expect(contents).toEqual([
      { role: "user", parts: [{ text: "go" }] },
      { role: "model", parts: [{ ...functionCall("a", "first"), ...signed }, functionCall("b", "second")] },
      { role: "user", parts: [response("a", "1", "first"), response("b", "2", "second"), { text: "and?" }] },
    ])
    expect(dropped).toEqual([])
  })

  it("without a call are told once, whatever else was lost", () => {
    const many = Array.from({ length: 100_000 }, (_, index) => index)
    const thoughts = many.map((): Part => ({ type: "reasoning", text: "unsigned" }))
    const { dropped } = encode(
      GEMINI,
      user(text("go")),
      assistant(...thoughts),
      user(...many.map((id) => result(`c${id}`))),
    )
    expect(dropped).toHaveLength(many.length + 1)
    expect(dropped.at(-1)).toBe("+orphan-result")
  })

  it("find their calls in any number, under one id or under many, and orphans too", () => {
    const ids = Array.from({ length: 50_000 }, (_, index) => `c${index}`)
    const same = ids.map(() => "a")
    const turns = [ids, same].flatMap((used) => [
      assistant(...used.map((id) => call(id))),
      user(...used.map((id, index) => result(id, String(index)))),
    ])
    const { contents } = encode(
      GEMINI,
      user(text("go")),
      ...turns,
      assistant(text("?")),
      user(...ids.map((id) => result(id))),
    )
    const [, , many, , one, , orphans] = contents as { parts: object[] }[] // what the encoder writes
    expect(many?.parts.at(-1)).toEqual(response("c49999", "49999"))
    expect(one?.parts.slice(0, 2)).toEqual([response("a", "0"), response("a_2", "1")])
    expect(one?.parts.at(-1)).toEqual(response("a_50000", "49999"))
    expect(orphans?.parts).toHaveLength(ids.length)
  })

  it.each([GEMINI, CLAUDE])(
    "G40 with images have them after all results, before the user's text, for $id",
    (target) => {
      const shown = result("a", "see", { content: [text("see"), image] as ToolResultPart["content"] }) // a text and a media part
      const { contents } = encode(
        target,
        user(text("go")),
        assistant(call("a"), call("b")),
        user(text("x"), shown, result("b")),
      )
      expect(contents).toMatchObject([
        {},
        {},
        {
          parts: [
            response("a", "see"),
            response("b"),
            { inlineData: { mimeType: "image/png", data: image.data } },
            { text: "x" },
          ],
        },
      ])
    },
  )

  it.each([GEMINI, CLAUDE])("G41 of unknown calls become text that names them, for $id", (target) => {
    const { contents, dropped } = encode(target, user(text("go")), user(result("zz", "42", { name: "f" })))
    expect(contents).toEqual([{ role: "user", parts: [{ text: "go" }, { text: "[tool result of f zz]\n42" }] }])
    expect(dropped).toEqual(["+orphan-result"])
  })

  it.each([GEMINI, CLAUDE])("G42 that are missing are made up before what the user says, for $id", (target) => {
    const { contents, dropped } = encode(target, user(text("go")), assistant(call("a")), user(text("never mind")))
    expect(contents).toMatchObject([{}, {}, { role: "user", parts: [missing("a"), { text: "never mind" }] }])
    expect(dropped).toEqual(["+missing-result"])
  })

  it("that are missing at the end are made up too", () => {
    const { contents } = encode(CLAUDE, user(text("go")), assistant(text("x"), call("a"), call("b")))
    expect(contents).toMatchObject([{}, {}, { role: "user", parts: [missing("a"), missing("b")] }])
  })

  it("given twice are a result and a text", () => {
    const { contents } = encode(
      CLAUDE,
      user(text("go")),
      assistant(call("a")),
      user(result("a", "1"), result("a", "2")),
    )
    expect(contents).toMatchObject([{}, {}, { parts: [response("a", "1"), { text: "[tool result of a]\n2" }] }])
  })

  it("G125 without content are an empty output, of several texts one with line breaks", () => {
    const lines = result("b", "", {
      content: [
        { type: "text", text: "1" },
        { type: "text", text: "2" },
      ],
    })
    const { contents } = encode(GEMINI, user(text("go")), assistant(call("a"), call("b")), user(result("a", ""), lines))
    expect(contents).toMatchObject([{}, {}, { parts: [response("a", ""), response("b", "1\n2")] }])
  })

  it("G126 of failed tools are errors", () => {
    const { contents } = encode(
      GEMINI,
      user(text("go")),
      assistant(call("a")),
      user(result("a", "no", { isError: true })),
    )
    expect(contents).toMatchObject([{}, {}, { parts: [{ functionResponse: { response: { error: "no" } } }] }])
  })
})

describe("calls", () => {
  it("G129 stand last for Claude and where they were for Gemini", () => {
    const turns = [user(text("go")), assistant(call("a"), text("then")), user(result("a"))]
    expect(encode(CLAUDE, ...turns).contents).toMatchObject([{}, { parts: [{ text: "then" }, functionCall("a")] }, {}])
    expect(encode(GEMINI, ...turns).contents).toMatchObject([{}, { parts: [functionCall("a"), { text: "then" }] }, {}])
  })

  it("G144 have ids of legal letters, the same in call and result", () => {
    const { contents } = encode(CLAUDE, user(text("go")), assistant(call("f:1/ü")), user(result("f:1/ü")))
    expect(contents).toMatchObject([{}, { parts: [functionCall("f_1__")] }, { parts: [response("f_1__")] }])
  })

  it("have ids of their own when the client counts them anew in each turn, or gives none", () => {
    const { contents } = encode(
      CLAUDE,
      user(text("go")),
      assistant(call("call_0")),
      user(result("call_0", "1")),
      assistant(call("call_0"), call("")),
      user(result("call_0", "2"), result("", "3")),
    )
    expect(contents).toMatchObject([
      {},
      { parts: [functionCall("call_0")] },
      { parts: [response("call_0", "1")] },
      { parts: [functionCall("call_0_2"), functionCall("call_3_1")] },
      { parts: [response("call_0_2", "2"), response("call_3_1", "3")] },
    ])
  })

  it("have the upstream's id where it is known, made legal for Claude", () => {
    const known = { ...call("call_x"), upstreamId: "f:1" }
    const turns = [user(text("go")), assistant(known), user(result("call_x"))]
    expect(encode(GEMINI, ...turns).contents).toMatchObject([
      {},
      { parts: [functionCall("f:1")] },
      { parts: [response("f:1")] },
    ])
    expect(encode(CLAUDE, ...turns).contents).toMatchObject([
      {},
      { parts: [functionCall("f_1")] },
      { parts: [response("f_1")] },
    ])
  })

  it("stand beside text whose signature only Gemini gets", () => {
    const said = assistant({ type: "text", text: "Hello", signature: "s" })
    const modelTurn = (target: { id: string }) => encode(target, user(text("go")), said, user(text("and?"))).contents
    expect(modelTurn(GEMINI)).toMatchObject([{}, { parts: [{ text: "Hello", thoughtSignature: "s" }] }, {}])
    for (const target of [CLAUDE, GPT_OSS]) expect(JSON.stringify(modelTurn(target))).not.toContain("thoughtSignature")
  })

  it("G61 of Gemini 3 have their signature, or the sentinel on the first of a turn", () => {
    const own = { ...call("b"), signature: "own" }
    const turns = [
      user(text("go")),
      assistant(call("a"), own),
      user(result("a"), result("b")),
      assistant(own),
      user(result("b")),
    ]
    expect(encode(GEMINI, ...turns).contents).toMatchObject([
      {},
      { parts: [signed, { thoughtSignature: "own" }] },
      {},
      { parts: [{ thoughtSignature: "own" }] },
      {},
    ])
    expect(JSON.stringify(encode(GEMINI_25, user(text("go")), assistant(call("a")), user(result("a"))))).not.toContain(
      "thoughtSignature",
    )
  })

  it.each([CLAUDE, GPT_OSS])("have no signature for $id", (target) => {
    const own = { ...call("a"), signature: "own" }
    expect(JSON.stringify(encode(target, user(text("go")), assistant(own), user(result("a"))))).not.toContain(
      "thoughtSignature",
    )
  })
})

describe("media", () => {
  it("G35 go as inline data at their place", () => {
    const { contents } = encode(GEMINI, user(image, text("what is it?")))
    expect(contents).toEqual([
      { role: "user", parts: [{ inlineData: { mimeType: "image/png", data: image.data } }, { text: "what is it?" }] },
    ])
  })

  const media = (mediaType: string) => ({ type: "media", mediaType, data: "AAAA" }) as const
  const remote = (url: string, accepts: MediaKind = "video") =>
    ({ type: "remote-media", url, accepts, param: "at" }) as const

  it.each([
    [GPT_OSS, "image/png", "The model gpt-oss-120b-medium does not take images, it takes text only"],
    [GPT_OSS, "application/pdf", "The model gpt-oss-120b-medium does not take documents"],
    [CLAUDE, "audio/wav", "does not take audio, it takes text and images and documents; the request holds audio/wav."],
    [CLAUDE, "video/mp4", "does not take video"],
    [IMAGE, "application/pdf", "does not take documents, it takes text and images"],
  ])("of a kind that the model does not take are refused with its name: %j %s", (target, mediaType, message) => {
    const refusal: unknown = expect.objectContaining({
      code: "invalid_request",
      message: expect.stringContaining(message) as unknown,
    })
    expect(() => encode(target, user(media(mediaType), text("?")))).toThrowError(refusal)
    const inResult = result("a", "", { content: [media(mediaType)] })
    expect(() => encode(target, user(text("go")), assistant(call("a")), user(inResult))).toThrowError(refusal)
  })

  it.each([
    [GEMINI, "audio/wav"],
    [GEMINI, "video/mp4"],
    [GEMINI, "application/pdf"],
    [CLAUDE, "application/pdf"],
    [IMAGE, "image/webp"],
  ])("go to %j where it takes them: %s", (target, mediaType) => {
    expect(encode(target, user(media(mediaType))).contents).toEqual([
      { role: "user", parts: [{ inlineData: { mimeType: mediaType, data: "AAAA" } }] },
    ])
  })

  it.each([
    ["https://www.youtube.com/watch?v=abc"],
    ["https://youtu.be/abc"],
    ["https://m.youtube.com/watch?list=x&v=abc"],
    ["https://youtube.com/shorts/abc"],
  ])("of YouTube go to Gemini by their address: %s", (url) => {
    expect(encode(GEMINI, user(remote(url), text("?"))).contents).toEqual([
      { role: "user", parts: [{ fileData: { fileUri: url } }, { text: "?" }] },
    ])
    expect(() => encode(CLAUDE, user(remote(url)))).toThrowError("does not take video")
    expect(() => encode(GPT_OSS, user(remote(url, "image")))).toThrowError("does not take images")
  })

  it.each([
    ["http://www.youtube.com/watch?v=abc"],
    ["https://www.youtube.com/@somebody"],
    ["https://youtube.com.example.test/watch?v=abc"],
    ["https://example.test/a.mp4"],
  ])("at other addresses must have been fetched: %s", (url) => {
    expect(() => encode(GEMINI, user(remote(url)))).toThrowError(
      expect.objectContaining({ code: "invalid_request", param: "at" }),
    )
  })

  it("in a model's turn stay there, but for models that have none", () => {
    const turns = [user(text("go")), assistant(text("x"), image), user(text("y"))] as const
    expect(encode(IMAGE, ...turns).contents).toContainEqual({
      role: "model",
      parts: [{ text: "x" }, { inlineData: { mimeType: "image/png", data: image.data } }],
    })
    for (const target of [CLAUDE, GPT_OSS]) expect(encode(target, ...turns).dropped).toEqual(["turns[1].parts[1]"])
  })
})

it("keeps the upstream's laws for any conversation", () => {
  const id = fc.constantFrom("a", "b", "c:1", "")
  const part: fc.Arbitrary<Part> = fc.oneof(
    fc.constantFrom("", " ", "x").map(text),
    id.map((one) => call(one)),
    id.map((one) => result(one)),
    fc.constant(image),
  )
  const turn = fc.record({
    role: fc.constantFrom("user" as const, "assistant" as const),
    parts: fc.array(part, { maxLength: 5 }),
  })
  interface Written {
    role: string
    parts: { text?: string; functionCall?: { id: string }; functionResponse?: { id: string } }[]
  }
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), fc.constantFrom(GEMINI, CLAUDE), (turns, target) => {
      const written = JSON.stringify(encode(target, user(text("go")), ...turns).contents)
      const contents = JSON.parse(written) as Written[] // what was just written
      const seen = new Set<string>()
      for (const [index, { role, parts }] of contents.entries()) {
        expect(role).toBe(index % 2 === 0 ? "user" : "model")
        expect(parts.length).toBeGreaterThan(0)
        const calls = (contents[index - 1]?.parts ?? []).flatMap((one) => one.functionCall?.id ?? [])
        const results = parts.flatMap((one) => one.functionResponse?.id ?? [])
        expect(results).toEqual(calls)
        expect(parts.slice(0, calls.length).every((one) => one.functionResponse !== undefined)).toBe(true)
        for (const one of parts) {
          if (one.functionCall === undefined) continue
          expect(seen.has(one.functionCall.id)).toBe(false)
          expect(one.functionCall.id).toMatch(/^[a-zA-Z0-9_-]+$/)
          seen.add(one.functionCall.id)
        }
        if (target === CLAUDE && role === "model") {
          const first = parts.findIndex((one) => one.functionCall !== undefined)
          if (first >= 0) expect(parts.slice(first).every((one) => one.functionCall !== undefined)).toBe(true)
        }
      }
      if (contents.at(-1)?.parts.some((one) => one.functionCall !== undefined))
        expect.unreachable("a call without results")
      if (target === CLAUDE) expect(contents.at(-1)?.role).toBe("user")
    }),
    { numRuns: 500 },
  )
})
