/** Chat Completions from end to end of the translation: requests to what goes upstream, upstream events to what the client sees. */
import { describe, expect, it } from "vitest"
import type { StreamPart } from "../canonical/stream-part.ts"
import { decodeStream } from "./gemini/decode-stream.ts"
import { encodeRequest } from "./gemini/encode-request.ts"
import { clientDialects } from "./index.ts"
import { answerOf, CREATED_AT, decodeContext, framesOf, REQUESTS } from "./testing/fixtures.ts"

const chat = clientDialects["openai-chat"]

const T = (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }] })
const H = (text: string) => ({ candidates: [{ content: { parts: [{ text, thought: true }] } }] })
const S = (finishReason: string, usageMetadata = USAGE) => ({ candidates: [{ finishReason }], usageMetadata })
const USAGE = {
  promptTokenCount: 10,
  cachedContentTokenCount: 4,
  candidatesTokenCount: 2,
  thoughtsTokenCount: 1,
  totalTokenCount: 13,
}

interface Chunk {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly choices: { delta: Record<string, unknown>; finish_reason: string | null; logprobs: unknown }[]
  readonly usage?: unknown
  readonly error?: object
}

/** Upstream events to the data lines of the stream, the whole answer, and the chunks that are JSON. */
function see(events: readonly object[], more: object = {}) {
  const request = chat.decodeRequest({ ...REQUESTS["openai-chat"], stream_options: undefined, ...more }, {}).value
  const parts: StreamPart[] = []
  const decoder = decodeStream((part) => parts.push(part), decodeContext())
  for (const event of events) decoder.push(event)
  decoder.end()
  const frames = framesOf(chat, parts, request).join("")
  const lines = frames.split("\n\n").filter((frame) => frame !== "")
  const data = lines.map((line) => line.replace(/^data: /, ""))
  const chunks = data.filter((one) => one !== "[DONE]").map((one) => JSON.parse(one) as Chunk) // what chat writes
  return { lines, data, chunks, whole: answerOf(chat, parts, request) }
}

const deltas = (chunks: readonly Chunk[]) => chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
const finishes = (chunks: readonly Chunk[]) =>
  chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter((reason) => reason !== null)

describe("a stream", () => {
  it("G21 R3 is the role, each text, one finish in a chunk of its own, and [DONE], in data lines only", () => {
    const { lines, data, chunks, whole } = see([T("Hel"), T("lo"), S("STOP")])
    expect(deltas(chunks)).toEqual([{ role: "assistant", content: "" }, { content: "Hel" }, { content: "lo" }, {}])
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, "stop"])
    expect(data.at(-1)).toBe("[DONE]")
    expect(data.filter((one) => one === "[DONE]")).toHaveLength(1)
    for (const line of lines) expect(line).toMatch(/^data: (\{.*\}|\[DONE\])$/)
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1)
    expect(whole.body).toMatchObject({ choices: [{ message: { content: "Hello" }, finish_reason: "stop" }] })
  })

  it("G22 ends with usage in a chunk without choices when that was asked for", () => {
    const { data, chunks } = see([T("Hello"), S("STOP")], { stream_options: { include_usage: true } })
    expect(data.at(-1)).toBe("[DONE]")
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 },
    })
    expect(chunks.slice(0, -1).every(({ usage }) => usage === undefined || usage === null)).toBe(true)
  })

  it("G23 has no usage in any chunk otherwise", () => {
    for (const more of [{}, { stream_options: { include_usage: false } }]) {
      expect(see([T("Hello"), S("STOP")], more).data.join("")).not.toContain("usage")
    }
  })

  it("G24 gives thoughts strictly before text", () => {
    const { chunks, whole } = see([H("thi"), H("nk"), T("ans"), S("STOP")])
    const kinds = deltas(chunks).flatMap((delta) => Object.keys(delta).filter((key) => delta[key] !== ""))
    expect(kinds).toEqual(["role", "reasoning_content", "reasoning_content", "content"])
    expect(whole.body).toMatchObject({ choices: [{ message: { reasoning_content: "think", content: "ans" } }] })
  })
})

