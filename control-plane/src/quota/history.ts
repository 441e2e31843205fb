/**
 * What was left before: of each account as it was read, and of the pool as it was summed up. Kept as `points.ts` says: a history is
 * thinned when its first point of a new day is written, and forgotten after `QUOTA_HISTORY_DAYS`.
 */
import type { QuotaPointModel, QuotaPoolPointModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS, QUOTA_WINDOWS, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import { utcDay } from "#shared/utc-day.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { checkTimes } from "../input-checks.ts"
import type { QuotaForecast } from "./forecast/forecast.ts"
import { isKeptBeside, spread, sumTokens, thin, type Point } from "./points.ts"

export interface HistoryRange {
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
  /** A day ago where it is left out. */
  readonly since?: Date | null | undefined
  readonly until?: Date | null | undefined
  /** At most so many, spread over the time. */
  readonly points?: number | null | undefined
}

export interface QuotaHistory {
  /** Oldest first, both. Throws `InvalidInputError` for times or a number that cannot be. */
  ofAccounts(accountIds: readonly string[], range: HistoryRange): Promise<AccountHistory[]>
  ofPool(range: HistoryRange): Promise<readonly QuotaPoolPointModel[]>
  /** Keeps what is left over the pool now. */
  sample(forecasts: readonly QuotaForecast[]): Promise<void>
  /** When that was last done; undefined: never. */
  sampledAt(): Promise<number | undefined>
  /** Forgets what is too old. */
  prune(): Promise<void>
}

export interface AccountHistory {
  /** Of the account. */
  readonly id: string
  readonly points: readonly QuotaPointModel[]
}

export interface QuotaHistoryOptions {
  readonly database: Database
  readonly clock: Clock
  /** How long points are kept. */
  readonly keepDays: () => number
}

const DAY_MS = 24 * 3_600_000
const DEFAULT_POINTS = 200
const MOST_POINTS = 1_000
/** So many values one statement takes on every database. */
const AT_ONCE = 500

interface Series {
  readonly accountId: string
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
}

export const asPoint = (
  row: Pick<QuotaPointModel, "readAt" | "remainingFraction" | "resetsAt" | "usedTokens">,
): Point => ({
  readAt: row.readAt.getTime(),
  remainingFraction: row.remainingFraction,
  resetsAt: row.resetsAt?.getTime(),
  usedTokens: row.usedTokens === null ? undefined : Number(row.usedTokens),
})

const asTokens = (tokens: number | undefined): bigint | null => (tokens === undefined ? null : BigInt(tokens))

/** Of an account: the part of a transaction that keeps a reading. */
export async function keepPoint(
  { quotaPoint }: Pick<Transaction, "quotaPoint">,
  series: Series,
  source: string,
  next: Point,
): Promise<void> {
  const newest = await quotaPoint.findMany({ where: series, orderBy: { readAt: "desc" }, take: 2 })
  const [last, before] = newest.map(asPoint)
  const isBeside = isKeptBeside(before, last, next)
  if (!isBeside && last !== undefined) {
    await quotaPoint.deleteMany({ where: { ...series, readAt: new Date(last.readAt) } })
  }
  const usedTokens = isBeside ? next.usedTokens : sumTokens(last?.usedTokens, next.usedTokens)
  const { readAt, remainingFraction, resetsAt } = next
  await quotaPoint.create({
    data: {
      ...series,
      readAt: new Date(readAt),
      remainingFraction,
      resetsAt: resetsAt === undefined ? null : new Date(resetsAt),
      source,
      usedTokens: asTokens(usedTokens),
    },
  })
  if (last !== undefined && utcDay(last.readAt) !== utcDay(readAt)) await thinAccount({ quotaPoint }, series, readAt)
}

async function thinAccount(
  { quotaPoint }: Pick<Transaction, "quotaPoint">,
  series: Series,
  now: number,
): Promise<void> {
  const rows = await quotaPoint.findMany({ where: series, orderBy: { readAt: "asc" } })
  const kept = new Map(thin(rows.map(asPoint), now).map((point) => [point.readAt, point]))
  const gone = rows.filter(({ readAt }) => !kept.has(readAt.getTime())).map(({ readAt }) => readAt)
  for (let first = 0; first < gone.length; first += AT_ONCE) {
    await quotaPoint.deleteMany({ where: { ...series, readAt: { in: gone.slice(first, first + AT_ONCE) } } })
  }
  for (const { readAt, usedTokens } of rows) {
    const tokens = asTokens(kept.get(readAt.getTime())?.usedTokens)
    if (tokens === null || tokens === usedTokens) continue
    await quotaPoint.updateMany({ where: { ...series, readAt }, data: { usedTokens: tokens } })
  }
}

export function createQuotaHistory({ database, clock, keepDays }: QuotaHistoryOptions): QuotaHistory {
  const { quotaPoint, quotaPoolPoint } = database.prisma

  function checked({ bucket, window, since, until, points }: HistoryRange) {
    const limit = points ?? DEFAULT_POINTS
    if (limit < 2 || limit > MOST_POINTS) {
      throw new InvalidInputError("out_of_range", `Ask for 2 to ${MOST_POINTS} points.`, ["points"])
    }
    const to = until ?? new Date(clock.now())
    const from = since ?? new Date(to.getTime() - DAY_MS)
    checkTimes(from, to, ["until"])
    return { bucket, window, between: { gte: from, lte: to }, limit }
  }

  async function thinPool(bucket: string, window: string): Promise<void> {
    const rows = await quotaPoolPoint.findMany({ where: { bucket, window }, orderBy: { at: "asc" } })
    const points = rows.map(({ at, remaining }): Point => {
      return { readAt: at.getTime(), remainingFraction: remaining, resetsAt: undefined, usedTokens: undefined }
    })
    const kept = new Set(thin(points, clock.now()).map(({ readAt }) => readAt))
    const gone = rows.filter(({ at }) => !kept.has(at.getTime())).map(({ at }) => at)
    for (let first = 0; first < gone.length; first += AT_ONCE) {
      await quotaPoolPoint.deleteMany({ where: { bucket, window, at: { in: gone.slice(first, first + AT_ONCE) } } })
    }
  }

  async function sampledAt(): Promise<number | undefined> {
    return (await quotaPoolPoint.findFirst({ orderBy: { at: "desc" }, select: { at: true } }))?.at.getTime()
  }

  return {
    ofAccounts: async (accountIds, range) => {
      const { bucket, window, between, limit } = checked(range)
      const where = { accountId: { in: [...accountIds] }, bucket, window, readAt: between }
      const rows = await quotaPoint.findMany({ where, orderBy: { readAt: "asc" } })
      const byAccount = new Map<string, QuotaPointModel[]>()
      for (const row of rows) {
        const points = byAccount.get(row.accountId) ?? []
        points.push(row)
        byAccount.set(row.accountId, points)
      }
      return [...byAccount].map(([id, points]) => ({
        id,
        points: spread(points, limit, ({ readAt }) => readAt.getTime()),
      }))
    },
    ofPool: async (range) => {
      const { bucket, window, between, limit } = checked(range)
      const rows = await quotaPoolPoint.findMany({ where: { bucket, window, at: between }, orderBy: { at: "asc" } })
      return spread(rows, limit, ({ at }) => at.getTime())
    },
    sampledAt,
    sample: async (forecasts) => {
      const now = clock.now()
      const before = await sampledAt()
      const data = forecasts.flatMap(({ bucket, window, remaining, accountsKnown, accountsUnknown }) =>
        accountsKnown + accountsUnknown === 0
          ? []
          : [{ bucket, window, at: new Date(now), remaining, accountsKnown, accountsUnknown }],
      )
      if (data.length > 0) await quotaPoolPoint.createMany({ data })
      if (before === undefined || utcDay(before) === utcDay(now)) return
      for (const { bucket, window } of data) await thinPool(bucket, window)
    },
    prune: async () => {
      const oldest = new Date(clock.now() - keepDays() * DAY_MS)
      // One bucket and window at a time, because the index begins with them.
      for (const bucket of QUOTA_BUCKETS) {
        for (const window of QUOTA_WINDOWS) {
          await quotaPoint.deleteMany({ where: { bucket, window, readAt: { lt: oldest } } })
          await quotaPoolPoint.deleteMany({ where: { bucket, window, at: { lt: oldest } } })
        }
      }
    },
  }
}
