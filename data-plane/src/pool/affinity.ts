/**
 * Which account a conversation lives on, so that the upstream's prompt cache works. Soft: it only says whom to prefer among those that
 * may serve now. While the home cannot serve, one other account stands in for it, so that the cache is built once and not anew with
 * every turn; when the home is back, the conversation returns to it.
 */
import type { AccountId, ApiKeyId } from "#shared/ids.ts"
import type { ConversationScope } from "#shared/link-command.ts"
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

/** An account, as it was when it last served the conversation. */
export interface ConversationHome extends ServedAccount {
  readonly standIn: ServedAccount | undefined
}

/** A turn of a conversation got an account. */
export interface ServedTurn {
  readonly conversation: string
  readonly key: ApiKeyId
  readonly account: ServedAccount
  /** Where it lived before is not to be returned to. */
  readonly isNewHome: boolean
}

/** What happened to homes, as other data planes hear it. Whoever hears all of it in the same order has the same homes. */
export type ConversationFact =
  | {
      readonly type: "home"
      readonly conversation: string
      readonly key: ApiKeyId
      readonly home: AccountId
      readonly standIn?: AccountId
      /** Milliseconds since the epoch. */
      readonly usedAt: number
    }
  | { readonly type: "release"; readonly of: ConversationScope }

/** One that goes on at home is told again with its first turn of an hour, so that nobody forgets it. */
const TOLD_S = 3_600

/** The order of an account that the pool did not place: no account has it, so it is looked for by its id. */
const UNPLACED = { number: 0, order: -1 }

/** Columns of a conversation's row: of its home, */
const NUMBER = FIRST_COLUMN
const ORDER = FIRST_COLUMN + 1
/** when it was last used, on the monotonic clock, in whole seconds, */
const USED_AT = FIRST_COLUMN + 2
/** and whether it was since it was last put at the end. */
const IS_USED = FIRST_COLUMN + 3

export class Affinity {
  readonly #clock: Clock
  readonly #tell: ((fact: ConversationFact) => void) | undefined
  /** In the order in which they came. Who is used keeps its place until it is the first: then it goes to the end instead of away. */
  readonly #rows = new ConversationRows()
  /** What no choice looks at but to change it, by row. */
  readonly #names: Names[] = []
  readonly #homes = new Map<AccountId, number>()
  readonly #found = new Found(this.#rows, this.#names)
  /** Seconds of the monotonic clock, and the wall clock's milliseconds when they were read. */
  #read = 0
  #readAt = -Infinity

