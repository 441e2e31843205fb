/**
 * What the pool leaves alone, why and until when. A cool-down ends by later evidence, by a release, or by its time; then its scope is
 * half open: one exchange goes first as a probe, and all others follow when the upstream serves it. Waiting runs on the monotonic
 * clock, so a step of the wall clock neither ends nor stretches one.
 */
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import type { AccountId } from "#shared/ids.ts"
import type { QuotaBucket } from "#shared/quota-bucket.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import type { Clock } from "../clock.ts"
import { Deadlines, type Deadline } from "./deadlines.ts"
import { Probe, type HalfOpen } from "./probe.ts"

export type CooldownScope =
  | { readonly type: "account"; readonly accountId: AccountId }
  | { readonly type: "account-model"; readonly accountId: AccountId; readonly model: string }
  | { readonly type: "account-bucket"; readonly accountId: AccountId; readonly bucket: QuotaBucket }
  | { readonly type: "model"; readonly model: string }
  | { readonly type: "egress" }
  /** All of it: the pool protects itself. */
  | { readonly type: "pool" }

export interface Cooldown {
  readonly scope: CooldownScope
  readonly cause: FailureClass
  /** What the upstream said, redacted. */
  readonly evidence: string
  readonly since: number
  /** Milliseconds since the epoch; Infinity: until something about the account changes. */
  readonly until: number
}

interface Entry extends HalfOpen {
  isInForce: boolean
  deadline: Deadline | undefined
  /** Its time is over. */
  isHalfOpen: boolean
}

const NONE: ReadonlySet<Entry> = new Set()

export interface CooldownListeners {
  /** A cool-down is over, by time or by release, or a probe has opened its scope to all. */
  onEnd(scope: CooldownScope): void
  /** A probe is on its way, or has left its place to the next one. */
  onProbe?(scope: CooldownScope, isOnItsWay: boolean): void
}

export class Cooldowns {
  /** Of everything in the pool: one timer for all. */
  readonly deadlines: Deadlines
  readonly #clock: Clock
  readonly #listeners: CooldownListeners
  readonly #entries = new Map<string, Entry>()
  readonly #byAccount = new Map<AccountId, Set<Entry>>()
  /** Entries that are about no single account. */
  #general = 0
  #halfOpen = 0

  constructor(clock: Clock, onEnd: CooldownListeners["onEnd"], onProbe?: CooldownListeners["onProbe"]) {
    this.#clock = clock
    this.#listeners = { onEnd, ...(onProbe === undefined ? {} : { onProbe }) }
    this.deadlines = new Deadlines(clock)
  }

  /** Later evidence wins over what was known about the same scope. One whose time is over already is half open. */
  add(cooldown: Cooldown): void {
    const { scope } = cooldown
    const key = scopeKey(scope)
    this.#forget(key, scope)
    const ms = cooldown.until - this.#clock.now()
    const entry: Entry = { cooldown, deadline: undefined, isHalfOpen: false, isInForce: true, probe: undefined }
    if (ms <= 0) this.#halve(entry)
    else if (Number.isFinite(ms)) {
      entry.deadline = this.deadlines.after(ms, () => {
        this.#halve(entry)
        this.#listeners.onEnd(scope)
      })
    }
    this.#entries.set(key, entry)
    if (!("accountId" in scope)) {
      this.#general++
      return
    }
    const ofAccount = this.#byAccount.get(scope.accountId)
    if (ofAccount === undefined) this.#byAccount.set(scope.accountId, new Set([entry]))
    else ofAccount.add(entry)
  }

