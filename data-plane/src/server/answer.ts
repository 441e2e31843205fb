/**
 * The answer to one client while it comes into being. Parts of an attempt are held until the first content, so that an attempt that
 * fails before it leaves no trace; fifteen seconds of silence commit the head and send keep-alives. Frames made from one read of the
 * upstream leave in one write, and a full socket says so.
 */
import { wholeTokens, LATIN_CHARACTERS_PER_TOKEN } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import { isContent } from "../canonical/content.ts"
import type { GatewayError } from "../canonical/error.ts"
import { createFold } from "../canonical/fold.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { Clock, Timer } from "../clock.ts"
import type {
  AnswerContext,
  ClientSide,
  DeclaredTools,
  RelayedEvent,
  ResponseRelay,
  StreamEncoder,
  StreamRelay,
} from "../dialects/dialect.ts"
import type { Responder } from "./responder.ts"

export const KEEP_ALIVE_MS = 15_000
export const WRITE_STALL_MS = 60_000

export interface Answer {
  /** Something of the answer is on its way to the client: nothing may be retried. */
  readonly hasContent: boolean
  readonly usage: Usage
  /** With a guess where the upstream has told nothing so far: for limits, never for records. */
  readonly guessedUsage: Usage
  readonly finishReason: string | undefined
  /**
   * A new attempt begins: what was held of the last one is forgotten. `relayed` are the tools of an attempt whose upstream speaks the
   * client's dialect: its events are passed as they are.
   */
  begin(relayed?: DeclaredTools): void
  part(part: StreamPart): void
  /** Of a relayed attempt: an event, after its parts. `isFailure`: it has ended the attempt. */
  event(event: RelayedEvent, isFailure: boolean): void
  /** Sends what the last parts became. False: the client reads too slowly; wait for `onDrain`. */
  flush(): boolean
  onDrain(run: () => void): void
  /** The answer's real end has been given by `part`. Throws a `GatewayError`, with nothing sent, where it is none of its wire. */
  complete(): void
  /** Tells the client of an error in the middle of the answer; false when nothing was sent yet and a whole error answer can be. */
  fail(error: GatewayError): boolean
  close(): void
}

export interface AnswerOptions {
  readonly dialect: ClientSide
  readonly context: AnswerContext
  readonly responder: Responder
  readonly clock: Clock
  /** Headers known only when the head is sent. */
  readonly headHeaders: () => Readonly<Record<string, string>>
  readonly onFirstContent: () => void
  /** The client has not read for a minute. */
  readonly onStall: () => void
}

export function createAnswer(options: AnswerOptions): Answer {
  return options.context.request.stream ? new StreamedAnswer(options) : new WholeAnswer(options)
}

/** What both kinds keep: the hold, and what the record wants to know. */
export abstract class HeldAnswer {
  protected readonly options: AnswerOptions
  readonly #showsReasoning: boolean
  #held: (StreamPart | RelayedEvent)[] = []
  #failure: RelayedEvent | undefined
  /** Of what the upstream wrote so far, whatever of it the client is shown. */
  #characters = 0
  usage: Usage = {}
  finishReason: string | undefined
  hasContent = false

  constructor(options: AnswerOptions) {
    this.options = options
    this.#showsReasoning = options.dialect.reasoningShown(options.context.request)
  }

  begin(relayed?: DeclaredTools): void {
    this.#held = []
    this.#failure = undefined
    this.#characters = 0
    this.usage = {}
    this.finishReason = undefined
    this.beginWriting(relayed)
  }

