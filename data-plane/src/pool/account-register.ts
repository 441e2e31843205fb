import type { AccountId } from "#shared/ids.ts"
import { DEFAULT_POOL_STRATEGY } from "#shared/pool-strategy.ts"
import { QUOTA_BUCKETS, quotaBucket } from "#shared/quota-bucket.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotQuota } from "#shared/snapshot.ts"
import type { Clock } from "../clock.ts"
import type { ServedAccount } from "./affinity.ts"
import { AccountTable } from "./account-table.ts"
import { CandidateGroups } from "./candidate-groups.ts"
import { PoolAccount, type CandidateGroup } from "./candidates.ts"
import type { Cooldown, Cooldowns, CooldownScope } from "./cooldown.ts"
import type { LeaseAsk } from "./lease.ts"
import { QuotaMeter, TokenCosts } from "./quota-meter.ts"
import { Seating } from "./seating.ts"
import { Shelves } from "./shelves.ts"
import { STRATEGIES } from "./strategies/index.ts"

/** What is looked for, and among which accounts. */
type Asked = Pick<LeaseAsk, "model" | "group">

export interface AccountRegisterOptions {
  readonly clock: Clock
  readonly cooldowns: Cooldowns
  readonly onQuotaReset: () => void
}

/**
 * The accounts of the current snapshot, each on the shelves of what it can serve. Adopting a new snapshot keeps what is known of the
 * moment; an account that is gone gets no new leases.
 */
export class AccountRegister {
  readonly table = new AccountTable()
  readonly seating: Seating
  readonly #accounts = new Map<AccountId, PoolAccount>()
  readonly #groups: CandidateGroups
  readonly #shelves = new Shelves(this.table)
  readonly #costs = new TokenCosts()
  readonly #cooldowns: Cooldowns
  #current: CompiledSnapshot | undefined
  /** How many accounts had ever come when a snapshot was adopted. */
  readonly #comeBy = new WeakMap<CompiledSnapshot, number>()
  #known = 0
  #cooling = 0
  #order = 0

  constructor({ clock, cooldowns, onQuotaReset }: AccountRegisterOptions) {
    this.#groups = new CandidateGroups(clock)
    this.#cooldowns = cooldowns
    this.seating = new Seating({
      clock,
      table: this.table,
      costs: this.#costs,
      shelves: this.#shelves,
      deadlines: cooldowns.deadlines,
      onQuotaReset,
    })
  }

  /** Of the snapshot, usable or not. */
  get known(): number {
    return this.#known
  }

  /** Usable ones. */
  get size(): number {
    return this.#accounts.size
  }

  /** Usable ones that cool down as a whole. */
  get cooling(): number {
    return this.#cooling
  }

  get current(): CompiledSnapshot | undefined {
    return this.#current
  }

  accounts(): Iterable<PoolAccount> {
    return this.#accounts.values()
  }

  get(id: AccountId): PoolAccount | undefined {
    return this.#accounts.get(id)
  }

  /** Of one that has served, for as long as the pool knows it: where it was, which costs no look-up by name, or where it is by now. */
  numberOf(served: ServedAccount): number | undefined {
    const { number } = served
    return this.table.order(number) === served.order ? number : this.#accounts.get(served.id)?.number
  }

  /** No account has come since. */
  knowsAll(snapshot: CompiledSnapshot): boolean {
    return this.#comeBy.get(snapshot) === this.#order
  }

  groups(): Iterable<CandidateGroup> {
    return this.#groups.all()
  }

