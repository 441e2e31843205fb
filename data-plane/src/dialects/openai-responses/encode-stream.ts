import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, StreamEncoder } from "../dialect.ts"
import { groundingFirst } from "../grounding-first.ts"
import type { OutputListener } from "./item-writer.ts"
import { ResponsesOutput } from "./output.ts"
import type { ResponseObject } from "./wire.ts"

const COMMENT = ": keep-alive\n\n"
/** Codex counts events, not comments, to see whether a stream is alive: each fourth silence of 15 s gets an event too. */
const SILENCES_AN_EVENT = 4

export function encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder {
  return new ResponsesStreamEncoder(write, context)
}

/** Events to frames, numbered from 0. Frames of deltas are made of strings that stay the same within a block around what changes. */
class ResponsesStreamEncoder implements StreamEncoder, OutputListener {
  private readonly write: (frames: string) => void
  private readonly output: ResponsesOutput
  private readonly feed: (part: StreamPart) => void
  private frames = ""
  private sequence = 0
  private silences = 0
  private hasEnded = false
  private deltaAddress: object | undefined
  private deltaOpening = ""
  private deltaMiddle = ""

  constructor(write: (frames: string) => void, context: AnswerContext) {
    this.write = write
    this.output = new ResponsesOutput(this, context)
    const feed = (part: StreamPart): void => this.output.part(part)
    // The server leaves the wish in only where a search is made.
    this.feed = context.request.webSearch === undefined ? feed : groundingFirst(feed)
  }

  part(part: StreamPart): void {
    if (this.hasEnded) return
    this.feed(part)
    if (this.frames !== "") this.silences = 0
    this.flush()
  }

  /** Before anything else the response is begun, which is no content yet; it is never said twice. */
  keepAlive(): void {
    if (this.hasEnded) return
    if (this.sequence === 0) this.output.begin()
    else {
      this.silences += 1
      this.frames += COMMENT
      if (this.silences % SILENCES_AN_EVENT === 0) this.frames += this.frame("keepalive", {})
    }
    this.flush()
  }

  finish(): void {
    if (this.output.missing !== undefined) throw this.output.missing
  }

  event(type: string, body: object): void {
    this.frames += this.frame(type, body)
  }

  delta(type: string, address: object, text: string): void {
    if (this.deltaAddress !== address) {
      this.deltaAddress = address
      this.deltaOpening = `event: ${type}\ndata: {"type":"${type}","sequence_number":`
      this.deltaMiddle = `,${JSON.stringify(address).slice(1, -1)},"delta":`
    }
    this.frames += `${this.deltaOpening}${this.sequence}${this.deltaMiddle}${JSON.stringify(text)}}\n\n`
    this.sequence += 1
  }

  end(type: string, response: ResponseObject): void {
    this.hasEnded = true
    this.event(type, { response })
  }

  private flush(): void {
    if (this.frames === "") return
    this.write(this.frames)
    this.frames = ""
  }

  private frame(type: string, body: object): string {
    const data = JSON.stringify({ type, sequence_number: this.sequence, ...body })
    this.sequence += 1
    return `event: ${type}\ndata: ${data}\n\n`
  }
}
