import { describe, expect, it } from "vitest"
import type { ChatRequest } from "../../canonical/request.ts"
import { answerContext, partsOf, REQUESTS, upstreamBytes } from "../testing/fixtures.ts"
import { fold } from "../../canonical/fold.ts"
import type { AnswerContext } from "../dialect.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeResponse } from "./encode-response.ts"
import { encodeStream } from "./encode-stream.ts"

/** Upstream streams with thoughts or signatures, as a client that asked for thinking gets them; `vitest -u` writes the goldens anew. */

const FIXTURES = [
  "thought-then-text",
  "text-and-thoughts-in-turn",
  "trailing-signature",
  "one-call",
  "parallel-calls",
  "text-then-call",
  "claude-call-with-thoughts",
  "max-tokens-eaten-by-thoughts",
]

const DISPLAYS = ["summarized", "omitted"] as const

function contextFor(display: string): AnswerContext {
  const request: ChatRequest = decodeRequest(
    { ...REQUESTS["anthropic-messages"], thinking: { type: "adaptive", display } },
    {},
  ).value
  return {
    ...answerContext(request),
    seal: (signature, target) => `sealed.${signature}.${target.kind === "call" ? target.callId : target.kind}`,
  }
}

interface Block {
  type: string
  text?: string
  thinking?: string
  signature?: string
  input?: unknown
}

interface WireEvent {
  readonly type: string
  readonly content_block?: Block
  readonly delta?: { text?: string; thinking?: string; signature?: string; partial_json?: string }
}

/** What a client's stream helper makes of the events. */
function assembled(frames: string): Block[] {
  const blocks: Block[] = []
  let json = ""
  for (const [, data = ""] of frames.matchAll(/^data: (.*)$/gm)) {
    const { type, content_block: start, delta } = JSON.parse(data) as WireEvent
    if (type === "content_block_start" && start !== undefined) blocks.push({ ...start })
    const block = blocks.at(-1)
    if (block === undefined) continue
    if (type === "content_block_delta") {
      if (delta?.text !== undefined) block.text += delta.text
      if (delta?.thinking !== undefined) block.thinking += delta.thinking
      if (delta?.signature !== undefined) block.signature = delta.signature
      json += delta?.partial_json ?? ""
    } else if (type === "content_block_stop" && json !== "") {
      block.input = JSON.parse(json)
      json = ""
    }
  }
  return blocks
}

describe.each(FIXTURES)("%s", (fixture) => {
  const parts = partsOf([upstreamBytes(fixture)])

  it.each(DISPLAYS)("with thoughts %s", async (display) => {
    const context = contextFor(display)
    let frames = ""
    const encoder = encodeStream((written) => {
      frames += written
    }, context)
    for (const part of parts) encoder.part(part)
    const answer = encodeResponse(fold(parts), context)
    expect(assembled(frames)).toEqual(answer.content)
    const golden = (kind: string) =>
      new URL(`__fixtures__/${fixture}.thoughts-${display}.${kind}`, import.meta.url).pathname
    await expect(frames).toMatchFileSnapshot(golden("sse"))
    await expect(`${JSON.stringify(answer, undefined, 2)}\n`).toMatchFileSnapshot(golden("json"))
  })
})
