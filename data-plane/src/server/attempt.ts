/**
 * One call to the upstream: bytes to events, events to parts, parts into the answer; and, when it goes wrong, the facts that the
 * verdict is made from. Raw callbacks throughout: nothing here awaits.
 */
import { classifyFailure, type ClassifiedFailure, type UpstreamFailure } from "#shared/upstream-failure.ts"
import { isContent } from "../canonical/content.ts"
import { GatewayError } from "../canonical/error.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { abortReason, type Clock, type Timer } from "../clock.ts"
import type { DeclaredTools, StreamDecoder } from "../dialects/dialect.ts"
import type { OwnTime } from "../own-time.ts"
import type { AttemptResult } from "../pool/attempt-loop.ts"
import type { AttemptTimings } from "../pool/attempt-notes.ts"
import type { TransportError } from "../transport/node-error.ts"
import type { AnswerListener, OutgoingCall, Sending } from "../transport/sending.ts"
import type { Transport } from "../transport/send.ts"
import { createSseReader, type SseReader } from "../transport/sse-reader.ts"
import type { Answer } from "./answer.ts"
import { createNoticeGate } from "./notice-gate.ts"

/** An image of the largest size comes as one event of some tens of megabytes. */
const MAX_EVENT_BYTES = 48 * 1024 * 1024
/** Of an error body; what says something is at its beginning. */
const MAX_ERROR_BYTES = 256 * 1024
/** An error body that does not end is judged by what came of it. */
const ERROR_BODY_MS = 5_000

export interface AttemptOptions {
  readonly call: OutgoingCall
  readonly transport: Transport
  readonly decode: (emit: (part: StreamPart) => void) => StreamDecoder
  readonly unwrap: (event: unknown) => unknown
  /** Only where the upstream speaks the client's dialect: its events are passed as they are, but for calls of these tools. */
  readonly relay?: {
    readonly declaredTools: DeclaredTools
    readonly unwrapText: (data: string, event: unknown) => string
  }
  readonly answer: Answer
  readonly clock: Clock
  readonly own: OwnTime
  /** The client waits for the first content only, not for the whole answer. */
  readonly isStream: boolean
  /** Filled in as they become known. */
  readonly timings: AttemptTimings
  readonly signal: AbortSignal
  readonly projectId: string
  /** The model may have nothing to say: it was given results of tools only. */
  readonly mayBeEmpty: boolean
  /** Something of an answer is there, if only a thought: the upstream serves. What has no more than an end may yet be no answer. */
  readonly onServed: () => void
}

/** Resolves when the call is over; rejects only with the signal's reason, after the upstream stream was reset. */
export function runAttempt(options: AttemptOptions): Promise<AttemptResult> {
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) reject(abortReason(options.signal))
    else new Attempt(options, resolve, reject).start()
  })
}

class Attempt implements AnswerListener {
  readonly #options: Omit<AttemptOptions, "call">
  readonly #resolve: (result: AttemptResult) => void
  readonly #reject: (error: Error) => void
  readonly #startedAt: number
  readonly #onAbort: () => void
  #call: OutgoingCall | undefined
  #sending: Sending | undefined
  #reader: SseReader | undefined
  #decoder: StreamDecoder | undefined
  #errorBody: Buffer[] = []
  #errorBytes = 0
  #errorTimer: Timer | undefined
  #status: number | undefined
  #headers: Readonly<Record<string, string>> | undefined
  #isServed = false
  #hasAnswered = false
  #isOver = false

