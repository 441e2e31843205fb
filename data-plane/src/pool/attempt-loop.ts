/**
 * The only place that tries again. It takes a lease, makes sure of a living credential, makes one call after another as verdicts and
 * budget allow, and returns the lease on every path. It knows neither sockets nor dialects: what an attempt is comes in as a
 * function.
 */
import type { AccountId } from "#shared/ids.ts"
import type { AccountFact, AttemptRecord } from "#shared/link-protocol.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import type { ClassifiedFailure, FailureClass } from "#shared/upstream-failure.ts"
import { GatewayError } from "../canonical/error.ts"
import { abortReason, sleep, type Clock } from "../clock.ts"
import { RENEWAL_WAIT_MS, type Credentials, type RenewedCredential } from "../snapshot/credentials.ts"
import type { CooldownScope } from "./cooldown.ts"
import type { Lease } from "./lease.ts"
import {
  ATTEMPT_BUDGET_MS,
  MAX_ATTEMPTS,
  newHistory,
  nextStep,
  onNextAccount,
  type AttemptHistory,
} from "./next-step.ts"
import { SLOT_WAIT_MS, type LeaseAsk } from "./pool.ts"
import type { PoolCooling } from "./pool-cooling.ts"
import type { RetryCredit } from "./retry-credit.ts"

export interface AttemptTarget {
  readonly account: SnapshotAccount
  readonly credential: SnapshotCredential
  /** Index into the upstream's base URLs. */
  readonly host: number
}

export type AttemptResult =
  /** The answer had a real end and the client has it, or will. */
  | { readonly type: "answered"; readonly status: number; readonly firstByteMs?: number }
  | {
      readonly type: "failed"
      readonly failure: ClassifiedFailure
      readonly hasContent: boolean
      readonly isFirstByteTimeout: boolean
      readonly status?: number
      /** From the attempt's begin. */
      readonly firstByteMs?: number
    }

export interface AttemptJob {
  readonly model: string
  readonly snapshot: CompiledSnapshot
  /** How many base URLs the upstream has. */
  hosts(account: SnapshotAccount): number
  readonly signal: AbortSignal
  /** One call to the upstream. Resolves when it is over; rejects only with the signal's reason. */
  attempt(target: AttemptTarget): Promise<AttemptResult>
  /** Takes out of the request what the upstream refused; false: nothing can be taken out. Absent: nothing ever can. */
  repair?(): boolean
}

export interface AttemptPorts {
  readonly clock: Clock
  readonly random: () => number
  readonly pool: {
    acquire(ask: LeaseAsk, signal: AbortSignal): Promise<Lease>
    hasOther(ask: LeaseAsk): boolean
    coolingError(ask: LeaseAsk): GatewayError | undefined
  }
  readonly cooling: PoolCooling
  readonly credentials: Pick<Credentials, "current" | "isAlive" | "askFor" | "firstNewer" | "refusedAgain">
  readonly credit: RetryCredit
  readonly report: (fact: AccountFact) => void
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

interface ExpiredToken {
  readonly generation: number
  /** When this exchange first asked for a newer one, on the monotonic clock. */
  readonly since: number
}

class AttemptLoop {
  readonly #job: AttemptJob
  readonly #ports: AttemptPorts
  readonly #records: AttemptRecord[]
  readonly #history: AttemptHistory = newHistory()
  readonly #exclude = new Set<AccountId>()
  readonly #begunAt: number
  readonly #cooledWithoutReason: CooldownScope[] = []
  /** Accounts with an expired token, whose renewal was asked for. */
  readonly #expired = new Map<AccountId, ExpiredToken>()
  #firstAttemptAt: number | undefined
  /** How much of the one wait for renewals is left. */
  #renewalMs = RENEWAL_WAIT_MS
  #renewalWaitBegunAt = Infinity
  #lease: Lease | undefined
  #lastError: GatewayError | undefined

  constructor(job: AttemptJob, ports: AttemptPorts, records: AttemptRecord[]) {
    this.#job = job
    this.#ports = ports
    this.#records = records
    this.#begunAt = ports.clock.monotonic()
  }

  release(): void {
    this.#lease?.release()
    this.#lease = undefined
  }

