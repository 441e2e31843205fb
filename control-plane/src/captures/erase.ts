/** Captures are erased some at a time; the records of their requests stay, and say so. */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { Clock } from "../clock.ts"
import type { Transaction } from "../database/open.ts"
import type { Settings } from "../settings/settings.ts"

const BATCH = 200
const HOUR_MS = 3_600_000

/**
 * What began at this time or before is past its own: nobody is shown it, also where it is still there, since it is looked for once an
 * hour, and a restored backup brings back what was erased since.
 */
export function pastBefore(clock: Clock, settings: Pick<Settings, "current">): Date {
  return new Date(clock.now() - settings.current.CAPTURE_RETENTION_HOURS * HOUR_MS)
}

/** Erases what fits, at most one batch of it; how many that were. */
export async function eraseSome(
  { capture, requestRecord }: Pick<Transaction, "capture" | "requestRecord">,
  where: Prisma.CaptureWhereInput,
): Promise<number> {
  const rows = await capture.findMany({
    where,
    orderBy: [{ startedAt: "asc" }, { requestId: "asc" }],
    take: BATCH,
    select: { requestId: true },
  })
  if (rows.length === 0) return 0
  const ids = rows.map(({ requestId }) => requestId)
  await capture.deleteMany({ where: { requestId: { in: ids } } })
  await requestRecord.updateMany({ where: { id: { in: ids } }, data: { capture: "erased" } })
  return ids.length
}

/** Erases all that fits; how many that were. */
export async function eraseAll(
  transaction: Pick<Transaction, "capture" | "requestRecord">,
  where: Prisma.CaptureWhereInput,
): Promise<number> {
  for (let erased = 0; ;) {
    const some = await eraseSome(transaction, where)
    if (some === 0) return erased
    erased += some
  }
}
