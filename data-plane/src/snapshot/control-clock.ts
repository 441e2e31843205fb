/**
 * What time it is at the control plane. The clocks of two machines differ, so a moment that it names (the end of a command) is compared
 * with its own time, as its frames tell it.
 */

/** One heard late makes its time seem earlier; the least late of the last minute counts, so that a clock that was set is followed. */
const KEPT = 12

export class ControlClock {
  /** Its time less our monotonic one, newest last. */
  #offsets: number[] = []

  /** A frame told `at` when it was sent; `heardAt` is our monotonic clock's. */
  hear(at: number, heardAt: number): void {
    this.#offsets = [...this.#offsets.slice(1 - KEPT), at - heardAt]
  }

  /** Undefined: it never told. */
  now(monotonic: number): number | undefined {
    return this.#offsets.length === 0 ? undefined : monotonic + Math.max(...this.#offsets)
  }
}