  async run(): Promise<LoopEnd> {
    for (;;) {
      const lease = await this.#takeLease()
      if (lease instanceof GatewayError) return { error: lease, hasContent: false }
      const credential = await this.#livingCredential(lease.account)
      if (credential === undefined) {
        onNextAccount(this.#history)
        this.release()
        continue
      }
      const result = await this.#attempt(lease, credential)
      if (result.type === "answered") {
        this.#ports.credit.earn()
        this.#ports.cooling.onSuccess(lease.account.id)
        return { hasContent: true, accountLabel: lease.account.label }
      }
      const end = await this.#afterFailure(lease, credential, result)
      if (end !== undefined) return { ...end, accountLabel: lease.account.label }
    }
  }

  /** The lease in hand, or a new one; an error when there is none to be had. */
  async #takeLease(): Promise<Lease | GatewayError> {
    if (this.#lease !== undefined) return this.#lease
    try {
      this.#lease = await this.#ports.pool.acquire(this.#ask(), this.#job.signal)
      return this.#lease
    } catch (error) {
      if (this.#job.signal.aborted) throw abortReason(this.#job.signal)
      if (error instanceof GatewayError) return this.#lastError ?? error
      throw error
    }
  }

  /** A credential that may be sent; an expired one never is. Undefined: another account has one, or there is none to be had. */
  async #livingCredential(account: SnapshotAccount): Promise<SnapshotCredential | undefined> {
    const { credentials } = this.#ports
    const credential = credentials.current(account.id) ?? account.credential
    if (credential !== undefined && credentials.isAlive(credential)) return credential
    this.#askFor(account)
    const generations = new Map([...this.#expired].map(([id, { generation }]) => [id, generation]))
    const renewed = await this.#firstNewer(generations)
    if (renewed === undefined) this.#giveUpExpired()
    else this.#expired.delete(renewed.accountId)
    return renewed?.accountId === account.id ? renewed.credential : undefined
  }

  /** Without waiting, so that the one wait is for all of them. */
  #askFor(account: SnapshotAccount): void {
    const { credentials, clock } = this.#ports
    const { generation = -1 } = credentials.current(account.id) ?? account.credential ?? {}
    credentials.askFor(account.id, generation)
    if (this.#expired.get(account.id)?.generation === generation) return
    this.#expired.set(account.id, { generation, since: clock.monotonic() })
  }

  async #firstNewer(known: ReadonlyMap<AccountId, number>): Promise<RenewedCredential | undefined> {
    const { credentials, clock } = this.#ports
    const begunAt = clock.monotonic()
    this.#renewalWaitBegunAt = Math.min(this.#renewalWaitBegunAt, begunAt)
    const renewed = await credentials.firstNewer(known, this.#renewalMs, this.#job.signal)
    this.#renewalMs = renewed === undefined ? 0 : Math.max(0, this.#renewalMs - (clock.monotonic() - begunAt))
    return renewed
  }

  /** None came in time. Whoever had the whole of it is held until its credential changes. */
  #giveUpExpired(): void {
    for (const [id, { since }] of this.#expired) {
      this.#exclude.add(id)
      if (since <= this.#renewalWaitBegunAt)
        this.#ports.cooling.hold(id, "auth", "its access token has expired and no new one came")
    }
    this.#expired.clear()
  }

  async #attempt(lease: Lease, credential: SnapshotCredential): Promise<AttemptResult> {
    const { clock } = this.#ports
    const startedAt = clock.monotonic()
    this.#firstAttemptAt ??= startedAt
    this.#history.attempts++
    const begin = { accountId: lease.account.id, reason: lease.reason, startedMs: startedAt - this.#begunAt }
    const record = (more: Partial<AttemptRecord>): void => {
      this.#records.push({ ...begin, ...more, endedMs: clock.monotonic() - this.#begunAt })
    }
    try {
      const result = await this.#job.attempt({ account: lease.account, credential, host: this.#history.host })
      record({
        ...(result.status === undefined ? {} : { upstreamStatus: result.status }),
        ...(result.firstByteMs === undefined ? {} : { firstByteMs: begin.startedMs + result.firstByteMs }),
        ...(result.type === "failed" ? { failureClass: result.failure.class } : {}),
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
    if (failure.class === "auth" && !hasContent && this.#hasNewer(account.id, sent)) {
      // Counts only against the token it was sent with.
      if (this.#history.attempts < MAX_ATTEMPTS) return undefined
    }
    const step = nextStep(this.#history, failure, this.#circumstances(account, result))
    switch (step.type) {
      case "renew":
        if (await this.#renew(account, sent)) return undefined
        this.#leaveAccount(lease)
        this.#lastError = clientError(failure)
        return undefined
      case "same-account":
        if (step.afterMs > 0) await sleep(this.#ports.clock, step.afterMs, this.#job.signal)
        return undefined
      case "next-account":
        this.#blame(account, sent, failure)
        this.#lastError = clientError(failure)
        this.#leaveAccount(lease)
        return undefined
      case "give-up":
        this.#blame(account, sent, failure)
        return { error: this.#finalError(failure), failureClass: failure.class, hasContent }
    }
  }

  #hasNewer(accountId: AccountId, sent: SnapshotCredential): boolean {
    const current = this.#ports.credentials.current(accountId)
    return current !== undefined && current.generation > sent.generation
  }

  async #renew(account: SnapshotAccount, sent: SnapshotCredential): Promise<boolean> {
    const renewed = await this.#firstNewer(new Map([[account.id, sent.generation]]))
    if (renewed === undefined)
      this.#ports.cooling.hold(account.id, "auth", "its access token was refused and no new one came")
    return renewed !== undefined
  }

  /** What the failure means for others than this exchange. */
  #blame(account: SnapshotAccount, sent: SnapshotCredential, failure: ClassifiedFailure): void {
    const { cooling, credentials, report } = this.#ports
    const cooled = cooling.onFailure(account.id, this.#job.model, failure)
    if (failure.class === "bare_429" && cooled !== undefined) this.#cooledWithoutReason.push(cooled)
    if (failure.class === "auth") {
      credentials.refusedAgain(account.id, sent.generation)
      cooling.hold(account.id, "auth", failure.message)
      return
    }
    if (failure.accountState === undefined && failure.scope !== "account") return
    const { class: failureClass, message, link } = failure
    report({
      type: "account-fact",
      accountId: account.id,
      failureClass,
      message,
      ...(link === undefined ? {} : { link }),
    })
  }

  #leaveAccount(lease: Lease): void {
    this.#exclude.add(lease.account.id)
    onNextAccount(this.#history)
    this.release()
  }

  /** When limits of accounts ended it, the true earliest time over the whole pool is the answer. */
  #finalError(failure: ClassifiedFailure): GatewayError {
    // Two accounts refused the same request without a reason: it is the request's own, and neither account cools.
    if (this.#cooledWithoutReason.length > 1) {
      for (const scope of this.#cooledWithoutReason) this.#ports.cooling.takeBack(scope)
    }
    const isLimit = failure.class === "rate" || failure.class === "rate_short" || failure.class === "quota"
    const pooled = isLimit ? this.#ports.pool.coolingError({ ...this.#ask(), exclude: new Set() }) : undefined
    return pooled ?? clientError(failure)
  }

  #circumstances(account: SnapshotAccount, result: Extract<AttemptResult, { type: "failed" }>) {
    const { pool, credit, random } = this.#ports
    return {
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

  #elapsedMs(): number {
    return this.#firstAttemptAt === undefined ? 0 : this.#ports.clock.monotonic() - this.#firstAttemptAt
  }

  #ask(): LeaseAsk {
    const left = Math.max(1, ATTEMPT_BUDGET_MS - this.#elapsedMs())
    const waitMs = this.#firstAttemptAt === undefined ? SLOT_WAIT_MS : Math.min(SLOT_WAIT_MS, left)
    const onExpired = (account: SnapshotAccount): void => this.#askFor(account)
    return { model: this.#job.model, exclude: this.#exclude, snapshot: this.#job.snapshot, waitMs, onExpired }
  }
}

const LONG_WAIT_MS = 60_000

function clientError(failure: ClassifiedFailure): GatewayError {
  const { code, clientMessage, retryAfterMs, message } = failure
  const isLong = retryAfterMs !== undefined && retryAfterMs > LONG_WAIT_MS
  return new GatewayError(code, clientMessage, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isLong ? { shouldRetry: false } : {}),
    cause: message,
  })
}
