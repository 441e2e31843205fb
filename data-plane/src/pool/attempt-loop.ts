/**
 * The only place that tries again. It takes a lease, makes sure of a living credential, makes one call after another as verdicts and
 * budget allow, and returns the lease on every path. It knows neither sockets nor dialects: what an attempt is comes in as a
 * function.
 */
import type { AccountId } from "#shared/ids.ts"
import type { AccountFact, AttemptRecord, CooldownFact, PoolCensus, PoolRefusal } from "#shared/link-protocol.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import type { ClassifiedFailure, FailureClass } from "#shared/upstream-failure.ts"
import { GatewayError } from "../canonical/error.ts"
import { abortReason, sleep, type Clock } from "../clock.ts"
import type { OwnTime } from "../own-time.ts"
import type { Credentials } from "../snapshot/credentials.ts"
import type { ConversationHome } from "./affinity.ts"
import { AttemptNotes, type AttemptChoice, type AttemptTimings } from "./attempt-notes.ts"
import { Blame, clientError, type Fingerprint } from "./blame.ts"
import { SLOT_WAIT_MS, type Caller, type Lease, type LeaseAsk } from "./lease.ts"
import { LivingTokens } from "./living-tokens.ts"
import {
  attemptBudget,
  newHistory,
  nextStep,
  onNextAccount,
  type AttemptBudget,
  type AttemptHistory,
} from "./next-step.ts"
import type { PoolCooling } from "./pool-cooling.ts"
import type { PoolPause } from "./pool-pause.ts"
import type { RefusedTexts } from "./refused-texts.ts"
import type { RetryCredit } from "./retry-credit.ts"

export interface AttemptTarget {
  readonly account: SnapshotAccount
  readonly credential: SnapshotCredential
  /** Index into the upstream's base URLs. */
  readonly host: number
  readonly choice: AttemptChoice
  /** On the monotonic clock. */
  readonly startedAt: number
  /** For the attempt to fill in. */
  readonly timings: AttemptTimings
  /** To be called when something of an answer is there: the upstream serves the attempt. */
  readonly onServed: () => void
}

export type AttemptResult =
  /** The answer had a real end and the client has it, or will. */
  | {
      readonly type: "answered"
      readonly status: number
    }
  | {
      readonly type: "failed"
      readonly failure: ClassifiedFailure
      readonly hasContent: boolean
      readonly isFirstByteTimeout: boolean
      readonly status?: number
    }

export interface AttemptJob {
  readonly model: string
  readonly caller?: Caller
  readonly snapshot: CompiledSnapshot
  /** Which accounts, and how one of them is chosen, where a routing rule says so. */
  readonly among?: Pick<LeaseAsk, "group" | "strategy">
  /** Of the budget, by another model that came before this one and ended with `error`; `since` on the monotonic clock. */
  readonly spent?: { readonly attempts: number; readonly since: number; readonly error?: GatewayError }
  /** How many base URLs the upstream has. */
  hosts(account: SnapshotAccount): number
  readonly signal: AbortSignal
  /** When the request came, on the monotonic clock: what the times in the records count from. Absent: now. */
  readonly begunAt?: number
  /** Paused while the loop waits; an attempt pauses it for itself. */
  readonly own?: OwnTime
  /** No account could be had, or the signal came while one was waited for. */
  onRefusal?(refusal: PoolRefusal): void
  /** One call to the upstream. Resolves when it is over; rejects only with the signal's reason. */
  attempt(target: AttemptTarget): Promise<AttemptResult>
  /** Takes out of the request what the upstream refused; false: nothing can be taken out. Absent: nothing ever can. */
  repair?(): boolean
  /** Asked after a failure only. Undefined: the request is not held any more. */
  fingerprint?(): Fingerprint | undefined
}

