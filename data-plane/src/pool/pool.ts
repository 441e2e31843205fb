/**
 * The pool: who may serve a model now. It adopts each snapshot without losing what it knows of the moment (slots in use,
 * cool-downs), hands out leases, lets exchanges wait in a bounded line when all is busy, and answers honestly when waiting is in
 * vain. Nothing here knows of sockets or dialects.
 */
import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { PoolCensus } from "#shared/link-protocol.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { GatewayError } from "../canonical/error.ts"
import { abortReason, type Clock } from "../clock.ts"
import { AccountRegister } from "./account-register.ts"
import { Affinity, type ConversationFact, type ConversationHome } from "./affinity.ts"
import { takeCensus } from "./census.ts"
import { Cooldowns, type Cooldown, type CooldownScope } from "./cooldown.ts"
import { COOLING_WAIT_MS, Hindrances } from "./hindrance.ts"
import { LeaseGiver } from "./lease-giver.ts"
import { largest } from "./largest.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { lineFullError } from "./pool-error.ts"
import { WaitingRoom } from "./waiting-room.ts"

export interface PoolFacts {
  readonly total: number
  readonly usable: number
  readonly cooling: number
  readonly inFlight: number
  readonly waiting: number
  /** Conversations whose account is remembered. */
  readonly conversations: number
}

export class Pool {
  readonly #cooldowns: Cooldowns
  readonly #register: AccountRegister
  readonly #hindrances: Hindrances
  readonly #giver: LeaseGiver
  readonly #waiting: WaitingRoom
  readonly #affinity: Affinity
  #isAdopting = false

