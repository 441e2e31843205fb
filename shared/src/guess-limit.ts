/**
 * Slows the guessing of keys that a person chose. What we minted holds 256 random bits and needs none of this: such a key is looked up
 * whatever its address did. For the rest each address may be wrong a number of times at once, and then once in a while.
 */
import { hasValidChecksum } from "./api-key.ts"
import { addressGroup } from "./client-address.ts"

/** Wrong ones at once, and how long until another is free. */
export const FREE_GUESSES = 20
export const GUESS_EVERY_MS = 1_000
/** Addresses that are remembered. Beyond that the one is forgotten that was wrong longest ago. */
const MOST_ADDRESSES = 10_000

export class GuessLimit {
  readonly #now: () => number
  /** By address: when all its guesses will be free again. */
  readonly #freeAt = new Map<string, number>()

  /** `now` in milliseconds that only rise. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** How long this key from this address must wait before it is looked at; 0: not at all. */
  waitMs(address: string, key: string): number {
    const freeAt = this.#freeAt.size === 0 ? undefined : this.#freeAt.get(addressGroup(address))
    if (freeAt === undefined) return 0
    const waitMs = freeAt - this.#now() - (FREE_GUESSES - 1) * GUESS_EVERY_MS
    // Last, because it costs the most.
    return waitMs <= 0 || hasValidChecksum(key) ? 0 : waitMs
  }

  /** The key was wrong. True: it was the last of those that were free. */
  wrong(address: string, key: string): boolean {
    if (hasValidChecksum(key)) return false
    const group = addressGroup(address)
    const freeAt = Math.max(this.#now(), this.#freeAt.get(group) ?? 0) + GUESS_EVERY_MS
    // Set anew, so that the oldest stand first.
    this.#freeAt.delete(group)
    this.#freeAt.set(group, freeAt)
    const [oldest] = this.#freeAt.keys()
    if (this.#freeAt.size > MOST_ADDRESSES && oldest !== undefined) this.#freeAt.delete(oldest)
    return this.waitMs(address, key) > 0
  }
}
