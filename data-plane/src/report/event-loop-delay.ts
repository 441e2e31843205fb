import type { Clock, Timer } from "../clock.ts"

const SAMPLE_EVERY_MS = 500

/**
 * How late the event loop runs its timers: the longest delay since it was last asked, in milliseconds. Two samples a second; node's own
 * monitor wakes fifty times as often, which an idle gateway pays for.
 */
export class EventLoopDelay {
  readonly #clock: Clock
  readonly #onSample: (delayMs: number) => void
  #timer: Timer | undefined
  #due = 0
  #longest = 0

  /** `onSample` hears of each. */
  constructor(clock: Clock, onSample: (delayMs: number) => void = () => undefined) {
    this.#clock = clock
    this.#onSample = onSample
  }

  start(): void {
    this.#due = this.#clock.monotonic() + SAMPLE_EVERY_MS
    this.#timer = this.#clock.after(SAMPLE_EVERY_MS, () => {
      this.#sample()
      this.#timer?.refresh()
    })
  }

  take(): number {
    const longest = this.#longest
    this.#longest = 0
    return longest
  }

  stop(): void {
    this.#timer?.clear()
  }

  #sample(): void {
    const now = this.#clock.monotonic()
    const delayMs = Math.max(0, now - this.#due)
    this.#longest = Math.max(this.#longest, delayMs)
    this.#onSample(delayMs)
    this.#due = now + SAMPLE_EVERY_MS
  }
}
