/**
 * The accounts by what they can serve at this moment. An account has a seat in each quota bucket, and a seat that can serve stands on a
 * shelf with all that can serve the same: so choosing looks at the head of a few shelves, however many accounts there are.
 */
import type { CatalogueModel } from "#shared/catalogue.ts"
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { QuotaMeter } from "./quota-meter.ts"
import { RankedSet, type Ranked } from "./ranked-set.ts"
import type { Candidate, Strategy, TierMemory } from "./strategies/strategy.ts"

/** One account as the pool sees it. Survives a swap of snapshots; facts of the moment stay with it. */
export class PoolAccount {
  readonly id: AccountId
  /** Smaller for the one that the pool has known longer. */
  readonly order: number
  readonly seats: Readonly<Record<QuotaBucket, Seat>>
  account: SnapshotAccount
  group: CandidateGroup
  /** 0: unlimited. */
  limit: number
  inFlight = 0
  /** Rises with every choice over the whole pool. */
  lastChosen = 0
  /** Of its token, in milliseconds since the epoch; 0: it has none. */
  expiresAt = 0
  weight = 1
  /** It had no free slot when it was met, and does not stand among the ready ones of each of its shelves since. */
  wasPassedOver = false
  /** When it comes back as a whole, in milliseconds since the epoch; 0: it is not away. */
  coolUntil = 0
  /** A probe is on its way to it. */
  isProbed = false

  constructor(account: SnapshotAccount, limit: number, order: number, group: CandidateGroup) {
    this.id = account.id
    this.account = account
    this.group = group
    this.limit = limit
    this.order = order
    this.adopt(account, limit)
    const [gemini, thirdParty, image] = QUOTA_BUCKETS
    const seat = (bucket: QuotaBucket): Seat => new Seat(this, bucket)
    this.seats = { [gemini]: seat(gemini), [thirdParty]: seat(thirdParty), [image]: seat(image) }
  }

  /** What the snapshot says of it, with the numbers that choosing needs beside those of the moment. */
  adopt(account: SnapshotAccount, limit: number): void {
    this.account = account
    this.limit = limit
    this.expiresAt = account.credential?.expiresAt ?? 0
    this.weight = account.weight
  }

  get hasFreeSlot(): boolean {
    return this.limit === 0 || this.inFlight < this.limit
  }

  get isCooling(): boolean {
    return this.coolUntil > 0
  }

  /** Its token may be sent at `now`, in milliseconds since the epoch. */
  isLiving(now: number): boolean {
    return this.expiresAt > now
  }
}

/** An account in one quota bucket. */
export class Seat implements Ranked, Candidate {
  readonly account: PoolAccount
  readonly bucket: QuotaBucket
  readonly order: number
  /** Of the shelf's ready ones, or of those that are away. */
  slot = -1
  /** Among the shelf's members. */
  member = -1
  /** The shelf counts it as one without a free slot. */
  isCountedBusy = false
  mark = 0
  /** Undefined: it cannot serve. */
  shelf: Shelf | undefined
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

  constructor(account: PoolAccount, bucket: QuotaBucket) {
    this.account = account
    this.bucket = bucket
    this.order = account.order
  }

  get headroom(): number | undefined {
    return this.meter?.headroom
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

/** Accounts with one catalogue. */
export interface CandidateGroup {
  readonly name: string
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
  /** In no order. */
  readonly members: Seat[] = []
  /** Those that have a free slot, and some that had one when they were last looked at. */
  readonly ready = new RankedSet<Seat>()
  /** Members without a free slot. */
  busy = 0

  constructor(facts: ShelfFacts) {
    this.facts = facts
  }

  add(seat: Seat): void {
    seat.shelf = this
    seat.member = this.members.length
    this.members.push(seat)
    this.count(seat)
  }

  /** After its slots or their limit changed. */
  count(seat: Seat): void {
    const isBusy = !seat.account.hasFreeSlot
    if (seat.isCountedBusy === isBusy) return
    seat.isCountedBusy = isBusy
    this.busy += isBusy ? 1 : -1
  }

  remove(seat: Seat): void {
    if (seat.shelf !== this) return
    this.ready.remove(seat)
    seat.shelf = undefined
    if (seat.isCountedBusy) this.busy--
    seat.isCountedBusy = false
    const last = this.members.pop()
    if (last === undefined || last === seat) return
    this.members[seat.member] = last
    last.member = seat.member
  }

  offers(model: string): boolean {
    return offers(this.facts.group, model) && !this.facts.without.has(model)
  }

  /** Where its strategy wants it. One that draws needs no order, only who is there. */
  rank(seat: Seat): void {
    const { strategy } = this.facts.tier
    if (strategy.draws === undefined) this.ready.put(seat, strategy.rank(seat))
    else if (!this.ready.has(seat)) this.ready.put(seat, 0)
  }

  /** It has no free slot, and is put back when it has: so nobody meets it twice. */
  passOver(seat: Seat): void {
    this.ready.remove(seat)
    seat.account.wasPassedOver = true
  }

  /** The first in order that may serve. Ranks that rose unseen are put right on the way. */
  first(mayServe: (seat: Seat) => boolean): Seat | undefined {
    const { ready, facts } = this
    for (;;) {
      const seat = ready.first(mayServe)
      const { strategy } = facts.tier
      if (seat === undefined || strategy.draws !== undefined || ready.rankOf(seat) === strategy.rank(seat)) return seat
      this.rank(seat)
    }
  }
}
