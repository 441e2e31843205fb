/**
 * Rests that come with the snapshot: learnt by another node, or by this one before it was restarted. Later evidence wins; what an
 * operator released is gone, whoever knew it.
 */
import type { AccountId } from "#shared/ids.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { SnapshotAccount, SnapshotRelease } from "#shared/snapshot.ts"
import { FAILURE_CLASSES, type FailureClass } from "#shared/upstream-failure.ts"
import type { Clock } from "../clock.ts"
import type { Cooldown } from "./cooldown.ts"
import type { CoolingPool } from "./pool-cooling.ts"

/** A node that hears of a release late keeps what it has learnt since; clocks may differ by this much. */
const CLOCKS_DIFFER_MS = 30_000

export interface RestingPool extends CoolingPool {
  /** All that is about this account. */
  cooldownsOf(accountId: AccountId): Cooldown[]
}

export class DurableCooldowns {
  readonly #pool: RestingPool
  readonly #clock: Pick<Clock, "now">
  /** Releases that were done, by account. */
  #done = new Map<AccountId, readonly SnapshotRelease[]>()

  constructor(pool: RestingPool, clock: Pick<Clock, "now">) {
    this.#pool = pool
    this.#clock = clock
  }

  /** After the pool itself has adopted the snapshot: it must know the accounts. */
  adopt(accounts: readonly SnapshotAccount[]): void {
    const done = new Map<AccountId, readonly SnapshotRelease[]>()
    for (const account of accounts) {
      if (account.releases !== undefined) {
        done.set(account.id, account.releases)
        this.#release(account.id, account.releases)
      }
      if (account.cooldowns !== undefined) this.#rest(account)
    }
    this.#done = done
  }

  #release(accountId: AccountId, releases: readonly SnapshotRelease[]): void {
    const done = this.#done.get(accountId) ?? []
    for (const { model, at } of releases) {
      if (done.some((one) => one.model === model && one.at === at)) continue
      for (const { scope, since } of this.#pool.cooldownsOf(accountId)) {
        const isAsked =
          model === undefined ||
          scope.type === "account" ||
          (scope.type === "account-model" && scope.model === model) ||
          (scope.type === "account-bucket" && scope.bucket === quotaBucket(model))
        if (isAsked && since <= at + CLOCKS_DIFFER_MS) this.#pool.release(scope)
      }
    }
  }

  #rest({ id: accountId, cooldowns = [] }: SnapshotAccount): void {
    const now = this.#clock.now()
    for (const { bucket, cause, evidence, since, until } of cooldowns) {
      const scope = { type: "account-bucket", accountId, bucket } as const
      const known = this.#pool.cooldown(scope)
      if (until <= now || (known !== undefined && known.since >= since)) continue
      this.#pool.cool({ scope, cause: isClass(cause) ? cause : "quota", evidence, since, until })
    }
  }
}

function isClass(name: string): name is FailureClass {
  return Object.hasOwn(FAILURE_CLASSES, name)
}
