/** Roll-ups that are too old are forgotten, one step of time after the other, and with the last of them the series they were of. */
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { KeptDays } from "./read.ts"
import { MINUTE_MS, STEPS, type Step } from "./roll-up.ts"

export interface UsageRetentionOptions {
  readonly database: Database
  readonly clock: Clock
  /** In force now. */
  readonly keep: () => KeptDays
}

const DAY_MS = 86_400_000
const LONGEST: Step = 1_440
const BATCH = 500

export function createUsageRetention({ database, clock, keep }: UsageRetentionOptions) {
  const { prisma } = database

  /** Whether there was anything to forget. */
  async function forget(stepMinutes: number, before: number, signal: AbortSignal): Promise<boolean> {
    for (let isFirst = true; ; isFirst = false) {
      if (signal.aborted) return !isFirst
      const where = { stepMinutes, start: { lt: before } }
      const oldest = await prisma.usageRollUp.findFirst({ where, orderBy: { start: "asc" }, select: { start: true } })
      if (oldest === null) return !isFirst
      await prisma.usageRollUp.deleteMany({ where: { stepMinutes, start: oldest.start } })
    }
  }

  /** Series of which no day is left. */
  async function forgetSeries(signal: AbortSignal): Promise<void> {
    for (let after: bigint | undefined; ;) {
      if (signal.aborted) return
      const slice = await prisma.usageSeries.findMany({
        ...(after === undefined ? {} : { where: { id: { gt: after } } }),
        orderBy: { id: "asc" },
        take: BATCH,
        select: { id: true },
      })
      const [first, last] = [slice.at(0), slice.at(-1)]
      if (first === undefined || last === undefined) return
      await prisma.$transaction(async (transaction) => {
        // A report that is being written may use a series again that nothing else uses: it is waited for.
        if (database.kind === "postgresql") {
          await transaction.$executeRaw`LOCK TABLE "UsageSeries" IN SHARE ROW EXCLUSIVE MODE`
        }
        await transaction.$executeRaw`DELETE FROM "UsageSeries" WHERE "id" >= ${first.id} AND "id" <= ${last.id}
          AND NOT EXISTS (SELECT 1 FROM "UsageRollUp" u
            WHERE u."seriesId" = "UsageSeries"."id" AND u."stepMinutes" IN (1440, -1440))`
      })
      after = last.id
    }
  }

  return {
    prune: async (signal: AbortSignal): Promise<void> => {
      const { minutes, hours, days } = keep()
      const kept: Record<Step, number> = { 1: minutes, 60: hours, 1440: days }
      for (const step of STEPS) {
        // What reaches into the time that is kept stays whole.
        const before = Math.floor((clock.now() - kept[step] * DAY_MS) / MINUTE_MS) - step + 1
        const isForgotten = [await forget(step, before, signal), await forget(-step, before, signal)].includes(true)
        if (isForgotten && step === LONGEST) await forgetSeries(signal)
      }
    },
  }
}
