import type { SnapshotAccount } from "#shared/snapshot.ts"

/**
 * The right to use one slot of one account and of one model. It ends with `release`, which every path that leaves the attempt
 * loop calls; a second call does nothing.
 */
export class Lease {
  readonly account: SnapshotAccount
  /** Why this account, in one short sentence. */
  readonly reason: string
  readonly #onRelease: () => void
  #isReleased = false

  constructor(account: SnapshotAccount, reason: string, onRelease: () => void) {
    this.account = account
    this.reason = reason
    this.#onRelease = onRelease
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#onRelease()
  }
}
