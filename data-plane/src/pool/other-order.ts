/**
 * The ready accounts of a shelf in the order of another strategy than their tier's, for routing rules that name one. It is made when it is
 * first asked for and follows the shelf from then on, so that a choice by it costs as little as any.
 */
import type { Tier } from "./candidates.ts"
import { longer, RankedNumbers, type Numbering } from "./ranked-numbers.ts"
import type { SeatTable } from "./seat-table.ts"
import type { Candidate, Strategy, TierMemory } from "./strategies/strategy.ts"

/** What a strategy keeps of a tier and of its accounts, apart from what the tier's own strategy keeps of them. */
class Memory implements TierMemory {
  mark = 0
  #marks = new Float64Array(16)
  /** By number: whose mark it is, as a number is given anew. */
  #orders = new Float64Array(16)

  get(number: number, order: number): number {
    return this.#orders[number] === order ? (this.#marks[number] ?? 0) : 0
  }

  set(number: number, order: number, mark: number): void {
    while (number >= this.#marks.length) {
      this.#marks = longer(this.#marks)
      this.#orders = longer(this.#orders)
    }
    this.#marks[number] = mark
    this.#orders[number] = order
  }
}

const memories = new WeakMap<Tier, Map<Strategy, Memory>>()

function memoryOf(tier: Tier, strategy: Strategy): Memory {
  let ofTier = memories.get(tier)
  if (ofTier === undefined) memories.set(tier, (ofTier = new Map()))
  let memory = ofTier.get(strategy)
  if (memory === undefined) ofTier.set(strategy, (memory = new Memory()))
  return memory
}

/** The account as its tier's strategy sees it, with another mark. There is one view, so it is good until the next is asked for. */
class OtherCandidate implements Candidate {
  number = 0
  readonly #table: SeatTable
  readonly #memory: Memory

  constructor(table: SeatTable, memory: Memory) {
    this.#table = table
    this.#memory = memory
  }

  get inFlight(): number {
    return this.#table.accounts.inFlight(this.number)
  }

  get lastChosen(): number {
    return this.#table.accounts.lastChosen(this.number)
  }

  get weight(): number {
    return this.#table.accounts.weight(this.number)
  }

  get order(): number {
    return this.#table.order(this.number)
  }

  get headroom(): number | undefined {
    return this.#table.headroom(this.number)
  }

  get mark(): number {
    return this.#memory.get(this.number, this.order)
  }

  set mark(mark: number) {
    this.#memory.set(this.number, this.order, mark)
  }
}

class Places implements Numbering {
  #places = new Int32Array(16)
  readonly #table: SeatTable

  constructor(table: SeatTable) {
    this.#table = table
  }

  order(number: number): number {
    return this.#table.order(number)
  }

  place(number: number): number {
    return this.#places[number] ?? 0
  }

  setPlace(number: number, place: number): void {
    this.#places[number] = place
  }

  makeRoom(number: number): void {
    while (number >= this.#places.length) this.#places = longer(this.#places)
  }
}

export class OtherOrder {
  readonly #strategy: Strategy
  readonly #memory: Memory
  readonly #view: OtherCandidate
  readonly #places: Places
  readonly #ready: RankedNumbers

  constructor(strategy: Strategy, tier: Tier, table: SeatTable) {
    this.#strategy = strategy
    this.#memory = memoryOf(tier, strategy)
    this.#view = new OtherCandidate(table, this.#memory)
    this.#places = new Places(table)
    this.#ready = new RankedNumbers(this.#places)
  }

  /** It is ready, or something about it has changed. */
  put(number: number): void {
    this.#places.makeRoom(number)
    if (!this.#ready.has(number)) this.#strategy.onReady?.(this.#at(number), this.#memory)
    this.#ready.put(number, this.rankOf(number))
  }

  remove(number: number): void {
    this.#ready.remove(number)
  }

  get head(): number | undefined {
    return this.#ready.head
  }

  rankOf(number: number): number {
    return this.#strategy.rank(this.#at(number))
  }

  chosen(number: number): void {
    this.#strategy.onChosen?.(this.#at(number), this.#memory)
  }

  /** The first in order that may serve. Ranks that rose unseen are put right on the way. */
  first(mayServe: (number: number) => boolean): number | undefined {
    for (;;) {
      const number = this.#ready.first(mayServe)
      if (number === undefined || this.#ready.rankOf(number) === this.rankOf(number)) return number
      this.put(number)
    }
  }

  #at(number: number): Candidate {
    this.#view.number = number
    return this.#view
  }
}