  /** Opens the scope to all. */
  release(scope: CooldownScope): void {
    if (this.#forget(scopeKey(scope), scope)) this.#listeners.onEnd(scope)
  }

  /** What keeps all from the scope. */
  find(scope: CooldownScope): Cooldown | undefined {
    const entry = this.#entryOf(scope)
    return entry?.isHalfOpen === true ? undefined : entry?.cooldown
  }

  /** The same, or the one after which the scope is half open. */
  last(scope: CooldownScope): Cooldown | undefined {
    return this.#entryOf(scope)?.cooldown
  }

  /** How long it still keeps all from its scope, in milliseconds: a step of the wall clock leaves its `until` behind. */
  leftMs(cooldown: Cooldown): number {
    const { cooldown: known, deadline, isHalfOpen = false } = this.#entryOf(cooldown.scope) ?? {}
    if (known === cooldown && deadline !== undefined && !isHalfOpen) return this.deadlines.dueIn(deadline)
    return Math.max(0, cooldown.until - this.#clock.now())
  }

  /**
   * What keeps this account from this model: the account itself, the model's bucket, or the model on it. Of several what lasts longest, and
   * of those that end together that it does not have the model.
   */
  findForAccount(accountId: AccountId, model: string, bucket: QuotaBucket): Cooldown | undefined {
    let latest: Cooldown | undefined
    for (const { cooldown, isHalfOpen } of this.#byAccount.get(accountId) ?? NONE) {
      if (isHalfOpen || !concerns(cooldown.scope, model, bucket)) continue
      const isLater = latest === undefined || cooldown.until > latest.until
      if (isLater || (cooldown.until === latest?.until && cooldown.cause === "model_missing")) latest = cooldown
    }
    return latest
  }

  /** All that are about this account, also those after which something on it is half open. */
  ofAccount(accountId: AccountId): Cooldown[] {
    return [...(this.#byAccount.get(accountId) ?? NONE)].map(({ cooldown }) => cooldown)
  }

  /** Is there any of both kinds that is about no single account? Hardly ever, and it is asked with every choice. */
  get hasGeneral(): boolean {
    return this.#general > 0
  }

  /** Is there any of both kinds about this account? */
  hasOf(accountId: AccountId): boolean {
    return this.#byAccount.has(accountId)
  }

  list(): Cooldown[] {
    return [...this.#entries.values()].flatMap(({ cooldown, isHalfOpen }) => (isHalfOpen ? [] : [cooldown]))
  }

  /** Those after which a scope is half open. */
  halfOpen(): Cooldown[] {
    return [...this.#entries.values()].flatMap(({ cooldown, isHalfOpen }) => (isHalfOpen ? [cooldown] : []))
  }

  /** A probe is on its way there: the others wait for what it learns, or go elsewhere. */
  isProbed(scope: CooldownScope): boolean {
    return this.#halfOpen > 0 && this.#entryOf(scope)?.probe !== undefined
  }

  /** Of an exchange that goes first wherever one has to; undefined: all it meets is open. */
  probe(accountId: AccountId, model: string, bucket: QuotaBucket): Probe | undefined {
    if (this.#halfOpen === 0) return undefined
    const all: readonly CooldownScope[] = [
      { type: "egress" },
      { type: "model", model },
      { type: "account", accountId },
      { type: "account-bucket", accountId, bucket },
      { type: "account-model", accountId, model },
    ]
    const places: Entry[] = []
    for (const scope of all) {
      const entry = this.#entryOf(scope)
      if (entry?.isHalfOpen === true && entry.probe === undefined) places.push(entry)
    }
    return places.length === 0 ? undefined : new Probe(places, this)
  }

  /** Of a probe: what it does to a scope that is half open. */
  onProbe({ cooldown }: HalfOpen, isOnItsWay: boolean): void {
    this.#listeners.onProbe?.(cooldown.scope, isOnItsWay)
  }

  /** Stops the timer. */
  close(): void {
    this.deadlines.close()
    this.#entries.clear()
    this.#byAccount.clear()
    this.#general = 0
    this.#halfOpen = 0
  }

  #entryOf(scope: CooldownScope): Entry | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(scopeKey(scope))
  }

  #halve(entry: Entry): void {
    entry.isHalfOpen = true
    entry.deadline = this.deadlines.after(HALF_OPEN_MS, () => this.release(entry.cooldown.scope))
    this.#halfOpen++
  }

  #forget(key: string, scope: CooldownScope): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    if (entry.deadline !== undefined) this.deadlines.clear(entry.deadline)
    if (entry.isHalfOpen) this.#halfOpen--
    entry.isInForce = false
    this.#entries.delete(key)
    if ("accountId" in scope) {
      const ofAccount = this.#byAccount.get(scope.accountId)
      ofAccount?.delete(entry)
      if (ofAccount?.size === 0) this.#byAccount.delete(scope.accountId)
    } else this.#general--
    return true
  }
}

/** Of a scope on the account: does it keep the account from the model? */
function concerns(scope: CooldownScope, model: string, bucket: QuotaBucket): boolean {
  if (scope.type === "account-bucket") return scope.bucket === bucket
  return scope.type === "account-model" ? scope.model === model : scope.type === "account"
}

/** One text for each scope. */
export function scopeKey(scope: CooldownScope): string {
  switch (scope.type) {
    case "account":
      return `account ${scope.accountId}`
    case "account-model":
      return `account-model ${scope.accountId} ${scope.model}`
    case "account-bucket":
      return `account-bucket ${scope.accountId} ${scope.bucket}`
    case "model":
      return `model ${scope.model}`
    case "egress":
      return "egress"
    case "pool":
      return "pool"
  }
}
