/**
 * What choosing reads of accounts: numbers side by side, where an account is a number too. Among 100,000 objects each that is looked at is
 * a miss of the processor's cache, or several; what most choices read, and the return of what they chose, is one row of this table, a line of that cache.
 */
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { PoolAccount, Shelf } from "./candidates.ts"
import { NumberRows } from "./number-rows.ts"
import { SeatTable, type SeatColumns } from "./seat-table.ts"

/** Of the rows that every choice reads. First whole numbers: */
const IN_FLIGHT = 0
/** 0: unlimited. */
const LIMIT = 1
/** The shelves of each bucket, by their numbers; 0: none. */
const FIRST_SHELF = 2
const ORDER_AND_FLAGS = 5
/** Then numbers: */
const EXPIRES_AT = 4
const LAST_CHOSEN = 5
/** Most requests are of the first bucket. */
const GEMINI: SeatColumns = { place: 6, requests: 7, mark: 6, headroom: 7 }
/** Of the rows that only some read. Two whole numbers stand in the place of one: 0 and 1 in that of 0, 2 and 3 in that of 1. */
const THIRD_PARTY: SeatColumns = { place: 0, requests: 1, mark: 2, headroom: 3 }
const IMAGE: SeatColumns = { place: 2, requests: 3, mark: 4, headroom: 5 }

/** The order stands above so many bits of flags; 0: the account is gone. */
const FLAG_BITS = 2
const IS_PASSED_OVER = 1
const HAS_REST = 2

export class AccountTable {
  readonly seats: Readonly<Record<QuotaBucket, SeatTable>>
  readonly #rows = new NumberRows()
  /** Apart, so that those that every choice reads are on half as many pages of memory: to find a page takes as long as to read it. */
  readonly #moreRows = new NumberRows()
  /** On fewer pages still, as each choice by weight reads one. */
  readonly #weights: number[] = []
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
    this.seats = {
      [gemini]: new SeatTable(this, this.#rows, 0, GEMINI),
      [thirdParty]: new SeatTable(this, this.#moreRows, 1, THIRD_PARTY),
      [image]: new SeatTable(this, this.#moreRows, 2, IMAGE),
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
    this.#moreRows.clear(number)
    this.#rows.setWhole(number, IN_FLIGHT, inFlight)
    this.#rows.setWhole(number, ORDER_AND_FLAGS, account.order << FLAG_BITS)
    for (const bucket of QUOTA_BUCKETS) this.seats[bucket].setHeadroom(number, undefined)
    return number
  }

  /** One that comes back while leases of it are in use has its number again, and what runs on it counts. */
  remove(number: number): void {
    const id = this.at(number)?.id
    this.#accounts[number] = undefined
    this.#rows.setWhole(number, ORDER_AND_FLAGS, 0)
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
    this.#weights[number] = weight
    const canServe = this.hasFreeSlot(number)
    if (canServe !== couldServe) this.#addBusy(number, canServe ? -1 : 1)
  }

  /** 0: it is gone. */
  order(number: number): number {
    return this.#rows.whole(number, ORDER_AND_FLAGS) >> FLAG_BITS
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
    if (before === 1 && this.order(number) === 0) this.#forget(number)
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
    return this.#weights[number] ?? 0
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
    return (this.#rows.whole(number, ORDER_AND_FLAGS) & flag) !== 0
  }

  #flag(number: number, flag: number, isSet: boolean): void {
    const others = this.#rows.whole(number, ORDER_AND_FLAGS) & ~flag
    this.#rows.setWhole(number, ORDER_AND_FLAGS, isSet ? others | flag : others)
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
