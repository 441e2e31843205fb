/**
 * The tokens that keys may use in a day. The control plane adds them up over all nodes and says in the snapshot which key has none
 * left; what this node saw itself counts at once, so that a key cannot run on until that word comes.
 */
import type { ApiKeyId } from "#shared/ids.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { Usage } from "#shared/usage.ts"
import { utcDay, utcDayEnd } from "#shared/utc-day.ts"
import { GatewayError } from "../canonical/error.ts"

export class KeyBudgets {
  /** Of today, by keys that have a limit. */
  readonly #used = new Map<ApiKeyId, number>()
  #day = ""

  /** Throws `key_quota_used` when nothing is left of the key's day at `now`, in milliseconds since the epoch. */
  check({ id, tokensPerDay, exhaustedUntil }: SnapshotApiKey, now: number): void {
    if (tokensPerDay === undefined) return
    this.#turn(now)
    const isUsed = (exhaustedUntil ?? 0) > now || (this.#used.get(id) ?? 0) >= tokensPerDay
    if (!isUsed) return
    const until = utcDayEnd(this.#day)
    const when = new Date(until).toISOString()
    throw new GatewayError(
      "key_quota_used",
      `This key has used its ${tokensPerDay} tokens of the day. It has new ones at ${when}.`,
      {
        retryAfterMs: until - now,
      },
    )
  }

  /** What an exchange of the key used. Tokens that nobody counted are not counted here either. */
  add({ id, tokensPerDay }: SnapshotApiKey, { inputTokens = 0, outputTokens = 0 }: Usage, now: number): void {
    if (tokensPerDay === undefined) return
    this.#turn(now)
    this.#used.set(id, (this.#used.get(id) ?? 0) + inputTokens + outputTokens)
  }

  #turn(now: number): void {
    const day = utcDay(now)
    if (day === this.#day) return
    this.#day = day
    this.#used.clear()
  }
}
