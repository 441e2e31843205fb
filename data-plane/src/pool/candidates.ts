/**
 * The accounts by what they can serve at this moment. An account has a seat in each quota bucket, and a seat that can serve stands on a
 * shelf with all that can serve the same: so choosing looks at the head of a few shelves, however many accounts there are.
 */
import type { CatalogueModel } from "#shared/catalogue.ts"
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { AccountGroup } from "#shared/route.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { AccountTable } from "./account-table.ts"
import { OtherOrder } from "./other-order.ts"
import type { QuotaMeter } from "./quota-meter.ts"
import { DrawnNumbers } from "./drawn-numbers.ts"
import { ReadyNumbers } from "./ready-numbers.ts"
import type { Ranked, RankedSet } from "./ranked-set.ts"
import type { SeatTable } from "./seat-table.ts"
import type { Strategy, TierMemory } from "./strategies/strategy.ts"

/** One account as the pool sees it. Survives a swap of snapshots; facts of the moment stay with it. What choosing reads is in the table. */
export class PoolAccount {
  readonly id: AccountId
  /** In the table. */
  readonly number: number
  /** Smaller for the one that the pool has known longer. */
  readonly order: number
  readonly seats: Readonly<Record<QuotaBucket, Seat>>
  group: CandidateGroup
  /** 0: unlimited. */
  limit: number
  /** When it comes back as a whole, in milliseconds since the epoch; 0: it is not away. */
  coolUntil = 0
  /** A probe is on its way to it. */
  isProbed = false
  readonly #table: AccountTable
  #account: SnapshotAccount

  constructor(table: AccountTable, account: SnapshotAccount, limit: number, order: number, group: CandidateGroup) {
    this.id = account.id
    this.group = group
    this.limit = limit
    this.order = order
    this.#table = table
    this.#account = account
    this.number = table.add(this)
    this.adopt(account, limit)
    const [gemini, thirdParty, image] = QUOTA_BUCKETS
    const seat = (bucket: QuotaBucket): Seat => new Seat(this, bucket, table.seats[bucket])
    this.seats = { [gemini]: seat(gemini), [thirdParty]: seat(thirdParty), [image]: seat(image) }
  }

  get account(): SnapshotAccount {
    return this.#account
  }

  set account(account: SnapshotAccount) {
    this.#account = account
    this.#table.setSnapshotAccount(this.number, account)
  }

  /** What the snapshot says of it, with the numbers that choosing needs beside those of the moment. */
  adopt(account: SnapshotAccount, limit: number): void {
    this.account = account
    this.limit = limit
    this.#table.adopt(this.number, limit, account.credential?.expiresAt ?? 0, account.weight)
  }

  get hasFreeSlot(): boolean {
    return this.#table.hasFreeSlot(this.number)
  }

  get isCooling(): boolean {
    return this.coolUntil > 0
  }

  /** Its token may be sent at `now`, in milliseconds since the epoch. */
  isLiving(now: number): boolean {
    return this.#table.isLiving(this.number, now)
  }
}

/** An account in one quota bucket. */
export class Seat implements Ranked {
  readonly account: PoolAccount
  readonly bucket: QuotaBucket
  readonly table: SeatTable
  readonly order: number
  /** Of those that are away or probed. */
  slot = -1
  /** Among the shelf's members. */
  member = -1
  /** The tier of its mark. */
  tier: Tier | undefined
  /** When the bucket comes back; 0: it is not away. */
  coolUntil = 0
  /** A probe is on its way to the bucket. */
  isProbed = false
  /** Models that it cannot serve for a while, also because a probe is on its way to one; absent: none. */
  cooling: Map<string, ModelReturn> | undefined
  /** Absent while nothing was read of its quota. */
  meter: QuotaMeter | undefined

  constructor(account: PoolAccount, bucket: QuotaBucket, table: SeatTable) {
    this.account = account
    this.bucket = bucket
    this.table = table
    this.order = account.order
  }

  /** Undefined: it cannot serve. */
  get shelf(): Shelf | undefined {
    return this.table.shelf(this.account.number)
  }
}

/** A model that comes back on one account. */
export interface ModelReturn extends Ranked {
  readonly seat: Seat
}

/** Accounts of one priority in one bucket, and the strategy among them. */
export interface Tier extends TierMemory {
  readonly priority: number
  strategy: Strategy
}

/** Accounts with one catalogue, and alike in the tags that routing rules name. */
export interface CandidateGroup {
  readonly name: string
  readonly tags: readonly string[]
  readonly catalogue: string | undefined
  /** Undefined where no catalogue was read: such an account may serve any model. */
  models: ReadonlyMap<string, CatalogueModel> | undefined
  members: number
  /** Seats that cannot serve, by when they come back. */
  readonly away: Readonly<Record<QuotaBucket, RankedSet<Seat>>>
  /** Seats that only a probe keeps, which is on its way to them. */
  readonly probed: Readonly<Record<QuotaBucket, RankedSet<Seat>>>
}