describe("how it ended", () => {
  it("G27 is length when the limit cut the text", () => {
    const { chunks, whole } = see([T("Hel"), S("MAX_TOKENS")])
    expect(finishes(chunks)).toEqual(["length"])
    expect(whole.body).toMatchObject({ choices: [{ message: { content: "Hel" }, finish_reason: "length" }] })
  })

  it.each(["SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "RECITATION"])(
    "G28 is content_filter with empty content for %s without text",
    (reason) => {
      const { chunks, whole } = see([S(reason)])
      expect(finishes(chunks)).toEqual(["content_filter"])
      expect(chunks.some(({ error }) => error !== undefined)).toBe(false)
      expect(whole.status).toBe(200)
      expect(whole.body).toMatchObject({ choices: [{ message: { content: "" }, finish_reason: "content_filter" }] })
    },
  )

  it("G29 is content_filter for a blocked prompt, with usage", () => {
    const blocked = { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 10 } }
    const { chunks, whole } = see([blocked], { stream_options: { include_usage: true } })
    expect(finishes(chunks)).toEqual(["content_filter"])
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 0, total_tokens: 10 })
    expect(whole).toMatchObject({
      status: 200,
      body: { choices: [{ finish_reason: "content_filter" }], usage: { prompt_tokens: 10 } },
    })
  })

  it.each([
    ["G31 R4 dies", { error: { code: 500, status: "INTERNAL", message: "It broke." } }],
    ["G176 R4 ends without a finish reason", undefined],
  ])("%s after text: an error chunk, then [DONE], and never a finish", (_name, last) => {
    const { data, chunks, whole } = see([T("Hel"), ...(last === undefined ? [] : [last])])
    expect(data.at(-1)).toBe("[DONE]")
    expect(chunks.at(-1)?.error).toMatchObject({ message: expect.any(String), type: "server_error" })
    expect(chunks.slice(0, -1).some(({ error }) => error !== undefined)).toBe(false)
    expect(finishes(chunks.slice(0, -1))).toEqual([])
    // A client that does not stream never gets a part of an answer as the whole.
    expect(whole.status).toBe(502)
    expect(JSON.stringify(whole.body)).not.toContain("Hel")
  })
})

it("G63 counts cached tokens as a part of the prompt", () => {
  const { whole } = see([T("Hello"), S("STOP")])
  expect(whole.body).toMatchObject({
    created: CREATED_AT,
    usage: {
      prompt_tokens: 10,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 1 },
    },
  })
  const uncached = see([T("Hello"), S("STOP", { ...USAGE, cachedContentTokenCount: 0 })])
  expect(uncached.whole.body).toMatchObject({ usage: { prompt_tokens_details: { cached_tokens: 0 } } })
})

describe("a request", () => {
  const GEMINI = { id: "gemini-3-flash" }
  const sent = (body: object, target = GEMINI) => {
    const decoded = chat.decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }], ...body }, {})
    const encoded = encodeRequest(decoded.value, target)
    return { value: encoded.value, dropped: [...decoded.dropped, ...encoded.dropped] }
  }

  it("G33 has its first system texts as instruction, a later one in its place as a reminder", () => {
    const { value, dropped } = sent({
      messages: [
        { role: "system", content: "one" },
        { role: "developer", content: "two" },
        { role: "user", content: "three" },
        { role: "system", content: "four" },
        { role: "user", content: "five" },
      ],
    })
    expect(value["systemInstruction"]).toMatchObject({ parts: [{ text: "one" }, { text: "two" }] })
    expect(value["contents"]).toEqual([
      {
        role: "user",
        parts: [{ text: "three" }, { text: expect.stringMatching(/^<.*>[^]*four[^]*<\/.*>$/) }, { text: "five" }],
      },
    ])
    expect(dropped).toEqual([expect.stringMatching(/^\+/)])
  })

  it("G34 of system text alone is one user turn", () => {
    const { value } = sent({ messages: [{ role: "system", content: "one" }] })
    expect(value).toEqual({ contents: [{ role: "user", parts: [{ text: "one" }] }] })
  })

  it("G53 has the limit of max_completion_tokens", () => {
    const { value } = sent({ max_tokens: 100, max_completion_tokens: 50 })
    expect(value["generationConfig"]).toMatchObject({ maxOutputTokens: 50 })
    expect(sent({ max_tokens: 100 }).value["generationConfig"]).toMatchObject({ maxOutputTokens: 100 })
  })

  it.each([GEMINI, { id: "claude-sonnet-4-6" }])(
    "G57 has its stop sequences, and the rest does no harm ($id)",
    (target) => {
      const more = { stop: ["a", "", "b"], seed: 7, logprobs: true, top_logprobs: 3, logit_bias: { 50256: -100 } }
      const { value } = sent(more, target)
      expect(value["generationConfig"]).toMatchObject({ stopSequences: ["a", "b"] })
      expect(JSON.stringify(value)).not.toMatch(/logprobs|logit/i)
      const { chunks, whole } = see([T("Hello"), S("STOP")], more)
      expect(whole.body).toMatchObject({ choices: [{ logprobs: null }] })
      expect(chunks.flatMap(({ choices }) => choices.map(({ logprobs }) => logprobs))).toEqual(chunks.map(() => null))
    },
  )
})
