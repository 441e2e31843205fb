/** Tells when an account's cool-down has ended by its time: nothing else happens then, and who follows accounts has to see it. */
import type { HeldLock, Peers } from "../database/peers.ts"
import type { Database } from "../database/open.ts"
import { createJob, type Job, type JobOptions } from "../jobs/job.ts"

/** Those that are kept last a minute or more, so each is seen before it ends, whoever took it. */
const LOOK_MS = 30_000

/** Each control plane looks for itself: whom it tells is connected to it. */
const ALONE: Pick<Peers, "tryLock"> = {
  tryLock: (): Promise<HeldLock> =>
    Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() }),
}

export interface RestEndsOptions extends Pick<JobOptions, "clock" | "log"> {
  readonly database: Pick<Database, "prisma">
  readonly onEnd: (accountId: string) => void
}

export function createRestEnds({ database, clock, log, onEnd }: RestEndsOptions): Job {
  const { cooldown } = database.prisma
  let lookedAt = clock.now()
  return createJob({
    name: "tell-rest-ends",
    clock,
    log,
    peers: ALONE,
    everyMs: LOOK_MS,
    run: async () => {
      const now = clock.now()
      const until = { gt: new Date(lookedAt), lte: new Date(now) }
      const ended = await cooldown.findMany({ where: { until }, select: { accountId: true }, distinct: ["accountId"] })
      lookedAt = now
      for (const { accountId } of ended) onEnd(accountId)
      const next = await cooldown.findFirst({ where: { until: { gt: new Date(now) } }, orderBy: { until: "asc" } })
      return next?.until.getTime()
    },
  })
}