  /** `tell` hears what others are to know; what was learnt from them is not told on. */
  constructor(clock: Clock, tell?: (fact: ConversationFact) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  get size(): number {
    return this.#rows.size
  }

  /** How many live on each account that has any; what is old counts until it is forgotten. */
  get homes(): ReadonlyMap<AccountId, number> {
    return this.#homes
  }

  /** There is one answer, so it is good until the next is asked for. `now` is the wall clock's, which whoever chooses has just read. */
  find(conversation: string, now = this.#clock.now()): ConversationHome | undefined {
    const row = this.#rows.find(conversation)
    if (row === NONE) return undefined
    const at = this.#secondsAt(now)
    if (this.#isOld(row, at)) {
      this.#forget(row)
      return undefined
    }
    this.#found.conversation = conversation
    this.#found.row = row
    this.#found.at = at
    return this.#found
  }

  /** The one that was just found is served at home. */
  stays(): void {
    this.#use(this.#found.conversation, this.#found.row, this.#found.at)
  }

  served({ conversation, key, account, isNewHome }: ServedTurn): void {
    const { id } = account
    const row = this.#rows.find(conversation)
    if (row === NONE || isNewHome) {
      const added = this.#settle(conversation, { home: id, standIn: undefined, key }, account, this.#seconds())
      this.#tellHome(conversation, added)
      this.#forgetUnused()
      return
    }
    const names = this.#namesOf(row)
    const isOtherStandIn = id !== names.home && id !== names.standIn?.id
    if (id === names.home) this.#moveIn(row, account)
    else if (isOtherStandIn || names.standIn?.order !== account.order) {
      names.standIn = { id, number: account.number, order: account.order }
    }
    const wasTold = this.#use(conversation, row, this.#seconds())
    if (isOtherStandIn && !wasTold) this.#tellHome(conversation, row)
  }

  /** What another data plane did, or this one, in the order in which all of them hear it. */
  learn(fact: ConversationFact): void {
    if (fact.type === "release") {
      this.#release(fact.of)
      return
    }
    const { conversation, key, home, usedAt } = fact
    const standIn = fact.standIn && { id: fact.standIn, ...UNPLACED }
    const ageMs = Math.max(0, this.#clock.now() - usedAt)
    if (ageMs >= CONVERSATION_MS) return
    const at = this.#seconds() - Math.floor(ageMs / 1_000)
    const row = this.#rows.find(conversation)
    const names = row === NONE ? undefined : this.#namesOf(row)
    if (names?.home !== home) {
      this.#settle(conversation, { home, standIn, key }, UNPLACED, at)
      this.#forgetUnused()
      return
    }
    if (names.standIn?.id !== standIn?.id) names.standIn = standIn
    this.#rows.set(row, USED_AT, Math.max(at, this.#rows.get(row, USED_AT)))
    this.#rows.set(row, IS_USED, 1)
  }

  /** The next turn finds a home as a new conversation does. False: it had none. */
  release(conversation: string): boolean {
    return this.#releaseAndTell({ conversation }) > 0
  }

  /** All that live on the account; how many those were. */
  releaseAccount(accountId: AccountId): number {
    return this.#releaseAndTell({ accountId })
  }

  /** All of the key. */
  releaseKey(apiKeyId: ApiKeyId): number {
    return this.#releaseAndTell({ apiKeyId })
  }

  #releaseAndTell(of: ConversationScope): number {
    const count = this.#release(of)
    // Also where there was none: somebody who starts later may hear of a home from before.
    this.#tell?.({ type: "release", of })
    return count
  }

  #release(of: ConversationScope): number {
    if ("conversation" in of) {
      const row = this.#rows.find(of.conversation)
      if (row === NONE) return 0
      this.#forget(row)
      return 1
    }
    if ("apiKeyId" in of) return this.#releaseAll(({ key }) => key === of.apiKeyId)
    for (let row = this.#rows.first; row !== NONE; row = this.#rows.after(row)) {
      const names = this.#namesOf(row)
      if (names.standIn?.id === of.accountId) names.standIn = undefined
    }
    return this.#releaseAll(({ home }) => home === of.accountId)
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

  /** In a row of its own, whatever it had before. */
  #settle(conversation: string, names: Names, place: Pick<ServedAccount, "number" | "order">, at: number): number {
    const before = this.#rows.find(conversation)
    if (before !== NONE) this.#forget(before)
    const row = this.#rows.add(conversation)
    this.#names[row] = names
    this.#moveIn(row, place)
    this.#rows.set(row, USED_AT, at)
    this.#homes.set(names.home, (this.#homes.get(names.home) ?? 0) + 1)
    return row
  }

  #tellHome(conversation: string, row: number): void {
    if (this.#tell === undefined) return
    const { home, standIn, key } = this.#namesOf(row)
    const other = standIn === undefined ? {} : { standIn: standIn.id }
    this.#tell({ type: "home", conversation, key, home, ...other, usedAt: this.#clock.now() })
  }

  #moveIn(row: number, { number, order }: Pick<ServedAccount, "number" | "order">): void {
    this.#rows.set(row, NUMBER, number)
    this.#rows.set(row, ORDER, order)
  }

  /** Whether that was told. */
  #use(conversation: string, row: number, now: number): boolean {
    const before = this.#rows.get(row, USED_AT)
    this.#rows.set(row, USED_AT, now)
    this.#rows.set(row, IS_USED, 1)
    const isTold = Math.floor(before / TOLD_S) !== Math.floor(now / TOLD_S)
    if (isTold) this.#tellHome(conversation, row)
    return isTold
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

  /** The same, at most a second old. To read a clock takes a twentieth of what a choice may, so the monotonic one is read when the other has moved. */
  #secondsAt(now: number): number {
    if (Math.abs(now - this.#readAt) >= 1_000) {
      this.#readAt = now
      this.#read = this.#seconds()
    }
    return this.#read
  }
}

interface Names {
  readonly home: AccountId
  standIn: ServedAccount | undefined
  readonly key: ApiKeyId
}

class Found implements ConversationHome {
  conversation = ""
  row = NONE
  /** When it was found. */
  at = 0
  readonly #rows: ConversationRows
  readonly #names: readonly Names[]

  constructor(rows: ConversationRows, names: readonly Names[]) {
    this.#rows = rows
    this.#names = names
  }

  get id(): AccountId {
    return namesAt(this.#names, this.row).home
  }

  get standIn(): ServedAccount | undefined {
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
