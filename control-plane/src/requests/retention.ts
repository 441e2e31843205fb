/** Requests that are too old, and the oldest beyond a number, are forgotten: a few hundred at a time, so that reports never wait for long. */
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"

export interface RequestRetentionOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  /** In force now. */
  readonly keep: () => { readonly days: number; readonly count: number }
}

export const DAY_MS = 86_400_000
const BATCH = 500
/** An index is counted in strides: one look over all of it would hold up everything else of SQLite. */
const STRIDE = 20_000

export function createRequestRetention({ database, clock, log, keep }: RequestRetentionOptions) {
  const { prisma } = database

  /** When the newest began that is one too many; undefined: there are not so many. */
  async function borderOf(count: number, signal: AbortSignal): Promise<Date | undefined> {
    let at: Date | undefined
    for (let left = count; left > 0 && !signal.aborted; left -= STRIDE) {
      const row = await prisma.requestRecord.findFirst({
        ...(at === undefined ? {} : { where: { startedAt: { lte: at } } }),
        orderBy: [{ startedAt: "desc" }, { id: "desc" }],
        skip: Math.min(left, STRIDE),
        select: { startedAt: true },
      })
      if (row === null) return undefined
      at = row.startedAt
    }
    return signal.aborted ? undefined : at
  }

  /** Forgets what began before or at a time; how many that were. */
  async function forget(until: Date, signal: AbortSignal): Promise<number> {
    for (let forgotten = 0; ;) {
      if (signal.aborted) return forgotten
      const rows = await prisma.requestRecord.findMany({
        where: { startedAt: { lte: until } },
        orderBy: [{ startedAt: "asc" }, { id: "asc" }],
        take: BATCH,
        select: { id: true },
      })
      if (rows.length === 0) return forgotten
      const ids = rows.map(({ id }) => id)
      await prisma.$transaction([
        prisma.earlierAttempt.deleteMany({ where: { requestId: { in: ids } } }),
        prisma.capture.deleteMany({ where: { requestId: { in: ids } } }),
        prisma.requestRecord.deleteMany({ where: { id: { in: ids } } }),
      ])
      forgotten += ids.length
    }
  }

  return {
    prune: async (signal: AbortSignal): Promise<void> => {
      const { days, count } = keep()
      let forgotten = await forget(new Date(clock.now() - days * DAY_MS - 1), signal)
      const border = await borderOf(count, signal)
      if (border !== undefined) forgotten += await forget(border, signal)
      if (forgotten > 0) log.info("retention.forgot", { requests: forgotten })
    },
  }
}
