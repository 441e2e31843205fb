/**
 * The numbers of those that are ready, in the order of a rank each has, smallest first; of equal ones the one with the smaller order. As
 * RankedNumbers, but made for how ranks change here: the first is chosen and goes back to its next turn, which is mostly behind that of
 * the one that was chosen before it. So those that go back stand in a few queues, each in order by itself, where a move costs the same
 * however many there are; only the others stand in a heap.
 */
import { NumberQueue, QUEUES, queueOf, slotOf } from "./number-queue.ts"
import { RankedNumbers, type Numbering, type Walk } from "./ranked-numbers.ts"

/** Beyond so many the near ones are no fewer than need be. */
const NEAR = 500

export class ReadyNumbers {
  readonly isOrdered = true
  readonly #numbering: Numbering
  /** Those that came to be ready before the first of the others, which are few: so they find their place at once. */
  readonly #near: RankedNumbers
  readonly #far: RankedNumbers
  readonly #queues: NumberQueue[] = []
  /** Undefined: it must be looked for. */
  #head: number | undefined

  constructor(numbering: Numbering) {
    this.#numbering = numbering
    this.#near = new RankedNumbers(numbering)
    this.#far = new RankedNumbers(numbering)
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
    return this.#queueWith(number) !== undefined || this.#near.has(number) || this.#far.has(number)
  }

  rankOf(number: number): number | undefined {
    const queue = this.#queueWith(number)
    if (queue !== undefined) return queue.rankAt(slotOf(this.#place(number)))
    return this.#near.rankOf(number) ?? this.#far.rankOf(number)
  }

  peek(): number | undefined {
    return (this.#head ??= this.#findHead())
  }

  /** Puts it where its rank belongs, whether it is here already or not. */
  put(number: number, rank: number): void {
    const queue = this.#queueWith(number)
    if (queue === undefined) {
      this.#putFromHeap(number, rank)
      return
    }
    const slot = slotOf(this.#place(number))
    const known = queue.rankAt(slot)
    if (known === rank) return
    const next = rank > known && number === this.peek() ? this.#queueFor(rank) : undefined
    this.#head = undefined
    queue.remove(slot)
    if (next === undefined) this.#putInHeap(number, rank)
    else next.add(number, rank)
  }

  remove(number: number): void {
    if (number === this.#head) this.#head = undefined
    const queue = this.#queueWith(number)
    if (queue === undefined) this.#removeFromHeap(number)
    else queue.remove(slotOf(this.#place(number)))
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

  /** It stands in a heap, or nowhere yet. */
  #putFromHeap(number: number, rank: number): void {
    const known = this.#near.rankOf(number) ?? this.#far.rankOf(number)
    if (known === rank) return
    const isGoingBack = known !== undefined && rank > known && number === this.peek()
    const queue = isGoingBack ? this.#queueFor(rank) : undefined
    this.#head = undefined
    this.#removeFromHeap(number)
    if (queue === undefined) this.#putInHeap(number, rank)
    else queue.add(number, rank)
  }

  #putInHeap(number: number, rank: number): void {
    if (rank >= this.#far.headRank) {
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
    for (const queue of this.#queues) {
      if (queue.head === undefined || !this.#isBefore(queue.head, queue.headRank, head, headRank)) continue
      head = queue.head
      headRank = queue.headRank
    }
    return head
  }

  #isBefore(number: number, rank: number, other: number | undefined, otherRank: number): boolean {
    if (other === undefined || rank !== otherRank) return rank < otherRank || other === undefined
    return this.#order(number) < this.#order(other)
  }

  /** The one whose last is nearest before it; undefined: none is before it. */
  #queueFor(rank: number): NumberQueue | undefined {
    let found: NumberQueue | undefined
    for (const queue of this.#queues) {
      const { lastRank } = queue
      if (lastRank > rank || (found !== undefined && lastRank <= found.lastRank)) continue
      // Equals stand by their order, which a queue does not keep.
      if (lastRank < rank) found = queue
    }
    if (found !== undefined || this.#queues.length === QUEUES) return found
    const made = new NumberQueue(this.#numbering, this.#queues.length)
    this.#queues.push(made)
    return made
  }

  /** In which it stands. */
  #queueWith(number: number): NumberQueue | undefined {
    const place = this.#place(number)
    if (place >= 0) return undefined
    const queue = this.#queues[queueOf(place)]
    return queue?.at(slotOf(place)) === number ? queue : undefined
  }

  #compare(left: Walk, right: Walk): number {
    return left.rank - right.rank || this.#order(left.number ?? 0) - this.#order(right.number ?? 0)
  }

  #place(number: number): number {
    return this.#numbering.places[number] ?? 0
  }

  #order(number: number): number {
    return this.#numbering.order(number)
  }
}
