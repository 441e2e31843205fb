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

/** Reads what accounts offer: those first that were never asked, then those that were asked longest ago, whatever came of it. */
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
  return createJob({
    name: "sync-catalogues",
    clock,
    log,
    peers: database.peers,
    everyMs: 60_000,
    run: async (signal) => {
      const now = clock.now()
      const before = (ms: number) => new Date(now - ms)
      const due = await account.findMany({
        where: {
          enabled: true,
          state: "READY",
          onboardingPending: false,
          credential: { accessTokenExpiresAt: { gt: new Date(now) } },
          AND: [
            { OR: [{ catalogueAskedAt: null }, { catalogueAskedAt: { lte: before(RETRY_MS) } }] },
            {
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
          ],
        },
        orderBy: { catalogueAskedAt: { sort: "asc", nulls: "first" } },
        select: { id: true },
        take: BATCH,
      })
      await forEachLimited(due, AT_ONCE, async ({ id }) => {
        if (!signal.aborted) await catalogueSync.sync(id)
      })
      return due.length === BATCH ? clock.now() : undefined
    },
  })
}
