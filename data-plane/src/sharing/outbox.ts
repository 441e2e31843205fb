import { factBytes, subjectOf, type Fact } from "./fact.ts"

/** What waits for a store that is away, at most. Beyond it what waited longest is lost. */
export const OUTBOX_FACTS = 20_000
export const OUTBOX_BYTES = 16 * 1024 * 1024
/** A fact beyond this is not shared. */
export const MAX_FACT_BYTES = 1024 * 1024
/** Facts go together until they are as long as this. */
const BATCH_BYTES = 64 * 1024
/** What is sealed between two breaths of the event loop. */
const ROUND_BYTES = 512 * 1024

/** Facts that are to be told, in their order; of two about one thing the later. Bounded, and counts what it loses. */
export class Outbox {
  #facts = new Map<string, { readonly fact: Fact; readonly bytes: number }>()
  #bytes = 0
  #serial = 0
  #lost = 0

  get size(): number {
    return this.#facts.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get lost(): number {
    return this.#lost
  }

  add(fact: Fact): void {
    const bytes = factBytes(fact)
    if (bytes > MAX_FACT_BYTES) return this.lose(1)
    const subject = subjectOf(fact) ?? String(++this.#serial)
    this.#delete(subject)
    this.#facts.set(subject, { fact, bytes })
    this.#bytes += bytes
    this.#shed()
  }

  /** The oldest, in batches for an entry each; all of them together are a moment's work to seal. */
  take(): Fact[][] {
    const batches: Fact[][] = []
    let [round, batch] = [0, BATCH_BYTES]
    for (const [subject, { fact, bytes }] of this.#facts) {
      if (round > 0 && round + bytes > ROUND_BYTES) break
      if (batch + bytes > BATCH_BYTES) {
        batches.push([])
        batch = 0
      }
      batches.at(-1)?.push(fact)
      batch += bytes
      round += bytes
      this.#delete(subject)
    }
    return batches
  }

  /** What was taken and not told, before all else; what was said of the same things since stays. */
  putBack(batches: readonly (readonly Fact[])[]): void {
    const later = [...this.#facts.values()]
    this.#facts = new Map()
    this.#bytes = 0
    for (const fact of batches.flat()) this.add(fact)
    for (const { fact } of later) this.add(fact)
  }

  lose(count: number): void {
    this.#lost += count
  }

  clear(): void {
    this.lose(this.size)
    this.#facts.clear()
    this.#bytes = 0
  }

  #shed(): void {
    for (const subject of this.#facts.keys()) {
      if (this.size <= OUTBOX_FACTS && this.#bytes <= OUTBOX_BYTES) return
      this.#delete(subject)
      this.#lost += 1
    }
  }

  #delete(subject: string): void {
    this.#bytes -= this.#facts.get(subject)?.bytes ?? 0
    this.#facts.delete(subject)
  }
}
