/** Numbers with ranks that only rise from one to the next: in at the end, out at the front or anywhere. A ring, so that nothing moves. */
import type { Numbering, Walk } from "./ranked-numbers.ts"

const QUEUE_BITS = 3
/** Turns of one length follow each other, so as many are of use as there are lengths that differ. */
export const QUEUES = 1 << QUEUE_BITS

/** Of one that was taken out of the middle. */
const GONE = -1

/** A place in a queue is below 0, so that none in a heap is like it. */
const placeOf = (queue: number, slot: number): number => ~((slot << QUEUE_BITS) | queue)
export const queueOf = (place: number): number => ~place & (QUEUES - 1)
export const slotOf = (place: number): number => ~place >> QUEUE_BITS

export class NumberQueue {
  readonly #numbering: Numbering
  readonly #index: number
  #numbers = new Int32Array(16).fill(GONE)
  #ranks = new Float64Array(16)
  /** The slots that it fills are those from `begin` to `end`, less the length of the ring. */
  #begin = 0
  #end = 0
  #size = 0
  /** Undefined: it is empty. */
  head: number | undefined
  /** Infinity and -Infinity: it is empty. */
  headRank = Infinity
  lastRank = -Infinity

  constructor(numbering: Numbering, index: number) {
    this.#numbering = numbering
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
    const number = this.#numbers[this.#slot(this.#begin + place)]
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
    if (this.#end - this.#begin === this.#numbers.length) this.#makeRoom()
    this.#set(this.#end++, number, rank)
    if (this.#size++ === 0) this.#setHead(number, rank)
    this.lastRank = rank
  }

  remove(slot: number): void {
    this.#numbers[slot] = GONE
    this.#size--
    if (slot !== this.#slot(this.#begin)) return
    if (this.#size === 0) {
      this.#begin = this.#end
      this.#setHead(undefined, Infinity)
      this.lastRank = -Infinity
      return
    }
    while (this.#numbers[this.#slot(this.#begin)] === GONE) this.#begin++
    const first = this.#slot(this.#begin)
    this.#setHead(this.#numbers[first], this.rankAt(first))
  }

  walk(): Walk {
    let at = this.#begin
    const walk = { number: this.head, rank: this.headRank, next: (): void => step() }
    const step = (): void => {
      do at++
      while (at < this.#end && this.#numbers[this.#slot(at)] === GONE)
      walk.number = at < this.#end ? this.#numbers[this.#slot(at)] : undefined
      walk.rank = this.#ranks[this.#slot(at)] ?? 0
    }
    return walk
  }

  #setHead(number: number | undefined, rank: number): void {
    this.head = number
    this.headRank = rank
  }

  #slot(at: number): number {
    return at & (this.#numbers.length - 1)
  }

  #set(at: number, number: number, rank: number): void {
    const slot = this.#slot(at)
    this.#numbers[slot] = number
    this.#ranks[slot] = rank
    this.#numbering.places[number] = placeOf(this.#index, slot)
  }

  /** Where the gaps are many they go, else the ring gets twice as long. */
  #makeRoom(): void {
    const filled: { number: number; rank: number }[] = []
    for (const walk = this.walk(); walk.number !== undefined; walk.next()) filled.push({ ...walk, number: walk.number })
    const length = this.#numbers.length * (this.#size * 2 > this.#numbers.length ? 2 : 1)
    this.#numbers = new Int32Array(length).fill(GONE)
    this.#ranks = new Float64Array(length)
    this.#begin = 0
    this.#end = 0
    for (const { number, rank } of filled) this.#set(this.#end++, number, rank)
  }
}
