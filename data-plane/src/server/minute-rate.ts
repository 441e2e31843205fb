/**
 * A limit of so much a minute, as a bucket that fills evenly up to one minute's worth: who was idle may take that at once, and then goes
 * on at the rate. What is known only afterwards is taken in any case, below nothing too: that is paid back before anything else.
 */
import type { RateStanding } from "../dialects/dialect.ts"

const MINUTE_MS = 60_000
/** Fractions of a unit that arithmetic may lose. */
const SLACK = 1e-6

export class MinuteRate {
  #left: number
  #at: number

  constructor(perMinute: number, now: number) {
    this.#left = perMinute
    this.#at = now
  }

  /** How long until one unit is there; 0: it is. `now` is monotonic, in milliseconds; `perMinute` may be another than before. */
  waitMs(perMinute: number, now: number): number {
    return this.#timeTo(1, perMinute, now)
  }

  take(amount: number, perMinute: number, now: number): void {
    this.#fill(perMinute, now)
    this.#left -= amount
  }

  /** Whole units that are left, and how long until it is full. */
  standing(perMinute: number, now: number): RateStanding {
    const resetMs = this.#timeTo(perMinute, perMinute, now)
    return { limit: perMinute, remaining: Math.max(0, Math.floor(this.#left + SLACK)), resetMs }
  }

  #timeTo(amount: number, perMinute: number, now: number): number {
    this.#fill(perMinute, now)
    const missing = amount - this.#left
    return missing <= SLACK ? 0 : Math.ceil((missing * MINUTE_MS) / perMinute)
  }

  #fill(perMinute: number, now: number): void {
    this.#left = Math.min(perMinute, this.#left + ((now - this.#at) * perMinute) / MINUTE_MS)
    this.#at = now
  }
}
