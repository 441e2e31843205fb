/** Things in the order of a number each has, smallest first; of equal ones the one with the smaller `order`. */
import { longer, RankedNumbers, type Numbering } from "./ranked-numbers.ts"

/** A thing knows its number in the set, so that it can be taken out without a search. It stands in at most one set at a time. */
export interface Ranked {
  /** Kept by the set; -1 at first. */
  slot: number
  readonly order: number
}

export class RankedSet<T extends Ranked> {
  /** By slot. */
  readonly #items: (T | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #slots = new Slots()
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
      this.#slots.keep(item.slot, item.order)
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

class Slots implements Numbering {
  places = new Int32Array(16)
  #orders = new Float64Array(16)

  order(slot: number): number {
    return this.#orders[slot] ?? 0
  }

  keep(slot: number, order: number): void {
    if (slot === this.#orders.length) {
      this.#orders = longer(this.#orders)
      this.places = longer(this.places)
    }
    this.#orders[slot] = order
  }
}
