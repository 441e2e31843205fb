import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { fold } from "../../canonical/fold.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext, REQUESTS } from "../testing/fixtures.ts"
import { geminiClient } from "./index.ts"

const decoded = geminiClient.decodeRequest(REQUESTS.gemini, {}).value
const listed: ChatRequest = { ...decoded, extra: { gemini: { framing: "list" } } }
const ERROR: StreamPart = { type: "error", error: new GatewayError("upstream_overloaded", "Full.") }
const BODY = {
  error: {
    code: 503,
    message: "Full.",
    status: "UNAVAILABLE",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "MODEL_CAPACITY_EXHAUSTED",
        domain: "cloudcode-pa.googleapis.com",
      },
    ],
  },
}
const text = (words: string): StreamPart[] => [
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text: words },
  { type: "text-end", block: 0 },
]
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop", raw: "STOP" } }

/** Both ways to write a stream: they frame, keep alive and fail alike. */
function writers(request: ChatRequest) {
  const open = (isRelayed: boolean) => {
    const writes: string[] = []
    const write = (frames: string) => void writes.push(frames)
    const context = { ...answerContext(request), declaredTools: new Map() }
    const relay = isRelayed ? geminiClient.relay?.relayStream(write, context) : undefined
    const encoder = relay ?? geminiClient.encodeStream(write, context)
    const say = (words: string): void => {
      const event = { candidates: [{ content: { role: "model", parts: [{ text: words }] } }] }
      for (const part of text(words)) encoder.part(part)
      relay?.event({ type: "relayed-event", text: JSON.stringify(event), event })
    }
    return { writes, encoder, say }
  }
  return { encoded: () => open(false), relayed: () => open(true) }
}

describe.each(["encoded", "relayed"] as const)("%s", (how) => {
  it("G145 R1 keeps silent before its first frame, and alive with an empty event after it", () => {
    const { encoder, writes, say } = writers(decoded)[how]()
    encoder.keepAlive()
    expect(writes).toEqual([])
    say("a")
    encoder.keepAlive()
    expect(writes.at(-1)).toBe('data: {"candidates":[]}\n\n')
    encoder.part(END)
    const written = writes.length
    encoder.keepAlive()
    expect(writes).toHaveLength(written)
  })

  it("G146 is one JSON list without alt", () => {
    const { encoder, writes, say } = writers(listed)[how]()
    say("a")
    encoder.keepAlive()
    say("b")
    encoder.part(END)
    expect(encoder.contentType).toBe("application/json")
    expect(writes[0]).toMatch(/^\[\{/)
    expect(writes[2]).toMatch(/^,\r\n\{/)
    expect(JSON.parse(writes.join(""))).toHaveLength(how === "encoded" ? 3 : 2)
  })

  it("G159 says an error in a frame, and once more in a write of its own", () => {
    const { encoder, writes, say } = writers(decoded)[how]()
    say("a")
    encoder.part(ERROR)
    encoder.part(END)
    expect(writes.at(-1)).toBe(`data: ${JSON.stringify(BODY)}\n\n`)
    expect(JSON.parse(encoder.lastWrite ?? "")).toEqual(BODY)
  })

  it("G159 says an error as the last element of a list", () => {
    const { encoder, writes } = writers(listed)[how]()
    encoder.part(ERROR)
    expect(JSON.parse(writes.join(""))).toEqual([BODY])
    expect(encoder.lastWrite).toBeUndefined()
  })
})

describe("encodeStream", () => {
  const events = (parts: readonly StreamPart[], request = decoded): unknown[] => {
    const writes: string[] = []
    const encoder = geminiClient.encodeStream((frames) => writes.push(frames), answerContext(request))
    for (const part of parts) encoder.part(part)
    return writes
      .join("")
      .split("\n\n")
      .filter(Boolean)
      .map((frame) => JSON.parse(frame.slice(6)) as unknown)
  }
  const grounded: StreamPart[] = [
    { type: "response-start" },
    ...text("Zürich ist nass."),
    {
      type: "grounding",
      grounding: {
        queries: ["wetter"],
        sources: [{ url: "https://example.com/", title: "Wetter" }],
        citations: [{ start: 7, end: 15, text: "ist nass", sources: [0] }],
      },
    },
    END,
  ]

  it("gives sources with places in bytes", () => {
    const request: ChatRequest = { ...decoded, webSearch: {} }
    const metadata = {
      webSearchQueries: ["wetter"],
      groundingChunks: [{ web: { uri: "https://example.com/", title: "Wetter" } }],
      groundingSupports: [{ segment: { startIndex: 8, endIndex: 16, text: "ist nass" }, groundingChunkIndices: [0] }],
    }
    expect(events(grounded, request).at(-1)).toMatchObject({ candidates: [{ groundingMetadata: metadata }] })
    expect(geminiClient.encodeResponse(fold(grounded), answerContext(request))).toMatchObject({
      candidates: [{ groundingMetadata: metadata }],
    })
  })

  it("says an end in this wire's words, whoever said it first", () => {
    const word = (finishReason: Extract<StreamPart, { type: "response-end" }>["finishReason"]) =>
      (events([{ type: "response-end", finishReason }]).at(-1) as { candidates: [{ finishReason: string }] })
        .candidates[0].finishReason // this wire's shape
    expect(word({ unified: "stop", raw: "OTHER" })).toBe("OTHER")
    expect(word({ unified: "tool-calls", raw: "STOP" })).toBe("STOP")
    expect(word({ unified: "length", raw: "max_tokens" })).toBe("MAX_TOKENS")
    expect(word({ unified: "refusal" })).toBe("SAFETY")
  })

  it("hides thoughts where the client wants none", () => {
    const parts: StreamPart[] = [
      { type: "reasoning-start", block: 0 },
      { type: "reasoning-delta", block: 0, text: "hm" },
      { type: "reasoning-end", block: 0, signature: "s" },
      END,
    ]
    expect(events(parts)).toHaveLength(3)
    const request: ChatRequest = { ...decoded, reasoning: { kind: "auto", show: false } }
    expect(events(parts, request)).toHaveLength(1)
    expect(geminiClient.reasoningShown(request)).toBe(false)
  })
})
