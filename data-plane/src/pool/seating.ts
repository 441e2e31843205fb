/** Puts accounts on the shelf of what they can serve, or among those that are away, whenever something about them changes. */
import { QUOTA_BUCKETS, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { AccountTable } from "./account-table.ts"
import type { ModelReturn, PoolAccount, Seat, Shelf, Tier } from "./candidates.ts"
import type { Deadline, Deadlines } from "./deadlines.ts"
import { MISSING_IS_LAST } from "./hindrance.ts"
import type { LeaseAsk } from "./lease.ts"
import type { TokenCosts } from "./quota-meter.ts"
import { RankedSet } from "./ranked-set.ts"
import type { ModelShelves, Shelves } from "./shelves.ts"
import { STRATEGIES } from "./strategies/index.ts"
import type { Strategy } from "./strategies/strategy.ts"

export interface SeatingOptions {
  readonly clock: Clock
  readonly table: AccountTable
  readonly costs: TokenCosts
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
    const all = [...accounts]
    for (const shelf of new Set(all.map(({ seats }) => seats[bucket].shelf))) shelf?.reorder()
    for (const { seats, number } of all) {
      seats[bucket].table.setMark(number, 0)
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

  chosen(shelf: Shelf, number: number): void {
    const { table, costs } = this.#options
    const { tier, bucket } = shelf.facts
    table.setLastChosen(number, ++this.#turns)
    table.takeSlot(number)
    shelf.table.begin(number, costs.step(bucket))
    tier.strategy.onChosen?.(shelf.table.candidate(number), tier)
    shelf.chosen(number)
  }

  returned(number: number): void {
    const { table } = this.#options
    table.returnSlot(number)
    if (table.isPassedOver(number) && table.hasFreeSlot(number)) this.#readyAgain(number)
  }

  /** Takes away from the head what cannot serve any more, so that no later look-up passes over it again. */
  tidied({ model, group }: Pick<LeaseAsk, "model" | "group">, now = this.#options.clock.now()): ModelShelves {
    const { shelves } = this.#options
    for (;;) {
      const found = shelves.of(model, group)
      let hasMoved = false
      for (const tier of found.living) for (const shelf of tier) hasMoved = this.#tidy(shelf, now) || hasMoved
      if (!hasMoved) return found
    }
  }

  /** True: an account went to another shelf. */
  #tidy(shelf: Shelf, now: number): boolean {
    let hasMoved = false
    const { table } = this.#options
    for (let number = shelf.ready.peek(); number !== undefined; number = shelf.ready.peek()) {
      if (!table.hasFreeSlot(number)) shelf.passOver(number)
      else if (table.isLiving(number, now)) break
      else {
        const account = table.at(number)
        if (account !== undefined) this.place(account)
        hasMoved = true
      }
    }
    return hasMoved
  }

  placeSeat(seat: Seat): void {
    const { shelves, clock } = this.#options
    const { account, bucket, table } = seat
    const { group, number } = account
    const now = clock.now()
    this.#watchReset(seat)
    table.setHeadroom(number, seat.meter?.headroom(table.requests(number)))
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
      if (seat.tier !== tier) table.setMark(number, 0)
      seat.tier = tier
      shelf.add(seat)
    } else if (shelf.ready.has(number)) shelf.rank(number)
    if (account.hasFreeSlot) this.#ready(shelf, number)
    else if (!shelf.ready.has(number)) table.accounts.setPassedOver(number, true)
  }

  /** With a free slot again, on each of its shelves. */
  #readyAgain(number: number): void {
    const { table } = this.#options
    const { gemini, third_party: thirdParty, image } = table.seats
    table.setPassedOver(number, false)
    this.#ready(gemini.shelf(number), number)
    this.#ready(thirdParty.shelf(number), number)
    this.#ready(image.shelf(number), number)
  }

  /** Into the order of its shelf. */
  #ready(shelf: Shelf | undefined, number: number): void {
    if (shelf === undefined || shelf.ready.has(number)) return
    const { tier } = shelf.facts
    tier.strategy.onReady?.(shelf.table.candidate(number), tier)
    shelf.rank(number)
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
