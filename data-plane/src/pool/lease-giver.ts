import type { ApiKeyId } from "#shared/ids.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { AccountRegister } from "./account-register.ts"
import type { Affinity } from "./affinity.ts"
import type { PoolAccount, Seat } from "./candidates.ts"
import type { LimitsReached } from "./census.ts"
import type { Cooldowns } from "./cooldown.ts"
import { Counts } from "./counts.ts"
import { generalCooldown, isProbedForAll } from "./hindrance.ts"
import { Lease, type Caller, type LeaseAsk } from "./lease.ts"
import type { TierShelves } from "./shelves.ts"

export interface LeaseGiverOptions {
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  readonly register: AccountRegister
  readonly cooldowns: Cooldowns
  readonly affinity: Affinity
  /** Called after a lease has come back. */
  readonly onReturn: () => void
}

/** A draw that meets accounts that may not serve is made again, so often. */
const DRAWS_PER_CANDIDATE = 4
/** An exchange asks for the renewal of so many tokens at the most. */
const MAX_RENEWALS = 16

interface Choice {
  readonly seat: Seat
  readonly reason: string
}

/** Chooses an account for an ask and counts the slots in use: of each account, each model over the whole pool, and each key. */
export class LeaseGiver {
  readonly #options: LeaseGiverOptions
  readonly #inFlightByModel = new Counts()
  readonly #inFlightByKey = new Counts()
  /** Slots of each model; 0: unlimited. */
  modelLimit = 0

  constructor(options: LeaseGiverOptions) {
    this.#options = options
  }

  /** A lease at once, or undefined. */
  give(ask: LeaseAsk): Lease | undefined {
    if (this.isKeyFull(ask.caller) || this.#isModelFull(ask.model)) return undefined
    const { cooldowns } = this.#options
    if (generalCooldown(cooldowns, ask.model) !== undefined || isProbedForAll(cooldowns, ask.model)) return undefined
    const choice = this.#choose(ask)
    return choice && this.#lease(choice, ask)
  }

  /** Of the model over the pool and of the key: limits that keep the ask from any account. */
  limitsReached({ model, caller }: Pick<LeaseAsk, "model" | "caller">): LimitsReached {
    return {
      ...(this.#isModelFull(model) ? { modelLimit: this.modelLimit } : {}),
      ...(this.isKeyFull(caller) ? { keyLimit: caller?.maxConcurrent ?? 0 } : {}),
    }
  }

  isKeyFull(caller: Caller | undefined): boolean {
    if (caller?.maxConcurrent === undefined || caller.maxConcurrent === 0) return false
    return this.#inFlightByKey.of(caller.key) >= caller.maxConcurrent
  }

  #choose(ask: LeaseAsk): Choice | undefined {
    const { register, clock } = this.#options
    const { living, expired } = register.seating.tidied(ask.model)
    const now = clock.now()
    const isAsked = askedFor(ask, register)
    const mayServe = ({ account }: Seat): boolean => account.hasFreeSlot && account.isLiving(now) && isAsked(account)
    // With one tier nothing can outrank the conversation's own account.
    const home = living.length === 1 ? this.#atHome(ask, mayServe) : undefined
    const chosen = home ?? this.#chooseAmong(living, mayServe)
    if (expired.length > 0) tellExpired(ask, expired, isAsked, chosen?.seat)
    if (home !== undefined) return home
    if (chosen !== undefined) return this.#atHome(ask, mayServe, chosen.seat) ?? chosen
    if (expired.length === 0) return undefined
    // A slot of an account that can serve, or a renewed token, is worth more than an account that can only wait.
    if (register.someone(ask.model, (account) => account.isLiving(now) && isAsked(account))) return undefined
    return this.#chooseAmong(expired, ({ account }) => account.hasFreeSlot && isAsked(account))
  }

  #chooseAmong(tiers: readonly TierShelves[], mayServe: (seat: Seat) => boolean): Choice | undefined {
    for (const shelves of tiers) {
      const seat = this.#draw(shelves, mayServe) ?? firstOf(shelves, mayServe)
      const tier = seat?.shelf?.facts.tier
      if (seat === undefined || tier === undefined) continue
      const { name, why } = tier.strategy
      const count = shelves.reduce((sum, { members }) => sum + members.length, 0)
      const place = tiers.length > 1 ? `, priority ${tier.priority}` : ""
      return { seat, reason: `${name}, chosen ${why} of ${count}${place}` }
    }
    return undefined
  }

