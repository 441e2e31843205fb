/** Things in the order of a number each has, smallest first; of equal ones the one with the smaller `order`. */
import { RankedNumbers, type Numbering } from "./ranked-numbers.ts"

/** A thing knows its number in the set, so that it can be taken out without a search. It stands in at most one set at a time. */
export interface Ranked {
  /** Kept by the set; -1 at first. */
  slot: number
  readonly order: number
}

export class RankedSet<T extends Ranked> {
  readonly #slots = new Slots<T>()
  readonly #items = this.#slots.items
  readonly #freeSlots: number[] = []
  readonly #ranked = new RankedNumbers(this.#slots)

  get size(): number {
    return this.#ranked.size
  }

  has(item: T): boolean {
    return this.#items[item.slot] === item
  }

  peek(): T | undefined {
    return this.#itemAt(this.#ranked.head)
  }

  rankOf(item: T): number | undefined {
    return this.has(item) ? this.#ranked.rankOf(item.slot) : undefined
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(item: T, rank: number): void {
    if (!this.has(item)) {
      item.slot = this.#freeSlots.pop() ?? this.#items.length
      this.#items[item.slot] = item
    }
    this.#ranked.put(item.slot, rank)
  }

  remove(item: T): void {
    if (!this.has(item)) return
    this.#ranked.remove(item.slot)
    this.#items[item.slot] = undefined
    this.#freeSlots.push(item.slot)
    item.slot = -1
  }

  /** The first that is taken, asked in the order of rank. */
  first(isTaken: (item: T, rank: number) => boolean): T | undefined {
    const slot = this.#ranked.first((one, rank) => {
      const item = this.#items[one]
      return item !== undefined && isTaken(item, rank)
    })
    return this.#itemAt(slot)
  }

  #itemAt(slot: number | undefined): T | undefined {
    return slot === undefined ? undefined : this.#items[slot]
  }
}

class Slots<T extends Ranked> implements Numbering {
  readonly items: (T | undefined)[] = []
  readonly #places: number[] = []

  order(slot: number): number {
    return this.items[slot]?.order ?? 0
  }

  place(slot: number): number {
    return this.#places[slot] ?? 0
  }

  setPlace(slot: number, place: number): void {
    this.#places[slot] = place
  }
}
