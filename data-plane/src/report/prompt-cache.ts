import type { PromptCacheUse } from "#shared/link-protocol.ts"
import type { Usage } from "#shared/usage.ts"
import type { Clock } from "../clock.ts"

const SLOT_MS = 60_000
const SLOTS = 10

interface Slot {
  /** Whole minutes on the monotonic clock. */
  minute: number
  inputTokens: number
  cachedInputTokens: number
}

/**
 * Of the input tokens of the last ten minutes, how many the upstream had in its prompt cache: what conversations gain by staying on
 * their account. An upstream that tells the input and nothing of a cache had nothing cached.
 */
export class PromptCache {
  readonly #clock: Clock
  readonly #slots: Slot[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add({ inputTokens, cachedInputTokens = 0 }: Usage): void {
    if (inputTokens === undefined) return
    const minute = this.#minute()
    let slot = this.#slots.at(-1)
    if (slot?.minute !== minute) {
      slot = { minute, inputTokens: 0, cachedInputTokens: 0 }
      this.#slots.push(slot)
      this.#forget(minute)
    }
    slot.inputTokens += inputTokens
    slot.cachedInputTokens += cachedInputTokens
  }

  get use(): PromptCacheUse {
    this.#forget(this.#minute())
    let inputTokens = 0
    let cachedInputTokens = 0
    for (const slot of this.#slots) {
      inputTokens += slot.inputTokens
      cachedInputTokens += slot.cachedInputTokens
    }
    return { windowMs: SLOTS * SLOT_MS, inputTokens, cachedInputTokens }
  }

  #minute(): number {
    return Math.floor(this.#clock.monotonic() / SLOT_MS)
  }

  #forget(minute: number): void {
    while ((this.#slots[0]?.minute ?? minute) <= minute - SLOTS) this.#slots.shift()
  }
}
