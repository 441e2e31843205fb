import {
  isQuotaBucket,
  QUOTA_BUCKETS,
  QUOTA_SOURCES,
  QUOTA_WINDOWS,
  type QuotaBucket as Bucket,
  type QuotaSource as Source,
  type QuotaWindow as Window,
} from "#shared/quota-bucket.ts"
import { builder } from "../builder.ts"
import { oneOf } from "./described-values.ts"

export const QuotaBucket = builder.enumType("QuotaBucket", {
  description: "The upstream's own pools of quota: models of one bucket share it.",
  values: {
    GEMINI: { value: "gemini", description: "Gemini models, but those that make images." },
    THIRD_PARTY: { value: "third_party", description: "Models of other makers: Claude, GPT-OSS." },
    IMAGE: { value: "image", description: "Models that make images." },
  } satisfies Record<Uppercase<Bucket>, { value: Bucket; description: string }>,
})

export const QuotaWindow = builder.enumType("QuotaWindow", {
  description: "The time that a quota is for. The window of five hours and that of a week both limit.",
  values: {
    FIVE_HOURS: { value: "5h", description: "Five hours." },
    WEEKLY: { value: "weekly", description: "A week." },
    NEAREST: { value: "nearest", description: "The tighter of the two, where nobody tells which one it is." },
  } satisfies Record<string, { value: Window; description: string }>,
})

export const QuotaSource = builder.enumType("QuotaSource", {
  description: "Where a reading of a quota comes from.",
  values: {
    SUMMARY: { value: "summary", description: "The provider's summary, which has both windows." },
    CATALOGUE: { value: "catalogue", description: "The list of models, which has one number a model." },
  } satisfies Record<Uppercase<Source>, { value: Source; description: string }>,
})

/** Which quota is meant. */
export const quotaArguments = builder.args((t) => ({
  bucket: t.field({ type: QuotaBucket, required: true, description: "The models that share it." }),
  window: t.field({ type: QuotaWindow, required: true, description: "The time that it is for." }),
}))

/** The bucket that a column names; null: one that another version knows. */
export function knownBucket(name: string): Bucket | null {
  return isQuotaBucket(name) ? name : null
}

/** Of a row that has one of them: `KNOWN_QUOTAS` finds no other. */
export function bucketOf(row: { readonly bucket: string }): Bucket {
  return oneOf(QUOTA_BUCKETS, row.bucket)
}

/** The same of its window. */
export function windowOf(row: { readonly window: string }): Window {
  return oneOf(QUOTA_WINDOWS, row.window)
}

/** Null: another version reads there. */
export function knownSource(name: string): Source | null {
  return QUOTA_SOURCES.find((known) => known === name) ?? null
}

/** Rows whose bucket and window have a name in this version. */
export const KNOWN_QUOTAS = { bucket: { in: [...QUOTA_BUCKETS] }, window: { in: [...QUOTA_WINDOWS] } }
