/**
 * When an account rests as a whole: the provider refused all of it, or every quota that it could serve from is used up. One that has a
 * quota left serves from that and does not rest. Worked out from cool-downs when it is asked for and never kept, so it ends in time.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { AccountWhereInput, CatalogueModel, CooldownModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKET_NAMES, QUOTA_BUCKETS, quotaBucket, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { Transaction } from "../database/open.ts"
import { field, items, textField, texts } from "../json.ts"

/** The bucket of a cool-down that is about all of an account. */
export const WHOLE_ACCOUNT = ""

export interface Rest {
  /** Why, for a person. */
  readonly reason: string
  readonly since: Date
  /** When it ends by itself. */
  readonly until: Date
}

/** The quotas that an account serves from. Without a list, or when all of it was taken away, it is asked for anything. */
export function bucketsOf(
  catalogue: Pick<CatalogueModel, "body"> | null,
  disabledModels: readonly string[] = [],
): readonly QuotaBucket[] {
  const offered = items(field(catalogue?.body, "models")).flatMap((model) => textField(model, "id") ?? [])
  const bucketsOfModels = (models: readonly string[]) =>
    QUOTA_BUCKETS.filter((bucket) => models.some((model) => quotaBucket(model) === bucket))
  const left = bucketsOfModels(offered.filter((model) => !disabledModels.includes(model)))
  if (left.length > 0) return left
  const all = bucketsOfModels(offered)
  return all.length > 0 ? all : QUOTA_BUCKETS
}

type Known = Pick<CooldownModel, "bucket" | "evidence" | "since" | "until">

const latest = (dates: readonly Date[]): Date => new Date(Math.max(...dates.map((date) => date.getTime())))
const earliest = (dates: readonly Date[]): Date => new Date(Math.min(...dates.map((date) => date.getTime())))

/** Undefined: something of it can serve. `cooldowns` are those that have not ended. */
export function restOf(buckets: readonly QuotaBucket[], cooldowns: readonly Known[]): Rest | undefined {
  const whole = cooldowns.find(({ bucket }) => bucket === WHOLE_ACCOUNT)
  const used = buckets.flatMap((name) => cooldowns.find(({ bucket }) => bucket === name) ?? [])
  const rests: Rest[] = []
  if (whole !== undefined) {
    const reason = `The provider refused the account, so it is left alone for a while: ${whole.evidence}`
    rests.push({ reason, since: whole.since, until: whole.until })
  }
  if (used.length === buckets.length) {
    // The first that comes back lets it serve.
    rests.push({
      reason: `All of its quota is used up (${buckets.map((name) => QUOTA_BUCKET_NAMES[name]).join(", ")}): ${used[0]?.evidence ?? ""}`,
      since: latest(used.map(({ since }) => since)),
      until: earliest(used.map(({ until }) => until)),
    })
  }
  const last = rests.toSorted((left, right) => right.until.getTime() - left.until.getTime())[0]
  return last === undefined ? undefined : { ...last, since: earliest(rests.map(({ since }) => since)) }
}

const ofCooldowns = { bucket: true, evidence: true, since: true, until: true } as const

/** Those of these accounts that rest; the same number of statements for any number of accounts. */
export async function readRests(
  prisma: Transaction,
  ids: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Rest>> {
  const isLive = { until: { gt: new Date(now) } }
  const rows = await prisma.account.findMany({
    where: { id: { in: [...ids] }, cooldowns: { some: isLive } },
    select: {
      id: true,
      disabledModels: true,
      catalogue: { select: { body: true } },
      cooldowns: { where: isLive, select: ofCooldowns },
    },
  })
  const rests = rows.flatMap(({ id, disabledModels, catalogue, cooldowns }) => {
    const rest = restOf(bucketsOf(catalogue, texts(disabledModels)), cooldowns)
    return rest === undefined ? [] : [[id, rest] as const]
  })
  return new Map(rests)
}

/** Accounts that rest, as a condition; found in the same number of statements for any number of accounts. */
export async function restingWhere(prisma: Transaction, now: number): Promise<AccountWhereInput> {
  const until = { gt: new Date(now) }
  const hasLive = { cooldowns: { some: { until } } }
  const restsIn = (buckets: readonly string[]): AccountWhereInput[] =>
    buckets.map((bucket) => ({ cooldowns: { some: { bucket, until } } }))
  // Few: accounts with the same list share it.
  const catalogues = await prisma.catalogue.findMany({ where: { accounts: { some: hasLive } } })
  const byId = new Map(catalogues.map((row) => [row.id, row]))
  const restricted = await prisma.account.findMany({
    where: { ...hasLive, NOT: { disabledModels: { equals: Prisma.AnyNull } } },
    select: { id: true, catalogueId: true, disabledModels: true, cooldowns: { where: { until }, select: ofCooldowns } },
  })
  // Of which a whole quota was taken away: the others have to rest.
  const fewer = restricted.flatMap(({ id, catalogueId, disabledModels, cooldowns }) => {
    const catalogue = byId.get(catalogueId ?? "") ?? null
    const buckets = bucketsOf(catalogue, texts(disabledModels))
    const isFewer = buckets.length < bucketsOf(catalogue).length
    return isFewer && restOf(buckets, cooldowns) !== undefined ? [id] : []
  })
  const alike = new Map<string, string[]>()
  for (const row of catalogues) {
    const key = bucketsOf(row).join()
    alike.set(key, [...(alike.get(key) ?? []), row.id])
  }
  return {
    OR: [
      ...restsIn([WHOLE_ACCOUNT]),
      // That it is there is said as well: nothing is in a list or not in it that is null, and a NOT would find neither.
      ...[...alike].map(([key, ids]) => ({
        catalogueId: { in: ids, not: null },
        AND: restsIn(key.split(",")),
      })),
      { catalogueId: null, AND: restsIn(QUOTA_BUCKETS) },
      { id: { in: fewer } },
    ],
  }
}
