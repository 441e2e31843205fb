import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { assertWellFormed, createWellFormedChecker } from "../../canonical/well-formed.ts"
import type { DecodeContext } from "../dialect.ts"
import { decodeContext } from "../testing/fixtures.ts"
import { decodeStream } from "./decode-stream.ts"

function decode(events: readonly unknown[], more: Partial<DecodeContext> = {}): StreamPart[] {
  const parts: StreamPart[] = []
  const decoder = decodeStream((part) => parts.push(part), { ...decodeContext(), ...more })
  for (const event of events) decoder.push(event)
  decoder.end()
  return parts
}

const candidate = (parts: unknown, finishReason?: string) => ({ candidates: [{ content: { parts }, finishReason }] })

describe("decodeStream", () => {
  it("gives text at once and holds only the end back", () => {
    const parts: StreamPart[] = []
    const decoder = decodeStream((part) => parts.push(part), decodeContext())
    decoder.push(candidate([{ text: "a" }], "STOP"))
    expect(parts.at(-1)).toEqual({ type: "text-delta", block: 0, text: "a" })
    decoder.end()
    expect(parts.at(-1)).toEqual({ type: "response-end", finishReason: { unified: "stop", raw: "STOP" } })
  })

  it("keeps the upstream's error object as the cause", () => {
    const wire = { code: 429, message: "Resource has been exhausted", details: [{ reason: "QUOTA_EXHAUSTED" }] }
    const [part] = decode([{ error: wire }])
    expect(part).toMatchObject({ type: "error", error: { code: "upstream_rate_limited", cause: wire } })
  })

  it.each([
    [400, "upstream_rejected_request"],
    [429, "upstream_rate_limited"],
    [503, "upstream_overloaded"],
    [504, "upstream_timeout"],
    [500, "upstream_failed"],
    ["x", "upstream_failed"],
  ])("names the error %s inside a 200 %s and says nothing of the upstream's", (code, ours) => {
    const [part] = decode([{ error: { code, message: "projects/some-project-1 is exhausted" } }])
    expect(part).toMatchObject({ type: "error", error: { code: ours } })
    expect(JSON.stringify(part?.type === "error" ? part.error.message : "")).not.toContain("some-project")
  })

  it("keeps the raw finish reason of a failure as the cause", () => {
    const parts = decode([candidate([], "UNEXPECTED_TOOL_CALL")])
    expect(parts.at(-1)).toMatchObject({
      error: { code: "upstream_malformed_call", cause: { finishReason: "UNEXPECTED_TOOL_CALL" } },
    })
  })

  it("takes a call for the upstream's own UNEXPECTED_TOOL_CALL, and other payloads for a failure", () => {
    const call = decode([candidate([{ functionCall: { name: "f" } }], "STOP")])
    expect(call.at(-1)).toMatchObject({
      error: { code: "upstream_malformed_call", cause: { finishReason: "UNEXPECTED_TOOL_CALL" } },
    })
    const media = decode([candidate([{ inlineData: { mimeType: "audio/wav", data: "aGk=" } }], "STOP")])
    expect(media.at(-1)).toMatchObject({ error: { code: "upstream_failed", cause: { part: "inlineData" } } })
  })

  it("gives images whole, between the blocks around them, and no drafts", () => {
    const image = { inlineData: { mimeType: "Image/PNG", data: "aGkh" } }
    const parts = decode([
      candidate([{ text: "a" }, image, { text: "b" }]),
      candidate([{ thought: true, ...image }, { inline_data: 1 }, { inlineData: { mimeType: "image/png", data: "" } }]),
      candidate([{ inlineData: { mime_type: "image/jpeg", data: "aGk=" } }], "STOP"),
    ])
    expect(parts.slice(1, -1)).toEqual([
      { type: "text-start", block: 0 },
      { type: "text-delta", block: 0, text: "a" },
      { type: "text-end", block: 0 },
      { type: "media", block: 1, mediaType: "image/png", data: "aGkh" },
      { type: "text-start", block: 2 },
      { type: "text-delta", block: 2, text: "b" },
      { type: "text-end", block: 2 },
      { type: "media", block: 3, mediaType: "image/jpeg", data: "aGk=" },
    ])
  })

  it("gives a signature on visible text, or alone after it, to that text", () => {
    const alone = decode([candidate([{ text: "a" }]), candidate([{ text: "", thoughtSignature: "s" }], "STOP")])
    const beside = decode([candidate([{ text: "a", thoughtSignature: "s" }], "STOP")])
    for (const parts of [alone, beside]) expect(parts).toContainEqual({ type: "text-end", block: 0, signature: "s" })
    const nothing = decode([candidate([{ text: "", thoughtSignature: "s" }], "STOP")])
    expect(nothing.map(({ type }) => type)).toEqual(["response-start", "response-end"])
  })

  it("gives a signature on a picture to the picture", () => {
    const inlineData = { mimeType: "image/png", data: "iVBORw0KGgo=" }
    const parts = decode([candidate([{ inlineData, thoughtSignature: "s" }], "STOP")])
    expect(parts).toContainEqual({
      type: "media",
      block: 0,
      mediaType: "image/png",
      data: inlineData.data,
      signature: "s",
    })
  })

  it("gives each of several signed thoughts its own signature", () => {
    const thought = (text: string, thoughtSignature?: string) => candidate([{ text, thought: true, thoughtSignature }])
    const parts = decode([thought("a"), thought("", "s1"), thought("b", "s2"), thought("c"), candidate([], "STOP")])
    const blocks = parts.filter(({ type }) => type !== "response-start" && type !== "response-end")
    expect(blocks).toEqual(
      [
        { text: "a", signature: "s1" },
        { text: "b", signature: "s2" },
        { text: "c", signature: undefined },
      ].flatMap(({ text, signature }, block) => [
        { type: "reasoning-start", block },
        { type: "reasoning-delta", block, text },
        { type: "reasoning-end", block, ...(signature === undefined ? {} : { signature }) },
      ]),
    )
    assertWellFormed(parts)
  })

  it("gives a signature that comes alone to a thought of its own", () => {
    const parts = decode([candidate([{ text: "a" }]), candidate([{ thought: true, thoughtSignature: "s" }], "STOP")])
    expect(parts.slice(1, -1)).toEqual([
      { type: "text-start", block: 0 },
      { type: "text-delta", block: 0, text: "a" },
      { type: "text-end", block: 0 },
      { type: "reasoning-start", block: 1 },
      { type: "reasoning-end", block: 1, signature: "s" },
    ])
  })

  it.each([[null], ["text"], [7], [[]], [undefined]])("throws on the event %j and is over", (event) => {
    const parts: StreamPart[] = []
    const decoder = decodeStream((part) => parts.push(part), decodeContext())
    expect(() => decoder.push(event)).toThrowError(GatewayError)
    decoder.push(candidate([{ text: "a" }], "STOP"))
    decoder.end()
    expect(parts).toEqual([])
  })

  it("says nothing more after its end", () => {
    const parts: StreamPart[] = []
    const decoder = decodeStream((part) => parts.push(part), decodeContext())
    decoder.end()
    decoder.end()
    decoder.push(candidate([{ text: "a" }]))
    expect(parts).toHaveLength(1)
  })
})

