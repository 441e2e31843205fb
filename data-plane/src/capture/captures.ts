/**
 * Captured exchanges of this data plane: who may be captured, and the way of what was captured to the control plane. It lies in memory
 * alone, within one budget, and waits there while the control plane is away; where there is no room, a capture is cut or left out, and
 * no exchange waits for anything here. docs/reference/capture.md
 */
import type { CapturedExchange, CapturedReplay, TranslationNote } from "#shared/capture.ts"
import { CAPTURE_MEDIA_TYPE, encodeCapture, type CapturedBytes } from "#shared/capture-wire.ts"
import { CAPTURES_PATH } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { Clock, Timer } from "../clock.ts"
import { notCompared } from "../translation/translation-diff.ts"
import { PostNotTaken, PostRefused, type LinkPost } from "../report/link-post.ts"
import { CaptureBudget } from "./budget.ts"
import { ExchangeCapture, type CaptureStart } from "./exchange-capture.ts"

/** Of captures that run and that wait to be sent, together. */
export const CAPTURE_BUDGET_BYTES = 64 * 1_048_576
/** With less room than this nothing is begun. */
export const LEAST_ROOM_BYTES = 65_536
/** Longer nobody's text waits here for a control plane that is away. */
export const KEEP_UNSENT_MS = 3_600_000
const SEND_TIMEOUT_MS = 30_000
const RETRY_FIRST_MS = 500
const RETRY_LONGEST_MS = 10_000

/** Whether what begins now is captured; the same question for every exchange, so it costs nothing. */
export function isCaptured({ captureUntil }: SnapshotApiKey, now: number): boolean {
  return captureUntil !== undefined && now < captureUntil
}

interface Waiting {
  readonly capture: ExchangeCapture
  readonly exchange: CapturedExchange<CapturedBytes>
  readonly since: number
  /** How often it was not taken, for whatever reason, and until when it lets others go first. */
  tries: number
  dueAt: number
}

/** `away`: no control plane could be asked. `put off`: one did not take it, or nothing is due. */
type Sent = "sent" | "away" | "put off"

/** After so many failures in a row. */
function retryMs(failures: number): number {
  return Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(6, failures - 1))
}

export interface CapturesOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly post: Pick<LinkPost, "send">
  readonly budgetBytes?: number
}

export class Captures {
  readonly #options: CapturesOptions
  readonly #budget: CaptureBudget
  readonly #budgetBytes: number
  readonly #waiting: Waiting[] = []
  #sending: Promise<Sent> | undefined
  #failures = 0
  #retry: Timer | undefined
  #isStopped = false

  constructor(options: CapturesOptions) {
    this.#options = options
    this.#budgetBytes = options.budgetBytes ?? CAPTURE_BUDGET_BYTES
    this.#budget = new CaptureBudget(this.#budgetBytes)
  }

  /** Bytes held, and captures that wait to be sent. */
  get facts(): { readonly bytes: number; readonly waiting: number } {
    return { bytes: this.#budget.used, waiting: this.#waiting.length }
  }

  /** Whether one that begins now is captured. */
  hasRoom(): boolean {
    this.#forgetOld()
    return this.#budgetBytes - this.#budget.used >= LEAST_ROOM_BYTES
  }

  /** Undefined: there is no room. With `isAwaited` somebody waits for its end, which is told then with what texts there is room for. */
  begin(start: CaptureStart, isAwaited = false): ExchangeCapture | undefined {
    if (this.hasRoom() || isAwaited) return new ExchangeCapture(start, this.#budget)
    this.#options.log.warn("capture.left-out", { exchangeId: start.exchangeId, waiting: this.#waiting.length })
    return undefined
  }

  /** Its exchange has ended: it is sent, now or when the control plane is there again. */
  end(capture: ExchangeCapture, notes: readonly TranslationNote[], replay?: CapturedReplay): void {
    if (this.#isStopped) return capture.letGo()
    const kept = capture.holdNotes(notes) ? notes : [notCompared("no room was left for what there is to say")]
    const exchange = capture.captured(kept, replay)
    const now = this.#options.clock.monotonic()
    this.#waiting.push({ capture, exchange, since: now, tries: 0, dueAt: now })
    if (this.#failures === 0) void this.#flush()
  }

  /** Sends what is left within `limitMs`, and forgets the rest. */
  async stop(limitMs: number): Promise<void> {
    const limit = new Promise<"limit">((resolve) => this.#options.clock.after(limitMs, () => resolve("limit")))
    while (this.#waiting.length > 0) {
      const sent = await Promise.race([this.#flush(), limit])
      if (sent === "limit" || (sent !== "sent" && this.#untilDue() > 0)) break
    }
    this.#isStopped = true
    this.#retry?.clear()
    if (this.#waiting.length > 0) this.#options.log.warn("capture.lost", { count: this.#waiting.length })
    for (const { capture } of this.#waiting.splice(0)) capture.letGo()
  }

  /** One that is due, or the one under way. Never rejects. */
  #flush(): Promise<Sent> {
    this.#sending ??= this.#sendFirst().then((sent) => {
      this.#sending = undefined
      this.#failures = sent === "away" ? this.#failures + 1 : 0
      if (this.#isStopped || this.#waiting.length === 0) return sent
      const waitMs = Math.max(this.#untilDue(), sent === "away" ? retryMs(this.#failures) : 0)
      if (waitMs === 0) void this.#flush()
      else this.#flushIn(waitMs)
      return sent
    })
    return this.#sending
  }

  #flushIn(ms: number): void {
    this.#retry?.clear()
    this.#retry = this.#options.clock.after(ms, () => void this.#flush())
  }

  #untilDue(): number {
    return Math.max(0, Math.min(...this.#waiting.map(({ dueAt }) => dueAt)) - this.#options.clock.monotonic())
  }

  async #sendFirst(): Promise<Sent> {
    this.#forgetOld()
    const now = this.#options.clock.monotonic()
    // Whether it is the control plane that is away or this one that makes it break off, only another one's way can tell.
    const [first] = this.#waiting.filter(({ dueAt }) => dueAt <= now).toSorted((one, other) => one.tries - other.tries)
    if (first === undefined) return this.#waiting.length === 0 ? "sent" : "put off"
    const { log, post } = this.#options
    const { exchangeId } = first.exchange
    try {
      await post.send(CAPTURES_PATH, CAPTURE_MEDIA_TYPE, encodeCapture(first.exchange), SEND_TIMEOUT_MS)
    } catch (error) {
      if (!(error instanceof PostRefused)) {
        log.debug("capture.not-sent", { exchangeId, error: String(error), waiting: this.#waiting.length })
        first.tries += 1
        first.dueAt = this.#options.clock.monotonic() + retryMs(first.tries)
        return error instanceof PostNotTaken ? "put off" : "away"
      }
      log.warn("capture.refused", { exchangeId, error: error.message })
    }
    this.#forget(first)
    return "sent"
  }

  #forgetOld(): void {
    const limit = this.#options.clock.monotonic() - KEEP_UNSENT_MS
    const old = this.#waiting.filter(({ since }) => since < limit)
    if (old.length > 0) this.#options.log.warn("capture.lost", { count: old.length })
    for (const one of old) this.#forget(one)
  }

  #forget(one: Waiting): void {
    const at = this.#waiting.indexOf(one)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    one.capture.letGo()
  }
}
