/**
 * What is left of an account's quota in one bucket: the last reading of each window, less what was used here since. What a token
 * costs nobody tells, so it is learned from two readings in a row and what was used between them.
 */
import { quotaTimeLeft, SAME_RESET_MS, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import type { SnapshotQuota } from "#shared/snapshot.ts"

/** Until two readings have shown what a token costs, each request counts as so much, so that requests spread. */
const UNLEARNED_STEP = 0.001
/** Afterwards only as much as to tell apart accounts with the same reading, before the tokens of a request are known. */
const LEARNED_STEP = 0.0001
/** How much a new observation moves what was learned. */
const LEARNING = 0.2

/** What a token costs, as a share of each window, over all accounts. */
export class TokenCosts {
  readonly #costs = new Map<string, number>()
  readonly #steps: Record<QuotaBucket, number> = {
    gemini: UNLEARNED_STEP,
    third_party: UNLEARNED_STEP,
    image: UNLEARNED_STEP,
  }
  /** Rises with everything that is learned: what was ranked by the costs before is out of order. */
  version = 0

  of(bucket: QuotaBucket, window: QuotaWindow): number | undefined {
    return this.#costs.get(`${bucket} ${window}`)
  }

  /** So much of a window a request counts as, beside its tokens. */
  step(bucket: QuotaBucket): number {
    return this.#steps[bucket]
  }

  learn(bucket: QuotaBucket, window: QuotaWindow, cost: number): void {
    const before = this.of(bucket, window)
    this.#steps[bucket] = LEARNED_STEP
    this.version++
    this.#costs.set(`${bucket} ${window}`, before === undefined ? cost : before + LEARNING * (cost - before))
  }
}

interface Window {
  reading: SnapshotQuota
  /** Here, since the reading. */
  tokens: number
  /** How many were begun before the reading. */
  readonly requestsBefore: number
}

export class QuotaMeter {
  readonly #costs: TokenCosts
  readonly #windows: Window[] = []

  constructor(costs: TokenCosts) {
    this.#costs = costs
  }

  /** The readings of its bucket in a new snapshot. One that is no newer than the known one keeps what was counted on top of it. */
  adopt(readings: readonly SnapshotQuota[], requests: number): void {
    const before = this.#windows.splice(0)
    for (const reading of readings) {
      const known = before.find((one) => one.reading.window === reading.window)
      if (known === undefined) this.#windows.push({ reading, tokens: 0, requestsBefore: requests })
      else if (reading.readAt <= known.reading.readAt) this.#windows.push(known)
      else {
        this.#learn(known, reading)
        this.#windows.push({ reading, tokens: 0, requestsBefore: requests })
      }
    }
  }

  /** A request has ended, and this is what the upstream counts of it. */
  use(tokens: number): void {
    for (const window of this.#windows) window.tokens += tokens
  }

  /**
   * What is left in the tighter window, where half of the time until it is renewed counts against it: of two accounts with the same
   * rest the one that gets more sooner has more. All as of the readings, so that the order of accounts does not change with time.
   */
  headroom(requests: number): number | undefined {
    let least: number | undefined
    for (const window of this.#windows) {
      const left = this.#left(window, requests) - 0.5 * quotaTimeLeft(window.reading.window, window.reading)
      if (least === undefined || left < least) least = left
    }
    return least
  }

  /**
   * Until when a window has no more than the reserve, in milliseconds since the epoch; undefined: there is quota, or nobody knows. Only
   * what was read counts: what a token costs is learned from all accounts, and one that is also used elsewhere must not shut out others.
   */
  emptyUntil(reserve: number, now: number): number | undefined {
    let until: number | undefined
    for (const window of this.#windows) {
      const { resetsAt, remainingFraction } = window.reading
      if (resetsAt === undefined || resetsAt <= now || remainingFraction > reserve) continue
      until = Math.max(until ?? 0, resetsAt)
    }
    return until
  }

  /** Windows that have ended are unknown again. True: there was one. */
  forgetEnded(now: number): boolean {
    const kept = this.#windows.filter(({ reading }) => reading.resetsAt === undefined || reading.resetsAt > now)
    if (kept.length === this.#windows.length) return false
    this.#windows.splice(0, this.#windows.length, ...kept)
    return true
  }

  /** When the next window ends. */
  get nextReset(): number | undefined {
    const resets = this.#windows.flatMap(({ reading }) => reading.resetsAt ?? [])
    return resets.length === 0 ? undefined : Math.min(...resets)
  }

  #left({ reading, tokens, requestsBefore }: Window, requests: number): number {
    const { bucket, window, remainingFraction } = reading
    const cost = this.#costs.of(bucket, window) ?? 0
    return remainingFraction - tokens * cost - (requests - requestsBefore) * this.#costs.step(bucket)
  }

  /** Only within one window, and only from what was used: others may use the account too, but then it costs that much to be there. */
  #learn({ reading: before, tokens }: Window, after: SnapshotQuota): void {
    const fell = before.remainingFraction - after.remainingFraction
    const apart = Math.abs((before.resetsAt ?? 0) - (after.resetsAt ?? Infinity))
    const isSame = apart < SAME_RESET_MS && before.source === after.source
    if (isSame && tokens > 0 && fell > 0) this.#costs.learn(after.bucket, after.window, fell / tokens)
  }
}
