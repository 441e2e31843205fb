import type { Database } from "../database/open.ts"
import type { QuotaForecasts } from "../quota/forecasts.ts"
import type { QuotaHistory } from "../quota/history.ts"
import { createJob, type Job, type JobOptions } from "./job.ts"

const EVERY_MS = 10 * 60_000

/** Keeps what is left over the pool, so that its history is there when accounts have come and gone. */
export function createSampleQuota(
  options: Pick<JobOptions, "clock" | "log"> & {
    readonly database: Database
    readonly quotaForecasts: Pick<QuotaForecasts, "ofPool">
    readonly quotaHistory: Pick<QuotaHistory, "sample" | "sampledAt">
  },
): Job {
  const { clock, log, database, quotaForecasts, quotaHistory } = options
  return createJob({
    name: "sample-quota",
    clock,
    log,
    peers: database.peers,
    everyMs: EVERY_MS,
    run: async () => {
      // Another control plane, or this one before its restart, may have been there lately.
      const due = ((await quotaHistory.sampledAt()) ?? -Infinity) + EVERY_MS
      if (due > clock.now()) return due
      await quotaHistory.sample(await quotaForecasts.ofPool())
      return undefined
    },
  })
}
