import type { Database } from "../database/open.ts"
import { ASKABLE, type QuotaSync } from "../quota/sync.ts"
import { createJob, forEachLimited, type Job, type JobOptions } from "./job.ts"

const AT_ONCE = 2
/** Few, so that one that was refused for its quota meanwhile is soon looked at. */
const BATCH = 16
/** An account that was used within the last hour is read so often; when others are due stands with them. */
const USED_EVERY_MS = 10 * 60_000
const USED_WITHIN_MS = 60 * 60_000

/** Reads what is left of accounts' quota: those that were never read first, then what is due longest. */
export function createSyncQuota(
  options: Pick<JobOptions, "clock" | "log"> & {
    readonly database: Database
    readonly quotaSync: Pick<QuotaSync, "sync">
    /** In [0, 1). */
    readonly random?: () => number
  },
): Job {
  const { clock, log, database, quotaSync, random = Math.random } = options
  const { account } = database.prisma
  return createJob({
    name: "sync-quota",
    clock,
    log,
    peers: database.peers,
    everyMs: 60_000,
    run: async (signal) => {
      const now = clock.now()
      const before = (ms: number) => new Date(now - ms)
      const where = { ...ASKABLE, credential: { accessTokenExpiresAt: { gt: new Date(now) } } }
      const due = await account.findMany({
        where: {
          ...where,
          OR: [
            { quotaDueAt: null },
            { quotaDueAt: { lte: before(0) } },
            {
              quotaAskedAt: { lte: before(USED_EVERY_MS * (0.9 + 0.2 * random())) },
              lastUsedAt: { gte: before(USED_WITHIN_MS) },
            },
          ],
        },
        orderBy: { quotaDueAt: { sort: "asc", nulls: "first" } },
        select: { id: true },
        take: BATCH,
      })
      await forEachLimited(due, AT_ONCE, async ({ id }) => {
        if (!signal.aborted) await quotaSync.sync(id)
      })
      if (due.length === BATCH) return clock.now()
      const next = await account.findFirst({
        where: { ...where, quotaDueAt: { gt: new Date(now) } },
        orderBy: { quotaDueAt: "asc" },
        select: { quotaDueAt: true },
      })
      return next?.quotaDueAt?.getTime()
    },
  })
}
