/** What came and went, counted since the start or the last reset: unlike the list of requests nothing is forgotten. */
import type { Concurrency } from "./seen.ts"

/** Counts of everything so far. */
export interface TrafficCounts {
  /** Calls of the two generation methods, whatever became of them. */
  readonly generations: number
  /** Those whose client went before the answer was complete. */
  readonly left: number
  /** TCP connections; `current` are open now. */
  readonly connections: Concurrency & { readonly opened: number }
}

/** The counters of one simulator. */
export class Traffic {
  #generations = 0
  #left = 0
  #opened = 0
  readonly #open: Concurrency = { current: 0, maximum: 0 }

  /** A generation call came. */
  begin(): void {
    this.#generations += 1
  }

  /** The client of a generation call went. */
  leave(): void {
    this.#left += 1
  }

  /** A connection was opened; the returned function says that it closed. */
  connect(): () => void {
    this.#opened += 1
    this.#open.current += 1
    this.#open.maximum = Math.max(this.#open.maximum, this.#open.current)
    return () => (this.#open.current -= 1)
  }

  counts(): TrafficCounts {
    return {
      generations: this.#generations,
      left: this.#left,
      connections: { ...this.#open, opened: this.#opened },
    }
  }

  /** Forgets what was; open connections still count. */
  clear(): void {
    this.#generations = 0
    this.#left = 0
    this.#opened = 0
    this.#open.maximum = this.#open.current
  }
}
