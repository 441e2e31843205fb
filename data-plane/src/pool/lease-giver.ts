import type { Clock } from "../clock.ts"
import type { AccountRegister } from "./account-register.ts"
import { offers, type PoolAccount } from "./candidates.ts"
import type { Cooldowns } from "./cooldown.ts"
import { generalCooldown } from "./hindrance.ts"
import { Lease, type LeaseAsk } from "./lease.ts"
import { quotaBucket } from "./quota-bucket.ts"
import { STRATEGIES } from "./strategies/index.ts"

export interface LeaseGiverOptions {
  readonly clock: Clock
  readonly register: AccountRegister
  readonly cooldowns: Cooldowns
  /** Called after a lease has come back. */
  readonly onReturn: () => void
}

/** Chooses an account for an ask and counts the slots in use: of each account, and of each model over the whole pool. */
export class LeaseGiver {
  readonly #options: LeaseGiverOptions
  readonly #inFlightByModel = new Map<string, number>()
  readonly #strategy = STRATEGIES["round-robin"]
  #choices = 0
  /** Slots of each model; 0: unlimited. */
  modelLimit = 0

  constructor(options: LeaseGiverOptions) {
    this.#options = options
  }

  /** A lease at once, or undefined. */
  give(ask: LeaseAsk): Lease | undefined {
    const { clock, register, cooldowns } = this.#options
    if (this.#isModelFull(ask.model) || generalCooldown(cooldowns, ask.model) !== undefined) return undefined
    const bucket = quotaBucket(ask.model)
    const mayServe = ({ id }: PoolAccount): boolean =>
      !ask.exclude.has(id) &&
      ask.snapshot.accountById.has(id) &&
      (cooldowns.size === 0 || cooldowns.findForAccount(id, ask.model, bucket) === undefined)
    const now = clock.now()
    const candidates: PoolAccount[] = []
    const expired: PoolAccount[] = []
    let ready = 0
    for (const group of register.groups()) {
      if (!offers(group, ask.model)) continue
      ready += group.ready.size
      let firstExpired: PoolAccount | undefined
      const first = group.ready.first((account) => {
        if (!mayServe(account)) return false
        if (account.isLiving(now)) return true
        ask.onExpired?.(account.account)
        firstExpired ??= account
        return false
      })
      if (first !== undefined) candidates.push(first)
      if (firstExpired !== undefined) expired.push(firstExpired)
    }
    // A slot of an account that can serve, or a renewed token, is worth more than an account that can only wait.
    if (
      candidates.length === 0 &&
      expired.length > 0 &&
      !this.#someone(ask.model, (one) => one.isLiving(now) && mayServe(one))
    )
      candidates.push(...expired)
    const chosen = this.#strategy.choose(candidates)
    return chosen && this.#lease(chosen, ask, `${this.#strategy.name}, chosen longest ago of ${ready} ready`)
  }

  /** Is there such an account among those that offer the model, ready or not? */
  #someone(model: string, isSuch: (account: PoolAccount) => boolean): boolean {
    for (const group of this.#options.register.groups()) {
      if (!offers(group, model)) continue
      for (const account of group.members) if (isSuch(account)) return true
    }
    return false
  }

  #lease(account: PoolAccount, ask: LeaseAsk, reason: string): Lease {
    const { register, onReturn } = this.#options
    const { model } = ask
    account.lastChosen = ++this.#choices
    account.inFlight++
    this.#inFlightByModel.set(model, (this.#inFlightByModel.get(model) ?? 0) + 1)
    account.ring?.remove(account)
    register.place(account)
    const pinned = ask.snapshot.accountById.get(account.id) ?? account.account
    return new Lease(pinned, reason, () => {
      account.inFlight--
      const left = (this.#inFlightByModel.get(model) ?? 1) - 1
      if (left === 0) this.#inFlightByModel.delete(model)
      else this.#inFlightByModel.set(model, left)
      register.place(account)
      onReturn()
    })
  }

  #isModelFull(model: string): boolean {
    return this.modelLimit > 0 && (this.#inFlightByModel.get(model) ?? 0) >= this.modelLimit
  }
}
