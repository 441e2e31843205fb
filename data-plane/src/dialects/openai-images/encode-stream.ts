import type { GatewayError } from "../../canonical/error.ts"
import { createFold, type Fold } from "../../canonical/fold.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, ChoicesEncoder, StreamEncoder } from "../dialect.ts"
import { encodeStreamError } from "../openai-error.ts"
import { encodeImage, formatOf, imagesOf, noImage, usageOf } from "./encode-response.ts"
import { imagesExtra } from "./extra.ts"

const KEEP_ALIVE = ": keep-alive\n\n"

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  const [only] = encodeChoicesStream(write, context, 1).choices
  if (only === undefined) throw new Error("an answer without its encoder")
  return only
}

/** Images are whole or not there: an event for each when its answer has ended, whichever is first. */
export function encodeChoicesStream(
  write: (frames: string) => void,
  context: AnswerContext,
  count: number,
): ChoicesEncoder {
  const told: Told = { images: 0, without: [] }
  const choices = Array.from({ length: count }, () => new ImagesStreamEncoder(write, context, told))
  return { choices, whole: new ImagesStreamEncoder(write, context, told) }
}

/** What the encoders of one stream know together. */
interface Told {
  images: number
  /** Answers that ended without an image. */
  readonly without: ChatResponse[]
}

class ImagesStreamEncoder implements StreamEncoder {
  private readonly write: (frames: string) => void
  private readonly context: AnswerContext
  private readonly told: Told
  private readonly fold: Fold = createFold()

  constructor(write: (frames: string) => void, context: AnswerContext, told: Told) {
    this.write = write
    this.context = context
    this.told = told
  }

  part(part: StreamPart): void {
    if (part.type === "error") return this.error(part.error)
    this.fold.part(part)
    if (part.type === "response-end") this.end(this.fold.response())
  }

  keepAlive(): void {
    this.write(KEEP_ALIVE)
  }

  finish(): void {
    if (this.told.images === 0) throw noImage(this.told.without[0])
  }

  private end(response: ChatResponse): void {
    const images = imagesOf(response)
    if (images.length === 0) this.told.without.push(response)
    this.told.images += images.length
    const type = imagesExtra(this.context.request).isEdit ? "image_edit.completed" : "image_generation.completed"
    for (const image of images) {
      this.write(
        frame(type, {
          ...encodeImage(image, this.context),
          created_at: this.context.createdAt,
          output_format: formatOf(image.mediaType),
          usage: usageOf(response, this.context),
        }),
      )
    }
  }

  private error(error: GatewayError): void {
    this.write(frame("error", encodeStreamError(error)))
  }
}

function frame(type: string, body: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`
}
