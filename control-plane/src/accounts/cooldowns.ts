/**
 * Rests that data planes told of: a quota that is used up until a time which the upstream told, which outlives a restart, and an account
 * that was refused as a whole, which is here to be seen. Later evidence wins, and an operator's release outranks all that was reported
 * before it. A reading that proves room ends the first, as it does on data planes; any answer of the account ends the second.
 */
import type { AccountModel, QuotaReadingModel } from "#generated/sqlite/models.ts"
import type { CooldownFact, ExchangeRecord } from "#shared/link-protocol.ts"
import { isQuotaBucket, quotaBucket } from "#shared/quota-bucket.ts"
import { provesRoom } from "#shared/quota-room.ts"
import { MAX_RETRY_DELAY_MS } from "#shared/retry-time.ts"
import type { Audit, AuditEntry } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import { lockRows } from "../database/lock-rows.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { newestReadings } from "../quota/told.ts"
import { chunksOf } from "./bulk-scope.ts"
import { WHOLE_ACCOUNT } from "./rest.ts"
import { failureClassOf, REFUSAL_HOLD_MS } from "./states.ts"

export interface Cooldowns {
  /** True: something changed that data planes have to know. */
  take(fact: CooldownFact): Promise<boolean>
  /** The provider refused the account at `at`: whoever met that leaves all of it alone for a while. True: it is shown so from now on. */
  refused(accountId: string, refusal: { readonly evidence: string; readonly at: number }): Promise<boolean>
  /** Ends what rests on an account: all of it, or what keeps it from one model. Resolves when the data planes have it. */
  release(accountId: string, model: string | undefined): Promise<AccountModel>
}

export interface CooldownsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly onChange: (accountId: string) => void
  readonly takeEffect: () => Promise<unknown>
}

interface Kept extends Omit<CooldownFact, "type" | "accountId" | "bucket"> {
  readonly accountId: string
  readonly bucket: CooldownFact["bucket"] | typeof WHOLE_ACCOUNT
}

/** Of models; the longest name of one. */
const MAX_MODEL = 200

export function createCooldowns({ database, clock, audit, onChange, takeEffect }: CooldownsOptions): Cooldowns {
  const { prisma } = database

  async function keep({ accountId, bucket, cause, evidence, since, until }: Kept): Promise<boolean> {
    const now = clock.now()
    if (failureClassOf(cause) === undefined || until <= now) return false
    const account = await prisma.account.findUnique({
      where: { id: accountId },
      include: { cooldownReleases: true, cooldowns: { where: { bucket } }, quota: true },
    })
    if (account === null) return false
    const isReleased = account.cooldownReleases.some(
      ({ model, releasedAt }) =>
        (model === "" || bucket === WHOLE_ACCOUNT || quotaBucket(model) === bucket) && releasedAt.getTime() >= since,
    )
    const isOlder = account.cooldowns.some((known) => known.since.getTime() >= since)
    const isBack =
      cause === "quota" && isQuotaBucket(bucket) && provesRoom({ bucket, since, until }, newestReadings(account.quota))
    if (isReleased || isOlder || isBack) return false
    const last = new Date(Math.min(until, now + MAX_RETRY_DELAY_MS))
    const data = { cause, evidence: evidence.slice(0, 500), since: new Date(Math.min(since, now)), until: last }
    await prisma.cooldown.upsert({
      where: { accountId_bucket: { accountId, bucket } },
      create: { accountId, bucket, ...data },
      update: data,
    })
    return true
  }

  return {
    take: keep,
    refused: (accountId, { evidence, at }) =>
      keep({
        accountId,
        bucket: WHOLE_ACCOUNT,
        cause: "forbidden_other",
        evidence,
        since: at,
        until: at + REFUSAL_HOLD_MS,
      }),
    release: async (accountId, model) => {
      checkModel(model)
      const account = await prisma.account.findUnique({ where: { id: accountId } })
      if (account === null) throw new InvalidInputError("not_found", "There is no such account.", ["accountId"])
      await prisma.$transaction(async (transaction) => {
        const ended = await endRests(transaction, database.kind, { ids: [accountId], model, at: clock.now() })
        await audit.record(transaction, releaseEntry(account, model, ended))
      })
      onChange(accountId)
      await takeEffect()
      return account
    },
  }
}