  constructor(
    { call, ...options }: AttemptOptions,
    resolve: (result: AttemptResult) => void,
    reject: (error: Error) => void,
  ) {
    this.#call = call
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#startedAt = options.clock.monotonic()
    this.#onAbort = () => {
      this.#settle(() => this.#reject(abortReason(options.signal)))
    }
  }

  start(): void {
    const { signal, transport, answer, own } = this.#options
    signal.addEventListener("abort", this.#onAbort, { once: true })
    answer.begin(this.#options.relay?.declaredTools)
    const call = this.#call
    // Let go before the stream begins: the body may be large, and the stream long.
    this.#call = undefined
    if (call !== undefined) this.#sending = transport.send(call, this)
    own.pause()
  }

  onConnected(): void {
    this.#options.timings.connectMs ??= this.#options.clock.monotonic() - this.#startedAt
  }

  onHead(status: number, headers: Readonly<Record<string, string>>): void {
    const { own, timings, clock } = this.#options
    const now = clock.monotonic()
    own.resume(now)
    timings.firstByteAt = now
    this.#status = status
    this.#headers = headers
    this.#beginBody(status, headers)
    own.pause()
  }

  #beginBody(status: number, headers: Readonly<Record<string, string>>): void {
    if (status === 200 && headers["content-type"]?.startsWith("text/event-stream") === true) {
      this.#reader = createSseReader((data) => this.#event(data), { maxEventBytes: MAX_EVENT_BYTES })
      const gate = createNoticeGate((part) => this.#part(part))
      this.#decoder = this.#options.decode((part) => {
        const notice = gate.part(part)
        if (notice !== undefined) this.#fail({ text: notice })
      })
    } else {
      this.#errorTimer = this.#options.clock.after(ERROR_BODY_MS, () => this.#judgeBody())
    }
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    const { own, answer, isStream } = this.#options
    own.resume()
    this.#read(chunk)
    // What follows a failure or the end is ours again.
    if (this.#isOver) return
    if (isStream && answer.hasContent) own.finish()
    else own.pause()
  }

  #read(chunk: Buffer): void {
    if (this.#reader === undefined) return this.#collect(chunk)
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.#broken(error)
    }
    this.#flush()
  }

  onEnd(): void {
    if (this.#isOver) return
    this.#options.own.resume()
    if (this.#reader === undefined) return this.#judgeBody()
    try {
      this.#reader.end()
      if (!this.#isOver) this.#decoder?.end()
    } catch (error) {
      this.#broken(error)
    }
    if (this.#isOver) return
    if (this.#hasAnswered) this.#succeed()
    else this.#fail({ network: "NO_FINISH" })
  }

  onFailure(error: TransportError): void {
    if (this.#isOver) return
    if (error.phase === "connect") this.onConnected()
    if (this.#reader === undefined && this.#errorBytes > 0) return this.#judgeBody()
    // A broken connection after a good head is an answer without its end, whatever broke it.
    const isTimeout = error.code === "IDLE_TIMEOUT" || error.code === "FIRST_BYTE_TIMEOUT"
    const network = this.#reader === undefined || isTimeout ? error.code : "NO_FINISH"
    this.#fail({ network, ...(error.phase === "connect" ? { phase: "connect" as const } : {}) })
  }

  #event(data: string): void {
    if (this.#isOver) return
    let event: unknown
    try {
      event = JSON.parse(data)
    } catch {
      // Never skipped: a stream with such an event is broken.
      return this.#fail({ network: "NOT_JSON" })
    }
    const { unwrap, relay, answer } = this.#options
    const inner = unwrap(event)
    this.#decoder?.push(inner)
    if (relay === undefined) return
    answer.event({ type: "relayed-event", text: relay.unwrapText(data, event), event: inner }, this.#isOver)
  }

  #part(part: StreamPart): void {
    if (this.#isOver) return
    const { answer, clock, timings, onServed } = this.#options
    timings.firstPartAt ??= clock.monotonic()
    if (part.type === "error") return this.#broken(part.error)
    if (!this.#isServed && isContent(part)) {
      this.#isServed = true
      onServed()
    }
    if (part.type === "response-end") {
      const isEmpty = !answer.hasContent && part.finishReason.unified === "stop" && !this.#options.mayBeEmpty
      if (isEmpty)
        return this.#fail({ network: "EMPTY", ...(part.finishReason.raw ? { finish: part.finishReason.raw } : {}) })
      this.#hasAnswered = true
    }
    answer.part(part)
  }

  /** The dialect found the stream unusable; its error says how. */
  #broken(error: unknown): void {
    if (this.#isOver) return
    if (!(error instanceof GatewayError)) {
      return this.#settle(() => this.#reject(error instanceof Error ? error : new Error(String(error))))
    }
    const { cause } = error
    if (error.code === "upstream_interrupted") return this.#fail({ network: "NO_FINISH" })
    if (isObject(cause) && typeof cause["finishReason"] === "string")
      return this.#fail({ finish: cause["finishReason"] })
    if (isObject(cause) && ("code" in cause || "message" in cause)) {
      const status = Number(cause["code"])
      const known = Number.isInteger(status) && status >= 400 ? { status } : {}
      return this.#fail({ ...known, body: JSON.stringify({ error: cause }) })
    }
    // Well-formed, but nothing the request asked for: another account would answer alike.
    if (isObject(cause) && "part" in cause) return this.#fail({ finish: "UNEXPECTED_TOOL_CALL" })
    this.#fail({ network: "NOT_JSON" })
  }

  #flush(): void {
    if (this.#isOver) return
    const { answer } = this.#options
    if (answer.flush()) return
    this.#sending?.pause()
    answer.onDrain(() => this.#sending?.resume())
  }

  #collect(chunk: Buffer): void {
    this.#errorBody.push(chunk)
    this.#errorBytes += chunk.length
    if (this.#errorBytes >= MAX_ERROR_BYTES) this.#judgeBody()
  }

  #judgeBody(): void {
    const body = Buffer.concat(this.#errorBody).toString("utf8", 0, MAX_ERROR_BYTES)
    this.#errorBody = []
    // A JSON body under a 200 is judged by the code inside it.
    this.#fail({ body })
  }

  #succeed(): void {
    this.#settle(() => this.#resolve({ type: "answered", status: this.#status ?? 200 }))
  }

  #fail(facts: Partial<UpstreamFailure>): void {
    if (!this.#isOver) this.#failAs(this.#classify(facts), facts.network === "FIRST_BYTE_TIMEOUT")
  }

  #failAs(failure: ClassifiedFailure, isFirstByteTimeout = false): void {
    const status = this.#status === undefined ? {} : { status: this.#status }
    const { hasContent } = this.#options.answer
    this.#settle(() => this.#resolve({ type: "failed", failure, hasContent, isFirstByteTimeout, ...status }))
  }

  #classify(facts: Partial<UpstreamFailure>): ClassifiedFailure {
    const { answer, clock, projectId } = this.#options
    return classifyFailure({
      ...(this.#status === undefined ? {} : { status: this.#status }),
      ...(this.#headers === undefined ? {} : { headers: this.#headers }),
      phase: answer.hasContent ? "after-content" : "before-content",
      projectId,
      now: clock.now(),
      ...facts,
    })
  }

  /** Tells the end once, and not before the call is over for the upstream too: until then its slot is nobody else's. */
  #settle(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#errorTimer?.clear()
    this.#options.signal.removeEventListener("abort", this.#onAbort)
    const end = (): void => {
      this.#options.own.resume()
      tell()
    }
    if (this.#sending === undefined) end()
    else this.#sending.cancel(end)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