export function offers(group: CandidateGroup, model: string): boolean {
  return group.models === undefined || group.models.has(model)
}

/** May they serve for who wants these accounts only? Undefined: who wants any. */
export function belongs({ tags }: CandidateGroup, wanted: AccountGroup | undefined): boolean {
  return wanted === undefined || tags.some((tag) => wanted.tags.includes(tag))
}

/** What all seats on a shelf have in common. */
export interface ShelfFacts {
  readonly group: CandidateGroup
  readonly tier: Tier
  readonly bucket: QuotaBucket
  /** Models of the catalogue that they cannot serve now. */
  readonly without: ReadonlySet<string>
  /** Their tokens may be sent, as far as was seen. */
  readonly isLiving: boolean
}

export class Shelf {
  readonly facts: ShelfFacts
  readonly table: SeatTable
  /** In the table. */
  readonly number: number
  /** In no order. */
  readonly members: Seat[] = []
  /** The numbers of those that have a free slot, and of some that had one when they were last looked at. */
  ready: ReadyNumbers | DrawnNumbers
  /** Members without a free slot. */
  busy = 0
  /** The ready ones as routing rules want them chosen; undefined: no rule has asked yet. */
  #others: Map<Strategy, OtherOrder> | undefined

  constructor(facts: ShelfFacts, table: SeatTable) {
    this.facts = facts
    this.table = table
    this.number = table.accounts.addShelf(this)
    this.ready = this.#newReady()
  }

  add(seat: Seat): void {
    this.table.setShelf(seat.account.number, this)
    seat.member = this.members.length
    this.members.push(seat)
    if (!seat.account.hasFreeSlot) this.busy++
  }

  remove(seat: Seat): void {
    if (seat.shelf !== this) return
    const { number } = seat.account
    this.#takeOut(number)
    this.table.setShelf(number, undefined)
    if (!seat.account.hasFreeSlot) this.busy--
    const last = this.members.pop()
    if (last === undefined || last === seat) return
    this.members[seat.member] = last
    last.member = seat.member
  }

  offers(model: string): boolean {
    return offers(this.facts.group, model) && !this.facts.without.has(model)
  }

  /** What its strategy makes of the account. */
  rankOf(number: number): number {
    return this.facts.tier.strategy.rank(this.table.candidate(number))
  }

  /** Among the ready ones, where its strategy wants it. One that draws needs no order, only who is there. */
  rank(number: number): void {
    if (this.ready.isOrdered) this.ready.put(number, this.rankOf(number))
    else this.ready.put(number)
    this.#rankByOthers(number)
  }

  /** It is one of the ready ones, and was chosen: so its rank has risen. */
  chosen(number: number): void {
    if (this.ready.isOrdered) this.ready.put(number, this.rankOf(number))
    this.#rankByOthers(number)
  }

  #rankByOthers(number: number): void {
    if (this.#others !== undefined) for (const order of this.#others.values()) order.put(number)
  }

  /** The ready ones in the order of another strategy. */
  by(strategy: Strategy): OtherOrder {
    this.#others ??= new Map()
    let order = this.#others.get(strategy)
    if (order === undefined) {
      order = new OtherOrder(strategy, this.facts.tier, this.table)
      for (let place = 0; place < this.ready.span; place++) {
        const number = this.ready.at(place)
        if (number !== undefined) order.put(number)
      }
      this.#others.set(strategy, order)
    }
    return order
  }

  /** Those that no rule names any more need not be kept. */
  keepOnly(named: ReadonlySet<Strategy>): void {
    for (const strategy of this.#others?.keys() ?? []) if (!named.has(strategy)) this.#others?.delete(strategy)
    if (this.#others?.size === 0) this.#others = undefined
  }

  /** Its tier has another strategy. Who is ready must be put in anew. */
  reorder(): void {
    if (this.ready.isOrdered) this.ready.clear()
    this.ready = this.#newReady()
    this.#others = undefined
  }

  /** It has no free slot, and is put back when it has: so nobody meets it twice. */
  passOver(number: number): void {
    this.#takeOut(number)
    this.table.accounts.setPassedOver(number, true)
  }

  /** The first in order that may serve. Ranks that rose unseen are put right on the way. */
  first(mayServe: (number: number) => boolean): number | undefined {
    const { ready } = this
    const head = ready.peek()
    // Nearly always it is right and may serve.
    if (ready.isOrdered && head !== undefined && ready.headRank === this.rankOf(head) && mayServe(head)) return head
    for (;;) {
      const number = ready.first(mayServe)
      if (number === undefined || !ready.isOrdered) return number
      if (ready.rankOf(number) === this.rankOf(number)) return number
      this.rank(number)
    }
  }

  #takeOut(number: number): void {
    this.ready.remove(number)
    if (this.#others !== undefined) for (const order of this.#others.values()) order.remove(number)
  }

  #newReady(): ReadyNumbers | DrawnNumbers {
    const isDrawn = this.facts.tier.strategy.draws !== undefined
    return isDrawn ? new DrawnNumbers(this.table) : new ReadyNumbers(this.table)
  }
}
