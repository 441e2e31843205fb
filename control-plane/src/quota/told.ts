/** Which readings of an account's quota data planes have. Pure. */
import type { QuotaReadingModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS, QUOTA_SOURCES, QUOTA_WINDOWS } from "#shared/quota-bucket.ts"
import type { SnapshotQuota } from "#shared/snapshot.ts"

/**
 * Of each bucket and window the one that data planes are to know. What the list of models shows is one of the two windows of the summary,
 * seen more dimly, so it counts only where no window of the summary has outlasted it.
 */
export function toldReadings(rows: readonly QuotaReadingModel[]): readonly SnapshotQuota[] {
  return QUOTA_BUCKETS.flatMap((bucket) => {
    const readings = QUOTA_WINDOWS.flatMap((window) => {
      const row = rows.find((one) => one.bucket === bucket && one.window === window)
      return row === undefined ? [] : toldReading(row, bucket, window)
    })
    const nearest = readings.find(({ window }) => window === "nearest")
    const summary = readings.filter(
      ({ window, resetsAt = Infinity }) => window !== "nearest" && resetsAt > (nearest?.readAt ?? 0),
    )
    return summary.length > 0 ? summary : readings.filter(({ window }) => window === "nearest")
  })
}

/** The same of what was read last, told or not. */
export function newestReadings(rows: readonly QuotaReadingModel[]): readonly SnapshotQuota[] {
  return toldReadings(rows.map((row) => ({ ...row, ...asTold(row) })))
}

/** Columns of a row that is told as it was read. */
export function asTold({
  remainingFraction,
  resetsAt,
  readAt,
}: Pick<QuotaReadingModel, "remainingFraction" | "resetsAt" | "readAt">) {
  return { toldFraction: remainingFraction, toldResetsAt: resetsAt, toldReadAt: readAt }
}

function toldReading(
  row: QuotaReadingModel,
  bucket: SnapshotQuota["bucket"],
  window: SnapshotQuota["window"],
): SnapshotQuota[] {
  const source = QUOTA_SOURCES.find((known) => known === row.source)
  if (source === undefined) return []
  const resetsAt = row.toldResetsAt?.getTime()
  const emptyAt = row.emptyAt?.getTime()
  return [
    {
      bucket,
      window,
      remainingFraction: row.toldFraction,
      ...(resetsAt === undefined ? {} : { resetsAt }),
      source,
      readAt: row.toldReadAt.getTime(),
      ...(emptyAt === undefined ? {} : { emptyAt }),
    },
  ]
}
