/** Keeps the newest reading of each bucket and window and those before it, and says to the data planes what they have to know. */
import type { QuotaReadingModel } from "#generated/sqlite/models.ts"
import type { QuotaSource } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { endProven } from "../accounts/cooldowns.ts"
import { lockRows } from "../database/lock-rows.ts"
import { keepPoint } from "./history.ts"
import type { Reading } from "./read.ts"
import { mostUrgent, SOON_MS, whenToTell, type TellableReading, type Telling } from "./tell.ts"
import { asTold } from "./told.ts"

export interface QuotaStore {
  /** What is not among `readings` stays as it was read last. */
  take(accountId: string, source: QuotaSource, readings: readonly Reading[]): Promise<void>
}

export interface QuotaStoreOptions {
  readonly database: Database
  readonly clock: Clock
  /** Something was read of this account. */
  readonly onRead: (accountId: string) => void
  /** The snapshot has to be built anew. */
  readonly onTell: () => void
}

const toldOf = (row: QuotaReadingModel): TellableReading => ({
  remainingFraction: row.toldFraction,
  resetsAt: row.toldResetsAt?.getTime(),
  readAt: row.toldReadAt.getTime(),
})

export function createQuotaStore({ database, clock, onRead, onTell }: QuotaStoreOptions): QuotaStore {
  let isWaiting = false

  function tell(telling: Telling): void {
    if (telling === "now") return onTell()
    if (telling === "not" || isWaiting) return
    isWaiting = true
    clock.after(SOON_MS, () => {
      isWaiting = false
      onTell()
    })
  }

  async function write(
    { quotaReading, quotaPoint }: Transaction,
    accountId: string,
    reserve: number,
    source: QuotaSource,
    readings: readonly Reading[],
  ): Promise<Telling[]> {
    const rows = await quotaReading.findMany({ where: { accountId } })
    const readAt = clock.now()
    const tellings: Telling[] = []
    for (const { bucket, window, remainingFraction, resetsAt } of readings) {
      const row = rows.find((one) => one.bucket === bucket && one.window === window)
      const told = row === undefined ? undefined : toldOf(row)
      const telling = whenToTell(told, { remainingFraction, resetsAt, readAt }, window, reserve)
      tellings.push(telling)
      const ends = resetsAt === undefined ? null : new Date(resetsAt)
      const emptyAt = remainingFraction > 0 ? (row?.source === source ? row.emptyAt : null) : new Date(readAt)
      const usedTokens = row === undefined || row.usedTokens === null ? undefined : Number(row.usedTokens)
      const point = { readAt, remainingFraction, resetsAt, usedTokens }
      await keepPoint({ quotaPoint }, { accountId, bucket, window }, source, point)
      const newest = { remainingFraction, resetsAt: ends, source, readAt: new Date(readAt), emptyAt, usedTokens: 0n }
      const tellable = asTold(newest)
      await quotaReading.upsert({
        where: { accountId_bucket_window: { accountId, bucket, window } },
        create: { accountId, bucket, window, ...newest, ...tellable },
        update: telling === "not" ? newest : { ...newest, ...tellable },
      })
    }
    return tellings
  }

  /** True: a rest was ended, and what ended it has to be told. */
  async function endRests(transaction: Transaction, accountId: string): Promise<boolean> {
    const { quotaReading } = transaction
    const rows = await quotaReading.findMany({ where: { accountId } })
    const buckets = await endProven(transaction, accountId, rows)
    for (const row of rows) {
      const { bucket, window } = row
      if (!buckets.includes(bucket)) continue
      await quotaReading.updateMany({ where: { accountId, bucket, window }, data: asTold(row) })
    }
    return buckets.length > 0
  }

  return {
    take: async (accountId, source, readings) => {
      if (readings.length === 0) return
      const tellings = await database.prisma.$transaction(async (transaction) => {
        // Reports add what they used to the very readings that are replaced here: none may come in between.
        if (database.kind === "postgresql") await lockRows(transaction, "Account", [accountId])
        const account = await transaction.account.findUnique({ where: { id: accountId }, select: { reserve: true } })
        if (account === null) return undefined
        const due = await write(transaction, accountId, account.reserve ?? 0, source, readings)
        return (await endRests(transaction, accountId)) ? [...due, "now" as const] : due
      })
      if (tellings === undefined) return
      tell(mostUrgent(tellings))
      onRead(accountId)
    },
  }
}
