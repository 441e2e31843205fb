import { describe, expect, it } from "vitest"
import { fold } from "../../canonical/fold.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { normaliseToolSchema } from "../../schema/normalise.ts"
import type { DecodeContext, DeclaredTool, RelayContext } from "../dialect.ts"
import {
  answerContext,
  decodeContext,
  fixtureNames,
  partsOf,
  relayOf,
  REQUESTS,
  upstreamBytes,
} from "../testing/fixtures.ts"
import { decodeStream } from "./decode-stream.ts"
import { geminiClient } from "./index.ts"

const decoded = geminiClient.decodeRequest(REQUESTS.gemini, {}).value

function partsOfEvents(events: readonly unknown[], context: DecodeContext = decodeContext()): StreamPart[] {
  const parts: StreamPart[] = []
  const decoder = decodeStream((part) => parts.push(part), context)
  for (const event of events) decoder.push(event)
  decoder.end()
  return parts
}

const eventsOf = (frames: readonly string[]): unknown[] =>
  frames
    .join("")
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => JSON.parse(frame.slice("data: ".length)) as unknown)

/** What an answer holds: without usage, which may come once more and earlier, and without the model's name, which is the client's. */
const content = (parts: readonly StreamPart[]) =>
  parts.flatMap((part): readonly object[] => {
    if (part.type === "usage") return []
    return part.type === "response-start" ? [{ ...part, upstreamModel: undefined }] : [part]
  })
const failures = fixtureNames().filter((name) => partsOf([upstreamBytes(name)]).at(-1)?.type === "error")
const answers = fixtureNames().filter((name) => !failures.includes(name))

describe.each(answers)("%s", (name) => {
  const upstream = partsOf([upstreamBytes(name)])
  const { frames, inner, whole } = relayOf(geminiClient, name, decoded)

  it("G145 is passed in frames of data only, whose content is the upstream's", () => {
    expect(frames.join("")).toMatch(/^(?:data: [^\r\n]+\n\n)+$/)
    expect(content(partsOfEvents(eventsOf(frames)))).toEqual(content(upstream))
  })

  it("G163 has the usage in its last event", () => {
    const last = eventsOf(frames).at(-1)
    expect(last).toHaveProperty("usageMetadata.promptTokenCount")
    const { usage } = fold(upstream)
    if (usage.outputTokens !== undefined) expect(fold(partsOfEvents([last])).usage).toEqual(usage)
  })

  it("is the upstream's own bytes but for the model's name and the last event", () => {
    const texts = frames.slice(0, -1).map((frame) => frame.slice("data: ".length, -2))
    const lines = inner
      .map((text) => (/[\r\n]/.test(text) ? JSON.stringify(JSON.parse(text)) : text))
      .map((text) => text.replace(/("modelVersion":\s*)"[^"]*"/, `$1"${decoded.model}"`))
    for (const text of texts) expect(lines).toContain(text)
  })

  it("G147 folds to the same answer", () => {
    const folded = partsOfEvents([whole])
    const { usage, ...rest } = fold(folded)
    const { usage: expected, ...answer } = fold(upstream)
    expect(rest).toEqual(answer)
    if (expected.outputTokens !== undefined) expect(usage).toEqual(expected)
  })
})

/** A relay fed with events by hand. */
function relay(events: readonly object[], tools: readonly DeclaredTool[] = [], request: ChatRequest = decoded) {
  const declaredTools = new Map(tools.map((tool) => [upstreamName(tool.name), tool]))
  const context: RelayContext = { ...answerContext(request), declaredTools }
  const frames: string[] = []
  const stream = geminiClient.relay?.relayStream((written) => frames.push(written), context)
  const folded = geminiClient.relay?.relayResponse(context)
  const decoder = decodeStream(
    (part) => {
      stream?.part(part)
      folded?.part(part)
    },
    { declaredTools, mintToolCallId: () => "id" },
  )
  for (const event of events) {
    const relayed = { type: "relayed-event" as const, text: JSON.stringify(event, undefined, 1), event }
    decoder.push(event)
    stream?.event(relayed)
    folded?.event(relayed)
  }
  decoder.end()
  return { events: eventsOf(frames), whole: folded?.response() }
}

const upstreamName = (name: string): string => name.replaceAll("/", "_")
const candidate = (parts: readonly object[], finishReason?: string) => ({
  candidates: [
    { index: 0, content: { role: "model", parts }, ...(finishReason === undefined ? {} : { finishReason }) },
  ],
})
const USAGE = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }
const tool = (name: string, parameters: object): DeclaredTool => ({
  name,
  parameters: normaliseToolSchema(parameters, { family: "gemini" }),
})

