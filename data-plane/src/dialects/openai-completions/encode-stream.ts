import { never } from "#shared/never.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "../dialect.ts"
import { markdownImage } from "../markdown-image.ts"
import { completionHead } from "../openai-completion-head.ts"
import {
  CompletionStream,
  encodeChoices,
  type ChoicePlace,
  type CompletionStreamEncoder,
} from "../openai-completion-stream.ts"
import { completionsExtra } from "./extra.ts"
import { FINISH_REASONS } from "./finish-reason.ts"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new TextStreamEncoder(write, context)
}

export function encodeChoicesStream(
  write: (frames: string) => void,
  context: AnswerContext,
  count: number,
): ChoicesEncoder {
  return encodeChoices(count, (place) => new TextStreamEncoder(write, context, place))
}

/**
 * Parts to chunks: the prompt if it is to be echoed, the texts, one with the finish reason. Chunks are made of constant strings
 * around the one piece that changes.
 */
class TextStreamEncoder implements CompletionStreamEncoder {
  readonly stream: CompletionStream
  private readonly write: (frames: string) => void
  /** Written once, before anything else. */
  private echo: string

  constructor(write: (frames: string) => void, context: AnswerContext, place?: ChoicePlace) {
    this.write = write
    const { echo, includeUsage } = completionsExtra(context.request)
    this.echo = echo
    const head = completionHead("cmpl-", "text_completion", context)
    this.stream = new CompletionStream(write, context, { head, includeUsage, place })
  }

  part(part: StreamPart): void {
    if (this.stream.ended) return
    switch (part.type) {
      case "text-delta":
        this.stream.count(part.text)
        return this.write(this.head() + this.chunk(part.text, "null"))
      case "media":
        return this.write(this.head() + this.chunk(markdownImage(part.mediaType, part.data), "null"))
      case "reasoning-delta":
        // Not shown, and paid for.
        return this.stream.count(part.text)
      case "usage":
        this.stream.usage = part.usage
        return
      case "response-end":
        return this.stream.end(this.head() + this.chunk("", JSON.stringify(FINISH_REASONS[part.finishReason.unified])))
      case "error":
        return this.stream.fail(part.error)
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

  keepAlive(): void {
    this.stream.keepAlive()
  }

  private head(): string {
    if (this.echo === "") return ""
    const frame = this.chunk(this.echo, "null")
    this.echo = ""
    return frame
  }

  private chunk(text: string, finishReason: string): string {
    const { opening, index, closing } = this.stream
    const choice = `{"text":${JSON.stringify(text)},"index":${index},"logprobs":null,"finish_reason":${finishReason}}`
    return `${opening}${choice}${closing}`
  }
}
