/**
 * Texts that the upstream refuses without a reason. Once two accounts gave the same bare refusal to a request it is the text's, and
 * for a while neither another account nor a cool-down is spent on it.
 */
import type { AccountId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"

const REMEMBERED_MS = 600_000
const CAPACITY = 10_000

interface Suspicion {
  readonly at: number
  /** Where it was refused, when nobody else could be asked; absent: it is certain. */
  readonly accountId?: AccountId
}

export class RefusedTexts {
  readonly #clock: Clock
  /** By digest, oldest first. */
  readonly #texts = new Map<string, Suspicion>()
  /** When an attempt that had success began last, by account; kept only of accounts that refused a text. */
  readonly #successes = new Map<AccountId, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The text is the cause: two accounts refused it, or the only account that did has served others since. */
  isCause(text: string): boolean {
    const known = this.#texts.get(text)
    if (known === undefined || this.#clock.monotonic() - known.at >= REMEMBERED_MS) return false
    return known.accountId === undefined || (this.#successes.get(known.accountId) ?? 0) > known.at
  }

  /** Two accounts refused it. */
  remember(text: string): void {
    this.#add(text, { at: this.#clock.monotonic() })
  }

  /** One account refused it, and there is no other. */
  suspect(text: string, accountId: AccountId): void {
    this.#add(text, { at: this.#clock.monotonic(), accountId })
    if (!this.#successes.has(accountId)) this.#successes.set(accountId, 0)
  }

  onSuccess(accountId: AccountId, startedAt: number): void {
    if (this.#successes.size > 0 && this.#successes.has(accountId)) this.#successes.set(accountId, startedAt)
  }

  #add(text: string, suspicion: Suspicion): void {
    this.#texts.delete(text)
    this.#texts.set(text, suspicion)
    for (const [oldest, { at }] of this.#texts) {
      if (this.#texts.size <= CAPACITY && suspicion.at - at < REMEMBERED_MS) return
      this.#texts.delete(oldest)
    }
  }
}
