/**
 * What a key may use: requests and tokens a minute, tokens a day and a month. A minute's limits hold for this node; of days and months
 * the control plane adds up all nodes and says in the snapshot which key has nothing left, and what this node saw itself counts at
 * once, so that a key cannot run on until that word comes. Constant work for a request, and memory for keys that have a limit.
 */
import type { ApiKeyId } from "#shared/ids.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { Usage } from "#shared/usage.ts"
import { utcDay, utcDayEnd, utcMonth, utcMonthEnd } from "#shared/utc-day.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import type { KeyStanding, RateStanding } from "../dialects/dialect.ts"
import { MinuteRate } from "./minute-rate.ts"

/** Of one key at this node. A rate that was never limited has none. */
interface KeyUse {
  day: string
  dayTokens: number
  month: string
  monthTokens: number
  requests?: MinuteRate
  tokens?: MinuteRate
}

interface Today {
  readonly day: string
  readonly month: string
  readonly startsAt: number
  readonly endsAt: number
}

export class KeyLimits {
  readonly #clock: Pick<Clock, "now" | "monotonic">
  readonly #uses = new Map<ApiKeyId, KeyUse>()
  /** Of now, as it was last asked for. */
  #today: Today = { day: "", month: "", startsAt: 0, endsAt: 0 }

  constructor(clock: Pick<Clock, "now" | "monotonic">) {
    this.#clock = clock
  }

  /** Counts a request of the key. Throws `key_quota_used`, `key_tokens_limited` or `key_requests_limited`, and counts nothing then. */
  admit(key: SnapshotApiKey): void {
    if (!hasLimit(key)) return
    const use = this.#of(key)
    this.#refuseUsedUp(key, use)
    const now = this.#clock.monotonic()
    const { tokensPerMinute, requestsPerMinute } = key
    const tokensMs = tokensPerMinute === undefined ? 0 : (use.tokens?.waitMs(tokensPerMinute, now) ?? 0)
    if (tokensMs > 0) throw rateError("key_tokens_limited", `${tokensPerMinute} tokens`, tokensMs)
    if (requestsPerMinute === undefined) return
    const requests = (use.requests ??= new MinuteRate(requestsPerMinute, now))
    const requestsMs = requests.waitMs(requestsPerMinute, now)
    const many = requestsPerMinute === 1 ? "one request" : `${requestsPerMinute} requests`
    if (requestsMs > 0) throw rateError("key_requests_limited", many, requestsMs)
    requests.take(1, requestsPerMinute, now)
  }

  /** What an exchange of the key used, as it was told, or guessed where its client did not wait for that. */
  add(key: SnapshotApiKey, { inputTokens = 0, outputTokens = 0 }: Usage): void {
    const used = inputTokens + outputTokens
    if (used === 0 || !hasLimit(key)) return
    const use = this.#of(key)
    use.dayTokens += used
    use.monthTokens += used
    const { tokensPerMinute } = key
    if (tokensPerMinute === undefined) return
    const now = this.#clock.monotonic()
    use.tokens ??= new MinuteRate(tokensPerMinute, now)
    use.tokens.take(used, tokensPerMinute, now)
  }

  standing(key: SnapshotApiKey): KeyStanding {
    const { requestsPerMinute, tokensPerMinute } = key
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return {}
    const now = this.#clock.monotonic()
    const { requests, tokens } = this.#of(key)
    const of = (rate: MinuteRate | undefined, perMinute: number): RateStanding =>
      rate?.standing(perMinute, now) ?? { limit: perMinute, remaining: perMinute, resetMs: 0 }
    return {
      ...(requestsPerMinute === undefined ? {} : { requests: of(requests, requestsPerMinute) }),
      ...(tokensPerMinute === undefined ? {} : { tokens: of(tokens, tokensPerMinute) }),
    }
  }

  /** Forgets keys that are no more. */
  keepOnly(keys: readonly SnapshotApiKey[]): void {
    if (this.#uses.size === 0) return
    const ids = new Set(keys.map(({ id }) => id))
    for (const id of this.#uses.keys()) if (!ids.has(id)) this.#uses.delete(id)
  }

  /** With what belongs to another day or month forgotten. */
  #of({ id }: SnapshotApiKey): KeyUse {
    const { day, month } = this.#turn(this.#clock.now())
    let use = this.#uses.get(id)
    if (use === undefined) this.#uses.set(id, (use = { day, dayTokens: 0, month, monthTokens: 0 }))
    if (use.day !== day) Object.assign(use, { day, dayTokens: 0 })
    if (use.month !== month) Object.assign(use, { month, monthTokens: 0 })
    return use
  }

  /** Dates are written once a day: writing them takes longer than all the rest. */
  #turn(now: number): Today {
    const { startsAt, endsAt } = this.#today
    if (now >= startsAt && now < endsAt) return this.#today
    const day = utcDay(now)
    this.#today = { day, month: utcMonth(now), startsAt: Date.parse(day), endsAt: utcDayEnd(day) }
    return this.#today
  }

  #refuseUsedUp(key: SnapshotApiKey, { day, dayTokens, month, monthTokens }: KeyUse): void {
    const now = this.#clock.now()
    const { tokensPerMonth, monthExhaustedUntil = 0, tokensPerDay, exhaustedUntil = 0 } = key
    // The month first: a new day brings nothing where it is used up.
    if (tokensPerMonth !== undefined && (monthExhaustedUntil > now || monthTokens >= tokensPerMonth)) {
      throw usedUpError(`${tokensPerMonth} tokens of the month`, utcMonthEnd(month), now)
    }
    if (tokensPerDay !== undefined && (exhaustedUntil > now || dayTokens >= tokensPerDay)) {
      throw usedUpError(`${tokensPerDay} tokens of the day`, utcDayEnd(day), now)
    }
  }
}

function hasLimit({ requestsPerMinute, tokensPerMinute, tokensPerDay, tokensPerMonth }: SnapshotApiKey): boolean {
  return [requestsPerMinute, tokensPerMinute, tokensPerDay, tokensPerMonth].some((limit) => limit !== undefined)
}

function usedUpError(what: string, until: number, now: number): GatewayError {
  const message = `This API key has used its ${what}. It has new ones at ${new Date(until).toISOString()}.`
  return new GatewayError("key_quota_used", message, { retryAfterMs: until - now })
}

function rateError(code: "key_tokens_limited" | "key_requests_limited", what: string, waitMs: number): GatewayError {
  const message = `This API key is limited to ${what} a minute. Please try again in ${Math.ceil(waitMs / 1_000)}s.`
  return new GatewayError(code, message, { retryAfterMs: waitMs })
}
