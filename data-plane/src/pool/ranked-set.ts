/**
 * Things in the order of a number each has, smallest first; of equal ones the one with the smaller `order`. A heap with four children a
 * node: the first is read at once, and a change costs the logarithm of the size.
 */

/** A thing knows where it stands, so that it can be taken out without a search. It stands in at most one set at a time. */
export interface Ranked {
  /** Kept by the set. */
  place: number
  readonly order: number
}

export class RankedSet<T extends Ranked> {
  readonly #items: T[] = []
  /** Beside the items, so that a comparison touches no object. */
  #ranks = new Float64Array(16)

  get size(): number {
    return this.#items.length
  }

  has(item: T): boolean {
    return this.#items[item.place] === item
  }

  /** In no order; for a draw. */
  at(place: number): T | undefined {
    return this.#items[place]
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  rankOf(item: T): number | undefined {
    return this.has(item) ? this.#ranks[item.place] : undefined
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(item: T, rank: number): void {
    if (!this.has(item)) {
      item.place = this.#items.length
      this.#items.push(item)
      if (this.#items.length > this.#ranks.length) this.#grow()
    }
    this.#move(item, item.place, rank)
  }

  remove(item: T): void {
    if (!this.has(item)) return
    const { place } = item
    const last = this.#items.length - 1
    const moved = this.#items[last]
    const rank = this.#ranks[last]
    this.#items.pop()
    item.place = -1
    if (place < last && moved !== undefined && rank !== undefined) this.#move(moved, place, rank)
  }

  /** The first that is taken, asked in the order of rank. */
  first(isTaken: (item: T, rank: number) => boolean): T | undefined {
    const head = this.#items[0]
    if (head === undefined || isTaken(head, this.#ranks[0] ?? 0)) return head
    // The next in order is always a child of one that was passed over.
    const border = new Border((left, right) => this.#isBefore(left, right))
    let passed = 0
    for (;;) {
      const end = Math.min(passed * 4 + 4, this.#items.length - 1)
      for (let child = passed * 4 + 1; child <= end; child++) border.add(child)
      const next = border.take()
      const item = next === undefined ? undefined : this.#items[next]
      if (next === undefined || item === undefined) return undefined
      if (isTaken(item, this.#ranks[next] ?? 0)) return item
      passed = next
    }
  }

  #isBefore(left: number, right: number): boolean {
    const leftRank = this.#ranks[left] ?? 0
    const rightRank = this.#ranks[right] ?? 0
    if (leftRank !== rightRank) return leftRank < rightRank
    return (this.#items[left]?.order ?? 0) < (this.#items[right]?.order ?? 0)
  }

  /** From `place`, which is free for it, up or down to where it belongs. */
  #move(item: T, place: number, rank: number): void {
    const items = this.#items
    const ranks = this.#ranks
    const { order } = item
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 2
      const other = items[parent]
      const otherRank = ranks[parent]
      if (other === undefined || otherRank === undefined) break
      if (rank > otherRank || (rank === otherRank && order > other.order)) break
      this.#set(at, other, otherRank)
      at = parent
    }
    for (;;) {
      let least = -1
      let leastRank = rank
      let leastOrder = order
      const end = Math.min(at * 4 + 4, items.length - 1)
      for (let child = at * 4 + 1; child <= end; child++) {
        const childRank = ranks[child] ?? 0
        if (childRank > leastRank) continue
        const childOrder = childRank === leastRank ? (items[child]?.order ?? 0) : -1
        if (childRank === leastRank && childOrder >= leastOrder) continue
        least = child
        leastRank = childRank
        leastOrder = childOrder === -1 ? (items[child]?.order ?? 0) : childOrder
      }
      const other = items[least]
      if (other === undefined) break
      this.#set(at, other, leastRank)
      at = least
    }
    this.#set(at, item, rank)
  }

  #set(place: number, item: T, rank: number): void {
    this.#items[place] = item
    this.#ranks[place] = rank
    item.place = place
  }

  #grow(): void {
    const ranks = new Float64Array(this.#ranks.length * 2)
    ranks.set(this.#ranks)
    this.#ranks = ranks
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
