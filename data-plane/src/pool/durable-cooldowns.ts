/**
 * Rests that come with the snapshot: learnt by another node, or by this one before it was restarted. Later evidence wins; what an
 * operator released, and what a reading of the quota has shown to be over, is gone, whoever knew it.
 */
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import type { AccountId } from "#shared/ids.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import { provesRoom } from "#shared/quota-room.ts"
import type { SnapshotAccount, SnapshotCooldown, SnapshotRelease } from "#shared/snapshot.ts"
import { FAILURE_CLASSES, type FailureClass } from "#shared/upstream-failure.ts"
import type { Clock } from "../clock.ts"
import { scopeKey, type Cooldown } from "./cooldown.ts"
import type { CoolingPool } from "./pool-cooling.ts"

/** A node that hears of a release late keeps what it has learnt since; clocks may differ by this much. */
const CLOCKS_DIFFER_MS = 30_000

export interface RestingPool extends CoolingPool {
  /** All that is about this account, also where something on it is half open. */
  cooldownsOf(accountId: AccountId): Cooldown[]
}

export class DurableCooldowns {
  readonly #pool: RestingPool
  readonly #clock: Pick<Clock, "now">
  /** Releases that were done, by account. */
  #done = new Map<AccountId, readonly SnapshotRelease[]>()
  /** Since when what was taken over rests, by scope. A snapshot says the same again and again; what became of it is known here. */
  #taken = new Map<string, number>()

  constructor(pool: RestingPool, clock: Pick<Clock, "now">) {
    this.#pool = pool
    this.#clock = clock
  }

  /** After the pool itself has adopted the snapshot: it must know the accounts. */
  adopt(accounts: readonly SnapshotAccount[]): void {
    const done = new Map<AccountId, readonly SnapshotRelease[]>()
    const taken = new Map<string, number>()
    for (const account of accounts) {
      if (account.releases !== undefined) {
        done.set(account.id, account.releases)
        this.#release(account.id, account.releases)
      }
      if (account.quota !== undefined) this.#endProven(account)
      for (const cooldown of account.cooldowns ?? []) {
        taken.set(scopeKey({ type: "account-bucket", accountId: account.id, bucket: cooldown.bucket }), cooldown.since)
        this.#rest(account, cooldown)
      }
    }
    this.#done = done
    this.#taken = taken
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

  /** Also of rests that only this node knows. */
  #endProven({ id, quota = [] }: SnapshotAccount): void {
    for (const { scope, cause, since, until } of this.#pool.cooldownsOf(id)) {
      if (scope.type !== "account-bucket" || cause !== "quota") continue
      if (provesRoom({ bucket: scope.bucket, since, until }, quota)) this.#pool.release(scope)
    }
  }

  /** One that is over leaves its scope half open, as it would have without a restart. */
  #rest({ id: accountId, quota = [] }: SnapshotAccount, cooldown: SnapshotCooldown): void {
    const { bucket, cause, evidence, since, until } = cooldown
    const scope = { type: "account-bucket", accountId, bucket } as const
    const known = Math.max(this.#pool.cooldown(scope)?.since ?? 0, this.#taken.get(scopeKey(scope)) ?? 0)
    if (known >= since || until + HALF_OPEN_MS <= this.#clock.now() || provesRoom(cooldown, quota)) return
    this.#pool.cool({ scope, cause: isClass(cause) ? cause : "quota", evidence, since, until })
  }
}

function isClass(name: string): name is FailureClass {
  return Object.hasOwn(FAILURE_CLASSES, name)
}