describe("an event is written anew", () => {
  it("where a call's name was changed on the way there, its id and signature untouched", () => {
    const call = { functionCall: { id: "fc1", name: "mcp_look", args: { at: "x" } }, thoughtSignature: "s" }
    const { events, whole } = relay(
      [candidate([{ text: "a" }, call], "STOP")],
      [tool("mcp/look", { type: "object", properties: { at: { type: "string" } } })],
    )
    const own = { functionCall: { id: "fc1", name: "mcp/look", args: { at: "x" } }, thoughtSignature: "s" }
    expect(events[0]).toMatchObject(candidate([{ text: "a" }, own], "STOP"))
    expect(whole).toMatchObject(candidate([{ text: "a" }, own], "STOP"))
  })

  it("where arguments are others than the client's schema means", () => {
    const call = { functionCall: { name: "f", args: { n: "5", level: "2" } } }
    const parameters = { type: "object", properties: { n: { type: "integer" }, level: { enum: [1, 2] } } }
    const { events } = relay([candidate([call], "STOP")], [tool("f", parameters)])
    expect(events[0]).toMatchObject(candidate([{ functionCall: { name: "f", args: { n: 5, level: 2 } } }]))
  })

  it("where the upstream left arguments out", () => {
    const { events } = relay([candidate([{ functionCall: { name: "f" } }], "STOP")], [tool("f", { type: "object" })])
    expect(events[0]).toMatchObject(candidate([{ functionCall: { name: "f", args: {} } }]))
  })

  it("where it holds thoughts that the client wants none of", () => {
    const request: ChatRequest = { ...decoded, reasoning: { kind: "auto", show: false } }
    const thought = { text: "hm", thought: true }
    const { events, whole } = relay([candidate([thought]), candidate([thought, { text: "a" }], "STOP")], [], request)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject(candidate([{ text: "a" }], "STOP"))
    expect(JSON.stringify(whole)).not.toContain("hm")
  })
})

describe("the model is called as the client called it", () => {
  const aliased: ChatRequest = { ...decoded, model: 'my "alias"' }
  /** The frames that events with these texts become in one stream. */
  const framesOf = (texts: readonly string[], request = aliased): string[] => {
    const frames: string[] = []
    const context: RelayContext = { ...answerContext(request), declaredTools: new Map() }
    const stream = geminiClient.relay?.relayStream((written) => frames.push(written), context)
    for (const text of texts) stream?.event({ type: "relayed-event", text, event: JSON.parse(text) as unknown })
    return frames
  }
  const frameOf = (text: string, request = aliased) => framesOf([text], request).join("")

  it.each([
    [`{"candidates":[{"content":{"parts":[{"text":"a\\u00e4"}]}}],"modelVersion":"gemini-3-flash","n":1.0}`],
    [`{"modelVersion" : "gemini-3-flash","n":1.0,"candidates":[]}`],
    [
      `{"candidates":[{"content":{"parts":[{"text":"\\"modelVersion\\":\\"gemini-3-flash\\""}]}}],"modelVersion":"gemini-3-flash"}`,
    ],
  ])("and all other bytes stay: %s", (text) => {
    const at = text.lastIndexOf('"gemini-3-flash"')
    const own = text.slice(0, at) + JSON.stringify(aliased.model) + text.slice(at + '"gemini-3-flash"'.length)
    expect(frameOf(text)).toBe(`data: ${own}\n\n`)
  })

  it.each([
    [`{"candidates":[{"content":{"parts":[{"text":"modelVersion"}]}}],"modelVersion":"m"}`],
    [`{"candidates":[{"modelVersion":"m"}],"modelVersion":"m"}`],
    [`{"candidates":[],"modelVersion":"\\u006d"}`],
  ])("wherever it stands: %s", (text) => {
    const event = JSON.parse(text) as object
    expect(JSON.parse(frameOf(text).slice("data: ".length))).toEqual({ ...event, modelVersion: aliased.model })
  })

  it("whatever the events before it looked like", () => {
    const texts = [
      '{"n":1.0,"modelVersion":"m","responseId":"r"}',
      '{"n":2.0,"modelVersion":"m","responseId":"r"}',
      '{"n":3.0,"modelVersion":"m2","responseId":"r"}',
      '{"n":4.0,"modelVersion":"m2"}',
      '{"modelVersion":"m2","n":{"modelVersion":"m2"}}',
      '{"n":6.0,"modelVersion":"m2"}',
      '{"n":7.0,"modelVersion":"m","responseId":"r"}',
    ]
    const own = texts.map((text) => text.replace(/"m2?"/, JSON.stringify(aliased.model)))
    expect(framesOf(texts)).toEqual(own.map((text) => `data: ${text}\n\n`))
  })

  it("and nothing changes where it is called so already, or not at all", () => {
    const same = `{"candidates":[],"modelVersion":"${decoded.model}","n":1.0}`
    expect(frameOf(same, decoded)).toBe(`data: ${same}\n\n`)
    expect(frameOf('{"candidates":[],"n":1.0}')).toBe('data: {"candidates":[],"n":1.0}\n\n')
  })

  it("in the last event and in a whole answer too", () => {
    const last = { ...candidate([{ text: "a" }], "STOP"), modelVersion: "m" }
    const { events, whole } = relay([last, { usageMetadata: USAGE, modelVersion: "m" }], [], aliased)
    expect(events).toEqual([{ ...last, usageMetadata: USAGE, modelVersion: aliased.model }])
    expect(whole).toMatchObject({ modelVersion: aliased.model, usageMetadata: USAGE })
  })
})