/** Events of the wire's own shape, with anything in any place. */
const wirePart = fc.oneof(
  fc.record({ text: fc.string(), thought: fc.boolean(), thoughtSignature: fc.string() }, { requiredKeys: [] }),
  fc.record({ text: fc.jsonValue(), thought: fc.jsonValue() }, { requiredKeys: [] }),
  fc.constant({ functionCall: { name: "f" } }),
  fc.jsonValue(),
)
const wireCandidate = fc.record(
  {
    content: fc.oneof(
      fc.record({ parts: fc.oneof(fc.array(wirePart, { maxLength: 4 }), fc.jsonValue()) }),
      fc.jsonValue(),
    ),
    finishReason: fc.oneof(
      fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY", "MALFORMED_FUNCTION_CALL", "NO_IMAGE"),
      fc.jsonValue(),
    ),
    finishMessage: fc.jsonValue(),
  },
  { requiredKeys: ["content"] },
)
const wireEvent = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ candidates: fc.oneof(fc.array(wireCandidate, { maxLength: 2 }), fc.jsonValue()) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ usageMetadata: fc.oneof(fc.record({ promptTokenCount: fc.jsonValue() }), fc.jsonValue()) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ promptFeedback: fc.oneof(fc.record({ blockReason: fc.jsonValue() }), fc.jsonValue()) }),
  },
  { weight: 1, arbitrary: fc.record({ error: fc.jsonValue() }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)

describe("any events", () => {
  it("give well-formed parts with one end, or an error thrown", () => {
    fc.assert(
      fc.property(fc.array(wireEvent, { maxLength: 8 }), (events) => {
        const checker = createWellFormedChecker()
        const decoder = decodeStream((part) => checker.part(part), decodeContext())
        try {
          for (const event of events) decoder.push(event)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
          return
        }
        decoder.end()
        checker.end()
      }),
      { numRuns: 1000 },
    )
  })

  it("lose no text of a well-behaved stream", () => {
    const texts = fc.array(fc.record({ text: fc.string(), thought: fc.boolean() }), { maxLength: 20, size: "max" })
    fc.assert(
      fc.property(texts, (pieces) => {
        const parts = decode([...pieces.map((piece) => candidate([piece])), candidate([], "STOP")])
        const joined = (type: StreamPart["type"]) =>
          parts.map((part) => (part.type === type && "text" in part ? part.text : "")).join("")
        const expected = (thought: boolean) =>
          pieces
            .filter((piece) => piece.thought === thought)
            .map((piece) => piece.text)
            .join("")
        expect(joined("text-delta")).toBe(expected(false))
        expect(joined("reasoning-delta")).toBe(expected(true))
      }),
    )
  })
})

describe("a search", () => {
  const groundingMetadata = {
    webSearchQueries: ["what"],
    groundingChunks: [{ web: { uri: "https://example.org/", title: "example.org" } }],
    groundingSupports: [{ segment: { startIndex: 5, endIndex: 11, text: "数据" }, groundingChunkIndices: [0] }],
  }
  const events = [
    candidate([{ text: "thought", thought: true }, { text: "So, " }]),
    candidate([{ text: " 数" }]),
    { candidates: [{ content: { parts: [{ text: "据." }] }, groundingMetadata, finishReason: "STOP" }] },
  ]

  it("tells once, after the text, what it rests on", () => {
    const parts = decode(events, { isSearch: true })
    assertWellFormed(parts)
    expect(parts.filter(({ type }) => type === "grounding")).toEqual([
      {
        type: "grounding",
        grounding: {
          queries: ["what"],
          sources: [{ url: "https://example.org/", title: "example.org" }],
          citations: [{ start: 5, end: 7, text: "数据", sources: [0] }],
        },
      },
    ])
    expect(parts.slice(-3).map(({ type }) => type)).toEqual(["text-end", "grounding", "response-end"])
  })

  it("may be told after the finish reason", () => {
    const [first, second] = events
    const last = { candidates: [{ content: { parts: [{ text: "据." }] }, finishReason: "STOP" }] }
    const parts = decode([first, second, last, { candidates: [{ groundingMetadata }] }], { isSearch: true })
    expect(parts.at(-2)).toMatchObject({ type: "grounding", grounding: { citations: [{ start: 5, end: 7 }] } })
  })

  it("that nobody asked for is not told", () => {
    expect(decode(events).map(({ type }) => type)).not.toContain("grounding")
  })

  it("that brought nothing is not told", () => {
    const parts = decode(
      [{ candidates: [{ content: { parts: [{ text: "a" }] }, groundingMetadata: {}, finishReason: "STOP" }] }],
      {
        isSearch: true,
      },
    )
    expect(parts.at(-2)).toEqual({ type: "text-end", block: 0 })
  })
})

it("takes the fence off an answer that is to be JSON, and off no other", () => {
  const events = [candidate([{ text: "```json\n{" }]), candidate([{ text: "}\n```" }], "STOP")]
  const text = (parts: readonly StreamPart[]) =>
    parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("")
  expect(text(decode(events, { json: {} }))).toBe("{}")
  expect(text(decode(events))).toBe("```json\n{}\n```")
})
