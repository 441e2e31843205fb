import { never } from "#shared/never.ts"
import { tokenWeight } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext, StreamEncoder } from "../dialect.ts"
import { encodeStreamError } from "./encode-error.ts"
import { messageId } from "./encode-response.ts"
import { STOP_REASONS, stopDetails } from "./finish-reason.ts"
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
  private readonly place: (part: StreamPart) => void
  private headWritten = false
  private ended = false
  private index = -1
  /** Up to the text of a delta of the open block. */
  private deltaOpening = ""
  private usage: Usage = {}
  private outputWeight = 0

  constructor(write: (frames: string) => void, context: AnswerContext) {
    this.write = write
    this.context = context
    this.place = placeThoughts((part, signature) => this.encode(part, signature), context)
  }

  part(part: StreamPart): void {
    if (this.ended) return
    // Hidden thoughts are paid for too.
    if (part.type === "reasoning-delta") this.count(part.text)
    this.place(part)
  }

  private encode(part: StreamPart, signature: string | undefined): void {
    switch (part.type) {
      case "text-delta":
        this.count(part.text)
        return this.write(`${this.deltaOpening}${JSON.stringify(part.text)}}}\n\n`)
      case "text-start":
        return this.startText()
      case "tool-input-start":
        return this.startCall(part.id, part.name, signature)
      case "tool-input-delta":
        return this.callArguments(part.json)
      case "text-end":
      case "tool-input-end":
        return this.write(frame("content_block_stop", { index: this.index }))
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
      case "grounding":
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
    const delta = {
      stop_reason: STOP_REASONS[finishReason.unified],
      stop_sequence: null,
      stop_details: stopDetails(finishReason),
      container: null,
    }
    const usage = encodeUsage(this.usage, {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: Math.ceil(this.outputWeight),
    })
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