export function checkModel(model: string | undefined): void {
  if (model === undefined || (model.trim() !== "" && model.length <= MAX_MODEL)) return
  throw new InvalidInputError("not_allowed", "Name a model, or leave it out to release all.", ["model"])
}

interface Rest {
  readonly accountId: string
  readonly bucket: string
}

interface Release {
  readonly ids: readonly string[]
  readonly model: string | undefined
  readonly at: number
  readonly isDryRun?: boolean
}

/** Ends what rests on accounts by an operator's hand. Gives what of it is kept here, or with `isDryRun` would end. */
export async function endRests(
  transaction: Transaction,
  kind: Database["kind"],
  { ids, model, at, isDryRun = false }: Release,
): Promise<readonly Rest[]> {
  const { cooldown, cooldownRelease } = transaction
  if (kind === "postgresql" && !isDryRun) await lockRows(transaction, "Account", ids)
  const ended: Rest[] = []
  for (const some of chunksOf(ids)) {
    const ofThem = { accountId: { in: some } }
    const where = {
      ...ofThem,
      ...(model === undefined ? {} : { bucket: { in: [WHOLE_ACCOUNT, quotaBucket(model)] } }),
    }
    ended.push(...(await cooldown.findMany({ where, select: { accountId: true, bucket: true } })))
    if (isDryRun) continue
    await cooldown.deleteMany({ where })
    const releasedAt = new Date(at)
    await cooldownRelease.deleteMany({ where: { ...ofThem, model: model ?? "" } })
    await cooldownRelease.createMany({
      data: some.map((accountId) => ({ accountId, model: model ?? "", releasedAt })),
    })
  }
  return ended
}

/** What the audit tells of one account's release. */
export function releaseEntry(
  { id, label }: AccountModel,
  model: string | undefined,
  ended: readonly Rest[],
): AuditEntry {
  const own = ended.filter(({ accountId }) => accountId === id)
  const after = { model: model ?? "all", ended: own.map(({ bucket }) => bucket || "account") }
  return { object: { kind: "ACCOUNT", id, label }, after }
}

/** Ends those that readings show to be over, and says of which buckets. */
export async function endProven(
  { cooldown }: Transaction,
  accountId: string,
  quota: readonly QuotaReadingModel[],
): Promise<string[]> {
  const known = await cooldown.findMany({ where: { accountId, cause: "quota" } })
  const readings = newestReadings(quota)
  const over = known.flatMap(({ bucket, since, until }) => {
    if (!isQuotaBucket(bucket)) return []
    return provesRoom({ bucket, since: since.getTime(), until: until.getTime() }, readings) ? [{ bucket, since }] : []
  })
  // Nothing that was learnt meanwhile.
  if (over.length > 0) await cooldown.deleteMany({ where: { accountId, OR: over } })
  return over.map(({ bucket }) => bucket)
}

/** A used-up quota whose time is over ends with the first request that was served after it, an account's refusal with any that was since. */
export async function endServed(
  { cooldown }: Transaction,
  records: readonly ExchangeRecord[],
  now: number,
): Promise<void> {
  const served = records.flatMap(({ outcome, model, attempts, startedAt }) => {
    const last = attempts.at(-1)
    if (outcome !== "completed" || model === undefined || last === undefined) return []
    return [{ accountId: last.accountId, bucket: quotaBucket(model), at: startedAt + last.startedMs }]
  })
  if (served.length === 0) return
  const accountId = { in: [...new Set(served.map((one): string => one.accountId))] }
  const isOver = [{ until: { lte: new Date(now) } }, { bucket: WHOLE_ACCOUNT }]
  for (const over of await cooldown.findMany({ where: { accountId, OR: isOver } })) {
    const isWhole = over.bucket === WHOLE_ACCOUNT
    const from = (isWhole ? over.since : over.until).getTime()
    const isServed = served.some(
      (one) => one.accountId === over.accountId && (isWhole || one.bucket === over.bucket) && one.at >= from,
    )
    if (!isServed) continue
    await cooldown.deleteMany({ where: { accountId: over.accountId, bucket: over.bucket, since: over.since } })
  }
}
