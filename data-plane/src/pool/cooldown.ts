/**
 * What the pool leaves alone, why and until when. A cool-down ends by its time, by later evidence or by a release; nothing else
 * is kept about a failure. Waiting runs on the monotonic clock, so a step of the wall clock neither ends nor stretches one.
 */
import type { AccountId } from "#shared/ids.ts"
import type { QuotaBucket } from "#shared/quota-bucket.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import type { Clock } from "../clock.ts"
import { Deadlines, type Deadline } from "./deadlines.ts"

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

interface Entry {
  readonly cooldown: Cooldown
  readonly deadline: Deadline | undefined
}

export class Cooldowns {
  /** Of everything in the pool: one timer for all. */
  readonly deadlines: Deadlines
  readonly #clock: Clock
  readonly #onEnd: (scope: CooldownScope) => void
  readonly #entries = new Map<string, Entry>()
  readonly #byAccount = new Map<AccountId, Set<string>>()

  /** `onEnd` is called after a cool-down is gone, by time or by release. */
  constructor(clock: Clock, onEnd: (scope: CooldownScope) => void) {
    this.#clock = clock
    this.#onEnd = onEnd
    this.deadlines = new Deadlines(clock)
  }

  /** Later evidence wins over what was known about the same scope. */
  add(cooldown: Cooldown): void {
    const { scope } = cooldown
    const key = scopeKey(scope)
    this.#forget(key, scope)
    const ms = cooldown.until - this.#clock.now()
    const deadline = Number.isFinite(ms) ? this.deadlines.after(ms, () => this.release(scope)) : undefined
    this.#entries.set(key, { cooldown, deadline })
    if (!("accountId" in scope)) return
    const keys = this.#byAccount.get(scope.accountId)
    if (keys === undefined) this.#byAccount.set(scope.accountId, new Set([key]))
    else keys.add(key)
  }

  release(scope: CooldownScope): void {
    if (this.#forget(scopeKey(scope), scope)) this.#onEnd(scope)
  }

  find(scope: CooldownScope): Cooldown | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(scopeKey(scope))?.cooldown
  }

  /** What keeps this account from this model: the account itself, the model's bucket, or the model on it. */
  findForAccount(accountId: AccountId, model: string, bucket: QuotaBucket): Cooldown | undefined {
    if (!this.#byAccount.has(accountId)) return undefined
    const found = [
      this.find({ type: "account", accountId }),
      this.find({ type: "account-bucket", accountId, bucket }),
      this.find({ type: "account-model", accountId, model }),
    ]
    let latest: Cooldown | undefined
    for (const cooldown of found) {
      if (cooldown !== undefined && (latest === undefined || cooldown.until > latest.until)) latest = cooldown
    }
    return latest
  }

  /** All that are about this account. */
  ofAccount(accountId: AccountId): Cooldown[] {
    return [...(this.#byAccount.get(accountId) ?? [])].flatMap((key) => this.#entries.get(key)?.cooldown ?? [])
  }

  get size(): number {
    return this.#entries.size
  }

  list(): Cooldown[] {
    return [...this.#entries.values()].map((entry) => entry.cooldown)
  }

  /** Stops the timer. */
  close(): void {
    this.deadlines.close()
    this.#entries.clear()
    this.#byAccount.clear()
  }

  #forget(key: string, scope: CooldownScope): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    if (entry.deadline !== undefined) this.deadlines.clear(entry.deadline)
    this.#entries.delete(key)
    if ("accountId" in scope) {
      const keys = this.#byAccount.get(scope.accountId)
      keys?.delete(key)
      if (keys?.size === 0) this.#byAccount.delete(scope.accountId)
    }
    return true
  }
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
