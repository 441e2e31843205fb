/**
 * Things in the order of a number each has, smallest first; of equal ones the one with the smaller `order`. A heap with four children a
 * node: the first is read at once, and a change costs the logarithm of the size. All that a change touches are a few numbers in arrays,
 * never the things: among 100,000 of them each touch would be a miss of the processor's cache.
 */

/** A thing knows its number in the set, so that it can be taken out without a search. It stands in at most one set at a time. */
export interface Ranked {
  /** Kept by the set; -1 at first. */
  slot: number
  readonly order: number
}

const CHILDREN = 4

export class RankedSet<T extends Ranked> {
  #size = 0
  /** By slot. */
  readonly #items: (T | undefined)[] = []
  #orders = new Float64Array(16)
  #places = new Int32Array(16)
  /** By place in the heap. */
  #slots = new Int32Array(16)
  #ranks = new Float64Array(16)
  readonly #freeSlots: number[] = []

  get size(): number {
    return this.#size
  }

  has(item: T): boolean {
    return this.#items[item.slot] === item
  }

  /** Each place below `size` has one, in no order; for a draw. */
  at(place: number): T | undefined {
    return place < this.#size ? this.#items[this.#slots[place] ?? -1] : undefined
  }

  peek(): T | undefined {
    return this.at(0)
  }

  rankOf(item: T): number | undefined {
    return this.has(item) ? this.#ranks[this.#places[item.slot] ?? -1] : undefined
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(item: T, rank: number): void {
    if (this.has(item)) {
      this.#move(item.slot, this.#places[item.slot] ?? 0, rank)
      return
    }
    const slot = this.#freeSlots.pop() ?? this.#items.length
    if (slot >= this.#orders.length) this.#grow()
    item.slot = slot
    this.#items[slot] = item
    this.#orders[slot] = item.order
    this.#move(slot, this.#size++, rank)
  }

  remove(item: T): void {
    if (!this.has(item)) return
    const { slot } = item
    const place = this.#places[slot] ?? 0
    const last = --this.#size
    const moved = this.#slots[last] ?? 0
    const rank = this.#ranks[last] ?? 0
    item.slot = -1
    this.#items[slot] = undefined
    this.#freeSlots.push(slot)
    if (place < last) this.#move(moved, place, rank)
  }

  /** The first that is taken, asked in the order of rank. */
  first(isTaken: (item: T, rank: number) => boolean): T | undefined {
    const head = this.peek()
    if (head === undefined || isTaken(head, this.#ranks[0] ?? 0)) return head
    // The next in order is always a child of one that was passed over.
    const border = new Border((left, right) => this.#isBefore(left, right))
    let passed = 0
    for (;;) {
      const begin = passed * CHILDREN + 1
      for (let child = begin; child < Math.min(begin + CHILDREN, this.#size); child++) border.add(child)
      const next = border.take()
      const item = next === undefined ? undefined : this.at(next)
      if (next === undefined || item === undefined) return undefined
      if (isTaken(item, this.#ranks[next] ?? 0)) return item
      passed = next
    }
  }

  /** Of two places. */
  #isBefore(left: number, right: number): boolean {
    const leftRank = this.#ranks[left] ?? 0
    const rightRank = this.#ranks[right] ?? 0
    return leftRank < rightRank || (leftRank === rightRank && this.#orderAt(left) < this.#orderAt(right))
  }

  #orderAt(place: number): number {
    return this.#orders[this.#slots[place] ?? 0] ?? 0
  }

  /** From `place`, which is free for it, up or down to where it belongs. */
  #move(slot: number, place: number, rank: number): void {
    const ranks = this.#ranks
    const slots = this.#slots
    const places = this.#places
    const orders = this.#orders
    const size = this.#size
    const order = orders[slot] ?? 0
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentRank = ranks[parent] ?? 0
      const parentSlot = slots[parent] ?? 0
      if (rank > parentRank || (rank === parentRank && order > (orders[parentSlot] ?? 0))) break
      slots[at] = parentSlot
      ranks[at] = parentRank
      places[parentSlot] = at
      at = parent
    }
    for (;;) {
      let least = -1
      let leastRank = rank
      const begin = at * CHILDREN + 1
      const end = Math.min(begin + CHILDREN, size)
      for (let child = begin; child < end; child++) {
        const childRank = ranks[child] ?? 0
        if (childRank > leastRank) continue
        // Only equals are told apart by their order, which stands elsewhere in memory.
        if (childRank === leastRank) {
          const leastOrder = least < 0 ? order : (orders[slots[least] ?? 0] ?? 0)
          if ((orders[slots[child] ?? 0] ?? 0) > leastOrder) continue
        }
        least = child
        leastRank = childRank
      }
      if (least < 0) break
      const leastSlot = slots[least] ?? 0
      slots[at] = leastSlot
      ranks[at] = leastRank
      places[leastSlot] = at
      at = least
    }
    slots[at] = slot
    ranks[at] = rank
    places[slot] = at
  }

  #grow(): void {
    const size = this.#orders.length * 2
    const floats = (from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(size)
      to.set(from)
      return to
    }
    const integers = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size)
      to.set(from)
      return to
    }
    this.#orders = floats(this.#orders)
    this.#ranks = floats(this.#ranks)
    this.#places = integers(this.#places)
    this.#slots = integers(this.#slots)
  }
}

/** Places that may come next; the first of them is taken. */
class Border {
  readonly #places: number[] = []
  readonly #isBefore: (left: number, right: number) => boolean

  constructor(isBefore: (left: number, right: number) => boolean) {
    this.#isBefore = isBefore
  }

  add(place: number): void {
    const places = this.#places
    let at = places.length
    places.push(place)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = places[parent]
      if (other === undefined || !this.#isBefore(place, other)) break
      places[at] = other
      at = parent
    }
    places[at] = place
  }

  take(): number | undefined {
    const places = this.#places
    const [first] = places
    const last = places.pop()
    if (last === undefined || places.length === 0) return first
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      const left = places[child]
      if (left === undefined) break
      const right = places[child + 1]
      if (right !== undefined && this.#isBefore(right, left)) child++
      const other = places[child]
      if (other === undefined || !this.#isBefore(other, last)) break
      places[at] = other
      at = child
    }
    places[at] = last
    return first
  }
}
