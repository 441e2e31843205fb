/** Of one quota bucket what choosing reads of accounts, by their numbers. */
import type { AccountTable } from "./account-table.ts"
import type { Shelf } from "./candidates.ts"
import type { NumberRows } from "./number-rows.ts"
import type { Numbering } from "./ranked-numbers.ts"
import type { Candidate } from "./strategies/strategy.ts"

/** Where in a row a bucket's numbers stand. */
export interface SeatColumns {
  readonly mark: number
  /** NaN: nothing was read. */
  readonly headroom: number
  /** Whole numbers: */
  readonly requests: number
  readonly place: number
}

export class SeatTable implements Numbering {
  readonly accounts: AccountTable
  readonly #rows: NumberRows
  /** Among the buckets. */
  readonly #bucket: number
  readonly #columns: SeatColumns
  readonly #view: CandidateView

  constructor(accounts: AccountTable, rows: NumberRows, bucket: number, columns: SeatColumns) {
    this.accounts = accounts
    this.#rows = rows
    this.#bucket = bucket
    this.#columns = columns
    this.#view = new CandidateView(this)
  }

  order(number: number): number {
    return this.accounts.order(number)
  }

  place(number: number): number {
    return this.#rows.whole(number, this.#columns.place)
  }

  setPlace(number: number, place: number): void {
    this.#rows.setWhole(number, this.#columns.place, place)
  }

  /** The account as strategies see it. There is one view, so it is good until the next is asked for. */
  candidate(number: number): Candidate {
    this.#view.number = number
    return this.#view
  }

  /** Where it stands; undefined: it cannot serve. */
  shelf(number: number): Shelf | undefined {
    return this.accounts.shelf(number, this.#bucket)
  }

  setShelf(number: number, shelf: Shelf | undefined): void {
    this.accounts.setShelf(number, this.#bucket, shelf)
  }

  mark(number: number): number {
    return this.#rows.get(number, this.#columns.mark)
  }

  setMark(number: number, to: number): void {
    this.#rows.set(number, this.#columns.mark, to)
  }

  headroom(number: number): number | undefined {
    const left = this.#rows.get(number, this.#columns.headroom)
    return Number.isNaN(left) ? undefined : left
  }

  setHeadroom(number: number, to: number | undefined): void {
    this.#rows.set(number, this.#columns.headroom, to ?? NaN)
  }

  /** How many were begun there. */
  requests(number: number): number {
    return this.#rows.whole(number, this.#columns.requests)
  }

  /** A request begins, and counts as so much of the quota until what it really used is known. */
  begin(number: number, step: number): void {
    const { requests, headroom } = this.#columns
    this.#rows.setWhole(number, requests, this.#rows.whole(number, requests) + 1)
    this.#rows.set(number, headroom, this.#rows.get(number, headroom) - step)
  }
}

class CandidateView implements Candidate {
  number = 0
  readonly #seats: SeatTable

  constructor(seats: SeatTable) {
    this.#seats = seats
  }

  get inFlight(): number {
    return this.#seats.accounts.inFlight(this.number)
  }

  get lastChosen(): number {
    return this.#seats.accounts.lastChosen(this.number)
  }

  get weight(): number {
    return this.#seats.accounts.weight(this.number)
  }

  get order(): number {
    return this.#seats.accounts.order(this.number)
  }

  get headroom(): number | undefined {
    return this.#seats.headroom(this.number)
  }

  get mark(): number {
    return this.#seats.mark(this.number)
  }

  set mark(mark: number) {
    this.#seats.setMark(this.number, mark)
  }
}
