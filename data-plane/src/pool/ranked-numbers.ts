/**
 * Numbers in the order of a rank each has, smallest first; of equal ones the one with the smaller order. A heap with four children a node:
 * the first is read at once, and a change costs the logarithm of the size.
 */

/** Whoever gave out the numbers. */
export interface Numbering {
  order(number: number): number
  /** Where it stands in the heap that holds it; 0 at first. Kept by the heaps; a number stands in at most one of those that share this. */
  place(number: number): number
  setPlace(number: number, place: number): void
}

/** One number after the other, in the order of rank, for as long as nothing changes. */
export interface Walk {
  /** Undefined: it is at the end. */
  readonly number: number | undefined
  readonly rank: number
  next(): void
}

const CHILDREN = 4

export class RankedNumbers {
  readonly #numbering: Numbering
  #size = 0
  /** By place in the heap. */
  #numbers = new Int32Array(16)
  #ranks = new Float64Array(16)
  /** Beside the ranks, because many may be equal. */
  #orders = new Float64Array(16)

  constructor(numbering: Numbering) {
    this.#numbering = numbering
  }

  get size(): number {
    return this.#size
  }

  has(number: number): boolean {
    const place = this.#numbering.place(number)
    return place >= 0 && place < this.#size && this.#numbers[place] === number
  }

  /** Each place below `size` has one, in no order; for a draw. */
  at(place: number): number | undefined {
    return place < this.#size ? this.#numbers[place] : undefined
  }

  get head(): number | undefined {
    return this.at(0)
  }

  /** Infinity: it is empty. */
  get headRank(): number {
    return this.#size === 0 ? Infinity : (this.#ranks[0] ?? Infinity)
  }

  rankOf(number: number): number | undefined {
    return this.has(number) ? this.#ranks[this.#numbering.place(number)] : undefined
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(number: number, rank: number): void {
    if (this.has(number)) {
      this.#move(number, rank, this.#numbering.order(number), this.#numbering.place(number))
      return
    }
    if (this.#size === this.#numbers.length) this.#grow()
    this.#move(number, rank, this.#numbering.order(number), this.#size++)
  }

  remove(number: number): void {
    if (!this.has(number)) return
    const place = this.#numbering.place(number)
    const last = --this.#size
    if (place < last) this.#move(this.#numbers[last] ?? 0, this.#ranks[last] ?? 0, this.#orders[last] ?? 0, place)
  }

  moveAllTo(other: RankedNumbers): void {
    const size = this.#size
    this.#size = 0
    for (let place = 0; place < size; place++) other.put(this.#numbers[place] ?? 0, this.#ranks[place] ?? 0)
  }

  /** The first that is taken, asked in the order of rank. */
  first(isTaken: (number: number, rank: number) => boolean): number | undefined {
    const { head } = this
    if (head === undefined || isTaken(head, this.#ranks[0] ?? 0)) return head
    for (const walk = this.walk(); walk.number !== undefined; walk.next()) {
      if (walk.number !== head && isTaken(walk.number, walk.rank)) return walk.number
    }
    return undefined
  }

  walk(): Walk {
    const border = new Border((left, right) => this.#isBefore(left, right))
    let place: number | undefined = 0
    const walk = {
      number: this.head,
      rank: this.#ranks[0] ?? 0,
      next: (): void => {
        // The next in order is always a child of one that was passed over.
        const begin = (place ?? this.#size) * CHILDREN + 1
        for (let child = begin; child < Math.min(begin + CHILDREN, this.#size); child++) border.add(child)
        place = border.take()
        walk.number = place === undefined ? undefined : this.at(place)
        walk.rank = this.#ranks[place ?? -1] ?? 0
      },
    }
    return walk
  }

  /** Of two places. */
  #isBefore(left: number, right: number): boolean {
    const leftRank = this.#ranks[left] ?? 0
    const rightRank = this.#ranks[right] ?? 0
    return leftRank < rightRank || (leftRank === rightRank && (this.#orders[left] ?? 0) < (this.#orders[right] ?? 0))
  }

  /** From `place`, which is free for it, up or down to where it belongs. */
  #move(number: number, rank: number, order: number, place: number): void {
    const ranks = this.#ranks
    const orders = this.#orders
    const numbers = this.#numbers
    const numbering = this.#numbering
    const size = this.#size
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentRank = ranks[parent] ?? 0
      const parentOrder = orders[parent] ?? 0
      if (rank > parentRank || (rank === parentRank && order > parentOrder)) break
      const parentNumber = numbers[parent] ?? 0
      numbers[at] = parentNumber
      ranks[at] = parentRank
      orders[at] = parentOrder
      numbering.setPlace(parentNumber, at)
      at = parent
    }
    for (;;) {
      let least = -1
      let leastRank = rank
      let leastOrder = order
      const begin = at * CHILDREN + 1
      const end = Math.min(begin + CHILDREN, size)
      for (let child = begin; child < end; child++) {
        const childRank = ranks[child] ?? 0
        if (childRank > leastRank) continue
        const childOrder = orders[child] ?? 0
        if (childRank === leastRank && childOrder > leastOrder) continue
        least = child
        leastRank = childRank
        leastOrder = childOrder
      }
      if (least < 0) break
      const leastNumber = numbers[least] ?? 0
      numbers[at] = leastNumber
      ranks[at] = leastRank
      orders[at] = leastOrder
      numbering.setPlace(leastNumber, at)
      at = least
    }
    numbers[at] = number
    ranks[at] = rank
    orders[at] = order
    numbering.setPlace(number, at)
  }

  #grow(): void {
    this.#numbers = longer(this.#numbers)
    this.#ranks = longer(this.#ranks)
    this.#orders = longer(this.#orders)
  }
}

/** The same with as much room again. */
export function longer<Column extends Int32Array | Float64Array>(column: Column): Column {
  const made = new (column.constructor as new (length: number) => Column)(column.length * 2) // the same kind
  made.set(column)
  return made
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
