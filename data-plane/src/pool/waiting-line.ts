/**
 * Who waits for a slot, by model, first come first served; bounded. An exchange that already failed on one account goes to the
 * front: it has waited before.
 */
import type { Timer } from "../clock.ts"
import type { Lease, LeaseAsk } from "./lease.ts"

/** Beyond this many waiting for one model, more would only wait in vain. */
export const MAX_WAITING_PER_MODEL = 1000

export interface Waiter {
  readonly ask: LeaseAsk
  readonly timer: Timer
  /** Each settles the wait; the first wins and takes the waiter out of its line. */
  grant(lease: Lease): void
  refuse(error: Error): void
}

export class WaitingLines {
  readonly #lines = new Map<string, Waiter[]>()

  get isEmpty(): boolean {
    return this.#lines.size === 0
  }

  get size(): number {
    let size = 0
    for (const line of this.#lines.values()) size += line.length
    return size
  }

  hasRoom(model: string): boolean {
    return (this.#lines.get(model)?.length ?? 0) < MAX_WAITING_PER_MODEL
  }

  join(waiter: Waiter): void {
    const line = this.#lines.get(waiter.ask.model)
    if (line === undefined) this.#lines.set(waiter.ask.model, [waiter])
    else if (waiter.ask.exclude.size > 0) line.unshift(waiter)
    else line.push(waiter)
  }

  leave(waiter: Waiter): void {
    const line = this.#lines.get(waiter.ask.model)
    const place = line?.indexOf(waiter) ?? -1
    if (line === undefined || place < 0) return
    line.splice(place, 1)
    if (line.length === 0) this.#lines.delete(waiter.ask.model)
  }

  /** A copy of each line, in order, so that waiters may leave meanwhile. */
  lines(): Waiter[][] {
    return [...this.#lines.values()].map((line) => [...line])
  }
}