  /** The best of a few at random, where the strategy wants that; undefined: it does not, or luck was bad. */
  #draw(shelves: TierShelves, mayServe: (seat: Seat) => boolean): Seat | undefined {
    const strategy = shelves[0]?.facts.tier.strategy
    if (strategy?.draws === undefined) return undefined
    let best: Seat | undefined
    let found = 0
    for (let draw = 0; draw < strategy.draws * DRAWS_PER_CANDIDATE && found < strategy.draws; draw++) {
      const size = shelves.reduce((sum, one) => sum + one.ready.size, 0)
      let place = Math.floor(this.#options.random() * size)
      const shelf = shelves.find(({ ready }) => place < ready.size || ((place -= ready.size), false))
      const seat = shelf?.ready.at(place)
      if (seat === undefined || seat === best) continue
      if (!mayServe(seat)) {
        if (!seat.account.hasFreeSlot) shelf?.passOver(seat)
        continue
      }
      found++
      if (best === undefined || strategy.rank(seat) < strategy.rank(best)) best = seat
    }
    return best
  }

  /** Where the conversation lives, if that may serve now and is of no lower tier than what the strategy chose. */
  #atHome(ask: LeaseAsk, mayServe: (seat: Seat) => boolean, chosen?: Seat): Choice | undefined {
    const { register, affinity } = this.#options
    const conversation = ask.caller?.conversation
    const known = conversation === undefined ? undefined : affinity.find(conversation)
    if (known === undefined) return undefined
    for (const [id, reason] of [
      [known.home, "the conversation lives there"],
      [known.standIn, "stands in for the conversation's own account"],
    ] as const) {
      const seat = id === undefined ? undefined : register.get(id)?.seats[quotaBucket(ask.model)]
      const isThere =
        seat?.shelf?.offers(ask.model) === true && mayServe(seat) && (chosen === undefined || !isBelow(seat, chosen))
      if (isThere) return { seat, reason }
    }
    return undefined
  }

  #lease({ seat, reason }: Choice, ask: LeaseAsk): Lease {
    const { register, cooldowns, onReturn } = this.#options
    const { model, caller } = ask
    const { account } = seat
    if (caller?.conversation !== undefined) this.#settle(caller.conversation, caller.key, seat)
    register.seating.chosen(seat)
    this.#inFlightByModel.add(model)
    if (caller !== undefined) this.#inFlightByKey.add(caller.key)
    const isCurrent = ask.snapshot === register.current
    const pinned = isCurrent ? account.account : (ask.snapshot.accountById.get(account.id) ?? account.account)
    const onRelease = (): void => {
      register.seating.returned(account)
      this.#inFlightByModel.subtract(model)
      if (caller !== undefined) this.#inFlightByKey.subtract(caller.key)
      onReturn()
    }
    const probe = cooldowns.probe(account.id, model, seat.bucket)
    return new Lease(pinned, probe === undefined ? reason : `${reason}; the first after a rest`, onRelease, probe)
  }

  /** A home that is gone, or of a lower tier than what can serve again, is not returned to. */
  #settle(conversation: string, key: ApiKeyId, seat: Seat): void {
    const { register, affinity } = this.#options
    const known = affinity.find(conversation)
    const home = known === undefined ? undefined : register.get(known.home)?.seats[seat.bucket]
    const isNewHome = home === undefined || isBelow(home, seat)
    affinity.served({ conversation, key, accountId: seat.account.id, isNewHome })
  }

  #isModelFull(model: string): boolean {
    return this.modelLimit > 0 && this.#inFlightByModel.of(model) >= this.modelLimit
  }
}

function isBelow(seat: Seat, other: Seat): boolean {
  return seat.account.account.priority < other.account.account.priority
}

/** Not one that it has failed on, and only such as are in its own snapshot. */
function askedFor({ exclude, snapshot }: LeaseAsk, register: AccountRegister): (account: PoolAccount) => boolean {
  const isFirst = exclude.size === 0
  const isCurrent = snapshot === register.current
  return ({ id }) => (isFirst || !exclude.has(id)) && (isCurrent || snapshot.accountById.has(id))
}

function firstOf(shelves: TierShelves, mayServe: (seat: Seat) => boolean): Seat | undefined {
  let best: Seat | undefined
  for (const shelf of shelves) {
    const seat = shelf.first(mayServe)
    if (seat !== undefined && (best === undefined || isBefore(seat, best))) best = seat
  }
  return best
}

/** Of one tier. */
function isBefore(left: Seat, right: Seat): boolean {
  const strategy = left.shelf?.facts.tier.strategy
  const difference = strategy === undefined ? 0 : strategy.rank(left) - strategy.rank(right)
  return difference < 0 || (difference === 0 && left.order < right.order)
}

/** Those whose turn it was before the chosen one's, or all where none could be chosen. */
function tellExpired(
  ask: LeaseAsk,
  tiers: readonly TierShelves[],
  isAsked: (account: PoolAccount) => boolean,
  chosen: Seat | undefined,
): void {
  let left = MAX_RENEWALS
  for (const shelf of tiers.flat()) {
    shelf.ready.first((seat) => {
      const isOver = left === 0 || (chosen !== undefined && (isBelow(seat, chosen) || !isBefore(seat, chosen)))
      if (!isOver && seat.account.hasFreeSlot && isAsked(seat.account)) {
        left--
        ask.onExpired?.(seat.account.account)
      }
      return isOver
    })
  }
}
