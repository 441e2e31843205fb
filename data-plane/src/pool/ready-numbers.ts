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
    const known = this.rankOf(number)
    if (known === rank) return
    const isGoingBack = known !== undefined && rank > known && number === this.peek()
    const queue = isGoingBack ? this.#queueFor(rank) : undefined
    this.remove(number)
    this.#head = undefined
    if (queue !== undefined) queue.add(number, rank)
    else if (rank < this.#far.headRank) this.#putNear(number, rank)
    else this.#far.put(number, rank)
  }

  remove(number: number): void {
    if (number === this.#head) this.#head = undefined
    const queue = this.#queueWith(number)
    if (queue !== undefined) queue.remove(slotOf(this.#place(number)))
    else if (this.#near.has(number)) this.#near.remove(number)
    else this.#far.remove(number)
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

  #putNear(number: number, rank: number): void {
    if (this.#near.size >= NEAR) this.#near.moveAllTo(this.#far)
    this.#near.put(number, rank)
  }

  #findHead(): number | undefined {
    let { head, headRank } = this.#near
    for (let at = -1; at < this.#queues.length; at++) {
      const other = this.#queues[at] ?? this.#far
      if (other.head === undefined || other.headRank > headRank) continue
      if (head !== undefined && other.headRank === headRank && this.#order(head) < this.#order(other.head)) continue
      head = other.head
      headRank = other.headRank
    }
    return head
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
