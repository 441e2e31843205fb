import type { Clock } from "../clock.ts"

/** So long after the last one nobody remembers. */
const FORGOTTEN_MS = 86_400_000
/** What is forgotten is looked for once it may be this much. */
const SWEEP_SIZE = 10_000

interface Strike {
  count: number
  /** On the monotonic clock. */
  at: number
}

/** How often in a row the same was refused, for cool-downs that grow. A success ends the row. */
export class Strikes {
  readonly #clock: Clock
  readonly #strikes = new Map<string, Strike>()
  #sweepAt = SWEEP_SIZE

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#strikes.size
  }

  /** Which in its row this one is, from 1. Of an attempt that was under way at the last one it is the same. */
  add(key: string, startedAt: number): number {
    const now = this.#clock.monotonic()
    const before = this.#strikes.get(key)
    const isKnown = before !== undefined && now - before.at < FORGOTTEN_MS
    if (isKnown && startedAt <= before.at) return before.count
    const count = isKnown ? before.count + 1 : 1
    this.#strikes.set(key, { count, at: now })
    this.#sweep(now)
    return count
  }

  /** Of an attempt that began after the last refusal; an older one says nothing about what came later. */
  onSuccess(key: string, startedAt: number): void {
    const before = this.#strikes.get(key)
    if (before !== undefined && startedAt > before.at) this.#strikes.delete(key)
  }

  #sweep(now: number): void {
    if (this.#strikes.size < this.#sweepAt) return
    for (const [key, { at }] of this.#strikes) if (now - at >= FORGOTTEN_MS) this.#strikes.delete(key)
    this.#sweepAt = Math.max(SWEEP_SIZE, 2 * this.#strikes.size)
  }
}
