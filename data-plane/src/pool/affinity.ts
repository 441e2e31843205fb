/**
 * Which account a conversation lives on, so that the upstream's prompt cache works. Soft: it only says whom to prefer among those that
 * may serve now. While the home cannot serve, one other account stands in for it, so that the cache is built once and not anew with
 * every turn; when the home is back, the conversation returns to it.
 */
import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"
import { ConversationRows, FIRST_COLUMN, NONE } from "./conversation-rows.ts"

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

/** Columns of a conversation's row: of its home, */
const NUMBER = FIRST_COLUMN
const ORDER = FIRST_COLUMN + 1
/** when it was last used, on the monotonic clock, in whole seconds, */
const USED_AT = FIRST_COLUMN + 2
/** and whether it was since it was last put at the end. */
const IS_USED = FIRST_COLUMN + 3

export class Affinity {
  readonly #clock: Clock
  /** In the order in which they came. Who is used keeps its place until it is the first: then it goes to the end instead of away. */
  readonly #rows = new ConversationRows()
  /** What no choice looks at but to change it, by row. */
  readonly #names: Names[] = []
  readonly #homes = new Map<AccountId, number>()
  readonly #found = new Found(this.#rows, this.#names)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#rows.size
  }

  /** How many live on each account that has any; what is old counts until it is forgotten. */
  get homes(): ReadonlyMap<AccountId, number> {
    return this.#homes
  }

  /** There is one answer, so it is good until the next is asked for. */
  find(conversation: string): ConversationHome | undefined {
    const row = this.#rows.find(conversation)
    if (row === NONE) return undefined
    const now = this.#seconds()
    if (this.#isOld(row, now)) {
      this.#forget(row)
      return undefined
    }
    this.#found.row = row
    this.#found.at = now
    return this.#found
  }

  /** The one that was just found is served at home. */
  stays(): void {
    this.#use(this.#found.row, this.#found.at)
  }

  served({ conversation, key, account, isNewHome }: ServedTurn): void {
    const { id, number, order } = account
    const row = this.#rows.find(conversation)
    if (row !== NONE && !isNewHome) {
      const names = this.#namesOf(row)
      if (id === names.home) this.#moveIn(row, number, order)
      else names.standIn = id
      this.#use(row, this.#seconds())
      return
    }
    if (row !== NONE) this.#forget(row)
    const added = this.#rows.add(conversation)
    this.#names[added] = { home: id, standIn: undefined, key }
    this.#moveIn(added, number, order)
    this.#rows.set(added, USED_AT, this.#seconds())
    this.#homes.set(id, (this.#homes.get(id) ?? 0) + 1)
    this.#forgetUnused()
  }

  /** The next turn finds a home as a new conversation does. False: it had none. */
  release(conversation: string): boolean {
    const row = this.#rows.find(conversation)
    if (row !== NONE) this.#forget(row)
    return row !== NONE
  }

  /** All that live on the account; how many those were. */
  releaseAccount(accountId: AccountId): number {
    for (let row = this.#rows.first; row !== NONE; row = this.#rows.after(row)) {
      const names = this.#namesOf(row)
      if (names.standIn === accountId) names.standIn = undefined
    }
    return this.#releaseAll(({ home }) => home === accountId)
  }

  /** All of the key. */
  releaseKey(key: ApiKeyId): number {
    return this.#releaseAll((names) => names.key === key)
  }

  #releaseAll(isMeant: (names: Names) => boolean): number {
    const before = this.size
    for (let row = this.#rows.first; row !== NONE;) {
      const next = this.#rows.after(row)
      if (isMeant(this.#namesOf(row))) this.#forget(row)
      row = next
    }
    return before - this.size
  }

  #moveIn(row: number, number: number, order: number): void {
    this.#rows.set(row, NUMBER, number)
    this.#rows.set(row, ORDER, order)
  }

  #use(row: number, now: number): void {
    this.#rows.set(row, USED_AT, now)
    this.#rows.set(row, IS_USED, 1)
  }

  #forget(row: number): void {
    const { home } = this.#namesOf(row)
    this.#rows.remove(row)
    const left = (this.#homes.get(home) ?? 0) - 1
    if (left > 0) this.#homes.set(home, left)
    else this.#homes.delete(home)
  }

  #forgetUnused(): void {
    const now = this.#seconds()
    let chances = SECOND_CHANCES
    for (let row = this.#rows.first; row !== NONE; row = this.#rows.first) {
      const isOld = this.#isOld(row, now)
      if (this.#rows.get(row, IS_USED) === 1 && !isOld && chances-- > 0) {
        this.#rows.set(row, IS_USED, 0)
        this.#rows.moveToEnd(row)
        continue
      }
      if (this.size <= MAX_CONVERSATIONS && !isOld) return
      this.#forget(row)
    }
  }

  #isOld(row: number, now: number): boolean {
    return now - this.#rows.get(row, USED_AT) >= CONVERSATION_MS / 1_000
  }

  #namesOf(row: number): Names {
    return namesAt(this.#names, row)
  }

  #seconds(): number {
    return Math.floor(this.#clock.monotonic() / 1_000)
  }
}

interface Names {
  readonly home: AccountId
  standIn: AccountId | undefined
  readonly key: ApiKeyId
}

class Found implements ConversationHome {
  row = NONE
  /** When it was found. */
  at = 0
  readonly #rows: ConversationRows
  readonly #names: readonly Names[]

  constructor(rows: ConversationRows, names: readonly Names[]) {
    this.#rows = rows
    this.#names = names
  }

  get home(): AccountId {
    return namesAt(this.#names, this.row).home
  }

  get standIn(): AccountId | undefined {
    return namesAt(this.#names, this.row).standIn
  }

  get number(): number {
    return this.#rows.get(this.row, NUMBER)
  }

  get order(): number {
    return this.#rows.get(this.row, ORDER)
  }
}

function namesAt(names: readonly Names[], row: number): Names {
  const found = names[row]
  if (found === undefined) throw new Error("a conversation without a home")
  return found
}
