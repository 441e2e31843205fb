/** From a verdict to cool-downs: what of it others must leave alone, and for how long. Nothing cools for a request's own fault. */
import type { AccountId } from "#shared/ids.ts"
import type { ClassifiedFailure, FailureClass } from "#shared/upstream-failure.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { Cooldown, CooldownScope } from "./cooldown.ts"

/** One failure of the way says nothing about an account; this many in this time do. */
const SERVER_FAILURES = 3
const SERVER_FAILURES_MS = 120_000
const SERVER_COOLDOWN_MS = 10_000

export interface CoolingPool {
  cool(cooldown: Cooldown): void
  release(scope: CooldownScope): void
}

export class PoolCooling {
  readonly #pool: CoolingPool
  readonly #clock: Clock
  readonly #serverFailures = new Map<AccountId, number[]>()

  constructor(pool: CoolingPool, clock: Clock) {
    this.#pool = pool
    this.#clock = clock
  }

  onSuccess(accountId: AccountId): void {
    if (this.#serverFailures.size > 0) this.#serverFailures.delete(accountId)
  }

  /** What was cooled, so that it can be taken back. */
  onFailure(accountId: AccountId, model: string, failure: ClassifiedFailure): CooldownScope | undefined {
    if (failure.class === "server") {
      if (failure.scope === "account") this.#onServerFailure(accountId, failure)
      return undefined
    }
    const scope = scopeOf(accountId, model, failure)
    const ms = failure.cooldownMs ?? (failure.accountState === undefined ? undefined : Infinity)
    if (scope === undefined || ms === undefined) return undefined
    this.#cool(scope, failure.class, failure.message, ms)
    return scope
  }

  /** Leaves the account alone until something about it changes. */
  hold(accountId: AccountId, cause: FailureClass, evidence: string): void {
    this.#cool({ type: "account", accountId }, cause, evidence, Infinity)
  }

  /** The cause turned out to be the request's. */
  takeBack(scope: CooldownScope): void {
    this.#pool.release(scope)
  }

  #onServerFailure(accountId: AccountId, failure: ClassifiedFailure): void {
    const now = this.#clock.monotonic()
    const recent = (this.#serverFailures.get(accountId) ?? []).filter((at) => now - at < SERVER_FAILURES_MS)
    recent.push(now)
    this.#serverFailures.set(accountId, recent)
    if (recent.length < SERVER_FAILURES) return
    this.#serverFailures.delete(accountId)
    this.#cool({ type: "account", accountId }, failure.class, failure.message, failure.cooldownMs ?? SERVER_COOLDOWN_MS)
  }

  #cool(scope: CooldownScope, cause: FailureClass, evidence: string, ms: number): void {
    const since = this.#clock.now()
    this.#pool.cool({ scope, cause, evidence, since, until: since + ms })
  }
}

function scopeOf(accountId: AccountId, model: string, failure: ClassifiedFailure): CooldownScope | undefined {
  switch (failure.scope) {
    case "request":
    case "configuration":
      return undefined
    case "account":
      return { type: "account", accountId }
    case "account-model":
      return { type: "account-model", accountId, model }
    case "account-bucket":
      return { type: "account-bucket", accountId, bucket: quotaBucket(model) }
    case "model":
      return { type: "model", model }
    case "egress":
      return { type: "egress" }
  }
}
