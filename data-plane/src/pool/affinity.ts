/**
 * Which account a conversation lives on, so that the upstream's prompt cache works. Soft: it only says whom to prefer among those that
 * may serve now. While the home cannot serve, one other account stands in for it, so that the cache is built once and not anew with
 * every turn; when the home is back, the conversation returns to it.
 */
import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"

/** Beyond this many those that were not used lately are forgotten. */
export const MAX_CONVERSATIONS = 50_000
/** As long as signatures are kept: a conversation that old has no warm cache anywhere. */
export const CONVERSATION_MS = 24 * 3_600_000

/** A new conversation moves so many used ones at most, so that none pays for all. */
const SECOND_CHANCES = 8

/** An account, and where the pool has it for the time being. */
export interface ServedAccount {
  readonly id: AccountId
  readonly number: number
  readonly order: number
}

export interface ConversationHome {
  readonly home: AccountId
  readonly standIn: AccountId | undefined
  /** Of the home, when it last served. */
  readonly number: number
  readonly order: number
}

/** A turn of a conversation got an account. */
export interface ServedTurn {
  readonly conversation: string
  readonly key: ApiKeyId
  readonly account: ServedAccount
  /** Where it lived before is not to be returned to. */
  readonly isNewHome: boolean
}

interface Entry {
  home: AccountId
  standIn: AccountId | undefined
  readonly key: ApiKeyId
  number: number
  order: number
  /** On the monotonic clock, in whole seconds: those are kept beside the rest, and no object is made for them. */
  usedAtSeconds: number
  /** Since it was last put at the end. */
  isUsed: boolean
}

export class Affinity {
  readonly #clock: Clock
  /** In the order in which they came. Who is used keeps its place until it is the first: then it goes to the end instead of away. */
  readonly #entries = new Map<string, Entry>()
  readonly #homes = new Map<AccountId, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many live on each account that has any; what is old counts until it is forgotten. */
  get homes(): ReadonlyMap<AccountId, number> {
    return this.#homes
  }

  find(conversation: string): ConversationHome | undefined {
    const entry = this.#entries.get(conversation)
    if (entry === undefined) return undefined
    if (!this.#isOld(entry)) return entry
    this.#forget(conversation, entry)
    return undefined
  }

  /** It is served at home. `known` was just found. */
  stays(known: ConversationHome): void {
    const entry = known as Entry // only found ones are known
    entry.usedAtSeconds = this.#seconds()
    entry.isUsed = true
  }

  served({ conversation, key, account, isNewHome }: ServedTurn): void {
    const { id, number, order } = account
    const entry = this.#entries.get(conversation)
    if (entry !== undefined && !isNewHome) {
      if (id === entry.home) Object.assign(entry, { number, order })
      else entry.standIn = id
      this.stays(entry)
      return
    }
    if (entry !== undefined) this.#forget(conversation, entry)
    const usedAtSeconds = this.#seconds()
    this.#entries.set(conversation, { home: id, standIn: undefined, key, number, order, usedAtSeconds, isUsed: false })
    this.#homes.set(id, (this.#homes.get(id) ?? 0) + 1)
    this.#forgetUnused()
  }

  /** The next turn finds a home as a new conversation does. False: it had none. */
  release(conversation: string): boolean {
    const entry = this.#entries.get(conversation)
    if (entry === undefined) return false
    this.#forget(conversation, entry)
    return true
  }

  /** All that live on the account; how many those were. */
  releaseAccount(accountId: AccountId): number {
    for (const entry of this.#entries.values()) if (entry.standIn === accountId) entry.standIn = undefined
    return this.#releaseAll(({ home }) => home === accountId)
  }

  /** All of the key. */
  releaseKey(key: ApiKeyId): number {
    return this.#releaseAll((entry) => entry.key === key)
  }

  #releaseAll(isMeant: (entry: Entry) => boolean): number {
    const before = this.#entries.size
    for (const [conversation, entry] of this.#entries) if (isMeant(entry)) this.#forget(conversation, entry)
    return before - this.#entries.size
  }

  #forget(conversation: string, { home }: Entry): void {
    this.#entries.delete(conversation)
    const left = (this.#homes.get(home) ?? 0) - 1
    if (left > 0) this.#homes.set(home, left)
    else this.#homes.delete(home)
  }

  #forgetUnused(): void {
    let chances = SECOND_CHANCES
    for (const [conversation, entry] of this.#entries) {
      const isOld = this.#isOld(entry)
      if (entry.isUsed && !isOld && chances-- > 0) {
        entry.isUsed = false
        this.#entries.delete(conversation)
        this.#entries.set(conversation, entry)
        continue
      }
      if (this.#entries.size <= MAX_CONVERSATIONS && !isOld) return
      this.#forget(conversation, entry)
    }
  }

  #isOld(entry: Entry): boolean {
    return this.#seconds() - entry.usedAtSeconds >= CONVERSATION_MS / 1_000
  }

  #seconds(): number {
    return Math.floor(this.#clock.monotonic() / 1_000)
  }
}
