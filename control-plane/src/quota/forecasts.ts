/** The forecasts of what is in the database now: over the pool, and of single accounts. */
import type { AccountModel, CatalogueModel, CooldownModel, QuotaReadingModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS, QUOTA_WINDOWS, quotaBucket, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { field, items, textField } from "../json.ts"
import { forecastQuota, type ForecastAccount, type QuotaForecast } from "./forecast/forecast.ts"
import { recentMs } from "./forecast/rate.ts"
import { asPoint } from "./history.ts"
import type { Point } from "./points.ts"
import { ASKABLE } from "./sync.ts"
import { newestReadings } from "./told.ts"

export interface QuotaForecasts {
  /** Of each bucket and window that limits; two seconds old at most. */
  ofPool(): Promise<readonly QuotaForecast[]>
  ofAccount(id: string): Promise<readonly QuotaForecast[]>
}

export interface QuotaForecastsOptions {
  readonly database: Database
  readonly clock: Clock
}

/** Who asks within this after the others hears what they heard: a large pool takes a while to read. */
const FRESH_MS = 2_000
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
  let last: { readonly madeAt?: number; readonly forecasts: Promise<readonly QuotaForecast[]> } | undefined

  async function recentPoints(accountId: string | undefined, now: number): Promise<Map<string, Map<string, Point[]>>> {
    const byAccount = new Map<string, Map<string, Point[]>>()
    for (const window of QUOTA_WINDOWS) {
      const readAt = { gte: new Date(now - recentMs(window) - BEFORE_MS) }
      const where = { bucket: { in: [...QUOTA_BUCKETS] }, window, readAt, ...(accountId && { accountId }) }
      for (const row of await quotaPoint.findMany({ where, orderBy: { readAt: "asc" } })) {
        const ofAccount = byAccount.get(row.accountId) ?? new Map<string, Point[]>()
        const name = `${row.bucket} ${row.window}`
        const points = ofAccount.get(name) ?? []
        points.push(asPoint(row))
        ofAccount.set(name, points)
        byAccount.set(row.accountId, ofAccount)
      }
    }
    return byAccount
  }

  async function read(accountId?: string): Promise<readonly QuotaForecast[]> {
    const now = clock.now()
    const accounts = await account.findMany({
      where: { kind: "ANTIGRAVITY", ...(accountId && { id: accountId }) },
      include: { quota: true, cooldowns: { where: { until: { gt: new Date(now) } } } },
    })
    const listed = [...new Set(accounts.flatMap(({ catalogueId }) => catalogueId ?? []))]
    const catalogues = await catalogue.findMany({ where: { id: { in: listed } } })
    const buckets = new Map(catalogues.map((one) => [one.id, bucketsOf(one)]))
    const points = await recentPoints(accountId, now)
    const rows = accounts.map((one): Row => ({
      ...one,
      buckets: one.catalogueId === null ? undefined : buckets.get(one.catalogueId),
      points: points.get(one.id) ?? new Map(),
    }))
    return forecastsOf(rows, now)
  }

  function ofPool(): Promise<readonly QuotaForecast[]> {
    const { madeAt } = last ?? {}
    const age = madeAt === undefined ? 0 : clock.now() - madeAt
    if (last !== undefined && age >= 0 && age < FRESH_MS) return last.forecasts
    const forecasts = read()
    const made = { forecasts }
    last = made
    forecasts.then(
      () => (last = last === made ? { madeAt: clock.now(), forecasts } : last),
      () => (last = last === made ? undefined : last),
    )
    return forecasts
  }

  return { ofPool, ofAccount: (id) => read(id) }
}
