/**
 * Reports that the control plane has not taken yet: oldest first, bounded. What does not fit pushes out the oldest records of
 * exchanges; facts about accounts and answers to snapshots stay, there are few of them. Losses are counted and reported.
 */
import type { ReportItem } from "#shared/link-protocol.ts"

export const SPOOL_ITEMS = 20_000

export class Spool {
  readonly #capacity: number
  readonly #items = new Map<string, ReportItem>()
  #unreportedDrops = 0
  #drops = 0

  constructor(capacity = SPOOL_ITEMS) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.size
  }

  /** Lost since the process started. */
  get drops(): number {
    return this.#drops
  }

  add(item: ReportItem): void {
    // Only the newest heartbeat says something.
    if (item.type === "heartbeat") this.#removeFirst((other) => other.type === "heartbeat")
    this.#items.set(item.id, item)
    if (this.#items.size <= this.#capacity) return
    if (!this.#removeFirst((other) => other.type === "exchange")) this.#removeFirst(() => true)
    this.#countDrops(1)
  }

  /** Gives up on these. */
  drop(ids: readonly string[]): void {
    for (const id of ids) if (this.#items.delete(id)) this.#countDrops(1)
  }

  /** The oldest `count` items; they stay until `accepted`. */
  peek(count: number): ReportItem[] {
    const items: ReportItem[] = []
    for (const item of this.#items.values()) {
      if (items.length === count) break
      items.push(item)
    }
    return items
  }

  accepted(ids: readonly string[]): void {
    for (const id of ids) this.#items.delete(id)
  }

  /** How many were lost since this was last asked. */
  takeDrops(): number {
    const drops = this.#unreportedDrops
    this.#unreportedDrops = 0
    return drops
  }

  #countDrops(count: number): void {
    this.#drops += count
    this.#unreportedDrops += count
  }

  #removeFirst(matches: (item: ReportItem) => boolean): boolean {
    for (const [id, item] of this.#items) {
      if (!matches(item)) continue
      this.#items.delete(id)
      return true
    }
    return false
  }
}
