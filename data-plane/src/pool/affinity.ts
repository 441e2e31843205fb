/**
 * Which account a conversation lives on, so that the upstream's prompt cache works. Soft: it only says whom to prefer among those that
 * may serve now. While the home cannot serve, one other account stands in for it, so that the cache is built once and not anew with
 * every turn; when the home is back, the conversation returns to it.
 */
import type { AccountId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"

/** Least recently used ones are forgotten beyond this many. */
export const MAX_CONVERSATIONS = 50_000
/** As long as signatures are kept: a conversation that old has no warm cache anywhere. */
export const CONVERSATION_MS = 24 * 3_600_000

export interface ConversationHome {
  readonly home: AccountId
  readonly standIn: AccountId | undefined
}

interface Entry {
  home: AccountId
  standIn: AccountId | undefined
  usedAt: number
}

export class Affinity {
  readonly #clock: Clock
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  find(conversation: string): ConversationHome | undefined {
    const entry = this.#entries.get(conversation)
    if (entry === undefined) return undefined
    if (!this.#isOld(entry)) return entry
    this.#entries.delete(conversation)
    return undefined
  }

  /** It is served there now. `isNewHome`: where it lived before is not to be returned to. */
  served(conversation: string, accountId: AccountId, isNewHome: boolean): void {
    const entry = this.#entries.get(conversation)
    const usedAt = this.#clock.monotonic()
    this.#entries.delete(conversation)
    if (entry === undefined || isNewHome) {
      this.#entries.set(conversation, { home: accountId, standIn: undefined, usedAt })
      this.#forgetOldest()
      return
    }
    if (accountId !== entry.home) entry.standIn = accountId
    entry.usedAt = usedAt
    this.#entries.set(conversation, entry)
  }

  /** The next turn finds a home as a new conversation does. False: it had none. */
  release(conversation: string): boolean {
    return this.#entries.delete(conversation)
  }

  /** All that live on the account; how many those were. */
  releaseAccount(accountId: AccountId): number {
    let released = 0
    for (const [conversation, entry] of this.#entries) {
      if (entry.standIn === accountId) entry.standIn = undefined
      if (entry.home !== accountId) continue
      this.#entries.delete(conversation)
      released++
    }
    return released
  }

  #forgetOldest(): void {
    for (const [conversation, entry] of this.#entries) {
      if (this.#entries.size <= MAX_CONVERSATIONS && !this.#isOld(entry)) return
      this.#entries.delete(conversation)
    }
  }

  #isOld(entry: Entry): boolean {
    return this.#clock.monotonic() - entry.usedAt > CONVERSATION_MS
  }
}
