import { describe, expect, it } from "vitest"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, SealSignature } from "../dialect.ts"
import { answerContext } from "../testing/fixtures.ts"
import { fold } from "../../canonical/fold.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeResponse } from "./encode-response.ts"
import { encodeStream } from "./encode-stream.ts"

/** Shows in the golden what was sealed for what. */
const seal: SealSignature = (signature, target) => {
  if (target.kind === "call") return `${signature}@${target.callId}`
  return `${signature}@${target.text}${target.isHidden === true ? "?" : ""}`
}

function contextFor(thinking: object | undefined): AnswerContext {
  const request: ChatRequest = decodeRequest(
    { model: "m", max_tokens: 9, stream: true, messages: [{ role: "user", content: "hi" }], thinking },
    {},
  ).value
  return { ...answerContext(request), seal }
}

const SHOWN = { type: "enabled", budget_tokens: 2000 }
const OMITTED = { type: "adaptive", display: "omitted" }

const H = (block: number, texts: readonly string[], signature?: string): StreamPart[] => [
  { type: "reasoning-start", block },
  ...texts.map((text): StreamPart => ({ type: "reasoning-delta", block, text })),
  { type: "reasoning-end", block, ...(signature === undefined ? {} : { signature }) },
]
const T = (block: number, text: string): StreamPart[] => [
  { type: "text-start", block },
  { type: "text-delta", block, text },
  { type: "text-end", block },
]
const C = (block: number, id: string, signature?: string): StreamPart[] => [
  { type: "tool-input-start", block, id, name: "f" },
  { type: "tool-input-delta", block, json: "{}" },
  { type: "tool-input-end", block, ...(signature === undefined ? {} : { signature }) },
]
const U = (...parts: StreamPart[]): StreamPart[] => [
  { type: "response-start" },
  ...parts,
  { type: "response-end", finishReason: { unified: "stop" } },
]

/** Block events in short: `0+thinking`, `0:delta`, `0-`. */
function streamed(parts: readonly StreamPart[], context: AnswerContext): string[] {
  let frames = ""
  const encoder = encodeStream((written) => {
    frames += written
  }, context)
  for (const part of parts) encoder.part(part)
  const events = [...frames.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? "") as WireEvent)
  return events.flatMap(({ type, index, content_block: block, delta }) => {
    if (type === "content_block_start") {
      const extra = block?.extra_content?.google.thought_signature
      return [`${index}+${block?.type}${extra === undefined ? "" : `=${extra}`}`]
    }
    if (type === "content_block_delta") return [`${index}:${delta?.type}=${deltaText(delta)}`]
    return type === "content_block_stop" ? [`${index}-`] : []
  })
}

interface WireEvent {
  readonly type: string
  readonly index?: number
  readonly content_block?: { type: string; extra_content?: { google: { thought_signature: string } } }
  readonly delta?: Readonly<Record<string, string>>
}

function deltaText(delta: WireEvent["delta"]): string {
  return delta?.["thinking"] ?? delta?.["signature"] ?? delta?.["text"] ?? delta?.["partial_json"] ?? ""
}

function whole(parts: readonly StreamPart[], context: AnswerContext): unknown[] {
  return encodeResponse(fold(parts), context).content.map((block) => {
    if (block.type === "thinking") return ["thinking", block.thinking, block.signature]
    if (block.type === "text") return ["text", block.text]
    if (block.type === "tool_use") return ["tool_use", block.id, block.extra_content?.google.thought_signature]
    return [block.type]
  })
}

describe("thinking blocks", () => {
  it("a signed thought is one block with one signature right before its stop (G104)", () => {
    const parts = U(...H(0, ["a", "b"], "s"), ...T(1, "t"))
    expect(streamed(parts, contextFor(SHOWN))).toEqual([
      "0+thinking",
      "0:thinking_delta=a",
      "0:thinking_delta=b",
      "0:signature_delta=s@ab",
      "0-",
      "1+text",
      "1:text_delta=t",
      "1-",
    ])
    expect(whole(parts, contextFor(SHOWN))).toEqual([
      ["thinking", "ab", "s@ab"],
      ["text", "t"],
    ])
  })

  it("a call's signature lands on the thought before it (G105)", () => {
    const parts = U(...H(0, ["a"]), ...C(1, "c", "s"), ...C(2, "d"))
    expect(streamed(parts, contextFor(SHOWN))).toEqual([
      "0+thinking",
      "0:thinking_delta=a",
      "0:signature_delta=s@c",
      "0-",
      "1+tool_use=s@c",
      "1:input_json_delta={}",
      "1-",
      "2+tool_use",
      "2:input_json_delta={}",
      "2-",
    ])
    expect(whole(parts, contextFor(SHOWN))).toEqual([
      ["thinking", "a", "s@c"],
      ["tool_use", "c", "s@c"],
      ["tool_use", "d", undefined],
    ])
  })

  it("a call's signature without a thought gets an empty block, where thinking was asked for (G106)", () => {
    const parts = U(...T(0, "t"), ...C(1, "c", "s"))
    expect(streamed(parts, contextFor(SHOWN)).slice(3)).toEqual([
      "1+thinking",
      "1:signature_delta=s@c",
      "1-",
      "2+tool_use=s@c",
      "2:input_json_delta={}",
      "2-",
    ])
    expect(whole(parts, contextFor(SHOWN))).toEqual([
      ["text", "t"],
      ["thinking", "", "s@c"],
      ["tool_use", "c", "s@c"],
    ])
    expect(whole(parts, contextFor(undefined))).toEqual([
      ["text", "t"],
      ["tool_use", "c", "s@c"],
    ])
  })

  it.each([[undefined], [{ type: "disabled" }]])("there are none for thinking %j (G107)", (thinking) => {
    const parts = U(...H(0, ["a"], "h"), ...C(1, "c", "s"))
    expect(streamed(parts, contextFor(thinking))).toEqual(["0+tool_use=s@c", "0:input_json_delta={}", "0-"])
    expect(whole(parts, contextFor(thinking))).toEqual([["tool_use", "c", "s@c"]])
  })

  it("an omitted thought is its signature only (G108)", () => {
    const parts = U(...H(0, ["a"], "s"), ...H(1, ["unsigned"]), ...T(2, "t"))
    expect(streamed(parts, contextFor(OMITTED))).toEqual([
      "0+thinking",
      "0:signature_delta=s@a?",
      "0-",
      "1+text",
      "1:text_delta=t",
      "1-",
    ])
    expect(whole(parts, contextFor(OMITTED))).toEqual([
      ["thinking", "", "s@a?"],
      ["text", "t"],
    ])
  })

  it("an omitted thought before a signed call is that signature only", () => {
    const parts = U(...H(0, ["a"]), ...C(1, "c", "s"))
    expect(streamed(parts, contextFor(OMITTED)).slice(0, 4)).toEqual([
      "0+thinking",
      "0:signature_delta=s@c",
      "0-",
      "1+tool_use=s@c",
    ])
    expect(whole(parts, contextFor(OMITTED))).toEqual([
      ["thinking", "", "s@c"],
      ["tool_use", "c", "s@c"],
    ])
  })

  it("an unsigned thought is a block without a signature", () => {
    const parts = U(...H(0, ["a"]), ...T(1, "t"))
    expect(streamed(parts, contextFor(SHOWN)).slice(0, 3)).toEqual(["0+thinking", "0:thinking_delta=a", "0-"])
    expect(whole(parts, contextFor(SHOWN))[0]).toEqual(["thinking", "a", ""])
  })
})
