/**
 * The numbers of those that are ready, in the order of a rank each has, smallest first; of equal ones the one with the smaller order. As
 * RankedNumbers, but made for how ranks change here: the first is chosen and goes back to its next turn, which is mostly behind that of
 * the one that was chosen before it. So those that go back stand in a few queues, each in order by itself, where a move costs the same
 * however many there are; only the others stand in a heap.
 */
import { NumberQueue, QueueEnds, queueOf, slotOf } from "./number-queue.ts"
import { RankedNumbers, type Numbering, type Walk } from "./ranked-numbers.ts"

/** Beyond so many the near ones are no fewer than need be. */
const NEAR = 500
/** Turns of one length follow each other, so as many queues are of use as there are lengths that differ. */
const TURNS = 8
/** Of those that are chosen though others stand before them, at the home of a conversation: they keep nobody from the other queues. */
const OUT_OF_TURN = TURNS
/** So few in a queue are sooner put elsewhere than that a late one among them keeps all others from it. */
const FEW = 8

export class ReadyNumbers {
  readonly isOrdered = true
  readonly #numbering: Numbering
  /** Those that came to be ready before the first of the others, which are few: so they find their place at once. */
  readonly #near: RankedNumbers
  readonly #far: RankedNumbers
  readonly #queues: readonly NumberQueue[]
  readonly #ends = new QueueEnds()
  /** Undefined: it must be looked for. */
  #head: number | undefined
  #headRank = Infinity

  constructor(numbering: Numbering) {
    this.#numbering = numbering
    this.#near = new RankedNumbers(numbering)
    this.#far = new RankedNumbers(numbering)
    this.#queues = Array.from({ length: TURNS + 1 }, (_, index) => new NumberQueue(numbering, this.#ends, index))
  }

