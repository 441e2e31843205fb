import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Grounding } from "../../canonical/grounding.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerOf, framesOf } from "../testing/fixtures.ts"
import { anthropicMessagesClient } from "./index.ts"
import { citedBlocks } from "./search-blocks.ts"

const SOURCES = [
  { url: "https://one.example/", title: "one" },
  { url: "https://two.example/", title: "two" },
]

interface Event {
  readonly type: string
  readonly index?: number
  readonly content_block?: Record<string, unknown>
  readonly delta?: Record<string, unknown>
  readonly usage?: unknown
}

const request: ChatRequest = {
  model: "m",
  stream: true,
  system: [],
  turns: [],
  sampling: {},
  webSearch: {},
  extra: { "anthropic-messages": { thoughtBlocks: "text" } },
}

function answer(texts: readonly string[], grounding: Grounding | undefined): StreamPart[] {
  return [
    { type: "response-start" },
    { type: "reasoning-start", block: 0 },
    { type: "reasoning-delta", block: 0, text: "hm" },
    { type: "reasoning-end", block: 0, signature: "s" },
    ...texts.flatMap((text, index): StreamPart[] => [
      { type: "text-start", block: index + 1 },
      ...Array.from(text, (letter): StreamPart => ({ type: "text-delta", block: index + 1, text: letter })),
      { type: "text-end", block: index + 1 },
    ]),
    ...(grounding === undefined ? [] : [{ type: "grounding", grounding } as const]),
    { type: "usage", usage: { inputTokens: 5, outputTokens: 7 } },
    { type: "response-end", finishReason: { unified: "stop" } },
  ]
}

function events(parts: readonly StreamPart[]): Event[] {
  return framesOf(anthropicMessagesClient, parts, request)
    .join("")
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Event) // our own frames
}

/** What a client makes of the events; checks that blocks are opened and closed in order on the way. */
function content(seen: readonly Event[]): Record<string, unknown>[] {
  const blocks: Record<string, unknown>[] = []
  let open: number | undefined
  for (const { type, index, content_block: block, delta } of seen) {
    const current = blocks.at(-1) ?? {}
    if (type === "content_block_start") {
      expect([open, index]).toEqual([undefined, blocks.length])
      open = index
      blocks.push({ ...block })
    } else if (type === "content_block_delta") {
      expect(index).toBe(open)
      if (delta?.["type"] === "text_delta") current["text"] = `${String(current["text"])}${String(delta["text"])}`
      if (delta?.["type"] === "thinking_delta") current["thinking"] = String(delta["thinking"])
      if (delta?.["type"] === "signature_delta") current["signature"] = delta["signature"]
      if (delta?.["type"] === "input_json_delta") current["input"] = JSON.parse(String(delta["partial_json"]))
      if (delta?.["type"] === "citations_delta")
        current["citations"] = [...((current["citations"] as unknown[] | undefined) ?? []), delta["citation"]] // a list, if any
    } else if (type === "content_block_stop") open = undefined
  }
  return blocks
}

const whole = (parts: readonly StreamPart[]) =>
  answerOf(anthropicMessagesClient, parts, request).body as { content: unknown[]; usage: unknown; stop_reason: string } // a message

const GROUNDING: Grounding = {
  queries: ["capital of France", "more"],
  sources: SOURCES,
  citations: [{ start: 3, end: 8, text: "Paris", sources: [0, 1] }],
}

