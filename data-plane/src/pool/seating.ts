/** Puts accounts on the shelf of what they can serve, or among those that are away, whenever something about them changes. */
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { ModelReturn, PoolAccount, Seat, Shelf, Tier } from "./candidates.ts"
import type { Deadline, Deadlines } from "./deadlines.ts"
import { MISSING_IS_LAST } from "./hindrance.ts"
import { RankedSet } from "./ranked-set.ts"
import type { ModelShelves, Shelves } from "./shelves.ts"
import { STRATEGIES } from "./strategies/index.ts"
import type { Strategy } from "./strategies/strategy.ts"

export interface SeatingOptions {
  readonly clock: Clock
  readonly shelves: Shelves
  readonly deadlines: Deadlines
  /** A quota window has ended: there may be more to give. */
  readonly onQuotaReset: () => void
}

const NOTHING: ReadonlySet<string> = new Set()

export class Seating {
  readonly #options: SeatingOptions
  readonly #tiers = new Map<QuotaBucket, Map<number, Tier>>()
  readonly #strategies = new Map<QuotaBucket, Strategy>()
  readonly #resets = new Map<Seat, { readonly at: number; readonly deadline: Deadline }>()
  readonly #modelReturns = new Map<string, RankedSet<ModelReturn>>()
  readonly #modelProbes = new Map<string, RankedSet<ModelReturn>>()
  #turns = 0

  constructor(options: SeatingOptions) {
    this.#options = options
  }

