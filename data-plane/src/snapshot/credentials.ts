/**
 * The newest credential of an account, and the wait for a newer one. A credential is the one thing an exchange may take from a
 * later snapshot than its own: a token that was renewed meanwhile is the same account's, only alive.
 */
import type { AccountId } from "#shared/ids.ts"
import type { CredentialRefused } from "#shared/link-protocol.ts"
import type { SnapshotCredential } from "#shared/snapshot.ts"
import { abortReason, type Clock } from "../clock.ts"
import type { SnapshotStore } from "./store.ts"

/** How long an exchange waits for the control plane to renew a token. */
export const RENEWAL_WAIT_MS = 5_000
/** The same refusal is reported again after this long, should the first report have had no effect. */
const REPORT_AGAIN_MS = 30_000

export class Credentials {
  readonly #store: SnapshotStore
  readonly #clock: Clock
  readonly #report: (refused: CredentialRefused) => void
  readonly #reported = new Map<string, number>()

  constructor(store: SnapshotStore, clock: Clock, report: (refused: CredentialRefused) => void) {
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

  /**
   * A living credential newer than `generation`. Asks the control plane for one and waits up to five seconds; undefined when none
   * came. Rejects with the signal's reason.
   */
  newerThan(accountId: AccountId, generation: number, signal: AbortSignal): Promise<SnapshotCredential | undefined> {
    const find = (): SnapshotCredential | undefined => {
      const credential = this.current(accountId)
      return credential && credential.generation > generation && this.isAlive(credential) ? credential : undefined
    }
    const found = find()
    if (found !== undefined) return Promise.resolve(found)
    this.#reportOnce({ type: "credential-refused", accountId, generation, again: false })
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
      const timer = this.#clock.after(RENEWAL_WAIT_MS, () => {
        settle()
        resolve(undefined)
      })
      const stopListening = this.#store.onSwap(() => {
        const credential = find()
        if (credential === undefined) return
        settle()
        resolve(credential)
      })
      if (signal.aborted) onAbort()
      else signal.addEventListener("abort", onAbort, { once: true })
    })
  }

  /** A token renewed after a 401 was refused too: only a new login helps. */
  refusedAgain(accountId: AccountId, generation: number): void {
    this.#reportOnce({ type: "credential-refused", accountId, generation, again: true })
  }

  #reportOnce(refused: CredentialRefused): void {
    const key = `${refused.accountId} ${refused.generation} ${refused.again}`
    const now = this.#clock.monotonic()
    const before = this.#reported.get(key)
    if (before !== undefined && now - before < REPORT_AGAIN_MS) return
    for (const [known, at] of this.#reported) if (now - at >= REPORT_AGAIN_MS) this.#reported.delete(known)
    this.#reported.set(key, now)
    this.#report(refused)
  }
}
