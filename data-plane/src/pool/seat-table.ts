/** Of one quota bucket what choosing reads of accounts, by their numbers. */
import type { AccountTable } from "./account-table.ts"
import type { Shelf } from "./candidates.ts"
import type { NumberRows } from "./number-rows.ts"
import { longer, type Numbering } from "./ranked-numbers.ts"
import type { Candidate } from "./strategies/strategy.ts"

/** Where a bucket's numbers stand: in which rows, and where in a row. */
export interface SeatPlaces {
  readonly rows: NumberRows
  readonly mark: number
  /** NaN: nothing was read. */
  readonly headroom: number
  /** A whole number. */
  readonly requests: number
}

export class SeatTable implements Numbering {
  readonly accounts: AccountTable
  places = new Int32Array(16)
  /** Among the buckets. */
  readonly #bucket: number
  readonly #at: SeatPlaces
  readonly #view: CandidateView

  constructor(accounts: AccountTable, bucket: number, places: SeatPlaces) {
    this.accounts = accounts
    this.#bucket = bucket
    this.#at = places
    this.#view = new CandidateView(this)
  }

  order(number: number): number {
    return this.accounts.order(number)
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
    const { rows, mark } = this.#at
    return rows.get(number, mark)
  }

  setMark(number: number, to: number): void {
    const { rows, mark } = this.#at
    rows.set(number, mark, to)
  }

  headroom(number: number): number | undefined {
    const { rows, headroom } = this.#at
    const left = rows.get(number, headroom)
    return Number.isNaN(left) ? undefined : left
  }

  setHeadroom(number: number, to: number | undefined): void {
    const { rows, headroom } = this.#at
    rows.set(number, headroom, to ?? NaN)
  }

  /** How many were begun there. */
  requests(number: number): number {
    const { rows, requests } = this.#at
    return rows.whole(number, requests)
  }

  /** A request begins, and counts as so much of the quota until what it really used is known. */
  begin(number: number, step: number): void {
    const { rows, requests, headroom } = this.#at
    rows.setWhole(number, requests, rows.whole(number, requests) + 1)
    rows.set(number, headroom, rows.get(number, headroom) - step)
  }

  /** For a new account, whose rows are clear. */
  clear(number: number): void {
    if (number === this.places.length) this.places = longer(this.places)
    this.setHeadroom(number, undefined)
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
