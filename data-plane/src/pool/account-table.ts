/**
 * What choosing reads of accounts: numbers side by side, where an account is a number too. Among 100,000 objects each that is looked at is
 * a miss of the processor's cache, or several; a row of this table is two lines of it.
 */
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { PoolAccount, Shelf } from "./candidates.ts"
import { longer, type Numbering } from "./ranked-numbers.ts"
import type { Candidate } from "./strategies/strategy.ts"

/** Accounts that there is room for at first. */
const ROOM = 16

/** What stands where in a row. */
const IN_FLIGHT = 0
/** 0: unlimited. */
const LIMIT = 1
const IS_PASSED_OVER = 2
const EXPIRES_AT = 3
const LAST_CHOSEN = 4
const WEIGHT = 5
const ORDER = 6
const HAS_REST = 7
/** Then of each bucket: */
const FIRST_SEAT = 8
const MARK = 0
/** NaN: nothing was read. */
const HEADROOM = 1
const REQUESTS = 2
const SEAT = 3
const ROW = FIRST_SEAT + QUOTA_BUCKETS.length * SEAT

class Rows {
  #numbers = new Float64Array(ROOM * ROW)

  get(row: number, place: number): number {
    return this.#numbers[row * ROW + place] ?? 0
  }

  set(row: number, place: number, value: number): void {
    this.#numbers[row * ROW + place] = value
  }

  /** All of it is 0. */
  clear(row: number): void {
    if (row * ROW === this.#numbers.length) this.#numbers = longer(this.#numbers)
    this.#numbers.fill(0, row * ROW, (row + 1) * ROW)
  }
}

export class AccountTable {
  readonly seats: Readonly<Record<QuotaBucket, SeatTable>>
  readonly #rows = new Rows()
  readonly #accounts: (PoolAccount | undefined)[] = []
  readonly #snapshots: SnapshotAccount[] = []
  /** Numbers of accounts that are gone. */
  readonly #free: number[] = []
  /** Of those that are gone while leases of them are in use. */
  readonly #leaving = new Map<AccountId, number>()
  #totalInFlight = 0

