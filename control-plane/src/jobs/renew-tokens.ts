import type { Renewals } from "../accounts/renew.ts"
import type { Database } from "../database/open.ts"
import { createJob, forEachLimited, type Job, type JobOptions } from "./job.ts"

const AT_ONCE = 8
const BATCH = 200

/** Renews access tokens ahead of their expiry. */
export function createRenewTokens(
  options: Pick<JobOptions, "clock" | "log"> & { readonly database: Database; readonly renewals: Renewals },
): Job {
  const { clock, log, database, renewals } = options
  const { credential } = database.prisma
  return createJob({
    name: "renew-tokens",
    clock,
    log,
    peers: database.peers,
    everyMs: 30_000,
    run: async (signal) => {
      // One moment for both questions: what falls due between two would wait for the next round.
      const now = new Date(clock.now())
      const due = await credential.findMany({
        // An account that is being onboarded gets its token there.
        where: { renewalDueAt: { lte: now }, account: { enabled: true, onboardingPending: false } },
        orderBy: { renewalDueAt: "asc" },
        select: { accountId: true },
        take: BATCH,
      })
      await forEachLimited(due, AT_ONCE, async ({ accountId }) => {
        if (!signal.aborted) await renewals.renew(accountId, "ahead")
      })
      const next = await credential.findFirst({
        where: { renewalDueAt: { gt: now } },
        orderBy: { renewalDueAt: "asc" },
        select: { renewalDueAt: true },
      })
      return due.length === BATCH ? clock.now() : next?.renewalDueAt?.getTime()
    },
  })
}
