import type { AccountId } from "#shared/ids.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import type { Clock } from "../clock.ts"
import type { OwnTime } from "../own-time.ts"
import { RENEWAL_WAIT_MS, type Credentials, type RenewedCredential } from "../snapshot/credentials.ts"
import type { PoolCooling } from "./pool-cooling.ts"

export interface LivingTokensOptions {
  readonly clock: Clock
  readonly credentials: Pick<Credentials, "current" | "isAlive" | "isRenewable" | "askFor" | "firstNewer">
  readonly cooling: Pick<PoolCooling, "hold">
  readonly signal: AbortSignal
  /** Paused while a renewal is waited for. */
  readonly own?: OwnTime | undefined
  /** Told of an account that got no new token in time. */
  readonly onGivenUp: (id: AccountId) => void
}

interface ExpiredToken {
  readonly generation: number
  /** When this exchange first asked for a newer one, on the monotonic clock. */
  readonly since: number
}

/** The tokens of one exchange: only living ones are sent, and for renewals it waits once, however many accounts need one. */
export class LivingTokens {
  readonly #options: LivingTokensOptions
  /** Accounts with an expired token, whose renewal was asked for. */
  readonly #expired = new Map<AccountId, ExpiredToken>()
  /** How much of the one wait is left. */
  #leftMs = RENEWAL_WAIT_MS
  #waitBegunAt = Infinity
  #waitedMs = 0

  constructor(options: LivingTokensOptions) {
    this.#options = options
  }

  /** A credential that may be sent; an expired one never is. Undefined: another account has one, or there is none to be had. */
  async of(account: SnapshotAccount): Promise<SnapshotCredential | undefined> {
    const { credentials } = this.#options
    const credential = credentials.current(account.id) ?? account.credential
    if (credential !== undefined && credentials.isAlive(credential)) return credential
    this.askFor(account)
    const generations = new Map([...this.#expired].map(([id, { generation }]) => [id, generation]))
    const renewed = await this.#firstNewer(generations)
    if (renewed === undefined) this.#giveUpExpired()
    else this.#expired.delete(renewed.accountId)
    return renewed?.accountId === account.id ? renewed.credential : undefined
  }

  /** Without waiting, so that the one wait is for all of them. */
  askFor(account: SnapshotAccount): void {
    const { credentials, clock } = this.#options
    const { generation = -1 } = credentials.current(account.id) ?? account.credential ?? {}
    credentials.askFor(account.id, generation)
    if (this.#expired.get(account.id)?.generation === generation) return
    this.#expired.set(account.id, { generation, since: clock.monotonic() })
  }

  hasNewer(accountId: AccountId, sent: SnapshotCredential): boolean {
    const current = this.#options.credentials.current(accountId)
    return current !== undefined && current.generation > sent.generation
  }

  /** After a refusal. False: no newer one came in time, and the account is held. */
  async renew(account: SnapshotAccount, sent: SnapshotCredential): Promise<boolean> {
    const renewed = await this.#firstNewer(new Map([[account.id, sent.generation]]))
    if (renewed === undefined) this.#hold(account.id, "its access token was refused and no new one came")
    return renewed !== undefined
  }

  /** In milliseconds, since this was last asked. */
  takeWaited(): number {
    const waitedMs = this.#waitedMs
    this.#waitedMs = 0
    return waitedMs
  }

  async #firstNewer(known: ReadonlyMap<AccountId, number>): Promise<RenewedCredential | undefined> {
    const { credentials, clock, signal, own } = this.#options
    const begunAt = clock.monotonic()
    this.#waitBegunAt = Math.min(this.#waitBegunAt, begunAt)
    own?.pause(begunAt)
    const renewed = await credentials.firstNewer(known, this.#leftMs, signal).finally(() => own?.resume())
    const waitedMs = clock.monotonic() - begunAt
    this.#waitedMs += waitedMs
    this.#leftMs = Math.max(0, this.#leftMs - waitedMs)
    return renewed
  }

  /** None came in time. Whoever had the whole of it is held until its credential changes. */
  #giveUpExpired(): void {
    for (const [id, { since }] of this.#expired) {
      this.#options.onGivenUp(id)
      if (since <= this.#waitBegunAt) this.#hold(id, "its access token has expired and no new one came")
    }
    this.#expired.clear()
  }

  /** Whom the snapshot has taken away needs no hold. */
  #hold(id: AccountId, evidence: string): void {
    const { cooling, credentials } = this.#options
    if (credentials.isRenewable(id)) cooling.hold(id, "auth", evidence)
  }
}
