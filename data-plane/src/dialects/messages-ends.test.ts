/** How a Messages answer ends, from the upstream's own word to what the client reads, streamed and whole. */
import { describe, expect, it } from "vitest"
import type { StreamPart } from "../canonical/stream-part.ts"
import { decodeStream } from "./gemini/decode-stream.ts"
import { clientDialects } from "./index.ts"
import { answerOf, decodeContext, framesOf, REQUESTS } from "./testing/fixtures.ts"

const messages = clientDialects["anthropic-messages"]

const T = (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }] })
const C = { candidates: [{ content: { parts: [{ functionCall: { name: "get_time" } }] } }] }
const S = (finishReason: string, more: object = {}) => ({ candidates: [{ finishReason, ...more }] })

interface Event {
  readonly type: string
  readonly delta?: Record<string, unknown>
  readonly usage?: Record<string, number>
  readonly message?: { readonly usage: Record<string, number> }
}

function see(events: readonly object[], more: object = {}) {
  const request = messages.decodeRequest({ ...REQUESTS["anthropic-messages"], ...more }, {}).value
  const parts: StreamPart[] = []
  const decoder = decodeStream((part) => parts.push(part), decodeContext())
  for (const event of events) decoder.push(event)
  decoder.end()
  const lines = framesOf(messages, parts, request).join("").split("\n")
  const data = lines.filter((line) => line.startsWith("data: "))
  const seen = data.map((line) => JSON.parse(line.slice("data: ".length)) as Event) // our own frames
  return {
    seen,
    last: seen.at(-1),
    end: seen.find(({ type }) => type === "message_delta"),
    whole: answerOf(messages, parts, request),
  }
}

describe("G111 the upstream's finish reason", () => {
  it.each([
    ["STOP", "end_turn", "tool_use"],
    ["OTHER", "end_turn", "tool_use"],
    ["FINISH_REASON_UNSPECIFIED", "end_turn", "tool_use"],
    ["MAX_TOKENS", "max_tokens", "tool_use"],
    ["SAFETY", "refusal", "tool_use"],
  ])("%s is %s, beside a call %s", (raw, alone, besideCall) => {
    for (const [events, reason] of [
      [[T("text"), S(raw)], alone],
      [[T("text"), C, S(raw)], besideCall],
    ] as const) {
      const { end, last, whole } = see(events)
      expect(end?.delta).toMatchObject({ stop_reason: reason, stop_sequence: null })
      expect(last?.type).toBe("message_stop")
      expect(whole.body).toMatchObject({ stop_reason: reason, stop_sequence: null })
    }
  })

  it.each(["SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "RECITATION", "LANGUAGE", "IMAGE_SAFETY"])(
    "%s is a refusal with its details",
    (raw) => {
      const details = { type: "refusal", category: null, explanation: "Not that." }
      const { end, whole } = see([T("text"), S(raw, { finishMessage: "Not that." })])
      expect(end?.delta).toMatchObject({ stop_reason: "refusal", stop_details: details })
      expect(whole.body).toMatchObject({ stop_reason: "refusal", stop_details: details, content: [{ text: "text" }] })
    },
  )

  it("of a blocked prompt is a refusal without a text", () => {
    const { end, whole } = see([{ promptFeedback: { blockReason: "SAFETY" } }])
    expect(end?.delta).toMatchObject({ stop_reason: "refusal", stop_details: { explanation: null } })
    expect(whole).toMatchObject({ status: 200, body: { stop_reason: "refusal", content: [] } })
  })

  it.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "NO_IMAGE"])(
    "%s is an error, never an end",
    (raw) => {
      const { end, last, whole } = see([T("text"), S(raw)])
      expect([end, last?.type, whole.status]).toEqual([undefined, "error", 502])
    },
  )

  it("that is missing is an error, never an end", () => {
    const { end, last, whole } = see([T("text")])
    expect([end, last?.type, whole.status]).toEqual([undefined, "error", 502])
  })

  it("on a stop sequence is told as one where the text shows it, however it was cut", () => {
    const stop_sequences = ["END", "###"]
    for (const events of [
      [T("a ###"), S("STOP")],
      [T("a #"), T("#"), T("#"), S("STOP")],
    ]) {
      const { end, whole } = see(events, { stop_sequences })
      expect(end?.delta).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "###" })
      expect(whole.body).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "###" })
    }
    for (const events of [
      [T("a ### b"), S("STOP")],
      [T("##"), S("STOP")],
    ])
      expect(see(events, { stop_sequences }).end?.delta).toMatchObject({ stop_reason: "end_turn", stop_sequence: null })
    expect(see([T("a ###"), S("MAX_TOKENS")], { stop_sequences }).end?.delta).toMatchObject({
      stop_reason: "max_tokens",
    })
  })
})

describe("G112 usage", () => {
  const usageMetadata = {
    promptTokenCount: 100,
    cachedContentTokenCount: 60,
    toolUsePromptTokenCount: 5,
    candidatesTokenCount: 7,
    thoughtsTokenCount: 3,
    totalTokenCount: 115,
  }

  it("is an estimate at the begin, and the upstream's own at the end", () => {
    const { seen, end, whole } = see([T("text"), { ...S("STOP"), usageMetadata }])
    expect(seen[0]?.message?.usage).toMatchObject({ input_tokens: 42, output_tokens: 1 })
    const usage = {
      input_tokens: 45,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 0,
      output_tokens: 10,
      output_tokens_details: { thinking_tokens: 3 },
    }
    expect(end?.usage).toEqual(usage)
    expect(whole.body).toMatchObject({ usage })
  })

  it("may come after the finish reason, and the last one counts", () => {
    const first = { ...T("text"), usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } }
    const { end } = see([first, S("STOP"), { usageMetadata }])
    expect(end?.usage).toMatchObject({ input_tokens: 45, output_tokens: 10 })
  })
})

it("G140 a thread is refused in the words that make the SDK send the whole history", () => {
  for (const more of [{ thread: { id: "t" } }, { previous_message_id: "msg_1" }]) {
    let caught: unknown
    try {
      messages.decodeRequest({ ...REQUESTS["anthropic-messages"], ...more }, {})
    } catch (error) {
      caught = error
    }
    const refused = messages.encodeError(caught as Parameters<typeof messages.encodeError>[0], {
      exchangeId: "req_1",
      now: 0,
    }) // it throws nothing else
    expect(refused).toMatchObject({
      status: 400,
      body: {
        type: "error",
        error: { type: "invalid_request_error", details: { error_code: "thread_unsupported_request" } },
      },
    })
  }
})
