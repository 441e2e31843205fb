import { HALF_OPEN_MS } from "#shared/half-open.ts"
import type { Database } from "../database/open.ts"
import { createJob, type Job, type JobOptions } from "./job.ts"

/** Requests older than this are forgotten, and the oldest beyond this many. */
export const KEEP_REQUESTS_MS = 30 * 24 * 3_600_000
export const KEEP_REQUESTS = 500_000
const SIGN_IN_FAILURES_MS = 24 * 3_600_000
const EVERY_MS = 3_600_000

/** Forgets what is too old: request records, ended sessions, sign-in counts, rests that are over, catalogues nobody offers, sign-ins that ended. */
export function createRetention(
  options: Pick<JobOptions, "clock" | "log"> & {
    readonly database: Database
    /** What else forgets by rules of its own. */
    readonly forgetters: readonly { prune(): Promise<void> }[]
    readonly keepRequests?: number
  },
): Job {
  const { clock, log, database, forgetters, keepRequests = KEEP_REQUESTS } = options
  const { requestRecord, catalogue, cooldown, cooldownRelease, signInFailure } = database.prisma
  return createJob({
    name: "retention",
    clock,
    log,
    peers: database.peers,
    everyMs: EVERY_MS,
    run: async () => {
      const now = clock.now()
      const old = await requestRecord.deleteMany({ where: { startedAt: { lt: new Date(now - KEEP_REQUESTS_MS) } } })
      const border = await requestRecord.findFirst({
        orderBy: [{ startedAt: "desc" }, { id: "desc" }],
        skip: keepRequests,
        select: { startedAt: true },
      })
      const many =
        border === null
          ? 0
          : (await requestRecord.deleteMany({ where: { startedAt: { lte: border.startedAt } } })).count
      await signInFailure.deleteMany({ where: { lastFailureAt: { lt: new Date(now - SIGN_IN_FAILURES_MS) } } })
      await cooldown.deleteMany({ where: { until: { lt: new Date(now - HALF_OPEN_MS) } } })
      await cooldownRelease.deleteMany({ where: { releasedAt: { lt: new Date(now - EVERY_MS) } } })
      await catalogue.deleteMany({ where: { accounts: { none: {} }, createdAt: { lt: new Date(now - EVERY_MS) } } })
      for (const forgetter of forgetters) await forgetter.prune()
      if (old.count + many > 0) log.info("retention.forgot", { requests: old.count + many })
      return undefined
    },
  })
}