export interface AttemptPorts {
  readonly clock: Clock
  readonly random: () => number
  readonly pool: {
    acquire(ask: LeaseAsk, signal: AbortSignal): Promise<Lease>
    hasOther(ask: LeaseAsk): boolean
    coolingError(ask: LeaseAsk): GatewayError | undefined
    refusal(ask: LeaseAsk): GatewayError | undefined
    census(ask: Pick<LeaseAsk, "model" | "exclude" | "caller" | "group">): PoolCensus
    use(accountId: AccountId, model: string, tokens: number): void
    homeOf(conversation: string): ConversationHome | undefined
  }
  readonly cooling: PoolCooling
  readonly refusedTexts: RefusedTexts
  readonly pause: PoolPause
  readonly credentials: Pick<
    Credentials,
    "current" | "isAlive" | "isRenewable" | "askFor" | "firstNewer" | "refusedAgain"
  >
  readonly credit: RetryCredit
  readonly report: (fact: AccountFact | CooldownFact) => void
}

export interface LoopEnd {
  /** Undefined: answered. */
  readonly error?: GatewayError
  readonly failureClass?: FailureClass
  readonly hasContent: boolean
  /** Label of the account of the last attempt, for who may know. */
  readonly accountLabel?: string
}

/** Runs one exchange's attempts. `records` grows with each, so that it is whole even when the signal ends the loop. */
export async function runAttempts(job: AttemptJob, ports: AttemptPorts, records: AttemptRecord[]): Promise<LoopEnd> {
  const loop = new AttemptLoop(job, ports, records)
  try {
    return await loop.run()
  } finally {
    loop.release()
  }
}

/** When to come again while accounts are left that this exchange had no attempts for. */
const SOON_MS = 1_000
/** Whose end the pool knows better than the refusal: other accounts, or refusals before it, decide. */
const IS_LIMIT: ReadonlySet<FailureClass> = new Set(["rate", "rate_short", "quota", "egress_block"])
const GIVE_UP = { type: "give-up" } as const

class AttemptLoop {
  readonly #job: AttemptJob
  readonly #ports: AttemptPorts
  readonly #history: AttemptHistory = newHistory()
  readonly #budget: AttemptBudget
  readonly #exclude = new Set<AccountId>()
  readonly #notes: AttemptNotes
  readonly #tokens: LivingTokens
  readonly #blame: Blame
  #firstAttemptAt: number | undefined
  #attemptAt = 0
  #lease: Lease | undefined
  #lastFailure: ClassifiedFailure | undefined

