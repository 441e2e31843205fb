import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext, StreamEncoder } from "../dialect.ts"
import { groundingFirst } from "../grounding-first.ts"
import { markdownImage } from "../markdown-image.ts"
import { encodeStreamError } from "./encode-error.ts"
import { messageId } from "./encode-response.ts"
import { longestStop, stopOf } from "./finish-reason.ts"
import { citedBlocks, searchBlocks } from "./search-blocks.ts"
import { placeThoughts } from "./thinking-blocks.ts"
import { encodeUsage } from "./usage.ts"
import type { Message } from "./wire.ts"

const PING = frame("ping", {})

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new MessagesStreamEncoder(write, context)
}

/**
 * Parts to events: `message_start` (held until there is something to say, so that it can carry the upstream's own count), blocks
 * with contiguous indices, `message_delta` with the final usage, `message_stop`. Not all blocks are written, so indices are counted
 * here. Text deltas are made of constant strings around the one piece that changes.
 */
class MessagesStreamEncoder implements StreamEncoder {
  private readonly write: (frames: string) => void
  private readonly context: AnswerContext
  private readonly take: (part: StreamPart) => void
  private headWritten = false
  private ended = false
  private index = -1
  /** Up to the text of a delta of the open block. */
  private deltaOpening = ""
  /** Of a search; it is written before the text, which is then written block by block. */
  private grounding: Grounding | undefined
  private citedText: string[] = []
  /** Of the texts before the open one. */
  private textLength = 0
  /** Of the text, as far as a stop sequence may stand in it. */
  private tail = ""
  private readonly tailLength: number
  private usage: Usage = {}
  private outputWeight = 0

  constructor(write: (frames: string) => void, context: AnswerContext) {
    this.write = write
    this.context = context
    this.tailLength = longestStop(context.request)
    const place = placeThoughts((part, signature) => this.encode(part, signature), context)
    this.take = context.request.webSearch === undefined ? place : groundingFirst(place)
  }

  part(part: StreamPart): void {
    if (this.ended) return
    // Hidden thoughts are paid for too.
    if (part.type === "reasoning-delta") this.count(part.text)
    this.take(part)
  }

  private encode(part: StreamPart, signature: string | undefined): void {
    switch (part.type) {
      case "text-delta":
        this.count(part.text)
        if (this.tailLength > 0) this.tail = (this.tail + part.text).slice(-this.tailLength)
        if (this.grounding !== undefined) return void this.citedText.push(part.text)
        this.textLength += part.text.length
        return this.write(`${this.deltaOpening}${JSON.stringify(part.text)}}}\n\n`)
      case "text-start":
        return this.grounding === undefined ? this.startText() : undefined
      case "tool-input-start":
        return this.startCall(part.id, part.name, signature)
      case "tool-input-delta":
        return this.callArguments(part.json)
      case "text-end":
        return this.grounding === undefined ? this.stopBlock() : this.writeCited(this.grounding)
      case "tool-input-end":
        return this.stopBlock()
      case "reasoning-start":
        return this.startThought()
      case "reasoning-delta":
        return this.write(`${this.deltaOpening}${JSON.stringify(part.text)}}}\n\n`)
      case "reasoning-end":
        return this.endThought(part.signature)
      case "usage":
        this.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.error(part.error)
      case "media":
        return this.image(part.mediaType, part.data)
      case "grounding":
        return this.writeSearch(part.grounding)
      case "response-start":
        return
      default:
        never(part)
    }
  }

  /** A named event; before anything else the message is begun, which is no content yet. */
  keepAlive(): void {
    if (this.ended) return
    this.write(this.headWritten ? PING : this.head())
  }

  private startText(): void {
    this.index += 1
    this.deltaOpening = this.openingOf("text_delta", "text")
    const block = { index: this.index, content_block: { type: "text", text: "" } }
    this.write(this.head() + frame("content_block_start", block))
  }

