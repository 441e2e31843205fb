/**
 * From a verdict to cool-downs: what of it others must leave alone, and for how long. Nothing cools for a request's own fault, and
 * what fails together counts once: an attempt that was under way when a cool-down began adds nothing to it.
 */
import type { AccountId } from "#shared/ids.ts"
import { QUOTA_STEPS_MS, type ClassifiedFailure, type FailureClass } from "#shared/upstream-failure.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import { MAX_RETRY_DELAY_MS } from "#shared/retry-time.ts"
import type { Clock } from "../clock.ts"
import type { Cooldown, CooldownScope } from "./cooldown.ts"
import { scopeKey } from "./cooldown.ts"
import { ServerFailures } from "./server-failures.ts"
import { Strikes } from "./strikes.ts"

/** Of the refusal of our address: each without a success between doubles it. */
const EGRESS_STEPS_MS: readonly number[] = [60_000, 120_000, 240_000, 480_000, 900_000]

export interface CoolingPool {
  cool(cooldown: Cooldown): void
  release(scope: CooldownScope): void
  /** What was learnt last of exactly this scope, as long as it is not open to all. */
  cooldown(scope: CooldownScope): Cooldown | undefined
}

/** One attempt, as far as blame goes by it. */
export interface AttemptFacts {
  readonly accountId: AccountId
  readonly model: string
  /** On the monotonic clock. */
  readonly startedAt: number
}

/** What an operator has to look at, for the log. */
export interface Alarm {
  readonly event: "upstream.client-version"
  readonly message: string
}

export class PoolCooling {
  readonly #pool: CoolingPool
  readonly #clock: Clock
  readonly #onAlarm: (alarm: Alarm) => void
  readonly #strikes: Strikes
  readonly #serverFailures: ServerFailures
  /** When what cools now began, on the monotonic clock: the wall clock's steps say nothing of order. */
  readonly #begunAt = new WeakMap<Cooldown, number>()

  constructor(pool: CoolingPool, clock: Clock, onAlarm: (alarm: Alarm) => void = () => undefined) {
    this.#pool = pool
    this.#clock = clock
    this.#onAlarm = onAlarm
    this.#strikes = new Strikes(clock)
    this.#serverFailures = new ServerFailures(clock)
  }

  /** Ends what was counted against the account before the attempt began. */
  onSuccess({ accountId, model, startedAt }: AttemptFacts): void {
    this.#serverFailures.onSuccess(accountId, startedAt)
    if (this.#strikes.size === 0) return
    this.#strikes.onSuccess(scopeKey({ type: "account-bucket", accountId, bucket: quotaBucket(model) }), startedAt)
    this.#strikes.onSuccess(scopeKey({ type: "egress" }), startedAt)
  }

  /**
   * What was cooled for it, so that it can be taken back; undefined: nothing was, or what is in force already says more. `request`
   * tells requests apart: one that fails again and again says no more about an account than once.
   */
  onFailure(attempt: AttemptFacts, failure: ClassifiedFailure, request?: string): Cooldown | undefined {
    const { accountId, model, startedAt } = attempt
    if (failure.class === "client_version") {
      this.#onAlarm({ event: "upstream.client-version", message: failure.message })
    }
    if (failure.class === "server" && failure.scope !== "account") return undefined
    const scope = scopeOf(accountId, model, failure)
    const known = scope && this.#pool.cooldown(scope)
    if (failure.class === "server" && !this.#serverFailures.add(accountId, request, known?.cause === "server")) {
      return undefined
    }
    if (scope === undefined || this.#isConcurrent(known, failure, startedAt)) return undefined
    const ms = this.#durationOf(scope, failure, startedAt)
    if (ms === undefined) return undefined
    return this.#cool(scope, failure.class, failure.message, ms, failure.isTimeTold === true)
  }

  /** Leaves the account alone until something about it changes. */
  hold(accountId: AccountId, cause: FailureClass, evidence: string): void {
    this.#cool({ type: "account", accountId }, cause, evidence, Infinity, false)
  }

  /** The cause turned out to be the request's. What was learnt of the scope since stays. */
  takeBack(cooldown: Cooldown): void {
    if (this.#pool.cooldown(cooldown.scope) === cooldown) this.#pool.release(cooldown.scope)
  }

  /** Under way already when the same cause began to cool: it says the same once more. A time that the upstream tells is news. */
  #isConcurrent(known: Cooldown | undefined, failure: ClassifiedFailure, startedAt: number): boolean {
    if (known === undefined || known.cause !== failure.class || failure.isTimeTold === true) return false
    return startedAt <= (this.#begunAt.get(known) ?? -Infinity)
  }

  #durationOf(scope: CooldownScope, failure: ClassifiedFailure, startedAt: number): number | undefined {
    const steps = failure.class === "quota" ? QUOTA_STEPS_MS : EGRESS_STEPS_MS
    const hasSteps = failure.class === "egress_block" || (failure.class === "quota" && failure.isTimeTold !== true)
    if (hasSteps) return steps[Math.min(this.#strikes.add(scopeKey(scope), startedAt), steps.length) - 1]
    if (failure.class === "server") return failure.cooldownMs ?? ServerFailures.COOLDOWN_MS
    return failure.cooldownMs ?? (failure.accountState === undefined ? undefined : Infinity)
  }

  /** A time that was told replaces what is known; a usual one only makes it longer. */
  #cool(
    scope: CooldownScope,
    cause: FailureClass,
    evidence: string,
    ms: number,
    isTimeTold: boolean,
  ): Cooldown | undefined {
    const since = this.#clock.now()
    const until = since + (Number.isFinite(ms) ? Math.min(ms, MAX_RETRY_DELAY_MS) : ms)
    const known = this.#pool.cooldown(scope)
    if (known !== undefined && !isTimeTold && known.until >= until) return undefined
    const cooldown: Cooldown = { scope, cause, evidence, since, until }
    this.#begunAt.set(cooldown, this.#clock.monotonic())
    this.#pool.cool(cooldown)
    return cooldown
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
