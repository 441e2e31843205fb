import type { AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import { PoolAccount, ReadyRing, type CandidateGroup } from "./candidates.ts"
import type { Cooldowns } from "./cooldown.ts"

/**
 * The accounts of the current snapshot, each in the ring of those with its catalogue. Adopting a new snapshot keeps what is known of
 * the moment; an account that is gone gets no new leases.
 */
export class AccountRegister {
  readonly #accounts = new Map<AccountId, PoolAccount>()
  readonly #groups = new Map<string, CandidateGroup>()
  readonly #cooldowns: Cooldowns
  #known = 0

  constructor(cooldowns: Cooldowns) {
    this.#cooldowns = cooldowns
  }

  /** Of the snapshot, usable or not. */
  get known(): number {
    return this.#known
  }

  /** Usable ones. */
  get size(): number {
    return this.#accounts.size
  }

  accounts(): Iterable<PoolAccount> {
    return this.#accounts.values()
  }

  get(id: AccountId): PoolAccount | undefined {
    return this.#accounts.get(id)
  }

  groups(): Iterable<CandidateGroup> {
    return this.#groups.values()
  }

  adopt({ snapshot }: CompiledSnapshot): void {
    this.#known = snapshot.accounts.length
    const seen = new Set<AccountId>()
    for (const account of snapshot.accounts) {
      if (!account.usable) continue
      seen.add(account.id)
      this.#adoptAccount(account, account.maxConcurrent ?? snapshot.settings.maxConcurrentPerAccount)
    }
    for (const [id, account] of this.#accounts) if (!seen.has(id)) this.#drop(account)
    for (const [name, group] of this.#groups) {
      if (group.members.size === 0) this.#groups.delete(name)
      else if (group.catalogue !== undefined) {
        const models = snapshot.catalogues[group.catalogue]?.models
        group.models = models && new Map(models.map((model) => [model.id, model]))
      }
    }
  }

  /** After anything of it changed: into its ring with a free slot and no cool-down, out of it otherwise. */
  place(account: PoolAccount): void {
    if (this.#accounts.get(account.id) !== account) return
    if (account.hasFreeSlot && !account.isCooling) this.#groupOf(account.account).ready.add(account)
    else account.ring?.remove(account)
  }

  #adoptAccount(account: SnapshotAccount, limit: number): void {
    let known = this.#accounts.get(account.id)
    if (known === undefined) {
      known = new PoolAccount(account, limit)
      this.#accounts.set(account.id, known)
      known.isCooling = this.#cooldowns.find({ type: "account", accountId: account.id }) !== undefined
    } else {
      if (hasNewCredential(known.account, account)) this.#releaseHold(account.id)
      if (known.account.catalogue !== account.catalogue) this.#leaveGroup(known)
      known.account = account
      known.limit = limit
    }
    this.#groupOf(account).members.add(known)
    this.place(known)
  }

  /** A hold without an end lasts until the account's credential changes. */
  #releaseHold(accountId: AccountId): void {
    const hold = this.#cooldowns.find({ type: "account", accountId })
    if (hold?.until === Infinity) this.#cooldowns.release(hold.scope)
  }

  #drop(account: PoolAccount): void {
    this.#leaveGroup(account)
    this.#accounts.delete(account.id)
    this.#releaseHold(account.id)
  }

  #leaveGroup(account: PoolAccount): void {
    account.ring?.remove(account)
    this.#groups.get(groupName(account.account))?.members.delete(account)
  }

  #groupOf(account: SnapshotAccount): CandidateGroup {
    const name = groupName(account)
    let group = this.#groups.get(name)
    if (group === undefined) {
      group = { catalogue: account.catalogue, models: undefined, members: new Set(), ready: new ReadyRing() }
      this.#groups.set(name, group)
    }
    return group
  }
}

function groupName(account: SnapshotAccount): string {
  return `${account.kind} ${account.catalogue ?? ""}`
}

function hasNewCredential(before: SnapshotAccount, after: SnapshotAccount): boolean {
  return (before.credential?.generation ?? 0) !== (after.credential?.generation ?? 0)
}
