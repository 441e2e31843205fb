/**
 * The pool: who may serve a model now. It adopts each snapshot without losing what it knows of the moment (slots in use,
 * cool-downs), hands out leases, lets exchanges wait in a bounded line when all is busy, and answers honestly when waiting is in
 * vain. Nothing here knows of sockets or dialects.
 */
import type { AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import { abortReason, type Clock } from "../clock.ts"
import { offers, PoolAccount, ReadyRing, type CandidateGroup } from "./candidates.ts"
import { Cooldowns, type Cooldown, type CooldownScope } from "./cooldown.ts"
import { Lease } from "./lease.ts"
import { quotaBucket } from "./quota-bucket.ts"
import { STRATEGIES } from "./strategies/index.ts"
import { busyError, coolingError, noAccountError } from "./pool-error.ts"
import { WaitingLines, type Waiter } from "./waiting-line.ts"

/** How long an exchange waits for a slot, and for the end of a cool-down. */
export const SLOT_WAIT_MS = 60_000
export const COOLING_WAIT_MS = 15_000

export interface LeaseAsk {
  readonly model: string
  /** Accounts that this exchange has already failed on. */
  readonly exclude: ReadonlySet<AccountId>
  /** The snapshot of the exchange: an account it does not have is never leased for it. */
  readonly snapshot: CompiledSnapshot
  /** At most this long, in milliseconds. */
  readonly waitMs: number
  /** Hears of each account that could serve but for its expired token; it is only leased where no other has a living one. */
  onExpired?(account: SnapshotAccount): void
}

/** Why no lease can be had now. */
type Hindrance =
  | { readonly type: "busy" }
  | { readonly type: "cooling"; readonly cooldown: Cooldown }
  | { readonly type: "none" }

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
  readonly #accounts = new Map<AccountId, PoolAccount>()
  readonly #groups = new Map<string, CandidateGroup>()
  readonly #cooldowns: Cooldowns
  readonly #lines = new WaitingLines()
  readonly #inFlightByModel = new Map<string, number>()
  readonly #strategy = STRATEGIES["round-robin"]
  #modelLimit = 0
  #choices = 0
  #known = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#cooldowns = new Cooldowns(clock, (scope) => this.#onCooldownEnd(scope))
  }

  /** Takes over a new snapshot. Leases in use stay valid; an account that is gone gets no new ones. */
  adopt(compiled: CompiledSnapshot): void {
    const { snapshot } = compiled
    this.#modelLimit = snapshot.settings.maxConcurrentPerModel
    this.#known = snapshot.accounts.length
    const seen = new Set<AccountId>()
    for (const account of snapshot.accounts) {
      if (!account.usable) continue
      seen.add(account.id)
      this.#adoptAccount(account, account.maxConcurrent ?? snapshot.settings.maxConcurrentPerAccount)
    }
    for (const [id, account] of this.#accounts) if (!seen.has(id)) this.#drop(account)
    for (const [name, group] of this.#groups) {
      if (group.members.size === 0) this.#groups.delete(name)
      else if (group.catalogue !== undefined) {
        const models = snapshot.catalogues[group.catalogue]?.models
        group.models = models && new Map(models.map((model) => [model.id, model]))
      }
    }
    this.#serve(true)
  }

  /** A lease, at once or after waiting; rejects with a `GatewayError` that tells the truth, or with the signal's reason. */
  acquire(ask: LeaseAsk, signal: AbortSignal): Promise<Lease> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    const lease = this.#tryLease(ask)
    if (lease !== undefined) return Promise.resolve(lease)
    const hindrance = this.#hindrance(ask)
    const waitMs = this.#waitFor(hindrance, ask)
    if (waitMs <= 0 || !this.#lines.hasRoom(ask.model)) return Promise.reject(this.#refusal(hindrance))
    return this.#wait(ask, waitMs, signal)
  }

  /** Is there an account besides the excluded ones that serves the model now or after a wait? */
  hasOther(ask: LeaseAsk): boolean {
    return this.#waitFor(this.#hindrance(ask), ask) > 0
  }

  cool(cooldown: Cooldown): void {
    this.#cooldowns.add(cooldown)
    if (cooldown.scope.type === "account") {
      const account = this.#accounts.get(cooldown.scope.accountId)
      if (account !== undefined) {
        account.isCooling = true
        account.ring?.remove(account)
      }
    }
    this.#serve(true)
  }

  release(scope: CooldownScope): void {
    this.#cooldowns.release(scope)
  }

  cooldowns(): Cooldown[] {
    return this.#cooldowns.list()
  }

  /** Why nothing serves the model at this moment, as an error for the client; undefined while something does. */
  coolingError(ask: LeaseAsk): GatewayError | undefined {
    const hindrance = this.#hindrance(ask)
    return hindrance.type === "cooling" ? coolingError(hindrance.cooldown, this.#clock.now()) : undefined
  }

  facts(): PoolFacts {
    const inFlightByAccount: Record<string, number> = {}
    let inFlight = 0
    let cooling = 0
    for (const account of this.#accounts.values()) {
      inFlight += account.inFlight
      if (account.isCooling) cooling++
      if (account.inFlight > 0) inFlightByAccount[account.id] = account.inFlight
    }
    const usable = this.#accounts.size
    return { total: this.#known, usable, cooling, inFlight, waiting: this.#lines.size, inFlightByAccount }
  }

  /** Stops timers and refuses all who wait. */
  close(): void {
    this.#cooldowns.close()
    const error = new GatewayError("shutting_down", "The gateway is shutting down.")
    for (const line of this.#lines.lines()) for (const waiter of line) waiter.refuse(error)
  }

  #adoptAccount(account: SnapshotAccount, limit: number): void {
    let known = this.#accounts.get(account.id)
    if (known === undefined) {
      known = new PoolAccount(account, limit)
      this.#accounts.set(account.id, known)
      known.isCooling = this.#cooldowns.find({ type: "account", accountId: account.id }) !== undefined
    } else {
      if (hasNewCredential(known.account, account)) this.#releaseHold(account.id)
      if (known.account.catalogue !== account.catalogue) this.#leaveGroup(known)
      known.account = account
      known.limit = limit
    }
    const group = this.#groupOf(account)
    group.members.add(known)
    this.#place(known, group)
  }

  /** A hold without an end lasts until the account's credential changes. */
  #releaseHold(accountId: AccountId): void {
    const hold = this.#cooldowns.find({ type: "account", accountId })
    if (hold?.until === Infinity) this.#cooldowns.release(hold.scope)
  }

  #drop(account: PoolAccount): void {
    this.#leaveGroup(account)
    this.#accounts.delete(account.id)
    this.#releaseHold(account.id)
  }

  #leaveGroup(account: PoolAccount): void {
    account.ring?.remove(account)
    this.#groups.get(groupName(account.account))?.members.delete(account)
  }

  #groupOf(account: SnapshotAccount): CandidateGroup {
    const name = groupName(account)
    let group = this.#groups.get(name)
    if (group === undefined) {
      group = { catalogue: account.catalogue, models: undefined, members: new Set(), ready: new ReadyRing() }
      this.#groups.set(name, group)
    }
    return group
  }

  /** Into the ring with a free slot and no cool-down, out of it otherwise. */
  #place(account: PoolAccount, group: CandidateGroup): void {
    if (account.hasFreeSlot && !account.isCooling) group.ready.add(account)
    else account.ring?.remove(account)
  }

  #tryLease(ask: LeaseAsk): Lease | undefined {
    if (this.#isModelFull(ask.model) || this.#generalCooldown(ask.model) !== undefined) return undefined
    const bucket = quotaBucket(ask.model)
    const mayServe = ({ id }: PoolAccount): boolean =>
      !ask.exclude.has(id) &&
      ask.snapshot.accountById.has(id) &&
      (this.#cooldowns.size === 0 || this.#cooldowns.findForAccount(id, ask.model, bucket) === undefined)
    const now = this.#clock.now()
    const candidates: PoolAccount[] = []
    const expired: PoolAccount[] = []
    let ready = 0
    for (const group of this.#groups.values()) {
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
    for (const group of this.#groups.values()) {
      if (!offers(group, model)) continue
      for (const account of group.members) if (isSuch(account)) return true
    }
    return false
  }

  #lease(account: PoolAccount, ask: LeaseAsk, reason: string): Lease {
    const { model } = ask
    account.lastChosen = ++this.#choices
    account.inFlight++
    this.#inFlightByModel.set(model, (this.#inFlightByModel.get(model) ?? 0) + 1)
    account.ring?.remove(account)
    this.#place(account, this.#groupOf(account.account))
    const pinned = ask.snapshot.accountById.get(account.id) ?? account.account
    return new Lease(pinned, reason, () => {
      account.inFlight--
      const left = (this.#inFlightByModel.get(model) ?? 1) - 1
      if (left === 0) this.#inFlightByModel.delete(model)
      else this.#inFlightByModel.set(model, left)
      if (this.#accounts.get(account.id) === account) this.#place(account, this.#groupOf(account.account))
      this.#serve(false)
    })
  }

  #isModelFull(model: string): boolean {
    return this.#modelLimit > 0 && (this.#inFlightByModel.get(model) ?? 0) >= this.#modelLimit
  }

  #generalCooldown(model: string): Cooldown | undefined {
    return this.#cooldowns.find({ type: "egress" }) ?? this.#cooldowns.find({ type: "model", model })
  }

  /** Called when no lease could be had: looks at every account that offers the model. */
  #hindrance(ask: LeaseAsk): Hindrance {
    const general = this.#generalCooldown(ask.model)
    if (general !== undefined) return { type: "cooling", cooldown: general }
    const bucket = quotaBucket(ask.model)
    let earliest: Cooldown | undefined
    for (const group of this.#groups.values()) {
      if (!offers(group, ask.model)) continue
      for (const { id } of group.members) {
        if (ask.exclude.has(id) || !ask.snapshot.accountById.has(id)) continue
        const cooldown = this.#cooldowns.findForAccount(id, ask.model, bucket)
        if (cooldown === undefined) return { type: "busy" }
        if (earliest === undefined || cooldown.until < earliest.until) earliest = cooldown
      }
    }
    return earliest === undefined ? { type: "none" } : { type: "cooling", cooldown: earliest }
  }

  #waitFor(hindrance: Hindrance, ask: LeaseAsk): number {
    if (hindrance.type === "none") return 0
    if (hindrance.type === "busy") return ask.waitMs
    const left = hindrance.cooldown.until - this.#clock.now()
    return left <= Math.min(COOLING_WAIT_MS, ask.waitMs) ? Math.max(1, left) + SLOT_GRACE_MS : 0
  }

  #refusal(hindrance: Hindrance): GatewayError {
    if (hindrance.type === "cooling") return coolingError(hindrance.cooldown, this.#clock.now())
    return hindrance.type === "busy" ? busyError() : noAccountError(this.#known)
  }

  #wait(ask: LeaseAsk, waitMs: number, signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        waiter.timer.clear()
        signal.removeEventListener("abort", onAbort)
        this.#lines.leave(waiter)
      }
      const waiter: Waiter = {
        ask,
        timer: this.#clock.after(waitMs, () => waiter.refuse(this.#refusal(this.#hindrance(ask)))),
        grant: (lease) => {
          settle()
          resolve(lease)
        },
        refuse: (error) => {
          settle()
          reject(error)
        },
      }
      const onAbort = (): void => waiter.refuse(abortReason(signal))
      signal.addEventListener("abort", onAbort, { once: true })
      this.#lines.join(waiter)
    })
  }

  /** Gives leases to those who wait; `hasChanged` also tells those whose waiting became vain. */
  #serve(hasChanged: boolean): void {
    if (this.#lines.isEmpty) return
    for (const line of this.#lines.lines()) {
      for (const waiter of line) {
        const lease = this.#tryLease(waiter.ask)
        if (lease !== undefined) waiter.grant(lease)
        else if (hasChanged) this.#reconsider(waiter)
        else if (waiter.ask.exclude.size === 0) break
      }
    }
  }

  #reconsider(waiter: Waiter): void {
    const hindrance = this.#hindrance(waiter.ask)
    if (this.#waitFor(hindrance, waiter.ask) <= 0) waiter.refuse(this.#refusal(hindrance))
  }

  #onCooldownEnd(scope: CooldownScope): void {
    const account = scope.type === "account" ? this.#accounts.get(scope.accountId) : undefined
    if (account !== undefined) {
      account.isCooling = false
      this.#place(account, this.#groupOf(account.account))
    }
    this.#serve(true)
  }
}

/** Who waits for a cool-down's end may wait this much longer for one of the slots it frees. */
const SLOT_GRACE_MS = 1_000

function groupName(account: SnapshotAccount): string {
  return `${account.kind} ${account.catalogue ?? ""}`
}

function hasNewCredential(before: SnapshotAccount, after: SnapshotAccount): boolean {
  return (before.credential?.generation ?? 0) !== (after.credential?.generation ?? 0)
}
