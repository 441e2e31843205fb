/** The upstream's own pools of quota: what one model uses up is missing to the others of its bucket. */
export const QUOTA_BUCKETS = ["gemini", "third_party", "image"] as const

export type QuotaBucket = (typeof QUOTA_BUCKETS)[number]

/** What people call them. */
export const QUOTA_BUCKET_NAMES: Readonly<Record<QuotaBucket, string>> = {
  gemini: "Gemini models",
  third_party: "Claude and GPT-OSS",
  image: "image models",
}

export function quotaBucket(model: string): QuotaBucket {
  if (model.includes("image")) return "image"
  return model.startsWith("gemini") ? "gemini" : "third_party"
}

export function isQuotaBucket(name: string): name is QuotaBucket {
  return QUOTA_BUCKETS.some((known) => known === name)
}

/** Both limit at the same time. `nearest` is a reading that names the tighter of them and not which one it is. */
export const QUOTA_WINDOWS = ["5h", "weekly", "nearest"] as const

export type QuotaWindow = (typeof QUOTA_WINDOWS)[number]

/** What people call them. */
export const QUOTA_WINDOW_NAMES: Readonly<Record<QuotaWindow, string>> = {
  "5h": "5 hours",
  weekly: "week",
  nearest: "tighter window",
}

/** Two readings of one window may differ by so much in when it ends. */
export const SAME_RESET_MS = 60_000

const HOUR_MS = 3_600_000
const LENGTH_MS = { "5h": 5 * HOUR_MS, weekly: 168 * HOUR_MS } as const

/** How long a window lasts; of one of which nobody knows which it is, how long at the most. */
export function quotaWindowMs(window: QuotaWindow): number {
  return LENGTH_MS[window === "nearest" ? "weekly" : window]
}

/** The share of a window that was still to come when it was read; half where nobody knows. */
export function quotaTimeLeft(
  window: QuotaWindow,
  { resetsAt, readAt }: { readonly resetsAt?: number | undefined; readonly readAt: number },
): number {
  if (resetsAt === undefined) return 0.5
  const ms = Math.max(0, resetsAt - readAt)
  const length = window === "nearest" ? (ms <= LENGTH_MS["5h"] ? LENGTH_MS["5h"] : LENGTH_MS.weekly) : LENGTH_MS[window]
  return Math.min(1, ms / length)
}

/** Where a reading comes from: `summary` shows both windows, `catalogue` one number a model. */
export const QUOTA_SOURCES = ["summary", "catalogue"] as const

export type QuotaSource = (typeof QUOTA_SOURCES)[number]
