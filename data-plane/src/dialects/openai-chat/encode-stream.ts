import { never } from "#shared/never.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "../dialect.ts"
import { freeformInput } from "../freeform-tools.ts"
import { signedCalls } from "../signed-calls.ts"
import { completionHead } from "../openai-completion-head.ts"
import {
  CompletionStream,
  encodeChoices,
  type ChoicePlace,
  type CompletionStreamEncoder,
} from "../openai-completion-stream.ts"
import { encodeImage } from "./encode-response.ts"
import { annotationsOf } from "./annotations.ts"
import { chatExtra, type ChatExtra } from "./extra.ts"
import { finishReason, refusalText } from "./finish-reason.ts"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new ChatStreamEncoder(write, context)
}

export function encodeChoicesStream(
  write: (frames: string) => void,
  context: AnswerContext,
  count: number,
): ChoicesEncoder {
  return encodeChoices(count, (place) => new ChatStreamEncoder(write, context, place))
}

/**
 * Parts to chunks: one with the role, the deltas, one with the finish reason and nothing else. Delta
 * chunks are made of constant strings around the one piece that changes.
 */
class ChatStreamEncoder implements CompletionStreamEncoder {
  readonly stream: CompletionStream
  private readonly write: (frames: string) => void
  private readonly sign: (part: StreamPart) => void
  private readonly extra: ChatExtra
  private readonly contentOpening: string
  private readonly reasoningOpening: string
  private readonly deltaClosing: string
  private headWritten = false
  private contentLength = 0
  /** Of the newest call. */
  private callIndex = -1
  private imageIndex = -1
  /** The arguments of the open call, where it is one of a freeform tool. */
  private freeform: string | undefined

  constructor(write: (frames: string) => void, context: AnswerContext, place?: ChoicePlace) {
    this.write = write
    this.sign = signedCalls((part, signature) => this.encode(part, signature))
    this.extra = chatExtra(context.request)
    const head = {
      ...completionHead("chatcmpl-", "chat.completion.chunk", context),
      ...(this.extra.echoServiceTier ? { service_tier: "default" } : {}),
    }
    this.stream = new CompletionStream(write, context, { head, includeUsage: this.extra.includeUsage, place })
    const { opening, index, closing } = this.stream
    this.contentOpening = `${opening}{"index":${index},"delta":{"content":`
    this.reasoningOpening = `${opening}{"index":${index},"delta":{"reasoning_content":`
    this.deltaClosing = `},"logprobs":null,"finish_reason":null}${closing}`
  }

  part(part: StreamPart): void {
    if (!this.stream.ended) this.sign(part)
  }

  private encode(part: StreamPart, signature: string | undefined): void {
    switch (part.type) {
      case "text-delta":
        this.stream.count(part.text)
        this.contentLength += part.text.length
        return this.write(`${this.head()}${this.contentOpening}${JSON.stringify(part.text)}${this.deltaClosing}`)
      case "reasoning-delta":
        return this.reasoning(part.text)
      case "tool-input-start":
        return this.startCall(part.id, part.name, signature)
      case "tool-input-delta":
        return this.callArguments(part.json)
      case "tool-input-end":
        return this.endCall()
      case "usage":
        this.stream.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.stream.fail(part.error)
      case "media":
        return this.image(part.mediaType, part.data)
      case "grounding":
        return this.annotate(part.grounding)
      case "response-start":
      case "text-start":
      case "text-end":
      case "reasoning-start":
      case "reasoning-end":
        return
      default:
        never(part)
    }
  }

  /** Beside the content, where clients of image models look for it. */
  private image(mediaType: string, data: string): void {
    this.imageIndex += 1
    this.write(this.head() + this.chunk({ images: [encodeImage(mediaType, data, this.imageIndex)] }, null))
  }

  /** The sources are known after the text: they come with the last piece of content, which is empty. */
  private annotate(grounding: Grounding): void {
    const annotations = annotationsOf(grounding, this.contentLength)
    if (annotations.length > 0) this.write(this.head() + this.chunk({ content: "", annotations }, null))
  }

  keepAlive(): void {
    this.stream.keepAlive()
  }

  private reasoning(text: string): void {
    this.stream.count(text)
    if (this.extra.reasoningHidden) return
    this.write(`${this.head()}${this.reasoningOpening}${JSON.stringify(text)}${this.deltaClosing}`)
  }

  /** Id, type, name and signature come once, with the first delta of an index. */
  private startCall(id: string, name: string, signature: string | undefined): void {
    this.callIndex += 1
    this.freeform = this.extra.freeformTools.has(name) ? "" : undefined
    this.stream.count(name)
    if (!this.extra.legacyFunctions) {
      const index = this.callIndex
      const named =
        this.freeform === undefined
          ? { index, id, type: "function", function: { name, arguments: "" } }
          : { index, id, type: "custom", custom: { name, input: "" } }
      const call = { ...named, ...callSignature(signature) }
      this.write(this.head() + this.chunk({ tool_calls: [call] }, null))
    } else if (this.callIndex === 0) {
      this.write(this.head() + this.chunk({ function_call: { name, arguments: "" } }, null))
    }
  }

  /** The old form holds one call: the first. */
  private callArguments(json: string): void {
    this.stream.count(json)
    // A text is told from its JSON only when that is whole.
    if (this.freeform !== undefined) this.freeform += json
    else if (!this.extra.legacyFunctions) {
      this.write(this.chunk({ tool_calls: [{ index: this.callIndex, function: { arguments: json } }] }, null))
    } else if (this.callIndex === 0) {
      this.write(this.chunk({ function_call: { arguments: json } }, null))
    }
  }

  private endCall(): void {
    if (this.freeform === undefined) return
    const call = { index: this.callIndex, custom: { input: freeformInput(this.freeform) } }
    this.freeform = undefined
    this.write(this.chunk({ tool_calls: [call] }, null))
  }

  /** The role chunk, once: stream parsers refuse a first chunk without a role. */
  private head(): string {
    if (this.headWritten) return ""
    this.headWritten = true
    return this.chunk({ role: "assistant", content: "" }, null)
  }

  private end(reason: FinishReason): void {
    const refusal = refusalText(reason)
    let frames = this.head()
    if (refusal !== undefined) frames += this.chunk({ refusal }, null)
    this.stream.end(frames + this.chunk({}, finishReason(reason, this.extra.legacyFunctions)))
  }

  private chunk(delta: object, reason: string | null): string {
    const { opening, index, closing } = this.stream
    return `${opening}${JSON.stringify({ index, delta, logprobs: null, finish_reason: reason })}${closing}`
  }
}
