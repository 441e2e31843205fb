/**
 * What choosing reads of accounts: numbers side by side, where an account is a number too. Among 100,000 objects each that is looked at is
 * a miss of the processor's cache, or several; what most choices read of a row of this table is one line of it.
 */
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { PoolAccount, Shelf } from "./candidates.ts"
import { NumberRows } from "./number-rows.ts"
import { longer } from "./ranked-numbers.ts"
import { SeatTable } from "./seat-table.ts"

/** What every choice reads. First whole numbers: */
const IN_FLIGHT = 0
/** 0: unlimited. */
const LIMIT = 1
/** The shelves of each bucket, by their numbers; 0: none. */
const FIRST_SHELF = 2
const REQUESTS = 5
/** Then numbers: */
const EXPIRES_AT = 3
const LAST_CHOSEN = 4
const WEIGHT = 5
const MARK = 6
const HEADROOM = 7

/** In flags: */
const IS_PASSED_OVER = 1
const HAS_REST = 2

export class AccountTable {
  readonly seats: Readonly<Record<QuotaBucket, SeatTable>>
  readonly #rows = new NumberRows()
  /** The first bucket's numbers are in the rows above, as most requests are of it. */
  readonly #otherSeats = new NumberRows()
  #flags = new Uint8Array(16)
  /** By account; 0: it is gone. */
  #orders = new Int32Array(16)
  /** By their numbers, which begin at 1. */
  readonly #shelves: (Shelf | undefined)[] = [undefined]
  readonly #freeShelves: number[] = []
  readonly #accounts: (PoolAccount | undefined)[] = []
  readonly #snapshots: SnapshotAccount[] = []
  /** Numbers of accounts that are gone. */
  readonly #free: number[] = []
  /** Of those that are gone while leases of them are in use. */
  readonly #leaving = new Map<AccountId, number>()
  #totalInFlight = 0

  constructor() {
    const [gemini, thirdParty, image] = QUOTA_BUCKETS
    const [rows, others] = [this.#rows, this.#otherSeats]
    this.seats = {
      [gemini]: new SeatTable(this, 0, { rows, mark: MARK, headroom: HEADROOM, requests: REQUESTS }),
      [thirdParty]: new SeatTable(this, 1, { rows: others, mark: 0, headroom: 1, requests: 4 }),
      [image]: new SeatTable(this, 2, { rows: others, mark: 4, headroom: 5, requests: 12 }),
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
    this.#otherSeats.clear(number)
    if (number === this.#orders.length) {
      this.#orders = longer(this.#orders)
      this.#flags = longer(this.#flags)
    }
    this.#rows.setWhole(number, IN_FLIGHT, inFlight)
    this.#orders[number] = account.order
    this.#flags[number] = 0
    const { gemini, third_party: thirdParty, image } = this.seats
    for (const seats of [gemini, thirdParty, image]) seats.clear(number)
    return number
  }

  /** One that comes back while leases of it are in use has its number again, and what runs on it counts. */
  remove(number: number): void {
    const id = this.at(number)?.id
    this.#accounts[number] = undefined
    this.#orders[number] = 0
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
    const canServe = this.hasFreeSlot(number)
    if (canServe !== couldServe) this.#addBusy(number, canServe ? -1 : 1)
  }

  /** 0: it is gone. */
  order(number: number): number {
    return this.#orders[number] ?? 0
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
    const inFlight = this.inFlight(number) + 1
    this.#rows.setWhole(number, IN_FLIGHT, inFlight)
    this.#totalInFlight++
    if (inFlight === this.#rows.whole(number, LIMIT)) this.#addBusy(number, 1)
  }

  returnSlot(number: number): void {
    const before = this.inFlight(number)
    this.#rows.setWhole(number, IN_FLIGHT, before - 1)
    this.#totalInFlight--
    if (before === this.#rows.whole(number, LIMIT)) this.#addBusy(number, -1)
    if (before === 1 && this.at(number) === undefined) this.#forget(number)
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
    return this.#has(number, IS_PASSED_OVER)
  }

  setPassedOver(number: number, isPassedOver: boolean): void {
    this.#flag(number, IS_PASSED_OVER, isPassedOver)
  }

  /** It or something on it cools down, or is half open. */
  hasRest(number: number): boolean {
    return this.#has(number, HAS_REST)
  }

  setHasRest(number: number, hasRest: boolean): void {
    this.#flag(number, HAS_REST, hasRest)
  }

  /** The number of a new shelf, until it is taken away. */
  addShelf(shelf: Shelf): number {
    const number = this.#freeShelves.pop() ?? this.#shelves.length
    this.#shelves[number] = shelf
    return number
  }

  removeShelf({ number }: Shelf): void {
    this.#shelves[number] = undefined
    this.#freeShelves.push(number)
  }

  /** Where the account stands in a bucket; undefined: it cannot serve there. */
  shelf(number: number, bucket: number): Shelf | undefined {
    return this.#shelves[this.#rows.whole(number, FIRST_SHELF + bucket)]
  }

  setShelf(number: number, bucket: number, shelf: Shelf | undefined): void {
    this.#rows.setWhole(number, FIRST_SHELF + bucket, shelf?.number ?? 0)
  }

  #has(number: number, flag: number): boolean {
    return ((this.#flags[number] ?? 0) & flag) !== 0
  }

  #flag(number: number, flag: number, isSet: boolean): void {
    const others = (this.#flags[number] ?? 0) & ~flag
    this.#flags[number] = isSet ? others | flag : others
  }

  /** Its last lease has come back. */
  #forget(number: number): void {
    this.#free.push(number)
    for (const [id, leaving] of this.#leaving) if (leaving === number) this.#leaving.delete(id)
  }

  /** It took its last slot, or gave the first one back. */
  #addBusy(number: number, change: number): void {
    for (let bucket = 0; bucket < QUOTA_BUCKETS.length; bucket++) {
      const shelf = this.shelf(number, bucket)
      if (shelf !== undefined) shelf.busy += change
    }
  }
}
