import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { readArguments } from "../../canonical/tool-arguments.ts"
import type { AnswerContext, StreamEncoder } from "../dialect.ts"
import { errorBody } from "./encode-error.ts"
import { encodeGrounding } from "./encode-grounding.ts"
import { answerNames, encodeCall, encodeMedia, reasoningShown, signed } from "./encode-response.ts"
import { geminiExtra } from "./extra.ts"
import { encodeFinishReason } from "./finish-reason.ts"
import { createFrames, type Frames } from "./framing.ts"
import { encodeUsage } from "./usage.ts"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new GeminiStreamEncoder(write, context)
}

type Call = Extract<StreamPart, { type: "tool-input-start" }>

/** Parts to events: one a delta or call, and a last one with the finish reason and the usage. */
class GeminiStreamEncoder implements StreamEncoder {
  private readonly write: (frames: string) => void
  private readonly context: AnswerContext
  private readonly frames: Frames
  private readonly isThoughtShown: boolean
  /** What follows an event's candidates: the same in all. */
  private readonly closing: string
  private usage: Usage = {}
  private outputWeight = 0
  private call: Call | undefined
  private json = ""
  private grounding: Grounding | undefined
  /** The visible text, kept while it may be needed to tell places in it. */
  private readonly text: string[] = []
  private ended = false
  lastWrite: string | undefined

  constructor(write: (frames: string) => void, context: AnswerContext) {
    this.write = write
    this.context = context
    this.frames = createFrames(geminiExtra(context.request).framing)
    this.isThoughtShown = reasoningShown(context.request)
    this.closing = `],${JSON.stringify(answerNames(context)).slice(1)}`
  }

  get contentType(): string {
    return this.frames.contentType
  }

  part(part: StreamPart): void {
    if (this.ended) return
    switch (part.type) {
      case "text-delta":
        this.count(part.text)
        if (this.context.request.webSearch !== undefined) this.text.push(part.text)
        return this.piece(`{"text":${JSON.stringify(part.text)}}`)
      case "text-end":
        if (part.signature !== undefined) this.piece(JSON.stringify({ text: "", ...signed(part.signature) }))
        return
      case "reasoning-delta":
        this.count(part.text)
        if (this.isThoughtShown) this.piece(`{"text":${JSON.stringify(part.text)},"thought":true}`)
        return
      case "reasoning-end":
        if (this.isThoughtShown && part.signature !== undefined)
          this.piece(JSON.stringify({ text: "", thought: true, ...signed(part.signature) }))
        return
      case "tool-input-start":
        this.call = part
        this.json = ""
        return
      case "tool-input-delta":
        this.json += part.json
        return
      case "tool-input-end":
        return this.endCall(part.signature)
      case "media":
        return this.piece(JSON.stringify(encodeMedia(part)))
      case "grounding":
        this.grounding = part.grounding
        return
      case "usage":
        this.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.error(part.error)
      case "response-start":
      case "text-start":
      case "reasoning-start":
        return
      default:
        never(part)
    }
  }

  keepAlive(): void {
    const frame = this.ended ? "" : this.frames.keepAlive()
    if (frame !== "") this.write(frame)
  }

  private piece(part: string): void {
    const candidate = `{"index":0,"content":{"role":"model","parts":[${part}]}}`
    this.write(this.frames.event(`{"candidates":[${candidate}${this.closing}`))
  }

  private endCall(signature: string | undefined): void {
    const { call } = this
    if (call === undefined) return
    this.call = undefined
    this.count(call.name)
    this.count(this.json)
    this.piece(JSON.stringify(encodeCall(call.upstreamId, call.name, readArguments(this.json), signature)))
  }

  private end(reason: FinishReason): void {
    this.ended = true
    const { grounding } = this
    const candidate = {
      index: 0,
      content: { role: "model", parts: [{ text: "" }] },
      finishReason: encodeFinishReason(reason),
      ...(reason.message === undefined ? {} : { finishMessage: reason.message }),
      ...(grounding === undefined ? {} : { groundingMetadata: encodeGrounding(grounding, this.text.join("")) }),
    }
    const estimate = {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: wholeTokens(this.outputWeight),
    }
    const last = {
      candidates: [candidate],
      usageMetadata: encodeUsage(this.usage, estimate),
      ...answerNames(this.context),
    }
    this.write(this.frames.event(JSON.stringify(last)) + this.frames.end())
  }

  private error(error: GatewayError): void {
    this.ended = true
    const json = JSON.stringify(errorBody(error))
    this.write(this.frames.event(json) + this.frames.end())
    this.lastWrite = this.frames.afterError(json)
  }

  /** Only needed while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}
