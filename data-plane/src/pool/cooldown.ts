/**
 * What the pool leaves alone, why and until when. A cool-down ends by its time, by later evidence or by a release; nothing else
 * is kept about a failure. Waiting runs on the clock's timers, so a step of the wall clock neither ends nor stretches one.
 */
import type { AccountId } from "#shared/ids.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import type { Clock, Timer } from "../clock.ts"
import type { QuotaBucket } from "./quota-bucket.ts"

export type CooldownScope =
  | { readonly type: "account"; readonly accountId: AccountId }
  | { readonly type: "account-model"; readonly accountId: AccountId; readonly model: string }
  | { readonly type: "account-bucket"; readonly accountId: AccountId; readonly bucket: QuotaBucket }
  | { readonly type: "model"; readonly model: string }
  | { readonly type: "egress" }

export interface Cooldown {
  readonly scope: CooldownScope
  readonly cause: FailureClass
  /** What the upstream said, redacted. */
  readonly evidence: string
  readonly since: number
  /** Milliseconds since the epoch; Infinity: until something about the account changes. */
  readonly until: number
}

export class Cooldowns {
  readonly #clock: Clock
  readonly #onEnd: (scope: CooldownScope) => void
  readonly #entries = new Map<string, { readonly cooldown: Cooldown; readonly timer: Timer | undefined }>()

  /** `onEnd` is called after a cool-down is gone, by time or by release. */
  constructor(clock: Clock, onEnd: (scope: CooldownScope) => void) {
    this.#clock = clock
    this.#onEnd = onEnd
  }

  /** Later evidence wins over what was known about the same scope. */
  add(cooldown: Cooldown): void {
    const key = scopeKey(cooldown.scope)
    this.#entries.get(key)?.timer?.clear()
    const ms = cooldown.until - this.#clock.now()
    const timer = Number.isFinite(ms)
      ? this.#clock.after(Math.max(0, ms), () => this.release(cooldown.scope))
      : undefined
    this.#entries.set(key, { cooldown, timer })
  }

  release(scope: CooldownScope): void {
    const key = scopeKey(scope)
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.timer?.clear()
    this.#entries.delete(key)
    this.#onEnd(scope)
  }

  find(scope: CooldownScope): Cooldown | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(scopeKey(scope))?.cooldown
  }

  /** What keeps this account from this model: the account itself, the model's bucket, or the model on it. */
  findForAccount(accountId: AccountId, model: string, bucket: QuotaBucket): Cooldown | undefined {
    if (this.#entries.size === 0) return undefined
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

  get size(): number {
    return this.#entries.size
  }

  list(): Cooldown[] {
    return [...this.#entries.values()].map((entry) => entry.cooldown)
  }

  /** Stops all timers. */
  close(): void {
    for (const { timer } of this.#entries.values()) timer?.clear()
    this.#entries.clear()
  }
}

function scopeKey(scope: CooldownScope): string {
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
  }
}
