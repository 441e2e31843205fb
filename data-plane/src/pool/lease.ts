import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { PoolStrategyName } from "#shared/pool-strategy.ts"
import type { AccountGroup } from "#shared/route.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { Probe } from "./probe.ts"
import type { TakenSlots } from "./taken-slots.ts"

/** How long an exchange waits for a slot, where no setting says otherwise. */
export const SLOT_WAIT_MS = 60_000

/** For whom a lease is asked: what limits, fairness and affinity go by. */
export interface Caller {
  readonly key: ApiKeyId
  /** Leases that the key may hold at the same time; 0 or undefined: any number. */
  readonly maxConcurrent?: number
  /** The same for every turn of a conversation and for no other. */
  readonly conversation?: string
}

export interface LeaseAsk {
  /** Absent: nobody in particular. */
  readonly caller?: Caller
  readonly model: string
  /** Accounts that this exchange has already failed on. */
  readonly exclude: ReadonlySet<AccountId>
  /** The snapshot of the exchange: an account it does not have is never leased for it. */
  readonly snapshot: CompiledSnapshot
  /** At most this long, in milliseconds. */
  readonly waitMs: number
  /** Only these accounts, as a rule says; absent: any. */
  readonly group?: AccountGroup
  /** In place of the one that is set for the model, as a rule says. */
  readonly strategy?: PoolStrategyName
  /** Hears of each account that could serve but for its expired token; it is only leased where no other has a living one. */
  onExpired?(account: SnapshotAccount): void
}

/**
 * The right to use one slot of one account and of one model. It ends with `release`, which every path that leaves the attempt
 * loop calls; a second call does nothing.
 */
export class Lease {
  readonly account: SnapshotAccount
  /** Why this account, in one short sentence. */
  readonly reason: string
  readonly #slots: TakenSlots
  readonly #probe: Probe | undefined
  #isReleased = false

  /** With a `probe` the exchange goes first where cool-downs have ended. */
  constructor(account: SnapshotAccount, reason: string, slots: TakenSlots, probe?: Probe) {
    this.account = account
    this.reason = reason
    this.#slots = slots
    this.#probe = probe
  }

  /** The upstream serves the exchange. */
  served(): void {
    this.#probe?.served()
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#slots.giveBack()
    this.#probe?.end()
  }
}
