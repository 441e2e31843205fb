/**
 * Which account a conversation lives on, so that the upstream's prompt cache works. Soft: it only says whom to prefer among those that
 * may serve now. While the home cannot serve, one other account stands in for it, so that the cache is built once and not anew with
 * every turn; when the home is back, the conversation returns to it.
 */
import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"

/** Least recently used ones are forgotten beyond this many. */
export const MAX_CONVERSATIONS = 50_000
/** As long as signatures are kept: a conversation that old has no warm cache anywhere. */
export const CONVERSATION_MS = 24 * 3_600_000

export interface ConversationHome {
  readonly home: AccountId
  readonly standIn: AccountId | undefined
}

/** A turn of a conversation got an account. */
export interface ServedTurn {
  readonly conversation: string
  readonly key: ApiKeyId
  readonly accountId: AccountId
  /** Where it lived before is not to be returned to. */
  readonly isNewHome: boolean
}

interface Entry {
  home: AccountId
  standIn: AccountId | undefined
  readonly key: ApiKeyId
  usedAt: number
}

export class Affinity {
  readonly #clock: Clock
  /** Least recently used first. */
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

  served({ conversation, key, accountId, isNewHome }: ServedTurn): void {
    const entry = this.#entries.get(conversation)
    const usedAt = this.#clock.monotonic()
    if (entry === undefined || isNewHome) {
      if (entry !== undefined) this.#forget(conversation, entry)
      this.#entries.set(conversation, { home: accountId, standIn: undefined, key, usedAt })
      this.#homes.set(accountId, (this.#homes.get(accountId) ?? 0) + 1)
      this.#forgetOldest()
      return
    }
    this.#entries.delete(conversation)
    if (accountId !== entry.home) entry.standIn = accountId
    entry.usedAt = usedAt
    this.#entries.set(conversation, entry)
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

  #forgetOldest(): void {
    for (const [conversation, entry] of this.#entries) {
      if (this.#entries.size <= MAX_CONVERSATIONS && !this.#isOld(entry)) return
      this.#forget(conversation, entry)
    }
  }

  #isOld(entry: Entry): boolean {
    return this.#clock.monotonic() - entry.usedAt > CONVERSATION_MS
  }
}
