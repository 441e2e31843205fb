import type { QuotaBucket, QuotaWindow } from "#generated/web/graphql.ts"

interface Forecast {
  bucket: QuotaBucket
  window: QuotaWindow
  remaining: number
  accountsKnown: number
}

export interface QuotaLeft<From> {
  /** From 0 to 1, of the accounts of which it is known. */
  share: number
  from: From
}

/**
 * What is left of each quota over the pool, in the window that has the least. The nearest window alone is told of few accounts, such as
 * the one that ran out just now: it counts only where neither of both windows is known.
 */
export function leftByBucket<From extends Forecast>(forecasts: readonly From[]): Map<QuotaBucket, QuotaLeft<From>> {
  const known = forecasts.filter(({ accountsKnown }) => accountsKnown > 0)
  const told = new Set(known.flatMap(({ bucket, window }) => (window === "NEAREST" ? [] : [bucket])))
  const left = new Map<QuotaBucket, QuotaLeft<From>>()
  for (const from of known) {
    const { bucket, window, remaining, accountsKnown } = from
    if (window === "NEAREST" && told.has(bucket)) continue
    const share = remaining / accountsKnown
    if (share < (left.get(bucket)?.share ?? Number.POSITIVE_INFINITY)) left.set(bucket, { share, from })
  }
  return left
}