  get guessedUsage(): Usage {
    const outputTokens = wholeTokens(this.#characters / LATIN_CHARACTERS_PER_TOKEN)
    return { inputTokens: this.options.context.estimatedInputTokens, outputTokens, ...this.usage }
  }

  part(part: StreamPart): void {
    if (part.type === "text-delta" || part.type === "reasoning-delta") this.#characters += part.text.length
    else if (part.type === "tool-input-delta") this.#characters += part.json.length
    if (part.type === "usage") this.usage = part.usage
    if (part.type === "response-end") this.finishReason = part.finishReason.raw ?? part.finishReason.unified
    if (this.hasContent) return this.take(part)
    this.#held.push(part)
    if (part.type !== "response-end" && !isContent(part, this.#showsReasoning)) return
    this.#release()
  }

  event(event: RelayedEvent, isFailure: boolean): void {
    if (isFailure) this.#failure = event
    else if (this.hasContent) this.take(event)
    else this.#held.push(event)
  }

  /** The upstream's own word for a failure, where clients of this wire know it: then it is the answer's end. */
  protected passFailure(): boolean {
    const failure = this.#failure
    if (failure === undefined || this.options.dialect.relay?.isOwnEnd(failure) !== true) return false
    if (!this.hasContent) this.#release()
    this.take(failure)
    this.take({ type: "response-end", finishReason: { unified: "stop" } })
    return true
  }

  #release(): void {
    this.hasContent = true
    this.options.onFirstContent()
    for (const held of this.#held) this.take(held)
    this.#held = []
  }

  protected abstract beginWriting(relayed: DeclaredTools | undefined): void
  protected abstract take(item: StreamPart | RelayedEvent): void
}

class StreamedAnswer extends HeldAnswer implements Answer {
  readonly #encoder: StreamEncoder
  #relay: StreamRelay | undefined
  readonly #keepAlive: Timer
  #stall: Timer | undefined
  #pending = ""
  #isFull = false
  #drainListener: (() => void) | undefined

  constructor(options: AnswerOptions) {
    super(options)
    this.#encoder = options.dialect.encodeStream(this.#write, options.context)
    this.#keepAlive = options.clock.after(KEEP_ALIVE_MS, () => this.#beAlive())
    options.responder.onDrain(() => this.#drained())
  }

  readonly #write = (frames: string): void => {
    this.#pending += frames
  }

  get #writer(): StreamEncoder {
    return this.#relay ?? this.#encoder
  }

  protected override beginWriting(relayed: DeclaredTools | undefined): void {
    const { dialect, context } = this.options
    this.#relay =
      relayed === undefined
        ? undefined
        : dialect.relay?.relayStream(this.#write, { ...context, declaredTools: relayed })
  }

  protected override take(item: StreamPart | RelayedEvent): void {
    if (item.type === "relayed-event") this.#relay?.event(item)
    else this.#writer.part(item)
  }

  flush(): boolean {
    if (this.#pending === "") return !this.#isFull
    const frames = this.#pending
    this.#pending = ""
    this.#keepAlive.refresh()
    this.#commitHead()
    if (!this.options.responder.write(frames)) this.#full()
    return !this.#isFull
  }

  onDrain(run: () => void): void {
    this.#drainListener = run
  }

  complete(): void {
    this.#writer.finish?.()
    this.#leave()
  }

  #leave(): void {
    this.#commitHead()
    const frames = this.#pending
    this.#pending = ""
    this.options.responder.end(frames)
    this.close()
  }

  fail(error: GatewayError): boolean {
    const { responder } = this.options
    if (!this.passFailure()) {
      if (!responder.hasHead) return false
      this.take({ type: "error", error })
      const { lastWrite } = this.#writer
      if (lastWrite !== undefined) {
        responder.write(this.#pending)
        this.#pending = lastWrite
      }
    }
    this.#leave()
    return true
  }

  close(): void {
    this.#keepAlive.clear()
    this.#stall?.clear()
    this.#drainListener = undefined
  }

  #commitHead(): void {
    const { responder, headHeaders } = this.options
    if (responder.hasHead) return
    const { contentType } = this.#writer
    const type: Record<string, string> = contentType === undefined ? {} : { "content-type": contentType }
    responder.head(200, { ...STREAM_HEADERS, ...type, ...headHeaders() })
  }

  #beAlive(): void {
    this.#keepAlive.refresh()
    if (this.#isFull) return
    this.#writer.keepAlive()
    if (this.#pending !== "") return void this.flush()
    // A wire may bear no frame now; its head is one all the same.
    this.#commitHead()
    this.options.responder.flushHead()
  }

  #full(): void {
    if (this.#isFull) return
    this.#isFull = true
    this.#stall = this.options.clock.after(WRITE_STALL_MS, this.options.onStall)
  }

  #drained(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#stall?.clear()
    this.#drainListener?.()
  }
}

const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
}

class WholeAnswer extends HeldAnswer implements Answer {
  readonly #fold = createFold()
  #relay: ResponseRelay | undefined

  protected override beginWriting(relayed: DeclaredTools | undefined): void {
    const { dialect, context } = this.options
    this.#relay =
      relayed === undefined ? undefined : dialect.relay?.relayResponse({ ...context, declaredTools: relayed })
  }

  protected override take(item: StreamPart | RelayedEvent): void {
    if (item.type === "relayed-event") this.#relay?.event(item)
    else (this.#relay ?? this.#fold).part(item)
  }

  flush(): boolean {
    return true
  }

  onDrain(): void {}

  complete(): void {
    const { dialect, context, responder, headHeaders } = this.options
    const body = JSON.stringify(this.#relay?.response() ?? dialect.encodeResponse(this.#fold.response(), context))
    responder.answer(200, { "content-type": "application/json", ...headHeaders() }, body)
  }

  fail(): boolean {
    if (!this.passFailure()) return false
    this.complete()
    return true
  }

  close(): void {}
}
