import type { CatalogueSync } from "../catalogue/sync.ts"
import type { Database } from "../database/open.ts"
import { createJob, forEachLimited, type Job, type JobOptions } from "./job.ts"

const AT_ONCE = 2
const BATCH = 100
/** Accounts used within the last hour are read often, others once an hour. */
const USED_EVERY_MS = 10 * 60_000
const IDLE_EVERY_MS = 60 * 60_000
const USED_WITHIN_MS = 60 * 60_000
/** A reading that failed is tried again after this long. */
const RETRY_MS = 60_000

/** Reads what accounts offer, those without a list first. */
export function createSyncCatalogues(
  options: Pick<JobOptions, "clock" | "log"> & {
    readonly database: Database
    readonly catalogueSync: CatalogueSync
    /** In [0, 1). */
    readonly random?: () => number
  },
): Job {
  const { clock, log, database, catalogueSync, random = Math.random } = options
  const { account } = database.prisma
  const failedAt = new Map<string, number>()
  return createJob({
    name: "sync-catalogues",
    clock,
    log,
    everyMs: 60_000,
    run: async (signal) => {
      const now = clock.now()
      const before = (ms: number) => new Date(now - ms)
      const due = await account.findMany({
        where: {
          enabled: true,
          state: { in: ["READY", "COOLING"] },
          onboardingPending: false,
          credential: { accessTokenExpiresAt: { gt: new Date(now) } },
          OR: [
            { catalogueReadAt: null },
            { catalogueReadAt: { lte: before(IDLE_EVERY_MS) } },
            // The jitter moves the border of each run, so that accounts added together drift apart.
            {
              catalogueReadAt: { lte: before(USED_EVERY_MS * (0.9 + 0.2 * random())) },
              lastUsedAt: { gte: before(USED_WITHIN_MS) },
            },
          ],
        },
        orderBy: { catalogueReadAt: { sort: "asc", nulls: "first" } },
        select: { id: true },
        take: BATCH,
      })
      await forEachLimited(due, AT_ONCE, async ({ id }) => {
        if (signal.aborted || clock.now() - (failedAt.get(id) ?? 0) < RETRY_MS) return
        failedAt.delete(id)
        if (!(await catalogueSync.sync(id))) failedAt.set(id, clock.now())
      })
      return undefined
    },
  })
}
