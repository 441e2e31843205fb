/**
 * The streams of OpenAI's two completion wires, but for what stands in a choice: one head for all chunks, usage if asked for,
 * `[DONE]`, and several answers side by side in one stream.
 */
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "./dialect.ts"
import { encodeStreamError } from "./openai-error.ts"
import { encodeUsage, sumUsage, type CompletionUsage } from "./openai-usage.ts"

const DONE = "data: [DONE]\n\n"
const KEEP_ALIVE = ": keep-alive\n\n"

/** Where an answer stands among several. */
export interface ChoicePlace {
  readonly index: number
  /** Told at the answer's end, which is not the stream's. */
  readonly onEnd: (usage: CompletionUsage) => void
}

export interface CompletionStreamOptions {
  /** What all chunks begin with. */
  readonly head: object
  readonly includeUsage: boolean
  readonly place: ChoicePlace | undefined
}

export class CompletionStream {
  /** `data: {"id":…,` up to the choices. */
  readonly opening: string
  /** What follows the choice. */
  readonly closing: string
  readonly index: number
  ended = false
  usage: Usage = {}
  readonly #write: (frames: string) => void
  readonly #estimatedInputTokens: number
  readonly #options: CompletionStreamOptions
  #outputWeight = 0

  constructor(write: (frames: string) => void, context: AnswerContext, options: CompletionStreamOptions) {
    this.#write = write
    this.#estimatedInputTokens = context.estimatedInputTokens
    this.#options = options
    this.index = options.place?.index ?? 0
    this.opening = `data: ${JSON.stringify(options.head).slice(0, -1)},"choices":[`
    // Where usage was asked for, chunks before the last say that it is not there yet.
    this.closing = `]${options.includeUsage ? ',"usage":null' : ""}}\n\n`
  }

  /** Only needed for the usage chunk, and only while the upstream has reported nothing. */
  count(text: string): void {
    if (this.#options.includeUsage && this.usage.outputTokens === undefined) this.#outputWeight += tokenWeight(text)
  }

  /** A comment: parsers skip it, and it commits nothing but the HTTP head. */
  keepAlive(): void {
    if (!this.ended) this.#write(KEEP_ALIVE)
  }

  /** The answer's end, with its last frames; the stream's too, unless others stand beside it. */
  end(frames: string): void {
    this.ended = true
    const usage = encodeUsage(this.usage, {
      inputTokens: this.#estimatedInputTokens,
      outputTokens: wholeTokens(this.#outputWeight),
    })
    const { place } = this.#options
    if (place === undefined) return this.#write(frames + this.#last(usage))
    this.#write(frames)
    place.onEnd(usage)
  }

  /** The end of the whole stream. */
  close(usage: CompletionUsage): void {
    this.ended = true
    this.#write(this.#last(usage))
  }

  fail(error: GatewayError): void {
    this.ended = true
    this.#write(`data: ${JSON.stringify(encodeStreamError(error))}\n\n${DONE}`)
  }

  #last(usage: CompletionUsage): string {
    return (this.#options.includeUsage ? `${this.opening}],"usage":${JSON.stringify(usage)}}\n\n` : "") + DONE
  }
}

/** An encoder that has such a stream. */
export interface CompletionStreamEncoder extends StreamEncoder {
  readonly stream: CompletionStream
}

/** Each answer's chunks have its index; the usage of all and `[DONE]` come when the last of them has ended. */
export function encodeChoices(
  count: number,
  encoder: (place?: ChoicePlace) => CompletionStreamEncoder,
): ChoicesEncoder {
  const whole = encoder()
  const usages: CompletionUsage[] = []
  const onEnd = (usage: CompletionUsage): void => {
    usages.push(usage)
    if (usages.length === count) whole.stream.close(sumUsage(usages))
  }
  return { choices: Array.from({ length: count }, (_, index) => encoder({ index, onEnd })), whole }
}
