import { HALF_OPEN_MS } from "#shared/half-open.ts"
import type { Database } from "../database/open.ts"
import { createJob, type Job, type JobOptions } from "./job.ts"

const SIGN_IN_FAILURES_MS = 24 * 3_600_000
const EVERY_MS = 3_600_000

/** Forgets what is too old: ended sessions, sign-in counts, rests that are over, catalogues nobody offers, sign-ins that ended. */
export function createRetention(
  options: Pick<JobOptions, "clock" | "log"> & {
    readonly database: Database
    /** What else forgets by rules of its own; one that has much to do gives up at the signal. */
    readonly forgetters: readonly { prune(signal: AbortSignal): Promise<void> }[]
  },
): Job {
  const { clock, log, database, forgetters } = options
  const { catalogue, cooldown, cooldownRelease, signInFailure } = database.prisma
  return createJob({
    name: "retention",
    clock,
    log,
    peers: database.peers,
    everyMs: EVERY_MS,
    run: async (signal) => {
      const now = clock.now()
      await signInFailure.deleteMany({ where: { lastFailureAt: { lt: new Date(now - SIGN_IN_FAILURES_MS) } } })
      await cooldown.deleteMany({ where: { until: { lt: new Date(now - HALF_OPEN_MS) } } })
      await cooldownRelease.deleteMany({ where: { releasedAt: { lt: new Date(now - EVERY_MS) } } })
      await catalogue.deleteMany({ where: { accounts: { none: {} }, createdAt: { lt: new Date(now - EVERY_MS) } } })
      for (const forgetter of forgetters) await forgetter.prune(signal)
      return undefined
    },
  })
}
