import type { Clock, Timer } from "../clock.ts"
import { RankedSet, type Ranked } from "./ranked-set.ts"

/** Something that falls due once. */
export interface Deadline extends Ranked {
  readonly run: () => void
}

/**
 * Many deadlines on one timer: the heap knows which is next. It runs on the monotonic clock, so a step of the wall clock neither
 * ends nor stretches one.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #due = new RankedSet<Deadline>()
  #timer: Timer | undefined
  /** When the timer fires; Infinity: there is none. */
  #timerAt = Infinity
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#due.size
  }

  after(ms: number, run: () => void): Deadline {
    const deadline: Deadline = { run, slot: -1, order: ++this.#count }
    this.#due.put(deadline, this.#clock.monotonic() + Math.max(0, ms))
    this.#arm()
    return deadline
  }

  clear(deadline: Deadline): void {
    this.#due.remove(deadline)
    this.#arm()
  }

  /** How long until it falls due, in milliseconds. */
  dueIn(deadline: Deadline): number {
    const now = this.#clock.monotonic()
    return Math.max(0, (this.#due.rankOf(deadline) ?? now) - now)
  }

  close(): void {
    for (let next = this.#due.peek(); next !== undefined; next = this.#due.peek()) this.#due.remove(next)
    this.#arm()
  }

  #arm(): void {
    const next = this.#due.peek()
    const at = (next && this.#due.rankOf(next)) ?? Infinity
    if (at === this.#timerAt) return
    this.#timer?.clear()
    this.#timerAt = at
    this.#timer = next && this.#clock.after(Math.max(0, at - this.#clock.monotonic()), () => this.#fire())
  }

  /** The timer may have come early: the longest that a system takes is shorter than some deadlines. */
  #fire(): void {
    this.#timer = undefined
    this.#timerAt = Infinity
    const now = this.#clock.monotonic()
    try {
      for (let next = this.#due.peek(); next !== undefined; next = this.#due.peek()) {
        if ((this.#due.rankOf(next) ?? 0) > now) break
        this.#due.remove(next)
        next.run()
      }
    } finally {
      this.#arm()
    }
  }
}
