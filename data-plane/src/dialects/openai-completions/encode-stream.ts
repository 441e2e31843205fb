import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "../dialect.ts"
import { markdownImage } from "../markdown-image.ts"
import { encodeStreamError } from "../openai-error.ts"
import type { CompletionUsage } from "../openai-usage.ts"
import { completionId, SYSTEM_FINGERPRINT } from "./encode-response.ts"
import { completionsExtra, type CompletionsExtra } from "./extra.ts"
import { FINISH_REASONS } from "./finish-reason.ts"
import { encodeUsage, sumUsage } from "./usage.ts"

const DONE = "data: [DONE]\n\n"
const KEEP_ALIVE = ": keep-alive\n\n"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new CompletionsStreamEncoder(write, context)
}

/** Each answer's chunks have its index; the usage of all and `[DONE]` come when the last of them has ended. */
export function encodeChoicesStream(
  write: (frames: string) => void,
  context: AnswerContext,
  count: number,
): ChoicesEncoder {
  const whole = new CompletionsStreamEncoder(write, context)
  const usages: CompletionUsage[] = []
  const onEnd = (usage: CompletionUsage): void => {
    usages.push(usage)
    if (usages.length === count) whole.close(sumUsage(usages))
  }
  const choices = Array.from({ length: count }, (_, index) => {
    return new CompletionsStreamEncoder(write, context, { index, onEnd })
  })
  return { choices, whole }
}

/** Where an answer stands among several. */
interface ChoicePlace {
  readonly index: number
  /** Told at the answer's end, which is not the stream's. */
  readonly onEnd: (usage: CompletionUsage) => void
}

/**
 * Parts to chunks: the prompt if it is to be echoed, the texts, one with the finish reason, usage if asked for, `[DONE]`. Chunks are
 * made of constant strings around the one piece that changes.
 */
class CompletionsStreamEncoder implements StreamEncoder {
  private readonly write: (frames: string) => void
  private readonly context: AnswerContext
  private readonly place: ChoicePlace | undefined
  private readonly extra: CompletionsExtra
  /** `data: {"id":…,` up to the choices: the same in all chunks. */
  private readonly opening: string
  private readonly closing: string
  private echoed = false
  private ended = false
  private usage: Usage = {}
  private outputWeight = 0

  constructor(write: (frames: string) => void, context: AnswerContext, place?: ChoicePlace) {
    this.write = write
    this.place = place
    this.context = context
    this.extra = completionsExtra(context.request)
    const head = JSON.stringify({
      id: completionId(context.exchangeId),
      object: "text_completion",
      created: context.createdAt,
      model: context.model,
      system_fingerprint: SYSTEM_FINGERPRINT,
    })
    this.opening = `data: ${head.slice(0, -1)},"choices":[`
    // Where usage was asked for, chunks before the last say that it is not there yet.
    this.closing = `]${this.extra.includeUsage ? ',"usage":null' : ""}}\n\n`
  }

  part(part: StreamPart): void {
    if (this.ended) return
    switch (part.type) {
      case "text-delta":
        this.count(part.text)
        return this.write(this.echo() + this.chunk(part.text, "null"))
      case "media":
        return this.write(this.echo() + this.chunk(markdownImage(part.mediaType, part.data), "null"))
      case "reasoning-delta":
        // Not shown, and paid for.
        return this.count(part.text)
      case "usage":
        this.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.error(part.error)
      case "grounding":
      case "response-start":
      case "text-start":
      case "text-end":
      case "reasoning-start":
      case "reasoning-end":
      case "tool-input-start":
      case "tool-input-delta":
      case "tool-input-end":
        return
      default:
        never(part)
    }
  }

  /** A comment: parsers skip it, and it commits nothing but the HTTP head. */
  keepAlive(): void {
    if (!this.ended) this.write(KEEP_ALIVE)
  }

  /** Once, before anything else. */
  private echo(): string {
    if (this.echoed || this.extra.echo === "") return ""
    this.echoed = true
    return this.chunk(this.extra.echo, "null")
  }

  private end(reason: FinishReason): void {
    this.ended = true
    const frames = this.echo() + this.chunk("", JSON.stringify(FINISH_REASONS[reason.unified]))
    const usage = encodeUsage(this.usage, {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: wholeTokens(this.outputWeight),
    })
    if (this.place === undefined) return this.write(frames + this.last(usage))
    this.write(frames)
    this.place.onEnd(usage)
  }

  /** The end of the whole stream. */
  close(usage: CompletionUsage): void {
    this.ended = true
    this.write(this.last(usage))
  }

  private last(usage: CompletionUsage): string {
    return (this.extra.includeUsage ? `${this.opening}],"usage":${JSON.stringify(usage)}}\n\n` : "") + DONE
  }

  private error(error: GatewayError): void {
    this.ended = true
    this.write(`data: ${JSON.stringify(encodeStreamError(error))}\n\n${DONE}`)
  }

  private chunk(text: string, finishReason: string): string {
    const index = this.place?.index ?? 0
    const choice = `{"text":${JSON.stringify(text)},"index":${index},"logprobs":null,"finish_reason":${finishReason}}`
    return `${this.opening}${choice}${this.closing}`
  }

  /** Only needed for the usage chunk, and only while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.extra.includeUsage && this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}