describe("G122 a search", () => {
  const parts = answer(["So: Paris 🙂."], {
    ...GROUNDING,
    citations: [{ start: 4, end: 9, text: "Paris", sources: [0, 1] }],
  })

  it("stands before the text that rests on it, in the order of the vendor", () => {
    const seen = events(parts)
    expect(seen.map(({ type, index }) => (index === undefined ? type : `${type} ${index}`))).toEqual([
      "message_start",
      "ping",
      "content_block_start 0",
      "content_block_delta 0",
      "content_block_delta 0",
      "content_block_stop 0",
      "content_block_start 1",
      "content_block_delta 1",
      "content_block_stop 1",
      "content_block_start 2",
      "content_block_stop 2",
      "content_block_start 3",
      "content_block_delta 3",
      "content_block_stop 3",
      "content_block_start 4",
      "content_block_delta 4",
      "content_block_delta 4",
      "content_block_delta 4",
      "content_block_stop 4",
      "content_block_start 5",
      "content_block_delta 5",
      "content_block_stop 5",
      "message_delta",
      "message_stop",
    ])
    const id = "srvtoolu_01k7fixture0000000000000000"
    const result = (source: { url: string; title: string }) => ({
      type: "web_search_result",
      ...source,
      encrypted_content: "",
      page_age: null,
    })
    const location = (source: { url: string; title: string }) => ({
      type: "web_search_result_location",
      ...source,
      cited_text: "Paris",
      encrypted_index: "",
    })
    const expected = [
      expect.objectContaining({ type: "thinking", thinking: "hm" }),
      { type: "server_tool_use", id, name: "web_search", input: { query: "capital of France" } },
      { type: "web_search_tool_result", tool_use_id: id, content: SOURCES.map(result) },
      { type: "text", text: "So: " },
      { type: "text", text: "Paris", citations: SOURCES.map(location) },
      { type: "text", text: " 🙂." },
    ]
    expect(content(seen)).toEqual(expected)
    expect(whole(parts).content).toEqual(expected)
  })

  it("is counted, and the turn is over", () => {
    const usage = {
      input_tokens: 5,
      output_tokens: 7,
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    }
    expect(events(parts).at(-2)).toMatchObject({ delta: { stop_reason: "end_turn" }, usage })
    expect(whole(parts)).toMatchObject({ stop_reason: "end_turn", usage })
  })

  it("that brought nothing leaves the text alone", () => {
    const bare = answer(["So."], undefined)
    expect(content(events(bare)).slice(1)).toEqual([{ type: "text", text: "So." }])
    expect(whole(bare).content.slice(1)).toEqual([{ type: "text", text: "So." }])
    expect(JSON.stringify(events(bare))).not.toContain("server_tool_use")
  })

  it("without a text is told all the same", () => {
    const silent = answer([], GROUNDING)
    expect(whole(silent).content.map((block) => (block as Event).type)).toEqual([
      "thinking",
      "server_tool_use",
      "web_search_tool_result",
    ])
    expect(content(events(silent))).toEqual(whole(silent).content)
  })

  it("shows thoughts at once and pings while the text waits", () => {
    const frames: string[] = []
    const encoder = anthropicMessagesClient.encodeStream((written) => frames.push(written), {
      exchangeId: "req_x",
      model: "m",
      createdAt: 0,
      request,
      estimatedInputTokens: 1,
    })
    for (const part of parts.slice(0, 8)) encoder.part(part)
    expect(frames.join("")).toContain("thinking_delta")
    expect(frames.join("")).not.toContain("text_delta")
    const before = frames.length
    encoder.keepAlive()
    expect(frames.slice(before)).toEqual(['event: ping\ndata: {"type":"ping"}\n\n'])
  })
})

it("gives the same blocks streamed and whole, and loses no letter, whatever rests on what", () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 })
  const stretches = fc.array(fc.tuple(fc.nat(30), fc.nat(10), fc.array(fc.nat(2), { maxLength: 2 })), { maxLength: 5 })
  fc.assert(
    fc.property(texts, stretches, (written, found) => {
      const text = written.join("")
      const citations = found.flatMap(([start, length, sources]) => {
        const end = Math.min(start + length, text.length)
        return start < end ? [{ start, end, text: text.slice(start, end), sources }] : []
      })
      const parts = answer(written, { queries: ["q"], sources: SOURCES, citations })
      const blocks = whole(parts).content as { type: string; text?: string; citations?: unknown[] }[] // a message's
      expect(content(events(parts))).toEqual(blocks)
      expect(blocks.map((block) => block.text ?? "").join("")).toBe(text)
    }),
  )
})

it("counts the text that stood before the search where the stretches begin", () => {
  const text = (block: number, words: string): StreamPart[] => [
    { type: "text-start", block },
    { type: "text-delta", block, text: words },
    { type: "text-end", block },
  ]
  const seen = content(
    events([
      { type: "response-start" },
      ...text(0, "First. "),
      { type: "tool-input-start", block: 1, id: "c", name: "f" },
      { type: "tool-input-delta", block: 1, json: "{}" },
      { type: "tool-input-end", block: 1 },
      {
        type: "grounding",
        grounding: { ...GROUNDING, citations: [{ start: 7, end: 12, text: "Paris", sources: [0] }] },
      },
      ...text(2, "Paris."),
      { type: "response-end", finishReason: { unified: "tool-calls" } },
    ]),
  )
  expect(seen.slice(-2)).toMatchObject([{ text: "Paris", citations: [{ cited_text: "Paris" }] }, { text: "." }])
})

it("cites a stretch that several rest on by all of them", () => {
  const citations = [
    { start: 10, end: 14, text: "abcd", sources: [0] },
    { start: 12, end: 16, text: "cdef", sources: [1] },
  ]
  const blocks = citedBlocks("abcdef", 10, { queries: [], sources: SOURCES, citations })
  expect(blocks.map((block) => [block.text, block.citations?.map(({ url }) => url)])).toEqual([
    ["ab", ["https://one.example/"]],
    ["cd", ["https://one.example/", "https://two.example/"]],
    ["ef", ["https://two.example/"]],
  ])
})
