/**
 * The accounts by what they offer. Accounts with the same catalogue stand in one ring, least recently chosen first, and leave it
 * while they have no free slot or cool down as a whole: choosing looks at the head of a ring, however many accounts there are.
 */
import type { CatalogueModel } from "#shared/catalogue.ts"
import type { AccountId } from "#shared/ids.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"

/** One account as the pool sees it. Survives a swap of snapshots; facts of the moment stay with it. */
export class PoolAccount {
  readonly id: AccountId
  account: SnapshotAccount
  /** 0: unlimited. */
  limit: number
  inFlight = 0
  /** Rises with every choice over the whole pool, so that rings can be compared. */
  lastChosen = 0
  isCooling = false
  ring: ReadyRing | undefined
  previous: PoolAccount | undefined
  next: PoolAccount | undefined

  constructor(account: SnapshotAccount, limit: number) {
    this.id = account.id
    this.account = account
    this.limit = limit
  }

  get hasFreeSlot(): boolean {
    return this.limit === 0 || this.inFlight < this.limit
  }

  /** Its token may be sent at `now`, in milliseconds since the epoch. */
  isLiving(now: number): boolean {
    return (this.account.credential?.expiresAt ?? 0) > now
  }
}

/** A doubly linked list with a head: every operation takes the same time whatever its length. */
export class ReadyRing {
  #head: PoolAccount | undefined
  #tail: PoolAccount | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** At the end, or at the head when it was chosen longer ago than the one there: who was away has its turn at once. */
  add(account: PoolAccount): void {
    if (account.ring !== undefined) return
    account.ring = this
    const isFirst = this.#head === undefined || account.lastChosen < this.#head.lastChosen
    account.previous = isFirst ? undefined : this.#tail
    account.next = isFirst ? this.#head : undefined
    if (account.previous === undefined) this.#head = account
    else account.previous.next = account
    if (account.next === undefined) this.#tail = account
    else account.next.previous = account
    this.#size++
  }

  remove(account: PoolAccount): void {
    if (account.ring !== this) return
    if (account.previous === undefined) this.#head = account.next
    else account.previous.next = account.next
    if (account.next === undefined) this.#tail = account.previous
    else account.next.previous = account.previous
    account.ring = account.previous = account.next = undefined
    this.#size--
  }

  /** The least recently chosen account that `mayServe`. */
  first(mayServe: (account: PoolAccount) => boolean): PoolAccount | undefined {
    for (let account = this.#head; account !== undefined; account = account.next) if (mayServe(account)) return account
    return undefined
  }
}

/** Accounts with one catalogue. */
export interface CandidateGroup {
  readonly catalogue: string | undefined
  /** Undefined where no catalogue was read: such an account may serve any model. */
  models: ReadonlyMap<string, CatalogueModel> | undefined
  readonly members: Set<PoolAccount>
  readonly ready: ReadyRing
}

export function offers(group: CandidateGroup, model: string): boolean {
  return group.models === undefined || group.models.has(model)
}
