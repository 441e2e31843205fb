/**
 * Sends spans to a collector: OTLP over HTTP, as JSON, in batches. Nothing on the path of a request waits for it, so much is kept at
 * most, and what is lost is counted.
 */
import type { Logger } from "#shared/log.ts"
import type { Secret } from "#shared/secret.ts"
import { VERSION } from "#shared/version.ts"
import { Agent as ClearAgent, request as requestClear } from "node:http"
import { Agent as TlsAgent, request as requestTls } from "node:https"
import type { Clock, Timer } from "../clock.ts"
import type { Span, SpanName } from "./exchange-spans.ts"

export interface TraceExporterOptions {
  /** Of the collector; `/v1/traces` is added. */
  readonly endpoint: string
  /** Sent with each batch; they may hold a token. */
  readonly headers: Secret<Readonly<Record<string, string>>> | undefined
  readonly nodeName: string
  readonly clock: Clock
  readonly log: Logger
}

/** Spans that wait at most: a few hundred exchanges. */
export const MAX_SPANS = 4_096
/** As few as one text is made of in a millisecond or two; so many are not waited with. */
const BATCH_SPANS = 256
const BATCH_MS = 2_000
const SEND_TIMEOUT_MS = 10_000
const RETRY_LONGEST_MS = 60_000

/** Spans by what became of them. */
export interface SpanCounts {
  readonly sent: number
  readonly dropped: number
}

export class TraceExporter {
  readonly #options: TraceExporterOptions
  readonly #agent: ClearAgent | TlsAgent
  readonly #send: typeof requestClear
  readonly #url: string
  #spans: Span[] = []
  #sent = 0
  #dropped = 0
  #failures = 0
  #sending: Promise<void> | undefined
  #timer: Timer | undefined
  /** The timer is of a full batch. */
  #isSoon = false
  #isStopped = false

  constructor(options: TraceExporterOptions) {
    this.#options = options
    const isTls = options.endpoint.startsWith("https:")
    this.#agent = isTls
      ? new TlsAgent({ keepAlive: true, maxSockets: 1 })
      : new ClearAgent({ keepAlive: true, maxSockets: 1 })
    this.#send = isTls ? requestTls : requestClear
    this.#url = `${options.endpoint}/v1/traces`
  }

  get counts(): SpanCounts {
    return { sent: this.#sent, dropped: this.#dropped }
  }

  get waiting(): number {
    return this.#spans.length
  }

  /** Of one exchange: all of them or none. */
  add(spans: readonly Span[]): void {
    if (this.#isStopped || this.#spans.length + spans.length > MAX_SPANS) {
      this.#dropped += spans.length
      return
    }
    this.#spans.push(...spans)
    this.#schedule()
  }

  /** Sends what is left, within `limitMs`, and stops. */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true
    this.#timer?.clear()
    const limit = new Promise<void>((resolve) => this.#options.clock.after(limitMs, resolve))
    await Promise.race([this.#sendAll(), limit])
    this.#agent.destroy()
  }

  async #sendAll(): Promise<void> {
    await this.#sending
    while (this.#spans.length > 0) {
      const before = this.#spans.length
      await this.#flush()
      if (this.#spans.length >= before) return
    }
  }

  /** The next batch: at once when it is full, and after a failure when the collector had some time. */
  #schedule(): void {
    if (this.#isStopped || this.#sending !== undefined) return
    const isFull = this.#failures === 0 && this.#spans.length >= BATCH_SPANS
    if (this.#timer !== undefined && (!isFull || this.#isSoon)) return
    this.#timer?.clear()
    this.#isSoon = isFull
    this.#timer = this.#options.clock.after(isFull ? 0 : this.#failures === 0 ? BATCH_MS : this.#retryMs(), () => {
      this.#timer = undefined
      void this.#flush()
    })
  }

  /** One batch, or the one under way; never rejects. */
  #flush(): Promise<void> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = undefined
      if (this.#spans.length > 0) this.#schedule()
    })
    return this.#sending
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#spans.slice(0, BATCH_SPANS)
    try {
      const isTaken = await this.#post(JSON.stringify(traceRequest(batch, this.#options.nodeName)))
      // One that the collector finds at fault would be refused again.
      if (isTaken) this.#sent += batch.length
      else this.#dropped += batch.length
      this.#spans = this.#spans.slice(batch.length)
      this.#failures = 0
    } catch (error) {
      if (this.#failures === 0) this.#options.log.warn("traces.not-sent", { reason: String(error) })
      this.#failures += 1
    }
  }

  #retryMs(): number {
    return Math.min(RETRY_LONGEST_MS, BATCH_MS * 2 ** Math.min(10, this.#failures))
  }

  /** False: refused for good. Rejects when it may be tried again. */
  #post(body: string): Promise<boolean> {
    const { clock, headers, log } = this.#options
    return new Promise((resolve, reject) => {
      const outgoing = this.#send(this.#url, {
        method: "POST",
        agent: this.#agent,
        headers: {
          ...headers?.reveal(),
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      })
      const timer = clock.after(SEND_TIMEOUT_MS, () => outgoing.destroy(new Error("no answer within ten seconds")))
      const end = (settle: () => void): void => {
        timer.clear()
        settle()
      }
      outgoing.on("error", (error) => end(() => reject(error)))
      outgoing.on("response", (message) => {
        const status = message.statusCode ?? 0
        message.resume()
        message.on("error", (error) => end(() => reject(error)))
        message.on("close", () =>
          end(() => {
            if (status >= 200 && status < 300) return resolve(true)
            if (status === 429 || status >= 500) return reject(new Error(`the collector answered ${status}`))
            log.warn("traces.refused", { status })
            resolve(false)
          }),
        )
      })
      outgoing.end(body)
    })
  }
}

const KINDS: Readonly<Partial<Record<SpanName, number>>> = { exchange: 2, attempt: 3, connect: 3, fetch: 3 }
const INTERNAL = 1
const ERROR = 2

/** An ExportTraceServiceRequest in OTLP's JSON. */
function traceRequest(spans: readonly Span[], nodeName: string): object {
  const resource = {
    "service.name": "lagrange-data-plane",
    "service.version": VERSION,
    "service.instance.id": nodeName,
  }
  const scope = { name: "lagrange", version: VERSION }
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope, spans: spans.map(spanOf) }],
      },
    ],
  }
}

function spanOf({ traceId, spanId, parentSpanId, name, startedAt, endedAt, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: KINDS[name] ?? INTERNAL,
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributesOf(attributes),
    ...(error === undefined ? {} : { status: { code: ERROR, message: error } }),
  }
}

/** As text: they are more than a number can hold exactly. */
function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms * 1000)) * 1000n}`
}

function attributesOf(attributes: Readonly<Record<string, string | number | boolean | undefined>>): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value) }],
  )
}

function valueOf(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value }
  if (typeof value === "boolean") return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
