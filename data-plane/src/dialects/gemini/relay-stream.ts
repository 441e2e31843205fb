import type { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { RelayContext, RelayedEvent, StreamRelay } from "../dialect.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import { errorBody } from "./encode-error.ts"
import { geminiExtra } from "./extra.ts"
import { createFrames, type Frames } from "./framing.ts"
import { eventRestorer, firstCandidate, isLast, partsOf, type EventRestorer } from "./relay-event.ts"
import { modelWriter, withModel } from "./relay-model.ts"
import { createUsageTap, type UsageTap } from "./relay-usage.ts"

export function relayStream(write: (frames: string) => void, context: RelayContext): StreamRelay {
  return new GeminiStreamRelay(write, context)
}

/**
 * Writes the bytes of an event as they came, but for the model's name; an event that had to change otherwise is written anew. The
 * event with the finish reason waits for the end: usage may come after it, and clients read both from the last one.
 */
class GeminiStreamRelay implements StreamRelay {
  private readonly write: (frames: string) => void
  private readonly frames: Frames
  private readonly restore: EventRestorer
  private readonly usage: UsageTap
  private readonly model: string
  private readonly nameModel: (text: string, event: WireObject) => string | undefined
  private last: { readonly json: string; readonly event: WireObject } | undefined
  private ended = false
  lastWrite: string | undefined

  constructor(write: (frames: string) => void, context: RelayContext) {
    this.write = write
    this.frames = createFrames(geminiExtra(context.request).framing)
    this.restore = eventRestorer(context)
    this.usage = createUsageTap(context.estimatedInputTokens)
    this.model = context.model
    this.nameModel = modelWriter(context.model)
  }

  get contentType(): string {
    return this.frames.contentType
  }

  event({ text, event }: RelayedEvent): void {
    if (this.ended || !isObject(event)) return
    this.usage.event(event)
    if (this.last !== undefined && firstCandidate(event) === undefined) return
    const own = this.restore(event)
    if (own === undefined) return
    // Line breaks between the values of the JSON would end the frame. What came in one frame has none of another kind.
    const kept = own === event && !text.includes("\n") ? this.nameModel(text, event) : undefined
    const json = kept ?? JSON.stringify(withModel(own, this.model))
    // Without a part it may as well stand before the end.
    if (this.last !== undefined && !isLast(own) && (partsOf(firstCandidate(own)) ?? []).length === 0)
      return this.write(this.frames.event(json))
    if (this.last !== undefined) this.write(this.frames.event(this.last.json))
    this.last = undefined
    if (isLast(own)) this.last = { json, event: withModel(own, this.model) }
    else this.write(this.frames.event(json))
  }

  part(part: StreamPart): void {
    if (this.ended) return
    this.usage.part(part)
    if (part.type === "error") this.error(part.error)
    else if (part.type === "response-end") this.end()
  }

  keepAlive(): void {
    const frame = this.ended ? "" : this.frames.keepAlive()
    if (frame !== "") this.write(frame)
  }

  private end(): void {
    this.ended = true
    const { last } = this
    if (last === undefined) return this.write(this.frames.end())
    const usage = this.usage.missingIn(last.event)
    const json = usage === undefined ? last.json : JSON.stringify({ ...last.event, usageMetadata: usage })
    this.write(this.frames.event(json) + this.frames.end())
  }

  private error(error: GatewayError): void {
    this.ended = true
    const json = JSON.stringify(errorBody(error))
    this.write(this.frames.event(json) + this.frames.end())
    this.lastWrite = this.frames.afterError(json)
  }
}
