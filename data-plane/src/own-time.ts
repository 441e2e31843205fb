/**
 * How long an exchange is in our own hands: from the request's head on, without what it waits for (the client, files, a slot, a token,
 * the upstream). It runs at first; whoever begins a wait pauses it, whoever hears of its end resumes it. Doing either twice changes
 * nothing. What bytes wait for before this process reads them is not seen.
 */
import type { Clock } from "./clock.ts"

export class OwnTime {
  readonly #clock: Pick<Clock, "monotonic">
  #ownMs = 0
  #since: number | undefined
  #isOver = false

  /** `now`, here and below: on the monotonic clock, where the caller has just read it. */
  constructor(clock: Pick<Clock, "monotonic">, now = clock.monotonic()) {
    this.#clock = clock
    this.#since = now
  }

  pause(now?: number): void {
    if (this.#since === undefined) return
    this.#ownMs += (now ?? this.#clock.monotonic()) - this.#since
    this.#since = undefined
  }

  resume(now?: number): void {
    if (this.#since === undefined && !this.#isOver) this.#since = now ?? this.#clock.monotonic()
  }

  /** What the client waits for is handed over: nothing counts any more. */
  finish(): void {
    this.pause()
    this.#isOver = true
  }

  /** So far. */
  get microseconds(): number {
    const running = this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since
    return Math.round((this.#ownMs + running) * 1000)
  }
}