  /** `random` gives numbers from 0 to 1, for strategies that draw; `tell` hears what other data planes are to know. */
  constructor(clock: Clock, random: () => number = Math.random, tell?: (fact: ConversationFact) => void) {
    const cooldowns = new Cooldowns(
      clock,
      (scope) => this.#onCooldownEnd(scope),
      (scope, isOnItsWay) => this.#onProbe(scope, isOnItsWay),
    )
    const affinity = new Affinity(clock, tell)
    const register = new AccountRegister({ clock, cooldowns, onQuotaReset: () => this.#onChange() })
    const onReturn = (): void => this.#waiting.serve(false)
    const giver = new LeaseGiver({ clock, random, register, cooldowns, affinity, onReturn })
    const isKeyFull = giver.isKeyFull.bind(giver)
    const hindrances = new Hindrances({ clock, register, cooldowns, isKeyFull })
    this.#cooldowns = cooldowns
    this.#register = register
    this.#hindrances = hindrances
    this.#giver = giver
    this.#affinity = affinity
    const knowsAll = register.knowsAll.bind(register)
    this.#waiting = new WaitingRoom({ clock, hindrances, give: (ask) => giver.give(ask), isKeyFull, knowsAll })
  }

  /** Takes over a new snapshot. Leases in use stay valid; an account that is gone gets no new ones. */
  adopt(compiled: CompiledSnapshot): void {
    const { settings } = compiled.snapshot
    this.#giver.modelLimit = settings.maxConcurrentPerModel
    this.#hindrances.coolingWaitMs = settings.poolCoolingWaitMs ?? COOLING_WAIT_MS
    this.#isAdopting = true
    this.#register.adopt(compiled)
    this.#isAdopting = false
    this.#onChange()
  }

  /** A lease, at once or after waiting; rejects with a `GatewayError` that tells the truth, or with the signal's reason. */
  acquire(ask: LeaseAsk, signal: AbortSignal): Promise<Lease> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    const lease = this.#giver.give(ask)
    if (lease !== undefined) return Promise.resolve(lease)
    const hindrance = this.#hindrances.find(ask)
    const waitMs = this.#hindrances.waitFor(hindrance, ask)
    if (waitMs <= 0) return Promise.reject(this.#hindrances.refusal(hindrance))
    if (!this.#waiting.makeRoom(ask))
      return Promise.reject(hindrance.type === "busy" ? lineFullError() : this.#hindrances.refusal(hindrance))
    return this.#waiting.wait(ask, waitMs, signal)
  }

  /** Is there an account besides the excluded ones that serves the model now or after a wait? */
  hasOther(ask: LeaseAsk): boolean {
    return this.#hindrances.waitFor(this.#hindrances.find(ask), ask) > 0
  }

  cool(cooldown: Cooldown): void {
    const { scope } = cooldown
    this.#cooldowns.add(cooldown)
    this.#register.onCooldown(scope, this.#cooldowns.find(scope))
    this.#onChange()
  }

  /** Opens the scope to all, also where it was half open. */
  release(scope: CooldownScope): void {
    this.#cooldowns.release(scope)
  }

  /** What was learnt last of exactly this scope, as long as it is not open to all. */
  cooldown(scope: CooldownScope): Cooldown | undefined {
    return this.#cooldowns.last(scope)
  }

  /** All that is about this account, also where something on it is half open. */
  cooldownsOf(accountId: AccountId): Cooldown[] {
    return this.#cooldowns.ofAccount(accountId)
  }

  cooldowns(): Cooldown[] {
    return this.#cooldowns.list()
  }

  /** Those that are over, and after which one exchange goes first. */
  halfOpen(): Cooldown[] {
    return this.#cooldowns.halfOpen()
  }

  /** Tokens that a request has used up on an account, as the upstream counts them for its quota. */
  use(accountId: AccountId, model: string, tokens: number): void {
    this.#register.use(accountId, model, tokens)
  }

  /** Where a conversation lives; undefined: nowhere yet, or it is forgotten. */
  homeOf(conversation: string): ConversationHome | undefined {
    return this.#affinity.find(conversation)
  }

  /** What any data plane did to the homes of conversations, this one included, in the order in which all hear it. */
  learn(fact: ConversationFact): void {
    this.#affinity.learn(fact)
  }

  /** Its next turn finds an account as a new conversation does. False: it had none. */
  releaseConversation(conversation: string): boolean {
    return this.#affinity.release(conversation)
  }

  /** The same for all that live on an account; how many those were. */
  releaseConversationsOf(accountId: AccountId): number {
    return this.#affinity.releaseAccount(accountId)
  }

  /** The same for all of a key. */
  releaseConversationsOfKey(key: ApiKeyId): number {
    return this.#affinity.releaseKey(key)
  }

  /** How many conversations live on each of the `limit` accounts with most of them. */
  conversationsByAccount(limit: number): Readonly<Record<string, number>> {
    return Object.fromEntries(largest(this.#affinity.homes, limit))
  }

  /** Why nothing serves the model at this moment, as an error for the client; undefined while something does. */
  coolingError(ask: LeaseAsk): GatewayError | undefined {
    const hindrance = this.#hindrances.find(ask)
    return hindrance.type === "cooling" ? this.#hindrances.refusal(hindrance) : undefined
  }

  /** With what the ask would be refused at this moment; undefined: it is served, at once or after a wait. */
  refusal(ask: LeaseAsk): GatewayError | undefined {
    const hindrance = this.#hindrances.find(ask)
    return this.#hindrances.waitFor(hindrance, ask) > 0 ? undefined : this.#hindrances.refusal(hindrance)
  }

  /** How many could serve now, and what keeps the others. */
  census(ask: Pick<LeaseAsk, "model" | "exclude" | "caller" | "group">): PoolCensus {
    return takeCensus(this.#register, ask, this.#giver.limitsReached(ask))
  }

  /** Numbers that are kept anyway: whoever asks for them asks often. */
  facts(): PoolFacts {
    const { known: total, size: usable, cooling, table } = this.#register
    const { totalInFlight: inFlight } = table
    return { total, usable, cooling, inFlight, waiting: this.#waiting.size, conversations: this.#affinity.size }
  }

  /** Of those that have any. Looks through all accounts, but only at one number of each. */
  inFlightByAccount(): Record<string, number> {
    return Object.fromEntries(this.#register.table.allInFlight())
  }

  /** Stops timers and refuses all who wait. */
  close(): void {
    this.#cooldowns.close()
    this.#waiting.refuseAll(new GatewayError("shutting_down", "The gateway is shutting down."))
  }

  #onCooldownEnd(scope: CooldownScope): void {
    this.#register.onCooldown(scope, undefined)
    this.#onChange()
  }

  /** What one probe has left the next one may take. */
  #onProbe(scope: CooldownScope, isOnItsWay: boolean): void {
    this.#register.onProbe(scope, isOnItsWay)
    if (!isOnItsWay) this.#onChange()
  }

  /** Somebody who waits may be served now, or waits in vain. In the middle of a new snapshot nobody can tell. */
  #onChange(): void {
    if (!this.#isAdopting) this.#waiting.serve(true)
  }
}
