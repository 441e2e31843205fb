import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "../dialect.ts"
import { freeformInput } from "../freeform-tools.ts"
import { signedCalls } from "../signed-calls.ts"
import { encodeStreamError } from "../openai-error.ts"
import { completionId, encodeImage, SYSTEM_FINGERPRINT } from "./encode-response.ts"
import { annotationsOf } from "./annotations.ts"
import { chatExtra, type ChatExtra } from "./extra.ts"
import { finishReason, refusalText } from "./finish-reason.ts"
import { encodeUsage, sumUsage } from "./usage.ts"
import type { ChatUsage } from "./wire.ts"

const DONE = "data: [DONE]\n\n"
const KEEP_ALIVE = ": keep-alive\n\n"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new ChatStreamEncoder(write, context)
}

/** Each answer's chunks have its index; the usage of all and `[DONE]` come when the last of them has ended. */
export function encodeChoicesStream(
  write: (frames: string) => void,
  context: AnswerContext,
  count: number,
): ChoicesEncoder {
  const whole = new ChatStreamEncoder(write, context)
  const usages: ChatUsage[] = []
  const onEnd = (usage: ChatUsage): void => {
    usages.push(usage)
    if (usages.length === count) whole.close(sumUsage(usages))
  }
  const choices = Array.from({ length: count }, (_, index) => new ChatStreamEncoder(write, context, { index, onEnd }))
  return { choices, whole }
}

/** Where an answer stands among several. */
interface ChoicePlace {
  readonly index: number
  /** Told at the answer's end, which is not the stream's. */
  readonly onEnd: (usage: ChatUsage) => void
}

/**
 * Parts to chunks: one with the role, the deltas, one with the finish reason and nothing else, usage if asked for, `[DONE]`.
 * Delta chunks are made of constant strings around the one piece that changes.
 */
class ChatStreamEncoder implements StreamEncoder {
  private readonly write: (frames: string) => void
  private readonly context: AnswerContext
  private readonly place: ChoicePlace | undefined
  private readonly sign: (part: StreamPart) => void
  private readonly extra: ChatExtra
  /** `data: {"id":…,` up to the choices: the same in all chunks. */
  private readonly opening: string
  private readonly contentOpening: string
  private readonly reasoningOpening: string
  private readonly deltaClosing: string
  private headWritten = false
  private ended = false
  private usage: Usage = {}
  private outputWeight = 0
  private contentLength = 0
  /** Of the newest call. */
  private callIndex = -1
  private imageIndex = -1
  /** The arguments of the open call, where it is one of a freeform tool. */
  private freeform: string | undefined

  constructor(write: (frames: string) => void, context: AnswerContext, place?: ChoicePlace) {
    this.place = place
    this.write = write
    this.context = context
    this.sign = signedCalls((part, signature) => this.encode(part, signature))
    this.extra = chatExtra(context.request)
    const head = JSON.stringify({
      id: completionId(context.exchangeId),
      object: "chat.completion.chunk",
      created: context.createdAt,
      model: context.model,
      system_fingerprint: SYSTEM_FINGERPRINT,
      ...(this.extra.echoServiceTier ? { service_tier: "default" } : {}),
    })
    this.opening = `data: ${head.slice(0, -1)},"choices":[`
    const index = place?.index ?? 0
    this.contentOpening = `${this.opening}{"index":${index},"delta":{"content":`
    this.reasoningOpening = `${this.opening}{"index":${index},"delta":{"reasoning_content":`
    this.deltaClosing = `},"logprobs":null,"finish_reason":null}]${this.nullUsage()}}\n\n`
  }

  part(part: StreamPart): void {
    if (!this.ended) this.sign(part)
  }

  private encode(part: StreamPart, signature: string | undefined): void {
    switch (part.type) {
      case "text-delta":
        this.count(part.text)
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
        this.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.error(part.error)
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

  /** A comment: parsers skip it, and it commits nothing but the HTTP head. */
  keepAlive(): void {
    if (!this.ended) this.write(KEEP_ALIVE)
  }

  private reasoning(text: string): void {
    this.count(text)
    if (this.extra.reasoningHidden) return
    this.write(`${this.head()}${this.reasoningOpening}${JSON.stringify(text)}${this.deltaClosing}`)
  }

  /** Id, type, name and signature come once, with the first delta of an index. */
  private startCall(id: string, name: string, signature: string | undefined): void {
    this.callIndex += 1
    this.freeform = this.extra.freeformTools.has(name) ? "" : undefined
    this.count(name)
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
    this.count(json)
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
    this.ended = true
    const refusal = refusalText(reason)
    let frames = this.head()
    if (refusal !== undefined) frames += this.chunk({ refusal }, null)
    frames += this.chunk({}, finishReason(reason, this.extra.legacyFunctions))
    const usage = encodeUsage(this.usage, {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: wholeTokens(this.outputWeight),
    })
    if (this.place === undefined) return this.write(frames + this.closing(usage))
    this.write(frames)
    this.place.onEnd(usage)
  }

  /** The end of the whole stream. */
  close(usage: ChatUsage): void {
    this.ended = true
    this.write(this.closing(usage))
  }

  private closing(usage: ChatUsage): string {
    const last = this.extra.includeUsage ? `${this.opening}],"usage":${JSON.stringify(usage)}}\n\n` : ""
    return last + DONE
  }

  private error(error: GatewayError): void {
    this.ended = true
    this.write(`data: ${JSON.stringify(encodeStreamError(error))}\n\n${DONE}`)
  }

  private chunk(delta: object, reason: string | null): string {
    const choice = { index: this.place?.index ?? 0, delta, logprobs: null, finish_reason: reason }
    return `${this.opening}${JSON.stringify(choice)}]${this.nullUsage()}}\n\n`
  }

  /** Where usage was asked for, chunks before the last say that it is not there yet. */
  private nullUsage(): string {
    return this.extra.includeUsage ? ',"usage":null' : ""
  }

  /** Only needed for the usage chunk, and only while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.extra.includeUsage && this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}
