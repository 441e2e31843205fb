/** The forecasts of what is in the database now: over the pool, and of single accounts. */
import type { AccountModel, CatalogueModel, CooldownModel, QuotaReadingModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS, QUOTA_WINDOWS, quotaBucket, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { field, items, textField } from "../json.ts"
import { sum } from "./forecast/burn.ts"
import { forecastQuota, type ForecastAccount, type QuotaForecast } from "./forecast/forecast.ts"
import { recentMs } from "./forecast/rate.ts"
import { asPoint } from "./history.ts"
import type { Point } from "./points.ts"
import { ASKABLE } from "./sync.ts"
import { newestReadings } from "./told.ts"

export interface QuotaForecasts {
  /** Of each bucket and window that limits; two seconds old at most, in a large pool some minutes. */
  ofPool(): Promise<readonly QuotaForecast[]>
  ofAccount(id: string): Promise<readonly QuotaForecast[]>
}

export interface QuotaForecastsOptions {
  readonly database: Database
  readonly clock: Clock
}

/**
 * Who asks within this after the others hears what they heard; in a large pool within so much a point, which is twenty times the work that
 * one takes.
 */
const FRESH_MS = 2_000
const FRESH_MS_A_POINT = 0.35
/** Accounts whose points are read together. */
const AT_ONCE = 25
const COLUMNS = {
  accountId: true,
  bucket: true,
  readAt: true,
  remainingFraction: true,
  resetsAt: true,
  usedTokens: true,
} as const
/** Before recent time begins there is a reading that it begins with: those that say the same are kept hourly. */
const BEFORE_MS = 2 * 3_600_000

type Row = AccountModel & {
  readonly quota: readonly QuotaReadingModel[]
  readonly cooldowns: readonly CooldownModel[]
  readonly buckets: ReadonlySet<QuotaBucket> | undefined
  /** By bucket and window. */
  readonly points: ReadonlyMap<string, readonly Point[]>
}

/** Undefined: its list of models is not known. */
function bucketsOf(catalogue: CatalogueModel | undefined): ReadonlySet<QuotaBucket> | undefined {
  const models = items(field(catalogue?.body, "models"))
  if (catalogue === undefined) return undefined
  return new Set(models.flatMap((model) => textField(model, "id") ?? []).map(quotaBucket))
}

/** The windows that the upstream tells of a bucket; `nearest` counts where it told of no other. */
const isNearestOnly = (row: Row, bucket: QuotaBucket): boolean =>
  newestReadings(row.quota).some((reading) => reading.bucket === bucket && reading.window === "nearest")

function isConcerned(row: Row, bucket: QuotaBucket, window: QuotaWindow): boolean {
  if (row.kind !== "ANTIGRAVITY" || row.buckets?.has(bucket) === false) return false
  if (bucket === "image") return window === "nearest"
  return window !== "nearest" || isNearestOnly(row, bucket)
}

function forecastAccount(row: Row, bucket: QuotaBucket, window: QuotaWindow): ForecastAccount {
  const reading = row.quota.find((one) => one.bucket === bucket && one.window === window)
  const points = row.points.get(`${bucket} ${window}`) ?? []
  return {
    isServing: row.enabled && !row.onboardingPending && ASKABLE.state.in.some((state) => state === row.state),
    reserve: row.reserve ?? 0,
    // What was read before there was a history, or long ago.
    points: points.length === 0 && reading !== undefined ? [asPoint({ ...reading, usedTokens: null })] : points,
    usedTokens: reading === undefined || reading.usedTokens === null ? undefined : Number(reading.usedTokens),
    restsUntil: row.cooldowns.find((cooldown) => cooldown.bucket === bucket)?.until.getTime(),
  }
}

function forecastsOf(rows: readonly Row[], now: number): readonly QuotaForecast[] {
  return QUOTA_BUCKETS.flatMap((bucket) =>
    QUOTA_WINDOWS.flatMap((window) => {
      const concerned = rows.filter((row) => isConcerned(row, bucket, window))
      if (concerned.length === 0) return []
      const accounts = concerned.map((row) => forecastAccount(row, bucket, window))
      return [forecastQuota(bucket, window, accounts, now)]
    }),
  )
}

export function createQuotaForecasts({ database, clock }: QuotaForecastsOptions): QuotaForecasts {
  const { account, catalogue, quotaPoint } = database.prisma
  let last:
    | { readonly from: number; readonly until: number; readonly forecasts: Promise<readonly QuotaForecast[]> }
    | undefined

  /** A few accounts at a time, so that what else the process does is not held up. */
  async function recentPoints(ids: readonly string[], now: number): Promise<Map<string, Map<string, Point[]>>> {
    const byAccount = new Map<string, Map<string, Point[]>>()
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const accountId = { in: ids.slice(first, first + AT_ONCE) }
      for (const window of QUOTA_WINDOWS) {
        const readAt = { gte: new Date(now - recentMs(window) - BEFORE_MS) }
        const where = { accountId, bucket: { in: [...QUOTA_BUCKETS] }, window, readAt }
        for (const row of await quotaPoint.findMany({ where, orderBy: { readAt: "asc" }, select: COLUMNS })) {
          const ofAccount = byAccount.get(row.accountId) ?? new Map<string, Point[]>()
          const name = `${row.bucket} ${window}`
          const points = ofAccount.get(name) ?? []
          points.push(asPoint(row))
          ofAccount.set(name, points)
          byAccount.set(row.accountId, ofAccount)
        }
      }
    }
    return byAccount
  }

  /** And of how many points they were made. */
  async function read(accountId?: string): Promise<{ forecasts: readonly QuotaForecast[]; points: number }> {
    const now = clock.now()
    const accounts = await account.findMany({
      where: { kind: "ANTIGRAVITY", ...(accountId && { id: accountId }) },
      include: { quota: true, cooldowns: { where: { until: { gt: new Date(now) } } } },
    })
    const listed = [...new Set(accounts.flatMap(({ catalogueId }) => catalogueId ?? []))]
    const catalogues = await catalogue.findMany({ where: { id: { in: listed } } })
    const buckets = new Map(catalogues.map((one) => [one.id, bucketsOf(one)]))
    const ids = accounts.map(({ id }) => id)
    const points = await recentPoints(ids, now)
    const rows = accounts.map((one): Row => ({
      ...one,
      buckets: one.catalogueId === null ? undefined : buckets.get(one.catalogueId),
      points: points.get(one.id) ?? new Map(),
    }))
    const counts = rows.flatMap((row) => [...row.points.values()].map(({ length }) => length))
    return { forecasts: forecastsOf(rows, now), points: sum(counts) }
  }

  function ofPool(): Promise<readonly QuotaForecast[]> {
    const now = clock.now()
    if (last !== undefined && now >= last.from && now < last.until) return last.forecasts
    const reading = read()
    const forecasts = reading.then((result) => result.forecasts)
    const made = { from: now, until: Infinity, forecasts }
    last = made
    reading.then(
      ({ points }) => (made.until = now + Math.max(FRESH_MS, FRESH_MS_A_POINT * points)),
      () => (last = last === made ? undefined : last),
    )
    return forecasts
  }

  return { ofPool, ofAccount: async (id) => (await read(id)).forecasts }
}