  get size(): number {
    let size = this.#near.size + this.#far.size
    for (const queue of this.#queues) size += queue.size
    return size
  }

  /** How many places there are, some of which may be empty; for a look at all or a draw. */
  get span(): number {
    let span = this.#near.size + this.#far.size
    for (const queue of this.#queues) span += queue.span
    return span
  }

  /** In no order. Undefined: the place is empty. */
  at(place: number): number | undefined {
    if (place < this.#near.size) return this.#near.at(place)
    let left = place - this.#near.size
    if (left < this.#far.size) return this.#far.at(left)
    left -= this.#far.size
    for (const queue of this.#queues) {
      if (left < queue.span) return queue.numberAt(left)
      left -= queue.span
    }
    return undefined
  }

  has(number: number): boolean {
    return this.#place(number) < 0 || this.#near.has(number) || this.#far.has(number)
  }

  rankOf(number: number): number | undefined {
    const place = this.#place(number)
    return this.#queueAt(place)?.rankAt(slotOf(place)) ?? this.#rankInHeap(number)
  }

  peek(): number | undefined {
    return (this.#head ??= this.#findHead())
  }

  /** Of the one that `peek` tells. */
  get headRank(): number {
    return this.#headRank
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(number: number, rank: number): void {
    const place = this.#place(number)
    const queue = this.#queueAt(place)
    const known = queue === undefined ? this.#rankInHeap(number) : this.#rankBefore(rank, queue, place)
    if (known === rank) return
    const head = this.peek()
    const isFirst = number === head
    if (queue !== undefined) queue.remove(slotOf(place))
    else if (known !== undefined) this.#removeFromHeap(number)
    const next = known !== undefined && rank > known ? this.#queueFor(rank, isFirst) : undefined
    if (next === undefined) this.#putInHeap(number, rank)
    else next.add(number, rank)
    if (isFirst) this.#head = undefined
    else if (this.#isBefore(number, rank, head, this.#headRank)) {
      this.#head = number
      this.#headRank = rank
    }
  }

  remove(number: number): void {
    if (number === this.#head) this.#head = undefined
    const place = this.#place(number)
    const queue = this.#queueAt(place)
    if (queue === undefined) this.#removeFromHeap(number)
    else {
      queue.remove(slotOf(place))
      this.#numbering.setPlace(number, 0)
    }
  }

  /** All of them go; for whoever puts them elsewhere. */
  clear(): void {
    for (const queue of this.#queues) while (queue.head !== undefined) this.remove(queue.head)
  }

  /** The first that is taken, asked in the order of rank. */
  first(isTaken: (number: number, rank: number) => boolean): number | undefined {
    const head = this.peek()
    if (head === undefined || isTaken(head, this.rankOf(head) ?? 0)) return head
    const walks: Walk[] = [this.#near.walk(), this.#far.walk(), ...this.#queues.map((queue) => queue.walk())]
    for (;;) {
      const [first] = walks
        .filter(({ number }) => number !== undefined)
        .toSorted((left, right) => this.#compare(left, right))
      if (first?.number === undefined) return undefined
      if (first.number !== head && isTaken(first.number, first.rank)) return first.number
      first.next()
    }
  }

  /** Its rank until now, or, where the new one is behind all of its queue, just that it was less: so most are not looked up in memory. */
  #rankBefore(rank: number, queue: NumberQueue, place: number): number {
    return rank > (this.#ends.lasts[queueOf(place)] ?? 0) ? -Infinity : queue.rankAt(slotOf(place))
  }

  #rankInHeap(number: number): number | undefined {
    return this.#near.rankOf(number) ?? this.#far.rankOf(number)
  }

  #putInHeap(number: number, rank: number): void {
    if (this.#far.head !== undefined && this.#isBefore(this.#far.head, this.#far.headRank, number, rank)) {
      this.#far.put(number, rank)
      return
    }
    if (this.#near.size >= NEAR) this.#near.moveAllTo(this.#far)
    this.#near.put(number, rank)
  }

  #removeFromHeap(number: number): void {
    if (this.#near.has(number)) this.#near.remove(number)
    else this.#far.remove(number)
  }

  #findHead(): number | undefined {
    let { head, headRank } = this.#near
    const far = this.#far
    if (far.head !== undefined && this.#isBefore(far.head, far.headRank, head, headRank)) ({ head, headRank } = far)
    const { firsts } = this.#ends
    for (let index = 0; index <= OUT_OF_TURN; index++) {
      const first = firsts[index] ?? Infinity
      if (first > headRank || first === Infinity) continue
      const number = this.#queues[index]?.head
      if (number === undefined || !this.#isBefore(number, first, head, headRank)) continue
      head = number
      headRank = first
    }
    this.#headRank = headRank
    return head
  }

  #isBefore(number: number, rank: number, other: number | undefined, otherRank: number): boolean {
    if (other === undefined || rank !== otherRank) return rank < otherRank || other === undefined
    return this.#order(number) < this.#order(other)
  }

  /** With a last one that such a turn is behind; undefined: there is none. `isFirst`: its turn has come. */
  #queueFor(rank: number, isFirst: boolean): NumberQueue | undefined {
    const { lasts } = this.#ends
    // Equals stand by their order, which a queue does not keep.
    if (!isFirst) return (lasts[OUT_OF_TURN] ?? 0) < rank ? this.#queues[OUT_OF_TURN] : undefined
    let found = -1
    let foundRank = -Infinity
    for (let index = 0; index < TURNS; index++) {
      const last = lasts[index] ?? 0
      if (last >= rank || (found >= 0 && last <= foundRank)) continue
      found = index
      foundRank = last
    }
    return found < 0 ? this.#emptied() : this.#queues[found]
  }

  /** A queue of few, after those have gone to the heaps; undefined: each has many. */
  #emptied(): NumberQueue | undefined {
    for (let index = 0; index < TURNS; index++) {
      const queue = this.#queues[index]
      if (queue === undefined || queue.size > FEW) continue
      for (let one = queue.head; one !== undefined; one = queue.head) {
        const slot = slotOf(this.#place(one))
        const rank = queue.rankAt(slot)
        queue.remove(slot)
        this.#putInHeap(one, rank)
      }
      return queue
    }
    return undefined
  }

  /** A place in a queue is told at once: whoever leaves one without another place has none. */
  #queueAt(place: number): NumberQueue | undefined {
    return place < 0 ? this.#queues[queueOf(place)] : undefined
  }

  #compare(left: Walk, right: Walk): number {
    return left.rank - right.rank || this.#order(left.number ?? 0) - this.#order(right.number ?? 0)
  }

  #place(number: number): number {
    return this.#numbering.place(number)
  }

  #order(number: number): number {
    return this.#numbering.order(number)
  }
}
