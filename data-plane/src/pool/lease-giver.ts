import type { ApiKeyId } from "#shared/ids.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { Clock } from "../clock.ts"
import type { AccountRegister } from "./account-register.ts"
import type { Affinity, ConversationHome, ServedAccount } from "./affinity.ts"
import { belongs, type Shelf } from "./candidates.ts"
import type { LimitsReached } from "./census.ts"
import type { Cooldowns } from "./cooldown.ts"
import { Counts } from "./counts.ts"
import { drawFrom, type Chosen, type MayServe } from "./draw.ts"
import { generalCooldown, isProbedForAll } from "./hindrance.ts"
import { Lease, type Caller, type LeaseAsk } from "./lease.ts"
import type { ModelShelves, TierShelves } from "./shelves.ts"
import { STRATEGIES } from "./strategies/index.ts"
import type { Strategy } from "./strategies/strategy.ts"
import { TakenSlots, type SlotTaker } from "./taken-slots.ts"

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

/** An exchange asks for the renewal of so many tokens at the most. */
const MAX_RENEWALS = 16

const AT_HOME = "the conversation lives there"
const STANDS_IN = "stands in for the conversation's own account"

interface Choice extends Chosen {
  readonly account: SnapshotAccount
  readonly reason: string
}

/** Chooses an account for an ask and counts the slots in use: of each account, each model over the whole pool, and each key. */
export class LeaseGiver {
  readonly #options: LeaseGiverOptions
  readonly #taker: SlotTaker
  readonly #inFlightByModel = new Counts()
  readonly #inFlightByKey = new Counts()
  readonly #reasons = new Reasons()
  /** Slots of each model; 0: unlimited. */
  modelLimit = 0

  constructor(options: LeaseGiverOptions) {
    const { register, onReturn } = options
    this.#options = options
    this.#taker = { seating: register.seating, onReturn }
  }

  /** A lease at once, or undefined. */
  give(ask: LeaseAsk): Lease | undefined {
    if (this.isKeyFull(ask.caller) || this.#isModelFull(ask.model)) return undefined
    const { cooldowns } = this.#options
    if (generalCooldown(cooldowns, ask.model) !== undefined || isProbedForAll(cooldowns, ask.model)) return undefined
    const now = this.#options.clock.now()
    const conversation = ask.caller?.conversation
    const known = conversation === undefined ? undefined : this.#options.affinity.find(conversation, now)
    const choice = this.#choose(ask, known, now)
    return choice && this.#lease(choice, ask, known)
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

  #choose(ask: LeaseAsk, known: ConversationHome | undefined, now: number): Choice | undefined {
    const { register } = this.#options
    const shelves = register.seating.tidied(ask, now)
    const { living, expired } = shelves
    const { table } = register
    const isAsked = askedFor(ask, register)
    const mayServe: MayServe = (number) => table.hasFreeSlot(number) && table.isLiving(number, now) && isAsked(number)
    // With one tier nothing can outrank the conversation's own account.
    const home = living.length === 1 ? this.#atHome(shelves, known, mayServe) : undefined
    const chosen = home ?? this.#chooseAmong(ask, living, mayServe)
    if (expired.length > 0) tellExpired(ask, expired, isAsked, chosen)
    if (home !== undefined) return home
    if (chosen !== undefined) return this.#atHome(shelves, known, mayServe, chosen) ?? chosen
    if (expired.length === 0) return undefined
    // A slot of an account that can serve, or a renewed token, is worth more than an account that can only wait.
    if (register.someoneLiving(ask, now, (account) => isAsked(account.number))) return undefined
    return this.#chooseAmong(ask, expired, (number) => table.hasFreeSlot(number) && isAsked(number))
  }

  #chooseAmong(ask: LeaseAsk, tiers: readonly TierShelves[], mayServe: MayServe): Choice | undefined {
    const asked = ask.strategy === undefined ? undefined : STRATEGIES[ask.strategy]
    for (const shelves of tiers) {
      const own = shelves[0]?.facts.tier.strategy
      const other = asked === own ? undefined : asked
      const drawn = drawFrom(shelves, asked ?? own, mayServe, this.#options.random)
      const chosen = drawn ?? firstOf(shelves, mayServe, other)
      if (chosen === undefined) continue
      if (other !== undefined && other.draws === undefined) chosen.shelf.by(other).chosen(chosen.number)
      const { number, shelf } = chosen
      const account = this.#options.register.table.snapshotAccount(number)
      if (account === undefined) return undefined
      const { priority, strategy } = shelf.facts.tier
      let count = 0
      for (const { members } of shelves) count += members.length
      const reason = this.#reasons.of(other ?? strategy, count, tiers.length > 1 ? priority : undefined)
      return { number, shelf, account, reason }
    }
    return undefined
  }

  /** Where the conversation lives, if that may serve now and is of no lower tier than what the strategy chose. */
  #atHome(
    shelves: ModelShelves,
    known: ConversationHome | undefined,
    mayServe: MayServe,
    chosen?: Chosen,
  ): Choice | undefined {
    if (known === undefined) return undefined
    const atHome = this.#served(known, AT_HOME, shelves, mayServe, chosen)
    if (atHome !== undefined) return atHome
    const { standIn } = known
    return standIn && this.#served(standIn, STANDS_IN, shelves, mayServe, chosen)
  }

