/** Durations counted in fixed buckets, so that those of any two stretches of time add up, and what can be told of them. Pure. */

/** The upper ends in milliseconds, each belonging to its bucket; a last one takes what is longer. As in prisma/schema.prisma: 14. */
export const BUCKET_ENDS_MS = [
  100, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
] as const

export const BUCKETS = BUCKET_ENDS_MS.length + 1

export function bucketOf(ms: number): number {
  const bucket = BUCKET_ENDS_MS.findIndex((end) => ms <= end)
  return bucket === -1 ? BUCKETS - 1 : bucket
}

/**
 * The duration that `share` (0 to 1) of those counted do not exceed, as if they were spread evenly inside their bucket; of the last bucket its
 * lower end. Null: none was counted.
 */
export function quantile(counts: readonly number[], share: number): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  let wanted = share * all
  for (const [bucket, count] of counts.entries()) {
    const from = bucket === 0 ? 0 : (BUCKET_ENDS_MS[bucket - 1] ?? 0)
    const to = BUCKET_ENDS_MS[bucket] ?? from
    if (count > 0 && wanted <= count) return from + (to - from) * (wanted / count)
    wanted -= count
  }
  return BUCKET_ENDS_MS.at(-1) ?? null
}
