/**
 * The newest credential of an account, and the wait for a newer one. A credential is the one thing an exchange may take from a
 * later snapshot than its own: a token that was renewed meanwhile is the same account's, only alive.
 */
import type { AccountId } from "#shared/ids.ts"
import type { CredentialRefused } from "#shared/link-protocol.ts"
import type { SnapshotCredential } from "#shared/snapshot.ts"
import { abortReason, type Clock } from "../clock.ts"
import type { SnapshotStore } from "./store.ts"

/** How long an exchange waits for the control plane to renew tokens: once, whatever the number of accounts. */
export const RENEWAL_WAIT_MS = 5_000
/** The same refusal is reported again after this long, should the first report have had no effect. */
const REPORT_AGAIN_MS = 30_000
/** Where nobody waits: reports pile up while the control plane is away, and each exchange passes over every expired account. */
const ASK_AGAIN_MS = 600_000

export interface RenewedCredential {
  readonly accountId: AccountId
  readonly credential: SnapshotCredential
}

export class Credentials {
  readonly #store: Pick<SnapshotStore, "current" | "onSwap">
  readonly #clock: Clock
  readonly #report: (refused: CredentialRefused) => void
  readonly #reported = new Map<string, number>()

  constructor(
    store: Pick<SnapshotStore, "current" | "onSwap">,
    clock: Clock,
    report: (refused: CredentialRefused) => void,
  ) {
    this.#store = store
    this.#clock = clock
    this.#report = report
  }

  /** The newest known, dead or alive. */
  current(accountId: AccountId): SnapshotCredential | undefined {
    return this.#store.current?.accountById.get(accountId)?.credential
  }

  isAlive(credential: SnapshotCredential): boolean {
    return credential.expiresAt > this.#clock.now()
  }

  /** False: the newest snapshot does not let the account be used, as when it needs a login. None comes before that changes. */
  isRenewable(accountId: AccountId): boolean {
    return this.#store.current?.accountById.get(accountId)?.usable === true
  }

  /** Asks the control plane for a newer credential without waiting for it. */
  askFor(accountId: AccountId, generation: number): void {
    this.#askToRenew(accountId, generation, ASK_AGAIN_MS)
  }

  /**
   * The first living credential newer than the generation known of its account. Asks the control plane for all and waits at most
   * `waitMs` for one, and no longer than one may come; undefined when none came. Rejects with the signal's reason.
   */
  firstNewer(
    known: ReadonlyMap<AccountId, number>,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<RenewedCredential | undefined> {
    const find = (): RenewedCredential | undefined => {
      for (const [accountId, generation] of known) {
        const credential = this.current(accountId)
        if (credential && credential.generation > generation && this.isAlive(credential))
          return { accountId, credential }
      }
      return undefined
    }
    const mayCome = (): boolean => [...known.keys()].some((accountId) => this.isRenewable(accountId))
    const found = find()
    if (found !== undefined) return Promise.resolve(found)
    for (const [accountId, generation] of known) this.#askToRenew(accountId, generation, REPORT_AGAIN_MS)
    if (waitMs <= 0 || !mayCome()) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.clear()
        stopListening()
        signal.removeEventListener("abort", onAbort)
      }
      const onAbort = (): void => {
        settle()
        reject(abortReason(signal))
      }
      const timer = this.#clock.after(waitMs, () => {
        settle()
        resolve(undefined)
      })
      const stopListening = this.#store.onSwap(() => {
        const renewed = find()
        if (renewed === undefined && mayCome()) return
        settle()
        resolve(renewed)
      })
      if (signal.aborted) onAbort()
      else signal.addEventListener("abort", onAbort, { once: true })
    })
  }

  /** A token renewed after a 401 was refused too: only a new login helps. */
  refusedAgain(accountId: AccountId, generation: number): void {
    this.#reportOnce({ type: "credential-refused", accountId, generation, again: true }, REPORT_AGAIN_MS)
  }

  #askToRenew(accountId: AccountId, generation: number, againMs: number): void {
    if (!this.isRenewable(accountId)) return
    this.#reportOnce({ type: "credential-refused", accountId, generation, again: false }, againMs)
  }

  #reportOnce(refused: CredentialRefused, againMs: number): void {
    const key = `${refused.accountId} ${refused.generation} ${refused.again}`
    const now = this.#clock.monotonic()
    const before = this.#reported.get(key)
    if (before !== undefined && now - before < againMs) return
    this.#reported.delete(key)
    this.#reported.set(key, now)
    // Oldest first: what is still young ends the search.
    for (const [known, at] of this.#reported) {
      if (now - at < ASK_AGAIN_MS) break
      this.#reported.delete(known)
    }
    this.#report(refused)
  }
}
