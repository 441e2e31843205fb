/**
 * Which attempts a fault with a share strikes: decided by the seed, the request and which attempt at it this is, never by order or
 * time, so that a run can be repeated whatever happens at once.
 */
import { sequence } from "./random.ts"

/** Requests whose attempts are counted at the same time; the least recently seen is forgotten first. */
const CAPACITY = 100_000

/** The draws of one fault. */
export class FaultLot {
  readonly #share: number
  readonly #seed: readonly string[]
  readonly #attempts = new Map<string, number>()

  constructor(share: number, ...seed: readonly string[]) {
    this.#share = share
    this.#seed = seed
  }

  /** Draws for the next attempt at a request; those with the same contents are the same request. */
  draw(contents: string): boolean {
    const attempt = (this.#attempts.get(contents) ?? 0) + 1
    this.#attempts.delete(contents)
    this.#attempts.set(contents, attempt)
    if (this.#attempts.size > CAPACITY) this.#forgetOldest()
    return sequence(...this.#seed, contents, attempt)() < this.#share
  }

  #forgetOldest(): void {
    const [oldest] = this.#attempts.keys()
    if (oldest !== undefined) this.#attempts.delete(oldest)
  }
}
