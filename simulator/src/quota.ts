/**
 * Quota as the upstream meters it: tokens per account and bucket in two windows, five hours and a week. A window opens
 * with the first use and is empty again when it ends. Time is passed in. Source: upstream-protocol 4.1, 4.2.
 */
import type { SimulatedAccount } from "./accounts.ts"
import type { QuotaBucket } from "./catalogue.ts"
import { exhausted } from "./refusals.ts"
import type { Refusal } from "./refusals.ts"
import { timestamp } from "./time.ts"

/** The two windows. */
export type QuotaWindow = "fiveHours" | "weekly"

const length: Readonly<Record<QuotaWindow, number>> = { fiveHours: 5 * 3_600_000, weekly: 7 * 24 * 3_600_000 }
const windows = ["weekly", "fiveHours"] as const

const defaults: Readonly<Record<QuotaBucket, Readonly<Record<QuotaWindow, number>>>> = {
  gemini: { fiveHours: 20_000_000, weekly: 100_000_000 },
  third_party: { fiveHours: 5_000_000, weekly: 25_000_000 },
  image: { fiveHours: 1_000_000, weekly: 5_000_000 },
}
const scale: Readonly<Record<string, number>> = {
  "free-tier": 1,
  "standard-tier": 2,
  "g1-pro-tier": 4,
  "g1-ultra-tier": 20,
}

/** What is left of a bucket in one window. */
export interface QuotaReading {
  /** 0..1. */
  readonly fraction: number
  /** Epoch milliseconds; now + the window's length while no window is open. */
  readonly resetAt: number
}

interface Meter {
  used: number
  openedAt: number
}

/** Meters every account of one simulator. */
export class QuotaMeter {
  readonly #meters = new Map<string, Meter>()
  readonly #scale: number

  /** `factor` multiplies every default capacity; 0 = nothing is metered. */
  constructor(factor: number) {
    this.#scale = factor
  }

  /** Charges tokens to both windows, opening them where needed. */
  charge(account: SimulatedAccount, bucket: QuotaBucket, tokens: number, now: number): void {
    for (const window of windows) this.#meter(account, bucket, window, now).used += tokens
  }

  /** What is left. */
  read(account: SimulatedAccount, bucket: QuotaBucket, window: QuotaWindow, now: number): QuotaReading {
    const meter = this.#meters.get(key(account, bucket, window))
    if (!meter || now >= meter.openedAt + length[window]) return { fraction: 1, resetAt: now + length[window] }
    const capacity = this.#capacity(account, bucket, window)
    const fraction = Math.max(0, 1 - meter.used / capacity)
    return { fraction: Number(fraction.toFixed(8)), resetAt: meter.openedAt + length[window] }
  }

  /** The nearest cap of a bucket: the emptier window, the later reset on a tie (what `quotaInfo` shows per model). */
  nearest(account: SimulatedAccount, bucket: QuotaBucket, now: number): QuotaReading {
    const five = this.read(account, bucket, "fiveHours", now)
    const week = this.read(account, bucket, "weekly", now)
    return week.fraction < five.fraction ? week : five
  }

  /** The 429 for a bucket that is empty: the weekly one speaks of individual quota, the other of the model's capacity. */
  refuse(account: SimulatedAccount, bucket: QuotaBucket, model: string, now: number): Refusal | undefined {
    for (const window of windows) {
      const reading = this.read(account, bucket, window, now)
      if (reading.fraction > 0) continue
      const delay = reading.resetAt - now
      return exhausted({ reason: "QUOTA_EXHAUSTED", model, delay, now, individual: window === "weekly" })
    }
    return undefined
  }

  /** Sets a window so that `fraction` of it is left; it opens now unless it is open. */
  set(account: SimulatedAccount, bucket: QuotaBucket, window: QuotaWindow, fraction: number, now: number): void {
    const capacity = this.#capacity(account, bucket, window)
    this.#meter(account, bucket, window, now).used = Number.isFinite(capacity) ? capacity * (1 - fraction) : 0
  }

  /** Empties every meter. */
  clear(): void {
    this.#meters.clear()
  }

  #meter(account: SimulatedAccount, bucket: QuotaBucket, window: QuotaWindow, now: number): Meter {
    const name = key(account, bucket, window)
    const known = this.#meters.get(name)
    if (known && now < known.openedAt + length[window]) return known
    const opened = { used: 0, openedAt: now }
    this.#meters.set(name, opened)
    return opened
  }

  #capacity(account: SimulatedAccount, bucket: QuotaBucket, window: QuotaWindow): number {
    const own = account.quota[bucket]?.[window]
    if (own !== undefined) return own
    if (this.#scale === 0) return Number.POSITIVE_INFINITY
    return defaults[bucket][window] * (scale[account.tier] ?? 1) * this.#scale
  }
}

/** The body of `retrieveUserQuotaSummary`. The image bucket is not in it. */
export function quotaSummary(meter: QuotaMeter, account: SimulatedAccount, now: number): object {
  const bucket = (name: QuotaBucket, prefix: string, window: QuotaWindow): object => {
    const { fraction, resetAt } = meter.read(account, name, window, now)
    return {
      bucketId: `${prefix}-${window === "weekly" ? "weekly" : "5h"}`,
      displayName: window === "weekly" ? "Weekly Limit" : "Five Hour Limit",
      window: window === "weekly" ? "weekly" : "5h",
      resetTime: timestamp(resetAt),
      ...(fraction > 0 ? { remainingFraction: fraction } : {}),
    }
  }
  return {
    groups: [
      {
        displayName: "Gemini Models",
        description: "Models within this group: Gemini Flash, Gemini Pro",
        buckets: windows.map((window) => bucket("gemini", "gemini", window)),
      },
      { displayName: "Claude and GPT models", buckets: windows.map((window) => bucket("third_party", "3p", window)) },
    ],
  }
}

function key(account: SimulatedAccount, bucket: QuotaBucket, window: QuotaWindow): string {
  return `${account.email}\u0000${bucket}\u0000${window}`
}