  setStrategy(bucket: QuotaBucket, strategy: Strategy, accounts: Iterable<PoolAccount>): void {
    if (this.#strategies.get(bucket) === strategy) return
    this.#strategies.set(bucket, strategy)
    // Marks of the one before mean nothing to this one.
    for (const tier of this.#tiers.get(bucket)?.values() ?? []) Object.assign(tier, { strategy, mark: 0 })
    for (const { seats } of accounts) {
      seats[bucket].mark = 0
      this.placeSeat(seats[bucket])
    }
  }

  place({ seats }: PoolAccount): void {
    this.placeSeat(seats.gemini)
    this.placeSeat(seats.third_party)
    this.placeSeat(seats.image)
  }

  /** It serves nothing any more. */
  remove({ seats }: PoolAccount): void {
    for (const bucket of QUOTA_BUCKETS) {
      const seat = seats[bucket]
      this.#leave(seat)
      this.#clearReset(seat)
      for (const model of seat.cooling?.keys() ?? []) this.coolModel(seat, model, undefined)
    }
  }

  /** `until` undefined: it is over. The seat must be placed afterwards. */
  coolModel(seat: Seat, model: string, until: number | undefined, isMissing = false): void {
    this.#openModel(seat, model)
    if (until !== undefined) putModel(this.#modelReturns, seat, model, isMissing ? until + MISSING_IS_LAST : until)
  }

  /** A probe is on its way to the model there. It ends, and the seat must be placed, as with `coolModel`. */
  probeModel(seat: Seat, model: string): void {
    this.#openModel(seat, model)
    putModel(this.#modelProbes, seat, model, 0)
  }

  returnsOf(model: string): RankedSet<ModelReturn> | undefined {
    return this.#modelReturns.get(model)
  }

  /** Seats that a probe on its way keeps from the model. */
  probesOf(model: string): RankedSet<ModelReturn> | undefined {
    return this.#modelProbes.get(model)
  }

  chosen(seat: Seat): void {
    const { account, shelf } = seat
    account.lastChosen = ++this.#turns
    account.inFlight++
    countSlots(account)
    seat.meter?.begin()
    if (shelf !== undefined) {
      const { tier } = shelf.facts
      tier.strategy.onChosen?.(seat, tier)
      shelf.rank(seat)
    }
  }

  returned(account: PoolAccount): void {
    account.inFlight--
    countSlots(account)
    if (!account.wasPassedOver || !account.hasFreeSlot) return
    account.wasPassedOver = false
    const { gemini, third_party: thirdParty, image } = account.seats
    this.#ready(gemini)
    this.#ready(thirdParty)
    this.#ready(image)
  }

  /** Takes away from the head what cannot serve any more, so that no later look-up passes over it again. */
  tidied(model: string): ModelShelves {
    const { shelves, clock } = this.#options
    const now = clock.now()
    for (;;) {
      const found = shelves.of(model)
      let hasMoved = false
      for (const tier of found.living) for (const shelf of tier) hasMoved = this.#tidy(shelf, now) || hasMoved
      if (!hasMoved) return found
    }
  }

  /** True: an account went to another shelf. */
  #tidy(shelf: Shelf, now: number): boolean {
    let hasMoved = false
    for (let seat = shelf.ready.peek(); seat !== undefined; seat = shelf.ready.peek()) {
      if (!seat.account.hasFreeSlot) shelf.passOver(seat)
      else if (seat.account.isLiving(now)) break
      else {
        this.place(seat.account)
        hasMoved = true
      }
    }
    return hasMoved
  }

  placeSeat(seat: Seat): void {
    const { shelves, clock } = this.#options
    const { account, bucket } = seat
    const { group } = account
    const now = clock.now()
    this.#watchReset(seat)
    const empty = seat.meter?.emptyUntil(account.account.reserve ?? 0, now) ?? 0
    const backAt = Math.max(account.coolUntil, seat.coolUntil, empty)
    if (backAt > 0) {
      this.#leave(seat)
      group.away[bucket].put(seat, backAt)
      return
    }
    if (account.isProbed || seat.isProbed) {
      this.#leave(seat)
      group.probed[bucket].put(seat, 0)
      return
    }
    const tier = this.#tier(bucket, account.account.priority)
    const without = withoutModels(seat, account.account.disabledModels)
    const shelf = shelves.get({ group, tier, bucket, without, isLiving: account.isLiving(now) })
    if (seat.shelf !== shelf || seat.tier !== tier) {
      this.#leave(seat)
      if (seat.tier !== tier) seat.mark = 0
      seat.tier = tier
      shelf.add(seat)
    } else {
      shelf.count(seat)
      if (shelf.ready.has(seat)) shelf.rank(seat)
    }
    if (account.hasFreeSlot) this.#ready(seat)
    else if (!shelf.ready.has(seat)) account.wasPassedOver = true
  }

  /** With a free slot into the order of its shelf. */
  #ready(seat: Seat): void {
    const { shelf } = seat
    if (shelf === undefined || !seat.account.hasFreeSlot) return
    const { tier } = shelf.facts
    if (!shelf.ready.has(seat)) {
      tier.strategy.onReady?.(seat, tier)
      shelf.rank(seat)
    }
  }

  #openModel(seat: Seat, model: string): void {
    const known = seat.cooling?.get(model)
    if (known === undefined) return
    seat.cooling?.delete(model)
    if (seat.cooling?.size === 0) seat.cooling = undefined
    for (const sets of [this.#modelReturns, this.#modelProbes]) {
      const set = sets.get(model)
      set?.remove(known)
      if (set?.size === 0) sets.delete(model)
    }
  }

  #leave(seat: Seat): void {
    const { shelf } = seat
    if (shelf === undefined) {
      seat.account.group.away[seat.bucket].remove(seat)
      seat.account.group.probed[seat.bucket].remove(seat)
      return
    }
    shelf.remove(seat)
    this.#options.shelves.dropIfEmpty(shelf)
  }

  #tier(bucket: QuotaBucket, priority: number): Tier {
    let tiers = this.#tiers.get(bucket)
    if (tiers === undefined) this.#tiers.set(bucket, (tiers = new Map()))
    let tier = tiers.get(priority)
    if (tier === undefined) {
      tier = { priority, mark: 0, strategy: this.#strategies.get(bucket) ?? STRATEGIES["round-robin"] }
      tiers.set(priority, tier)
    }
    return tier
  }

  /** When a window of its quota ends it is placed anew. */
  #watchReset(seat: Seat): void {
    const { clock, deadlines, onQuotaReset } = this.#options
    if (seat.meter === undefined && this.#resets.size === 0) return
    const at = seat.meter?.nextReset
    if (this.#resets.get(seat)?.at === at) return
    this.#clearReset(seat)
    if (at === undefined) return
    const deadline = deadlines.after(at - clock.now(), () => {
      this.#resets.delete(seat)
      // A step of the wall clock may have made it early: then it is watched again.
      seat.meter?.forgetEnded(clock.now())
      this.placeSeat(seat)
      onQuotaReset()
    })
    this.#resets.set(seat, { at, deadline })
  }

  #clearReset(seat: Seat): void {
    const reset = this.#resets.get(seat)
    if (reset === undefined) return
    this.#options.deadlines.clear(reset.deadline)
    this.#resets.delete(seat)
  }
}

/** It took its last slot, or gave the first one back. */
function countSlots({ seats }: PoolAccount): void {
  seats.gemini.shelf?.count(seats.gemini)
  seats.third_party.shelf?.count(seats.third_party)
  seats.image.shelf?.count(seats.image)
}

function putModel(sets: Map<string, RankedSet<ModelReturn>>, seat: Seat, model: string, rank: number): void {
  let set = sets.get(model)
  if (set === undefined) sets.set(model, (set = new RankedSet()))
  const entry: ModelReturn = { seat, order: seat.order, slot: -1 }
  seat.cooling ??= new Map()
  seat.cooling.set(model, entry)
  set.put(entry, rank)
}

function withoutModels(seat: Seat, disabled: readonly string[] | undefined): ReadonlySet<string> {
  if (seat.cooling === undefined && disabled === undefined) return NOTHING
  return new Set([...(seat.cooling?.keys() ?? []), ...(disabled ?? [])])
}