  adopt(compiled: CompiledSnapshot): void {
    const { snapshot } = compiled
    const { poolStrategies: strategies, maxConcurrentPerAccount } = snapshot.settings
    this.#groups.adoptTags(compiled.router.tags)
    this.#current = compiled
    this.#known = snapshot.accounts.length
    for (const bucket of QUOTA_BUCKETS) {
      const strategy = STRATEGIES[strategies?.[bucket] ?? DEFAULT_POOL_STRATEGY]
      this.seating.setStrategy(bucket, strategy, this.#accounts.values())
    }
    const learned = this.#costs.version
    const seen = new Set<AccountId>()
    for (const account of snapshot.accounts) {
      if (!account.usable) continue
      seen.add(account.id)
      this.#adoptAccount(account, account.maxConcurrent ?? maxConcurrentPerAccount)
    }
    this.#comeBy.set(compiled, this.#order)
    for (const [id, account] of this.#accounts) if (!seen.has(id)) this.#drop(account)
    this.#groups.adoptCatalogues(snapshot.catalogues)
    this.#shelves.forgetModels()
    this.#shelves.keepOnly(new Set([...compiled.router.strategies].map((name) => STRATEGIES[name])))
    if (this.#costs.version === learned) return
    for (const account of this.#accounts.values()) if (account.account.quota !== undefined) this.seating.place(account)
  }

  /** A cool-down of an account or of something on it began or, with `cooldown` undefined, ended. */
  onCooldown(scope: CooldownScope, cooldown: Cooldown | undefined): void {
    if (!("accountId" in scope)) return
    const account = this.#accounts.get(scope.accountId)
    if (account === undefined) return
    this.#mark(account, scope, cooldown)
    this.#place(account, scope)
  }

  /** A probe is on its way to an account or to something on it, or has left its place. */
  onProbe(scope: CooldownScope, isOnItsWay: boolean): void {
    if (!("accountId" in scope)) return
    const account = this.#accounts.get(scope.accountId)
    if (account === undefined) return
    this.#markProbe(account, scope, isOnItsWay)
    this.#place(account, scope)
  }

  /** Tokens that a request has used up on an account. */
  use(id: AccountId, model: string, tokens: number): void {
    const seat = this.#accounts.get(id)?.seats[quotaBucket(model)]
    if (seat?.meter === undefined) return
    seat.meter.use(tokens)
    this.seating.placeSeat(seat)
  }

  /** Is there such an account among those that could serve the model but for a free slot or a living token? */
  someone({ model, group }: Asked, isSuch: (account: PoolAccount) => boolean): boolean {
    for (const shelf of this.#shelves.of(model, group).all) {
      for (const { account } of shelf.members) if (isSuch(account)) return true
    }
    return false
  }

  /** The same of a living token, without a look at those that were seen to have none. */
  someoneLiving({ model, group }: Asked, now: number, isSuch: (account: PoolAccount) => boolean): boolean {
    for (const shelf of this.#shelves.of(model, group).living.flat()) {
      for (const { account } of shelf.members) if (account.isLiving(now) && isSuch(account)) return true
    }
    return false
  }

  #adoptAccount(account: SnapshotAccount, limit: number): void {
    const known = this.#accounts.get(account.id)
    if (known === undefined) {
      // One that came while the account was away is about what it was then.
      this.#releaseHold(account.id)
      const group = this.#groups.join(account)
      const added = new PoolAccount(this.table, account, limit, ++this.#order, group)
      this.#accounts.set(account.id, added)
      this.#markAll(added)
      this.#adoptQuota(added)
      this.seating.place(added)
      return
    }
    if (hasNewCredential(known.account, account) || known.account.projectId !== account.projectId) {
      this.#releaseHold(account.id)
    }
    const isSameGroup = this.#groups.keeps(known.group, known.account, account)
    const isSame = known.limit === limit && isSameGroup && areAlike(known.account, account)
    if (isSame) {
      known.account = account
      return
    }
    if (!isSameGroup) {
      this.seating.remove(known)
      this.#groups.leave(known.group)
      known.group = this.#groups.join(account)
      // Leaving took off what cools of single models.
      this.#markAll(known)
    }
    known.adopt(account, limit)
    this.#adoptQuota(known)
    this.seating.place(known)
  }

  #adoptQuota({ account, seats, number }: PoolAccount): void {
    for (const bucket of QUOTA_BUCKETS) {
      const readings = account.quota?.filter((reading) => reading.bucket === bucket) ?? []
      const seat = seats[bucket]
      if (readings.length === 0) seat.meter = undefined
      else {
        seat.meter ??= new QuotaMeter(this.#costs)
        seat.meter.adopt(readings, seat.table.requests(number))
      }
    }
  }

  /** Only where something of the scope is. */
  #place(account: PoolAccount, scope: CooldownScope): void {
    if (scope.type === "account-bucket") this.seating.placeSeat(account.seats[scope.bucket])
    else if (scope.type === "account-model") this.seating.placeSeat(account.seats[quotaBucket(scope.model)])
    else this.seating.place(account)
  }

  #markAll(account: PoolAccount): void {
    for (const { scope } of this.#cooldowns.ofAccount(account.id)) {
      this.#mark(account, scope, this.#cooldowns.find(scope))
      if (this.#cooldowns.isProbed(scope)) this.#markProbe(account, scope, true)
    }
  }

  #markProbe(account: PoolAccount, scope: CooldownScope, isOnItsWay: boolean): void {
    if (scope.type === "account") account.isProbed = isOnItsWay
    else if (scope.type === "account-bucket") account.seats[scope.bucket].isProbed = isOnItsWay
    else if (scope.type === "account-model") {
      const seat = account.seats[quotaBucket(scope.model)]
      if (isOnItsWay) this.seating.probeModel(seat, scope.model)
      else this.seating.coolModel(seat, scope.model, undefined)
    }
  }

  /** What is learnt of a scope ends its being half open. */
  #mark(account: PoolAccount, scope: CooldownScope, cooldown: Cooldown | undefined): void {
    this.table.setHasRest(account.number, this.#cooldowns.hasOf(account.id))
    this.#markProbe(account, scope, false)
    if (scope.type === "account") this.#coolWhole(account, cooldown?.until ?? 0)
    else if (scope.type === "account-bucket") {
      account.seats[scope.bucket].coolUntil = cooldown?.until ?? 0
    } else if (scope.type === "account-model") {
      const isMissing = cooldown?.cause === "model_missing"
      this.seating.coolModel(account.seats[quotaBucket(scope.model)], scope.model, cooldown?.until, isMissing)
    }
  }

  #coolWhole(account: PoolAccount, until: number): void {
    if (account.isCooling) this.#cooling--
    account.coolUntil = until
    if (account.isCooling) this.#cooling++
  }

  /** A hold without an end lasts until the account's credential or project changes, or until the account leaves and comes back. */
  #releaseHold(accountId: AccountId): void {
    const hold = this.#cooldowns.find({ type: "account", accountId })
    if (hold?.until === Infinity) this.#cooldowns.release(hold.scope)
  }

  #drop(account: PoolAccount): void {
    this.seating.remove(account)
    this.#groups.leave(account.group)
    this.#accounts.delete(account.id)
    this.table.remove(account.number)
    this.#coolWhole(account, 0)
    this.#releaseHold(account.id)
  }
}

function hasNewCredential(before: SnapshotAccount, after: SnapshotAccount): boolean {
  return (before.credential?.generation ?? 0) !== (after.credential?.generation ?? 0)
}

/** For the pool. Most accounts are as before in most snapshots, and stay where they are. */
function areAlike(before: SnapshotAccount, after: SnapshotAccount): boolean {
  return (
    before.priority === after.priority &&
    before.weight === after.weight &&
    before.reserve === after.reserve &&
    before.credential?.expiresAt === after.credential?.expiresAt &&
    !hasNewCredential(before, after) &&
    before.disabledModels?.join("\n") === after.disabledModels?.join("\n") &&
    areReadAlike(before.quota ?? [], after.quota ?? [])
  )
}

function areReadAlike(before: readonly SnapshotQuota[], after: readonly SnapshotQuota[]): boolean {
  return before.length === after.length && before.every(({ readAt }, index) => readAt === after[index]?.readAt)
}
