/**
 * Forgets audit events by their age, always from the beginning and never one between: the chain then begins behind the last one that
 * was forgotten, whose hash is kept, so that what is left is still proved to be whole.
 */
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { Chain } from "./chain.ts"

const DAY_MS = 86_400_000
/** So many at a time: nobody writes meanwhile. */
const BATCH = 2_000n

export interface ForgetOptions {
  readonly database: Database
  readonly clock: Clock
  readonly chain: Pick<Chain, "sealOf">
  readonly keepDays: () => number
}

/** What the retention job asks to forget. */
export function createAuditForgetter({ database, clock, chain, keepDays }: ForgetOptions): { prune(): Promise<void> } {
  /** Whether there is more to forget. */
  async function forgetSome(before: Date): Promise<boolean> {
    return database.prisma.$transaction(async ({ auditChain, auditEvent }) => {
      // Takes the lock, as whoever adds an event does.
      const ends = await auditChain.update({ where: { id: 1 }, data: { id: 1 } })
      // Ends that somebody else wrote are not sealed anew: that would cover it up.
      if (chain.sealOf(ends) !== ends.seal) return false
      const kept = await auditEvent.findFirst({
        where: { at: { gte: before }, sequence: { lte: ends.forgottenUntil + BATCH + 1n } },
        orderBy: { sequence: "asc" },
        select: { sequence: true },
      })
      const until = kept === null ? ends.forgottenUntil + BATCH : kept.sequence - 1n
      const last = await auditEvent.findFirst({ where: { sequence: { lte: until } }, orderBy: { sequence: "desc" } })
      if (last === null) return false
      await auditEvent.deleteMany({ where: { sequence: { lte: last.sequence } } })
      const forgotten = { forgottenUntil: last.sequence, forgottenHash: last.hash, forgottenAt: last.at }
      await auditChain.update({
        where: { id: 1 },
        data: { ...forgotten, seal: chain.sealOf({ ...ends, ...forgotten }) },
      })
      return kept === null
    })
  }

  return {
    prune: async () => {
      const before = new Date(clock.now() - keepDays() * DAY_MS)
      while (await forgetSome(before));
    },
  }
}
