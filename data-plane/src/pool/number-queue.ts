/** Numbers with ranks that only rise from one to the next: in at the end, out at the front or anywhere. A ring, so that nothing moves. */
import type { Numbering, Walk } from "./ranked-numbers.ts"

const QUEUE_BITS = 4
/** There are no more than so many. */
export const MAX_QUEUES = 1 << QUEUE_BITS

/** Of one that was taken out of the middle. */
const GONE = -1

/** A place in a queue is below 0, so that none in a heap is like it. */
const placeOf = (queue: number, slot: number): number => ~((slot << QUEUE_BITS) | queue)
export const queueOf = (place: number): number => ~place & (MAX_QUEUES - 1)
export const slotOf = (place: number): number => ~place >> QUEUE_BITS

/** First and last ranks of queues side by side, because each choice compares them all. Infinity and -Infinity: a queue is empty. */
export class QueueEnds {
  readonly firsts = new Float64Array(MAX_QUEUES).fill(Infinity)
  readonly lasts = new Float64Array(MAX_QUEUES).fill(-Infinity)
}

export class NumberQueue {
  readonly #numbering: Numbering
  readonly #ends: QueueEnds
  readonly #index: number
  #numbers = new Int32Array(16).fill(GONE)
  /** Beside the numbers, so that those, which one that leaves the middle is looked for in, are on few pages of memory. */
  #ranks = new Float64Array(16)
  /** The length of the ring, less one. */
  #mask = 15
  /** The slots that it fills are those from `begin` to `end`, less the length of the ring. */
  #begin = 0
  #end = 0
  #size = 0
  /** Undefined: it is empty. */
  head: number | undefined

  constructor(numbering: Numbering, ends: QueueEnds, index: number) {
    this.#numbering = numbering
    this.#ends = ends
    this.#index = index
  }

  get size(): number {
    return this.#size
  }

  /** How many there would be without gaps. */
  get span(): number {
    return this.#end - this.#begin
  }

  /** At a place below `span`; undefined: it is a gap. */
  numberAt(place: number): number | undefined {
    const number = this.at((this.#begin + place) & this.#mask)
    return number === GONE ? undefined : number
  }

  at(slot: number): number | undefined {
    return this.#numbers[slot]
  }

  rankAt(slot: number): number {
    return this.#ranks[slot] ?? 0
  }

  /** Its rank is above the last one's. */
  add(number: number, rank: number): void {
    if (this.#end - this.#begin > this.#mask) this.#makeRoom()
    this.#set(this.#end++, number, rank)
    if (this.#size++ === 0) this.#setHead(number, rank)
    this.#ends.lasts[this.#index] = rank
  }

  remove(slot: number): void {
    this.#numbers[slot] = GONE
    this.#size--
    if (slot !== (this.#begin & this.#mask)) return
    if (this.#size === 0) {
      this.#begin = this.#end
      this.#setHead(undefined, Infinity)
      this.#ends.lasts[this.#index] = -Infinity
      return
    }
    do this.#begin++
    while (this.at(this.#begin & this.#mask) === GONE)
    const first = this.#begin & this.#mask
    this.#setHead(this.at(first), this.rankAt(first))
  }

  walk(): Walk {
    let at = this.#begin
    const walk = { number: this.head, rank: this.#ends.firsts[this.#index] ?? 0, next: (): void => step() }
    const step = (): void => {
      do at++
      while (at < this.#end && this.at(at & this.#mask) === GONE)
      walk.number = at < this.#end ? this.at(at & this.#mask) : undefined
      walk.rank = this.rankAt(at & this.#mask)
    }
    return walk
  }

  #setHead(number: number | undefined, rank: number): void {
    this.head = number
    this.#ends.firsts[this.#index] = rank
  }

  #set(at: number, number: number, rank: number): void {
    const slot = at & this.#mask
    this.#numbers[slot] = number
    this.#ranks[slot] = rank
    this.#numbering.setPlace(number, placeOf(this.#index, slot))
  }

  /** Where the gaps are many they go, else the ring gets twice as long. */
  #makeRoom(): void {
    const [numbers, ranks] = [this.#numbers, this.#ranks]
    const length = this.#mask + 1
    const [begin, end] = [this.#begin, this.#end]
    const made = this.#size * 2 > length ? length * 2 : length
    this.#numbers = new Int32Array(made).fill(GONE)
    this.#ranks = new Float64Array(made)
    this.#mask = made - 1
    this.#begin = 0
    this.#end = 0
    for (let at = begin; at < end; at++) {
      const slot = at & (length - 1)
      const number = numbers[slot] ?? GONE
      if (number !== GONE) this.#set(this.#end++, number, ranks[slot] ?? 0)
    }
  }
}