  constructor(job: AttemptJob, ports: AttemptPorts, records: AttemptRecord[]) {
    this.#job = job
    this.#ports = ports
    this.#budget = attemptBudget(job.snapshot.snapshot.settings)
    const { clock, credentials, cooling, refusedTexts, pause, report } = ports
    const { signal, model, own, spent } = job
    this.#history.attempts = spent?.attempts ?? 0
    this.#firstAttemptAt = spent?.since
    this.#tokens = new LivingTokens({
      clock,
      credentials,
      cooling,
      signal,
      own,
      onGivenUp: (id) => void this.#exclude.add(id),
    })
    const takeRenewalMs = (): number => this.#tokens.takeWaited()
    this.#notes = new AttemptNotes({ clock, begunAt: job.begunAt ?? clock.monotonic(), own, takeRenewalMs, records })
    const fingerprint = (): Fingerprint | undefined => job.fingerprint?.()
    this.#blame = new Blame({ model, cooling, refusedTexts, pause, credentials, report, fingerprint })
  }

  release(): void {
    this.#lease?.release()
    this.#lease = undefined
  }

  async run(): Promise<LoopEnd> {
    for (;;) {
      const lease = await this.#takeLease()
      if (lease instanceof GatewayError) return { error: lease, hasContent: false }
      const credential = await this.#tokens.of(lease.account)
      if (credential === undefined) {
        onNextAccount(this.#history)
        this.release()
        continue
      }
      const tooLate = this.#tooLate()
      if (tooLate !== undefined) return { error: tooLate, hasContent: false, accountLabel: lease.account.label }
      const result = await this.#attempt(lease, credential)
      if (result.type === "answered") {
        this.#onSuccess(lease)
        return { hasContent: true, accountLabel: lease.account.label }
      }
      const end = await this.#afterFailure(lease, credential, result)
      if (end !== undefined) return { ...end, accountLabel: lease.account.label }
    }
  }

  /** The upstream serves, whatever becomes of the answer: an end may be minutes away. */
  #onServed(lease: Lease): void {
    const { model } = this.#job
    this.#ports.cooling.onSuccess({ accountId: lease.account.id, model, startedAt: this.#attemptAt })
    lease.served()
  }

  #onSuccess(lease: Lease): void {
    const { credit, refusedTexts } = this.#ports
    credit.earn()
    refusedTexts.onSuccess(lease.account.id, this.#attemptAt)
    this.#onServed(lease)
  }

  /** The lease in hand, or a new one; an error when there is none to be had. */
  async #takeLease(): Promise<Lease | GatewayError> {
    if (this.#lease !== undefined) return this.#lease
    const { pool } = this.#ports
    const ask = this.#ask()
    this.#notes.ask(pool.census(ask))
    const lease = pool.acquire(ask, this.#job.signal)
    this.#notes.beginWait()
    try {
      this.#lease = await lease
      this.#notes.endWait()
      return this.#lease
    } catch (error) {
      this.#notes.endWait()
      this.#job.onRefusal?.(this.#notes.refusal(pool.census(ask)))
      if (this.#job.signal.aborted) throw abortReason(this.#job.signal)
      if (error instanceof GatewayError)
        return this.#lastFailure === undefined ? error : this.#finalError(this.#lastFailure)
      throw error
    }
  }

  /** Where the conversation lives, if that is not the account in hand. */
  #home(inHand: AccountId): Pick<AttemptRecord, "standsInFor"> {
    const conversation = this.#job.caller?.conversation
    const home = conversation === undefined ? undefined : this.#ports.pool.homeOf(conversation)?.id
    return home === undefined || home === inHand ? {} : { standsInFor: home }
  }

  async #attempt(lease: Lease, credential: SnapshotCredential): Promise<AttemptResult> {
    const { account } = lease
    const startedAt = this.#ports.clock.monotonic()
    this.#firstAttemptAt ??= startedAt
    this.#attemptAt = startedAt
    this.#history.attempts++
    const choice = this.#notes.choice(lease.reason)
    const timings: AttemptTimings = {}
    const begin = { accountId: account.id, ...choice, ...this.#home(account.id) }
    const record = (end: Partial<AttemptRecord>): void => this.#notes.record({ ...begin, ...end }, startedAt, timings)
    try {
      const { host } = this.#history
      const onServed = (): void => this.#onServed(lease)
      const result = await this.#job.attempt({ account, credential, host, choice, startedAt, timings, onServed })
      record({
        ...(result.status === undefined ? {} : { upstreamStatus: result.status }),
        ...(result.type === "failed" ? { failureClass: result.failure.class, failureScope: result.failure.scope } : {}),
      })
      return result
    } catch (error) {
      record({ failureClass: "client_cancel" })
      throw error
    }
  }

  /** The end of the loop, or undefined when another attempt follows. */
  async #afterFailure(
    lease: Lease,
    sent: SnapshotCredential,
    result: Extract<AttemptResult, { type: "failed" }>,
  ): Promise<LoopEnd | undefined> {
    const { failure, hasContent } = result
    const { account } = lease
    this.#lastFailure = failure
    if (failure.class === "auth" && !hasContent && this.#tokens.hasNewer(account.id, sent)) {
      // Counts only against the token it was sent with.
      if (this.#history.attempts < this.#budget.attempts) return undefined
    }
    const circumstances = this.#circumstances(account, result)
    const step = this.#blame.isText(failure) ? GIVE_UP : nextStep(this.#history, failure, circumstances)
    const failed = { account, sent, startedAt: this.#attemptAt, failure }
    switch (step.type) {
      case "renew":
        if (!(await this.#tokens.renew(account, sent))) this.#leaveAccount(lease)
        return undefined
      case "same-account":
        if (step.afterMs > 0) await this.#notes.pause(sleep(this.#ports.clock, step.afterMs, this.#job.signal))
        return undefined
      case "next-account":
        this.#blame.onFailure(failed, "next")
        this.#leaveAccount(lease)
        return undefined
      case "give-up":
        // Nobody has seen yet what a renewed token would have done.
        if (this.#isOfOldToken(failure, account, sent)) this.#tokens.askFor(account)
        else this.#blame.onFailure(failed, circumstances.hasOtherAccount() ? "left" : "none")
        return { error: this.#finalError(failure), failureClass: failure.class, hasContent }
    }
  }

  #isOfOldToken(failure: ClassifiedFailure, account: SnapshotAccount, sent: SnapshotCredential): boolean {
    return failure.class === "auth" && (!this.#history.hasRenewed || this.#tokens.hasNewer(account.id, sent))
  }

  #leaveAccount(lease: Lease): void {
    this.#exclude.add(lease.account.id)
    onNextAccount(this.#history)
    this.release()
  }

  /** When a limit ended it, the true earliest time over the whole pool is the answer: soon, where some are not limited. */
  #finalError(failure: ClassifiedFailure): GatewayError {
    if (!IS_LIMIT.has(failure.class)) return clientError(failure)
    const pooled = this.#ports.pool.coolingError({ ...this.#ask(), exclude: new Set() })
    return pooled ?? clientError({ ...failure, retryAfterMs: Math.min(failure.retryAfterMs ?? SOON_MS, SOON_MS) })
  }

  #circumstances(account: SnapshotAccount, result: Extract<AttemptResult, { type: "failed" }>) {
    const { pool, credit, random } = this.#ports
    return {
      budget: this.#budget,
      hasContent: result.hasContent,
      isFirstByteTimeout: result.isFirstByteTimeout,
      elapsedMs: this.#elapsedMs(),
      hosts: this.#job.hosts(account),
      random: random(),
      hasOtherAccount: () => pool.hasOther({ ...this.#ask(), exclude: new Set([...this.#exclude, account.id]) }),
      repair: () => this.#job.repair?.() === true,
      spendCredit: () => credit.spend(),
    }
  }

  /** A wait for a slot or a token took what was left of the time: the error of the attempt before, of whichever model. */
  #tooLate(): GatewayError | undefined {
    if (this.#elapsedMs() <= this.#budget.ms || this.#history.hasUsedLateAttempt) return undefined
    return this.#lastFailure === undefined ? this.#job.spent?.error : this.#finalError(this.#lastFailure)
  }

  #elapsedMs(): number {
    return this.#firstAttemptAt === undefined ? 0 : this.#ports.clock.monotonic() - this.#firstAttemptAt
  }

  #ask(): LeaseAsk {
    const { model, snapshot, caller, among } = this.#job
    const left = Math.max(1, this.#budget.ms - this.#elapsedMs())
    const slotWaitMs = snapshot.snapshot.settings.poolWaitMs ?? SLOT_WAIT_MS
    // The late attempt has no time of its own: its client waits anyhow.
    const isFree = this.#firstAttemptAt === undefined || this.#history.hasUsedLateAttempt
    const waitMs = isFree ? slotWaitMs : Math.min(slotWaitMs, left)
    const onExpired = (account: SnapshotAccount): void => this.#tokens.askFor(account)
    const whom = { ...among, ...(caller === undefined ? {} : { caller }) }
    return { model, exclude: this.#exclude, snapshot, waitMs, onExpired, ...whom }
  }
}