  constructor() {
    const [gemini, thirdParty, image] = QUOTA_BUCKETS
    const seats = (index: number): SeatTable => new SeatTable(this, this.#rows, FIRST_SEAT + index * SEAT)
    this.seats = { [gemini]: seats(0), [thirdParty]: seats(1), [image]: seats(2) }
  }

  /** Of all accounts, also of those that are gone. */
  get totalInFlight(): number {
    return this.#totalInFlight
  }

  /** The account's number, for as long as the pool knows it and while a lease of it is in use. */
  add(account: PoolAccount): number {
    const before = this.#leaving.get(account.id)
    const number = before ?? this.#free.pop() ?? this.#accounts.length
    const inFlight = before === undefined ? 0 : this.inFlight(before)
    this.#leaving.delete(account.id)
    this.#accounts[number] = account
    this.#rows.clear(number)
    this.#rows.set(number, IN_FLIGHT, inFlight)
    this.#rows.set(number, ORDER, account.order)
    const { gemini, third_party: thirdParty, image } = this.seats
    for (const seats of [gemini, thirdParty, image]) seats.clear(number)
    return number
  }

  /** One that comes back while leases of it are in use has its number again, and what runs on it counts. */
  remove(number: number): void {
    const id = this.at(number)?.id
    this.#accounts[number] = undefined
    this.#rows.set(number, ORDER, 0)
    if (this.inFlight(number) === 0) this.#free.push(number)
    else if (id !== undefined) this.#leaving.set(id, number)
  }

  /** Undefined: it is gone. */
  at(number: number): PoolAccount | undefined {
    return this.#accounts[number]
  }

  /** What the newest snapshot says of it. */
  snapshotAccount(number: number): SnapshotAccount | undefined {
    return this.#snapshots[number]
  }

  setSnapshotAccount(number: number, account: SnapshotAccount): void {
    this.#snapshots[number] = account
  }

  adopt(number: number, limit: number, expiresAt: number, weight: number): void {
    const couldServe = this.hasFreeSlot(number)
    this.#rows.set(number, LIMIT, limit)
    this.#rows.set(number, EXPIRES_AT, expiresAt)
    this.#rows.set(number, WEIGHT, weight)
    this.#countBusy(number, couldServe)
  }

  /** 0: it is gone. */
  order(number: number): number {
    return this.#rows.get(number, ORDER)
  }

  inFlight(number: number): number {
    return this.#rows.get(number, IN_FLIGHT)
  }

  /** Of each account that has any. */
  allInFlight(): [AccountId, number][] {
    const found: [AccountId, number][] = []
    for (let number = 0; number < this.#accounts.length; number++) {
      const inFlight = this.inFlight(number)
      const id = inFlight === 0 ? undefined : this.at(number)?.id
      if (id !== undefined) found.push([id, inFlight])
    }
    return found
  }

  hasFreeSlot(number: number): boolean {
    const limit = this.#rows.get(number, LIMIT)
    return limit === 0 || this.inFlight(number) < limit
  }

  takeSlot(number: number): void {
    const couldServe = this.hasFreeSlot(number)
    this.#rows.set(number, IN_FLIGHT, this.inFlight(number) + 1)
    this.#totalInFlight++
    this.#countBusy(number, couldServe)
  }

  returnSlot(number: number): void {
    const couldServe = this.hasFreeSlot(number)
    this.#rows.set(number, IN_FLIGHT, this.inFlight(number) - 1)
    this.#totalInFlight--
    this.#countBusy(number, couldServe)
    if (this.at(number) === undefined && this.inFlight(number) === 0) this.#forget(number)
  }

  /** Its token may be sent at `now`, in milliseconds since the epoch. */
  isLiving(number: number, now: number): boolean {
    return this.#rows.get(number, EXPIRES_AT) > now
  }

  /** The turn in which it was last chosen over the whole pool; 0: never. */
  lastChosen(number: number): number {
    return this.#rows.get(number, LAST_CHOSEN)
  }

  setLastChosen(number: number, turn: number): void {
    this.#rows.set(number, LAST_CHOSEN, turn)
  }

  weight(number: number): number {
    return this.#rows.get(number, WEIGHT)
  }

  /** It had no free slot when it was met, and does not stand among the ready ones of each of its shelves since. */
  isPassedOver(number: number): boolean {
    return this.#rows.get(number, IS_PASSED_OVER) === 1
  }

  setPassedOver(number: number, isPassedOver: boolean): void {
    this.#rows.set(number, IS_PASSED_OVER, isPassedOver ? 1 : 0)
  }

  /** It or something on it cools down, or is half open. */
  hasRest(number: number): boolean {
    return this.#rows.get(number, HAS_REST) === 1
  }

  setHasRest(number: number, hasRest: boolean): void {
    this.#rows.set(number, HAS_REST, hasRest ? 1 : 0)
  }

  /** Its last lease has come back. */
  #forget(number: number): void {
    this.#free.push(number)
    for (const [id, leaving] of this.#leaving) if (leaving === number) this.#leaving.delete(id)
  }

  /** It took its last slot, or gave the first one back. */
  #countBusy(number: number, couldServe: boolean): void {
    const canServe = this.hasFreeSlot(number)
    if (canServe === couldServe) return
    const change = canServe ? -1 : 1
    const { gemini, third_party: thirdParty, image } = this.seats
    gemini.countBusy(number, change)
    thirdParty.countBusy(number, change)
    image.countBusy(number, change)
  }
}

/** The same of one quota bucket, by the numbers of the accounts. */
export class SeatTable implements Numbering {
  readonly accounts: AccountTable
  places = new Int32Array(ROOM)
  readonly #rows: Rows
  /** Where in a row its own part begins. */
  readonly #begin: number
  readonly #shelves: (Shelf | undefined)[] = []
  readonly #view: CandidateView

  constructor(accounts: AccountTable, rows: Rows, begin: number) {
    this.accounts = accounts
    this.#rows = rows
    this.#begin = begin
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
    return this.#shelves[number]
  }

  setShelf(number: number, shelf: Shelf | undefined): void {
    this.#shelves[number] = shelf
  }

  mark(number: number): number {
    return this.#rows.get(number, this.#begin + MARK)
  }

  setMark(number: number, mark: number): void {
    this.#rows.set(number, this.#begin + MARK, mark)
  }

  headroom(number: number): number | undefined {
    const headroom = this.#rows.get(number, this.#begin + HEADROOM)
    return Number.isNaN(headroom) ? undefined : headroom
  }

  setHeadroom(number: number, headroom: number | undefined): void {
    this.#rows.set(number, this.#begin + HEADROOM, headroom ?? NaN)
  }

  /** How many were begun there. */
  requests(number: number): number {
    return this.#rows.get(number, this.#begin + REQUESTS)
  }

  /** A request begins, and counts as so much of the quota until what it really used is known. */
  begin(number: number, step: number): void {
    this.#rows.set(number, this.#begin + REQUESTS, this.requests(number) + 1)
    this.#rows.set(number, this.#begin + HEADROOM, this.#rows.get(number, this.#begin + HEADROOM) - step)
  }

  countBusy(number: number, change: number): void {
    const shelf = this.#shelves[number]
    if (shelf !== undefined) shelf.busy += change
  }

  /** For a new account. */
  clear(number: number): void {
    if (number === this.places.length) this.places = longer(this.places)
    this.setShelf(number, undefined)
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
