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

/** Numbers of each account side by side: eight make one line of the processor's cache. */
class Rows {
  #numbers = new Float64Array(ROOM * ROW)
  /** The same memory as whole numbers, two in the place of one. */
  #whole = new Int32Array(this.#numbers.buffer)

  get(row: number, place: number): number {
    return this.#numbers[row * ROW + place] ?? 0
  }

  set(row: number, place: number, value: number): void {
    this.#numbers[row * ROW + place] = value
  }

  whole(row: number, place: number): number {
    return this.#whole[row * 2 * ROW + place] ?? 0
  }

  setWhole(row: number, place: number, value: number): void {
    this.#whole[row * 2 * ROW + place] = value
  }

  /** All of it is 0. */
  clear(row: number): void {
    if (row * ROW === this.#numbers.length) {
      this.#numbers = longer(this.#numbers)
      this.#whole = new Int32Array(this.#numbers.buffer)
    }
    this.#numbers.fill(0, row * ROW, (row + 1) * ROW)
  }
}

const ROW = 8
/** What every choice reads. First whole numbers: */
const IN_FLIGHT = 0
/** 0: unlimited. */
const LIMIT = 1
const IS_PASSED_OVER = 2
const HAS_REST = 3
/** Then numbers: */
const EXPIRES_AT = 2
const LAST_CHOSEN = 3
const WEIGHT = 4
const FIRST_SEAT = 5
/** What else there is stands in rows of its own. */
const ORDER = 0
const SECOND_SEAT = 1
const THIRD_SEAT = 4
/** Of each bucket: */
const MARK = 0
/** NaN: nothing was read. */
const HEADROOM = 1
const REQUESTS = 2
/** Of each account, one for each bucket and one of none. */
const SHELVES = 4

/** Where a bucket's part stands. */
interface SeatPlaces {
  /** Among the buckets. */
  readonly index: number
  readonly shelves: (Shelf | undefined)[]
  readonly rows: Rows
  /** In a row. */
  readonly begin: number
}

export class AccountTable {
  readonly seats: Readonly<Record<QuotaBucket, SeatTable>>
  readonly #rows = new Rows()
  readonly #others = new Rows()
  /** Of all buckets side by side, by account. */
  readonly #shelves: (Shelf | undefined)[] = []
  readonly #accounts: (PoolAccount | undefined)[] = []
  readonly #snapshots: SnapshotAccount[] = []
  /** Numbers of accounts that are gone. */
  readonly #free: number[] = []
  /** Of those that are gone while leases of them are in use. */
  readonly #leaving = new Map<AccountId, number>()
  #totalInFlight = 0

  constructor() {
    const [gemini, thirdParty, image] = QUOTA_BUCKETS
    const shelves = this.#shelves
    this.seats = {
      [gemini]: new SeatTable(this, { index: 0, shelves, rows: this.#rows, begin: FIRST_SEAT }),
      [thirdParty]: new SeatTable(this, { index: 1, shelves, rows: this.#others, begin: SECOND_SEAT }),
      [image]: new SeatTable(this, { index: 2, shelves, rows: this.#others, begin: THIRD_SEAT }),
    }
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
    this.#others.clear(number)
    this.#rows.setWhole(number, IN_FLIGHT, inFlight)
    this.#others.set(number, ORDER, account.order)
    const { gemini, third_party: thirdParty, image } = this.seats
    for (const seats of [gemini, thirdParty, image]) seats.clear(number)
    return number
  }

  /** One that comes back while leases of it are in use has its number again, and what runs on it counts. */
  remove(number: number): void {
    const id = this.at(number)?.id
    this.#accounts[number] = undefined
    this.#others.set(number, ORDER, 0)
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
    this.#rows.setWhole(number, LIMIT, limit)
    this.#rows.set(number, EXPIRES_AT, expiresAt)
    this.#rows.set(number, WEIGHT, weight)
    this.#countBusy(number, couldServe)
  }

  /** 0: it is gone. */
  order(number: number): number {
    return this.#others.get(number, ORDER)
  }

  inFlight(number: number): number {
    return this.#rows.whole(number, IN_FLIGHT)
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
    const limit = this.#rows.whole(number, LIMIT)
    return limit === 0 || this.inFlight(number) < limit
  }

  takeSlot(number: number): void {
    const couldServe = this.hasFreeSlot(number)
    this.#rows.setWhole(number, IN_FLIGHT, this.inFlight(number) + 1)
    this.#totalInFlight++
    this.#countBusy(number, couldServe)
  }

  returnSlot(number: number): void {
    const couldServe = this.hasFreeSlot(number)
    this.#rows.setWhole(number, IN_FLIGHT, this.inFlight(number) - 1)
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
    return this.#rows.whole(number, IS_PASSED_OVER) === 1
  }

  setPassedOver(number: number, isPassedOver: boolean): void {
    this.#rows.setWhole(number, IS_PASSED_OVER, isPassedOver ? 1 : 0)
  }

  /** It or something on it cools down, or is half open. */
  hasRest(number: number): boolean {
    return this.#rows.whole(number, HAS_REST) === 1
  }

  setHasRest(number: number, hasRest: boolean): void {
    this.#rows.setWhole(number, HAS_REST, hasRest ? 1 : 0)
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
    for (let bucket = 0; bucket < QUOTA_BUCKETS.length; bucket++) {
      const shelf = this.#shelves[number * SHELVES + bucket]
      if (shelf !== undefined) shelf.busy += change
    }
  }
}

/** The same of one quota bucket, by the numbers of the accounts. */
export class SeatTable implements Numbering {
  readonly accounts: AccountTable
  places = new Int32Array(ROOM)
  readonly #rows: Rows
  /** Where in a row its own part begins. */
  readonly #begin: number
  readonly #shelves: (Shelf | undefined)[]
  readonly #index: number
  readonly #view: CandidateView

  constructor(accounts: AccountTable, { index, shelves, rows, begin }: SeatPlaces) {
    this.accounts = accounts
    this.#index = index
    this.#shelves = shelves
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
    return this.#shelves[number * SHELVES + this.#index]
  }

  setShelf(number: number, shelf: Shelf | undefined): void {
    this.#shelves[number * SHELVES + this.#index] = shelf
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

  /** For a new account. */
  clear(number: number): void {
    if (number === this.places.length) this.places = longer(this.places)
    if (this.#index === 0) for (let one = 0; one < SHELVES; one++) this.#shelves[number * SHELVES + one] = undefined
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
