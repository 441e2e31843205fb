/**
 * Rests that outlive a restart: a quota that is used up until a time which the upstream told. Later evidence wins, and an operator's
 * release outranks all that was reported before it.
 */
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { CooldownFact } from "#shared/link-protocol.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import { MAX_RETRY_DELAY_MS } from "#shared/retry-time.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { failureClassOf } from "./states.ts"

export interface Cooldowns {
  /** True: something changed that data planes have to know. */
  take(fact: CooldownFact): Promise<boolean>
  /** Ends what rests on an account: all of it, or what keeps it from one model. Resolves when the data planes have it. */
  release(accountId: string, model: string | undefined): Promise<AccountModel>
}

export interface CooldownsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly onChange: (accountId: string) => void
  readonly takeEffect: () => Promise<unknown>
}

/** Of models; the longest name of one. */
const MAX_MODEL = 200

export function createCooldowns({ database, clock, onChange, takeEffect }: CooldownsOptions): Cooldowns {
  const { prisma } = database

  return {
    take: async ({ accountId, bucket, cause, evidence, since, until }) => {
      const now = clock.now()
      if (failureClassOf(cause) === undefined || until <= now) return false
      const account = await prisma.account.findUnique({
        where: { id: accountId },
        include: { cooldownReleases: true, cooldowns: { where: { bucket } } },
      })
      if (account === null) return false
      const isReleased = account.cooldownReleases.some(
        ({ model, releasedAt }) => (model === "" || quotaBucket(model) === bucket) && releasedAt.getTime() >= since,
      )
      const isOlder = account.cooldowns.some((known) => known.since.getTime() >= since)
      if (isReleased || isOlder) return false
      const last = new Date(Math.min(until, now + MAX_RETRY_DELAY_MS))
      const data = { cause, evidence: evidence.slice(0, 500), since: new Date(Math.min(since, now)), until: last }
      await prisma.cooldown.upsert({
        where: { accountId_bucket: { accountId, bucket } },
        create: { accountId, bucket, ...data },
        update: data,
      })
      return true
    },
    release: async (accountId, model) => {
      if (model !== undefined && (model.trim() === "" || model.length > MAX_MODEL)) {
        throw new InvalidInputError("not_allowed", "Name a model, or leave it out to release all.", ["model"])
      }
      const account = await prisma.account.findUnique({ where: { id: accountId } })
      if (account === null) throw new InvalidInputError("not_found", "There is no such account.", ["accountId"])
      const releasedAt = new Date(clock.now())
      const where = { accountId, ...(model === undefined ? {} : { bucket: quotaBucket(model) }) }
      const key = { accountId, model: model ?? "" }
      await prisma.$transaction([
        prisma.cooldown.deleteMany({ where }),
        prisma.cooldownRelease.upsert({
          where: { accountId_model: key },
          create: { ...key, releasedAt },
          update: { releasedAt },
        }),
      ])
      onChange(accountId)
      await takeEffect()
      return account
    },
  }
}
