import type { Onboarding } from "../accounts/onboard.ts"
import type { Database } from "../database/open.ts"
import { createJob, forEachLimited, type Job, type JobOptions } from "./job.ts"

const AT_ONCE = 8
const BATCH = 64

/** Takes accounts that were added through their onboarding; after a restart it goes on with those that were under way. */
export function createOnboardAccounts(
  options: Pick<JobOptions, "clock" | "log"> & { readonly database: Database; readonly onboarding: Onboarding },
): Job {
  const { clock, log, database, onboarding } = options
  const { account } = database.prisma
  const dueBy = (now: number) => ({
    onboardingPending: true,
    OR: [{ onboardingDueAt: null }, { onboardingDueAt: { lte: new Date(now) } }],
  })
  return createJob({
    name: "onboard-accounts",
    clock,
    log,
    peers: database.peers,
    everyMs: 30_000,
    run: async (signal) => {
      // One moment for both questions: what falls due between two would wait for the next round.
      const now = clock.now()
      const due = await account.findMany({
        where: dueBy(now),
        orderBy: { onboardingDueAt: { sort: "asc", nulls: "first" } },
        select: { id: true },
        take: BATCH,
      })
      await forEachLimited(due, AT_ONCE, async ({ id }) => {
        if (signal.aborted) return
        await onboarding.run(id, signal).catch((error: unknown) => {
          log.error("account.onboarding-failed", {
            account: id,
            reason: error instanceof Error ? error.message : String(error),
          })
        })
      })
      const next = await account.findFirst({
        where: { onboardingPending: true, onboardingDueAt: { gt: new Date(now) } },
        orderBy: { onboardingDueAt: "asc" },
        select: { onboardingDueAt: true },
      })
      return due.length === BATCH ? clock.now() : next?.onboardingDueAt?.getTime()
    },
  })
}