  /** This wire has no images in answers; the decoder knows it again. */
  private image(mediaType: string, data: string): void {
    this.startText()
    const delta = `${this.deltaOpening}${JSON.stringify(markdownImage(mediaType, data))}}}\n\n`
    this.write(delta + frame("content_block_stop", { index: this.index }))
  }

  private writeSearch(grounding: Grounding): void {
    this.grounding = grounding
    const [search, result] = searchBlocks(grounding, this.context.exchangeId)
    const partialJson = JSON.stringify(search.input)
    this.write(this.head())
    this.writeBlock({ ...search, input: {} }, [{ type: "input_json_delta", partial_json: partialJson }])
    this.writeBlock(result, [])
  }

  private writeCited(grounding: Grounding): void {
    const text = this.citedText.join("")
    for (const { citations, ...block } of citedBlocks(text, this.textLength, grounding)) {
      const cited = citations?.map((citation) => ({ type: "citations_delta", citation })) ?? []
      this.writeBlock({ ...block, text: "" }, [{ type: "text_delta", text: block.text }, ...cited])
    }
    this.citedText = []
    this.textLength += text.length
  }

  /** A block that is known whole. */
  private writeBlock(block: object, deltas: readonly object[]): void {
    this.index += 1
    const { index } = this
    const frames = deltas.map((delta) => frame("content_block_delta", { index, delta })).join("")
    this.write(frame("content_block_start", { index, content_block: block }) + frames)
    this.stopBlock()
  }

  private stopBlock(): void {
    this.write(frame("content_block_stop", { index: this.index }))
  }

  private startThought(): void {
    this.index += 1
    this.deltaOpening = this.openingOf("thinking_delta", "thinking")
    const block = { index: this.index, content_block: { type: "thinking", thinking: "", signature: "" } }
    this.write(this.head() + frame("content_block_start", block))
  }

  private endThought(signature: string | undefined): void {
    const delta = { index: this.index, delta: { type: "signature_delta", signature } }
    const signed = signature === undefined ? "" : frame("content_block_delta", delta)
    this.write(signed + frame("content_block_stop", { index: this.index }))
  }

  private openingOf(type: string, key: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.index},"delta":{"type":"${type}","${key}":`
  }

  private startCall(id: string, name: string, signature: string | undefined): void {
    this.index += 1
    this.count(name)
    const block = {
      index: this.index,
      content_block: { type: "tool_use", id, name, input: {}, ...callSignature(signature) },
    }
    this.write(this.head() + frame("content_block_start", block))
  }

  private callArguments(json: string): void {
    this.count(json)
    const delta = { index: this.index, delta: { type: "input_json_delta", partial_json: json } }
    this.write(frame("content_block_delta", delta))
  }

  /** `message_start`, once, with the ping that the vendor sends after it. */
  private head(): string {
    if (this.headWritten) return ""
    this.headWritten = true
    const estimate = { inputTokens: this.context.estimatedInputTokens, outputTokens: 1 }
    const message: Message = {
      id: messageId(this.context.exchangeId),
      type: "message",
      role: "assistant",
      model: this.context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: { ...encodeUsage(this.usage, estimate), output_tokens: 1, output_tokens_details: { thinking_tokens: 0 } },
    }
    return frame("message_start", { message }) + PING
  }

  private end(finishReason: FinishReason): void {
    this.ended = true
    const delta = { ...stopOf(finishReason, this.tail, this.context.request), container: null }
    const estimate = {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: wholeTokens(this.outputWeight),
    }
    const usage = encodeUsage(this.usage, estimate, this.grounding !== undefined)
    this.write(this.head() + frame("message_delta", { delta, usage }) + frame("message_stop", {}))
  }

  /** No `message_stop` after it: the message was not finished. */
  private error(error: GatewayError): void {
    this.ended = true
    const { type: _type, ...body } = encodeStreamError(error, this.context)
    this.write(frame("error", body))
  }

  /** Only needed while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}

/** Both the event's name and the data's type are needed: parsers read the one, clients the other. */
function frame(type: string, body: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`
}
