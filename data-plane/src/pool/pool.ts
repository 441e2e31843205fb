/**
 * The pool: who may serve a model now. It adopts each snapshot without losing what it knows of the moment (slots in use,
 * cool-downs), hands out leases, lets exchanges wait in a bounded line when all is busy, and answers honestly when waiting is in
 * vain. Nothing here knows of sockets or dialects.
 */
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { GatewayError } from "../canonical/error.ts"
import { abortReason, type Clock } from "../clock.ts"
import { AccountRegister } from "./account-register.ts"
import { Cooldowns, type Cooldown, type CooldownScope } from "./cooldown.ts"
import { Hindrances } from "./hindrance.ts"
import { LeaseGiver } from "./lease-giver.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { coolingError } from "./pool-error.ts"
import { WaitingRoom } from "./waiting-room.ts"

export interface PoolFacts {
  readonly total: number
  readonly usable: number
  readonly cooling: number
  readonly inFlight: number
  readonly waiting: number
  readonly inFlightByAccount: Readonly<Record<string, number>>
}

export class Pool {
  readonly #clock: Clock
  readonly #cooldowns: Cooldowns
  readonly #register: AccountRegister
  readonly #hindrances: Hindrances
  readonly #giver: LeaseGiver
  readonly #waiting: WaitingRoom

  constructor(clock: Clock) {
    const cooldowns = new Cooldowns(clock, (scope) => this.#onCooldownEnd(scope))
    const register = new AccountRegister(cooldowns)
    const hindrances = new Hindrances({ clock, register, cooldowns })
    const giver = new LeaseGiver({ clock, register, cooldowns, onReturn: () => this.#waiting.serve(false) })
    this.#clock = clock
    this.#cooldowns = cooldowns
    this.#register = register
    this.#hindrances = hindrances
    this.#giver = giver
    this.#waiting = new WaitingRoom({ clock, hindrances, give: (ask) => giver.give(ask) })
  }

  /** Takes over a new snapshot. Leases in use stay valid; an account that is gone gets no new ones. */
  adopt(compiled: CompiledSnapshot): void {
    this.#giver.modelLimit = compiled.snapshot.settings.maxConcurrentPerModel
    this.#register.adopt(compiled)
    this.#waiting.serve(true)
  }

  /** A lease, at once or after waiting; rejects with a `GatewayError` that tells the truth, or with the signal's reason. */
  acquire(ask: LeaseAsk, signal: AbortSignal): Promise<Lease> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    const lease = this.#giver.give(ask)
    if (lease !== undefined) return Promise.resolve(lease)
    const hindrance = this.#hindrances.find(ask)
    const waitMs = this.#hindrances.waitFor(hindrance, ask)
    if (waitMs <= 0 || !this.#waiting.hasRoom(ask.model)) return Promise.reject(this.#hindrances.refusal(hindrance))
    return this.#waiting.wait(ask, waitMs, signal)
  }

  /** Is there an account besides the excluded ones that serves the model now or after a wait? */
  hasOther(ask: LeaseAsk): boolean {
    return this.#hindrances.waitFor(this.#hindrances.find(ask), ask) > 0
  }

  cool(cooldown: Cooldown): void {
    this.#cooldowns.add(cooldown)
    if (cooldown.scope.type === "account") this.#setCooling(cooldown.scope, true)
    this.#waiting.serve(true)
  }

  release(scope: CooldownScope): void {
    this.#cooldowns.release(scope)
  }

  cooldowns(): Cooldown[] {
    return this.#cooldowns.list()
  }

  /** Why nothing serves the model at this moment, as an error for the client; undefined while something does. */
  coolingError(ask: LeaseAsk): GatewayError | undefined {
    const hindrance = this.#hindrances.find(ask)
    return hindrance.type === "cooling" ? coolingError(hindrance.cooldown, this.#clock.now()) : undefined
  }

  facts(): PoolFacts {
    const inFlightByAccount: Record<string, number> = {}
    let inFlight = 0
    let cooling = 0
    for (const account of this.#register.accounts()) {
      inFlight += account.inFlight
      if (account.isCooling) cooling++
      if (account.inFlight > 0) inFlightByAccount[account.id] = account.inFlight
    }
    const { known: total, size: usable } = this.#register
    return { total, usable, cooling, inFlight, waiting: this.#waiting.size, inFlightByAccount }
  }

  /** Stops timers and refuses all who wait. */
  close(): void {
    this.#cooldowns.close()
    this.#waiting.refuseAll(new GatewayError("shutting_down", "The gateway is shutting down."))
  }

  #onCooldownEnd(scope: CooldownScope): void {
    if (scope.type === "account") this.#setCooling(scope, false)
    this.#waiting.serve(true)
  }

  #setCooling({ accountId }: Extract<CooldownScope, { type: "account" }>, isCooling: boolean): void {
    const account = this.#register.get(accountId)
    if (account === undefined) return
    account.isCooling = isCooling
    this.#register.place(account)
  }
}
