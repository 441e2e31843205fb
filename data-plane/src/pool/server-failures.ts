import type { AccountId } from "#shared/ids.ts"
import type { Clock } from "../clock.ts"

/** One failure of the way says nothing about an account; this many in this time do. */
const ENOUGH = 3
const WITHIN_MS = 120_000

interface Failure {
  readonly at: number
  readonly request: string | undefined
}

/** Failures of the upstream by account, in which each request counts once: one that fails everywhere must not bench everybody. */
export class ServerFailures {
  static readonly COOLDOWN_MS = 10_000
  readonly #clock: Clock
  readonly #recent = new Map<AccountId, Failure[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onSuccess(accountId: AccountId, startedAt: number): void {
    if (this.#recent.size === 0) return
    const left = this.#recent.get(accountId)?.filter(({ at }) => at >= startedAt) ?? []
    if (left.length > 0) this.#recent.set(accountId, left)
    else this.#recent.delete(accountId)
  }

  /**
   * True: the account is to cool. It stays near the border afterwards: when the first try after the cool-down fails as well, it cools
   * again at once, until a success or time has cleared it. Where it `isProbed` after one, that holds however long the try took.
   */
  add(accountId: AccountId, request: string | undefined, isProbed = false): boolean {
    const now = this.#clock.monotonic()
    const recent = (this.#recent.get(accountId) ?? []).filter(({ at }) => now - at < WITHIN_MS)
    const isCounted = request !== undefined && recent.some((other) => other.request === request)
    if (!isCounted) recent.push({ at: now, request })
    this.#recent.delete(accountId)
    this.#recent.set(accountId, recent.slice(-ENOUGH))
    this.#forget(now)
    return !isCounted && (isProbed || recent.length >= ENOUGH)
  }

  /** Oldest first: what is still young ends the search. */
  #forget(now: number): void {
    for (const [accountId, failures] of this.#recent) {
      if (now - (failures.at(-1)?.at ?? 0) < WITHIN_MS) return
      this.#recent.delete(accountId)
    }
  }
}
