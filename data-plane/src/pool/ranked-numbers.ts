/**
 * Numbers in the order of a rank each has, smallest first; of equal ones the one with the smaller order. A heap with four children a node:
 * the first is read at once, and a change costs the logarithm of the size.
 */

/** Whoever gave out the numbers. */
export interface Numbering {
  order(number: number): number
  /** By number: where it stands in the heap that holds it. Kept by the heaps; a number stands in at most one of those that share it. */
  readonly places: Int32Array
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

  constructor(numbering: Numbering) {
    this.#numbering = numbering
  }

  get size(): number {
    return this.#size
  }

  has(number: number): boolean {
    const place = this.#numbering.places[number] ?? 0
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
    return this.has(number) ? this.#ranks[this.#numbering.places[number] ?? -1] : undefined
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(number: number, rank: number): void {
    if (this.has(number)) {
      this.#move(number, this.#numbering.places[number] ?? 0, rank)
      return
    }
    if (this.#size === this.#numbers.length) this.#grow()
    this.#move(number, this.#size++, rank)
  }

  remove(number: number): void {
    if (!this.has(number)) return
    const place = this.#numbering.places[number] ?? 0
    const last = --this.#size
    if (place < last) this.#move(this.#numbers[last] ?? 0, place, this.#ranks[last] ?? 0)
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
    return leftRank < rightRank || (leftRank === rightRank && this.#orderAt(left) < this.#orderAt(right))
  }

  #orderAt(place: number): number {
    return this.#numbering.order(this.#numbers[place] ?? 0)
  }

  /** From `place`, which is free for it, up or down to where it belongs. */
  #move(number: number, place: number, rank: number): void {
    const ranks = this.#ranks
    const numbers = this.#numbers
    const numbering = this.#numbering
    const { places } = numbering
    const size = this.#size
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentRank = ranks[parent] ?? 0
      const parentNumber = numbers[parent] ?? 0
      if (rank > parentRank || (rank === parentRank && numbering.order(number) > numbering.order(parentNumber))) break
      numbers[at] = parentNumber
      ranks[at] = parentRank
      places[parentNumber] = at
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
          const leastNumber = least < 0 ? number : (numbers[least] ?? 0)
          if (numbering.order(numbers[child] ?? 0) > numbering.order(leastNumber)) continue
        }
        least = child
        leastRank = childRank
      }
      if (least < 0) break
      const leastNumber = numbers[least] ?? 0
      numbers[at] = leastNumber
      ranks[at] = leastRank
      places[leastNumber] = at
      at = least
    }
    numbers[at] = number
    ranks[at] = rank
    places[number] = at
  }

  #grow(): void {
    this.#numbers = longer(this.#numbers)
    this.#ranks = longer(this.#ranks)
  }
}

/** The same with as much room again. */
export function longer<Column extends Uint8Array | Int32Array | Float64Array>(column: Column): Column {
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
