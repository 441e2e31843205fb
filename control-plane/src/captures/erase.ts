/** Captures are erased some at a time; the records of their requests stay, and say so. */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { Transaction } from "../database/open.ts"

const BATCH = 200

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
