/**
 * The transport: one interface for every HTTP version, with the time limits of one attempt. Only this folder and `server/` touch
 * Node's HTTP objects. Raw callbacks throughout: nothing here awaits per chunk.
 */
import type { Clock, Timer } from "../clock.ts"
import { TransportError } from "./node-error.ts"
import { Origin, type OriginOptions } from "./origin.ts"
import type { AnswerListener, OutgoingCall, Sending, Wire } from "./sending.ts"

export type TransportOptions = OriginOptions

/** Of a connection that takes nothing: longer nobody waits for a reset to leave. */
export const RESET_WAIT_MS = 400

export interface Transport {
  send(call: OutgoingCall, listener: AnswerListener): Sending
  /** What is open now, by origin. */
  facts(): Readonly<Record<string, { protocol: string; sessions: number; openStreams: number }>>
  /** Lets open streams end and takes no new connections. */
  close(): void
  destroy(): void
}

export function createTransport(options: TransportOptions): Transport {
  const origins = new Map<string, Origin>()
  const originOf = (url: string): Origin => {
    let origin = origins.get(url)
    if (origin === undefined) origins.set(url, (origin = new Origin(url, options)))
    return origin
  }
  return {
    send: (call, listener) => new TimedSending(originOf(call.origin), call, listener, options.clock),
    facts: () => Object.fromEntries([...origins].map(([url, origin]) => [url, origin.facts])),
    close: () => origins.forEach((origin) => origin.close()),
    destroy: () => origins.forEach((origin) => origin.destroy()),
  }
}

/** Guards the listener: the first end wins, time limits end the call, nothing is heard after `cancel`. */
class TimedSending implements Sending, AnswerListener {
  readonly #listener: AnswerListener
  readonly #idleTimeoutMs: number
  readonly #clock: Clock
  #wire: Wire | undefined
  #timer: Timer
  #isOver = false
  #hasHead = false
  #isPaused = false
  /** Who waits for a reset that is under way. */
  #resetting: (() => void)[] | undefined

  constructor(origin: Origin, call: OutgoingCall, listener: AnswerListener, clock: Clock) {
    this.#listener = listener
    this.#clock = clock
    this.#idleTimeoutMs = call.idleTimeoutMs
    this.#timer = clock.after(call.firstByteTimeoutMs, () => this.#expire("FIRST_BYTE_TIMEOUT"))
    this.#wire = origin.send(call, this)
  }

  onConnected(): void {
    if (!this.#isOver) this.#listener.onConnected?.()
  }

  onHead(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#isOver) return
    this.#hasHead = true
    this.#timer.clear()
    this.#timer = this.#clock.after(this.#idleTimeoutMs, () => this.#expire("IDLE_TIMEOUT"))
    this.#listener.onHead(status, headers)
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#timer.refresh()
    this.#listener.onData(chunk)
  }

  onEnd(): void {
    if (this.#finish()) this.#listener.onEnd()
  }

  onFailure(error: TransportError): void {
    if (this.#finish()) this.#listener.onFailure(error)
  }

  pause(): void {
    if (this.#isOver || this.#isPaused) return
    this.#isPaused = true
    this.#timer.clear()
    this.#wire?.pause()
  }

  resume(): void {
    if (this.#isOver || !this.#isPaused) return
    this.#isPaused = false
    if (this.#hasHead) this.#timer = this.#clock.after(this.#idleTimeoutMs, () => this.#expire("IDLE_TIMEOUT"))
    this.#wire?.resume()
  }

  cancel(onClosed: () => void = () => undefined): void {
    if (this.#finish()) this.#reset()
    if (this.#resetting === undefined) onClosed()
    else this.#resetting.push(onClosed)
  }

  #expire(code: string): void {
    if (!this.#finish()) return
    this.#reset()
    this.#listener.onFailure(new TransportError(code, this.#hasHead ? "after-head" : "before-head"))
  }

  #reset(): void {
    const resetting: (() => void)[] = []
    const timer = this.#clock.after(RESET_WAIT_MS, () => done())
    const done = (): void => {
      timer.clear()
      this.#resetting = undefined
      for (const onClosed of resetting.splice(0)) onClosed()
    }
    this.#resetting = resetting
    if (this.#wire === undefined) done()
    else this.#wire.cancel(done)
  }

  #finish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#timer.clear()
    return true
  }
}