describe("the last event", () => {
  it("waits for usage that comes after it", () => {
    const { events } = relay([candidate([{ text: "a" }], "STOP"), { usageMetadata: USAGE }])
    expect(events).toEqual([{ ...candidate([{ text: "a" }], "STOP"), usageMetadata: USAGE }])
  })

  it("G163 is the one with the end, also where a search's pages come after it", () => {
    const grounded = { candidates: [{ index: 0, groundingMetadata: { webSearchQueries: ["q"] } }] }
    const end = candidate([{ text: "a" }], "STOP")
    const { events } = relay([end, grounded, { usageMetadata: USAGE }])
    expect(events).toEqual([grounded, { ...end, usageMetadata: USAGE }])
  })

  it("repeats what an earlier one reported", () => {
    const { events, whole } = relay([{ ...candidate([{ text: "a" }]), usageMetadata: USAGE }, candidate([], "STOP")])
    expect(events.at(-1)).toMatchObject({ usageMetadata: USAGE })
    expect(whole).toMatchObject({ usageMetadata: USAGE })
  })

  it("has an estimate where nothing was reported", () => {
    const { events } = relay([candidate([{ text: "x".repeat(35) }], "STOP")])
    const usageMetadata = { promptTokenCount: 42, candidatesTokenCount: 10, totalTokenCount: 52 }
    expect(events.at(-1)).toMatchObject({ usageMetadata })
  })

  it("is the blocked prompt's feedback where there is no candidate", () => {
    const { events, whole } = relay([{ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: USAGE }])
    expect(events).toEqual([{ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: USAGE }])
    expect(whole).toEqual({ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: USAGE })
  })

  it.each([
    ["MALFORMED_FUNCTION_CALL", true],
    ["NO_IMAGE", true],
    ["STOP", false],
    ["SAFETY", false],
  ])("%s is an end of its own that an error need not replace: %s", (reason, isOwn) => {
    const event = candidate([], reason)
    expect(geminiClient.relay?.isOwnEnd({ type: "relayed-event", text: JSON.stringify(event), event })).toBe(isOwn)
  })
})

describe("the fold", () => {
  it("keeps what it does not know, whole and in order, and the last of what changes", () => {
    const image = { inlineData: { mimeType: "image/png", data: "aGk=" } }
    const { whole } = relay([
      { ...candidate([{ text: "a" }]), modelVersion: "m1", responseId: "r1" },
      { ...candidate([{ text: "b" }, image]), modelVersion: "m2" },
      {
        candidates: [{ content: { parts: [{ text: "c" }] }, finishReason: "STOP", groundingMetadata: { x: 1 } }],
        usageMetadata: USAGE,
      },
    ])
    expect(whole).toEqual({
      candidates: [
        {
          content: { role: "model", parts: [{ text: "ab" }, image, { text: "c" }] },
          index: 0,
          finishReason: "STOP",
          groundingMetadata: { x: 1 },
        },
      ],
      modelVersion: decoded.model,
      responseId: "r1",
      usageMetadata: USAGE,
    })
  })

  it("loses no page of a search to a later event that tells of others or of none", () => {
    const grounded = (groundingMetadata: object, finishReason?: string) => ({
      candidates: [{ content: { parts: [{ text: "a" }] }, groundingMetadata, safetyRatings: [], finishReason }],
    })
    const pages = { webSearchQueries: ["q"], groundingChunks: [{ web: { uri: "https://a.example" } }] }
    const supports = { groundingSupports: [{ segment: { endIndex: 1 }, groundingChunkIndices: [0] }] }
    const { whole } = relay([
      grounded(pages),
      grounded({ groundingChunks: [], ...supports }),
      { ...grounded({}, "STOP"), usageMetadata: USAGE },
      { usageMetadata: {} },
    ])
    expect(whole).toMatchObject({
      candidates: [{ groundingMetadata: { ...pages, ...supports }, safetyRatings: [], finishReason: "STOP" }],
      usageMetadata: USAGE,
    })
  })

  it("joins a thought with the signature that comes after it, and nothing after a signature", () => {
    const thought = (text: string, more: object = {}) => ({ text, thought: true, ...more })
    const { whole } = relay([
      candidate([thought("one "), thought("two")]),
      candidate([thought("", { thoughtSignature: "s1" })]),
      candidate([thought("three", { thoughtSignature: "s2" }), { text: "" }], "STOP"),
    ])
    expect(whole).toMatchObject(
      candidate([thought("one two", { thoughtSignature: "s1" }), thought("three", { thoughtSignature: "s2" })], "STOP"),
    )
  })
})