  /** One that has served; undefined: it cannot serve the model now, or what was chosen is above it. */
  #served(
    served: ServedAccount,
    reason: string,
    { bucket, all }: ModelShelves,
    mayServe: MayServe,
    chosen?: Chosen,
  ): Choice | undefined {
    const number = this.#options.register.numberOf(served)
    if (number === undefined) return undefined
    const { table } = this.#options.register
    // Both are far apart in memory: read one after the other they are fetched at the same time.
    const account = table.snapshotAccount(number)
    const shelf = table.seats[bucket].shelf(number)
    if (account === undefined || shelf === undefined || !all.includes(shelf) || !mayServe(number)) return undefined
    return chosen !== undefined && isBelow(shelf, chosen.shelf) ? undefined : { number, shelf, account, reason }
  }

  #lease({ number, shelf, account, reason }: Choice, ask: LeaseAsk, known: ConversationHome | undefined): Lease {
    const { register, cooldowns } = this.#options
    const { model, caller } = ask
    if (caller?.conversation !== undefined) this.#settle(caller.conversation, caller.key, number, known)
    register.seating.chosen(shelf, number)
    const ofModel = this.#inFlightByModel.take(model)
    const ofKey = caller && this.#inFlightByKey.take(caller.key)
    const slots = new TakenSlots(this.#taker, number, ofModel, ofKey)
    const isCurrent = ask.snapshot === register.current
    const pinned = isCurrent ? account : (ask.snapshot.accountById.get(account.id) ?? account)
    const mayBeFirst = cooldowns.hasGeneral || register.table.hasRest(number)
    const probe = mayBeFirst ? cooldowns.probe(account.id, model, shelf.facts.bucket) : undefined
    return new Lease(pinned, probe === undefined ? reason : `${reason}; the first after a rest`, slots, probe)
  }

  /** A home that is gone, or of a lower tier than what can serve again, is not returned to. */
  #settle(conversation: string, key: ApiKeyId, number: number, known: ConversationHome | undefined): void {
    const { register, affinity } = this.#options
    if (known !== undefined && known.number === number && register.table.order(number) === known.order) {
      affinity.stays()
      return
    }
    const account = register.table.at(number)
    if (account === undefined) return
    const homeNumber = known && register.numberOf(known)
    const home = homeNumber === undefined ? undefined : register.table.at(homeNumber)
    const isNewHome = home === undefined || home.account.priority < account.account.priority
    affinity.served({ conversation, key, account, isNewHome })
  }

  #isModelFull(model: string): boolean {
    return this.modelLimit > 0 && this.#inFlightByModel.of(model) >= this.modelLimit
  }
}

/** What is said of a strategy's choice: mostly the same as of the one before, so the last is kept. */
class Reasons {
  #strategy: Strategy | undefined
  #count = 0
  #priority: number | undefined
  #reason = ""

  /** `priority`: undefined where all accounts have the same. */
  of(strategy: Strategy, count: number, priority: number | undefined): string {
    if (strategy === this.#strategy && count === this.#count && priority === this.#priority) return this.#reason
    this.#strategy = strategy
    this.#count = count
    this.#priority = priority
    const place = priority === undefined ? "" : `, priority ${priority}`
    return (this.#reason = `${strategy.name}, chosen ${strategy.why} of ${count}${place}`)
  }
}

function isBelow(shelf: Shelf, other: Shelf): boolean {
  return shelf.facts.tier.priority < other.facts.tier.priority
}

const everyone: MayServe = () => true

/** Not one that it has failed on, of the group that it wants, and only such as are in its own snapshot. */
function askedFor({ exclude, snapshot, group }: LeaseAsk, { table, current }: AccountRegister): MayServe {
  const isCurrent = snapshot === current
  if (exclude.size === 0 && isCurrent && group === undefined) return everyone
  return (number) => {
    const account = table.at(number)
    if (account === undefined || exclude.has(account.id) || !belongs(account.group, group)) return false
    return isCurrent || snapshot.accountById.has(account.id)
  }
}

/** By the strategy of their tier, or by another. */
function firstOf(shelves: TierShelves, mayServe: MayServe, other?: Strategy): Chosen | undefined {
  let best: Chosen | undefined
  for (const shelf of shelves) {
    const number = other === undefined ? shelf.first(mayServe) : firstBy(shelf, other, mayServe)
    if (number === undefined) continue
    const found = { number, shelf }
    if (best === undefined || isBefore(found, best, other)) best = found
  }
  return best
}

/** Who stands first and has no free slot is passed over, so that nobody meets it twice. */
function firstBy(shelf: Shelf, other: Strategy, mayServe: MayServe): number | undefined {
  const order = shelf.by(other)
  for (let number = order.head; number !== undefined; number = order.head) {
    if (shelf.table.accounts.hasFreeSlot(number)) break
    shelf.passOver(number)
  }
  return order.first(mayServe)
}

/** Of one tier. */
function isBefore(left: Chosen, right: Chosen, other?: Strategy): boolean {
  const rank = ({ number, shelf }: Chosen): number =>
    other === undefined ? shelf.rankOf(number) : shelf.by(other).rankOf(number)
  const difference = rank(left) - rank(right)
  if (difference !== 0) return difference < 0
  const { table } = left.shelf
  return table.order(left.number) < table.order(right.number)
}

/** Those whose turn it was before the chosen one's, or all where none could be chosen. */
function tellExpired(
  ask: LeaseAsk,
  tiers: readonly TierShelves[],
  isAsked: MayServe,
  chosen: Chosen | undefined,
): void {
  let left = MAX_RENEWALS
  for (const shelf of tiers.flat()) {
    const { accounts } = shelf.table
    shelf.ready.first((number) => {
      const isOver =
        left === 0 || (chosen !== undefined && (isBelow(shelf, chosen.shelf) || !isBefore({ number, shelf }, chosen)))
      const account = accounts.at(number)?.account
      if (!isOver && account !== undefined && accounts.hasFreeSlot(number) && isAsked(number)) {
        left--
        ask.onExpired?.(account)
      }
      return isOver
    })
  }
}
