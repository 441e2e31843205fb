/** The forecasts of what is in the database now: over the pool, and of single accounts. */
import type { AccountModel, CatalogueModel, CooldownModel, QuotaReadingModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS, QUOTA_WINDOWS, quotaBucket, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import type { SnapshotQuota } from "#shared/snapshot.ts"
import { setImmediate as immediately } from "node:timers/promises"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { field, items, textField } from "../json.ts"
import { sum } from "./forecast/burn.ts"
import { forecastQuota, type ForecastAccount, type QuotaForecast } from "./forecast/forecast.ts"
import { asPoint } from "./history.ts"
import type { Point } from "./points.ts"
import { pointsKey, readRecentPoints } from "./recent-points.ts"
import { ASKABLE } from "./sync.ts"
import { newestReadings } from "./told.ts"

export interface QuotaForecasts {
  /** Of each bucket and window that limits; two seconds old at most, in a large pool some ten. */
  ofPool(): Promise<readonly QuotaForecast[]>
  /** Of each of them that there is, in a number of statements that does not grow with theirs. */
  ofAccounts(ids: readonly string[]): Promise<AccountForecasts[]>
}

export interface AccountForecasts {
  readonly id: string
  readonly forecasts: readonly QuotaForecast[]
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
const FRESH_MS_A_POINT = 0.07
/** Accounts of a pool whose points are read together, so that what else the process does is not held up. */
const AT_ONCE = 10

const COLUMNS = {
  id: true,
  kind: true,
  state: true,
  enabled: true,
  onboardingPending: true,
  reserve: true,
  catalogueId: true,
  quota: true,
} as const

type Row = Pick<AccountModel, Exclude<keyof typeof COLUMNS, "quota">> & {
  readonly quota: readonly QuotaReadingModel[]
  readonly newest: readonly SnapshotQuota[]
  readonly cooldowns: readonly CooldownModel[]
  readonly buckets: ReadonlySet<QuotaBucket> | undefined
  /** By `pointsKey`. */
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
  row.newest.some((reading) => reading.bucket === bucket && reading.window === "nearest")

function isConcerned(row: Row, bucket: QuotaBucket, window: QuotaWindow): boolean {
  if (row.kind !== "ANTIGRAVITY" || row.buckets?.has(bucket) === false) return false
  if (bucket === "image") return window === "nearest"
  return window !== "nearest" || isNearestOnly(row, bucket)
}

function forecastAccount(row: Row, bucket: QuotaBucket, window: QuotaWindow): ForecastAccount {
  const reading = row.quota.find((one) => one.bucket === bucket && one.window === window)
  const points = row.points.get(pointsKey(bucket, window)) ?? []
  return {
    isServing: row.enabled && !row.onboardingPending && row.state === ASKABLE.state,
    reserve: row.reserve ?? 0,
    // What was read before there was a history, or long ago.
    points: points.length === 0 && reading !== undefined ? [asPoint({ ...reading, usedTokens: null })] : points,
    usedTokens: reading === undefined || reading.usedTokens === null ? undefined : Number(reading.usedTokens),
    restsUntil: row.cooldowns.find((cooldown) => cooldown.bucket === bucket)?.until.getTime(),
  }
}

/** One bucket and window after the other, with a turn for others after each. */
async function forecastsOf(rows: readonly Row[], now: number): Promise<readonly QuotaForecast[]> {
  const forecasts: QuotaForecast[] = []
  for (const bucket of QUOTA_BUCKETS) {
    for (const window of QUOTA_WINDOWS) {
      const concerned = rows.filter((row) => isConcerned(row, bucket, window))
      if (concerned.length === 0) continue
      const accounts = concerned.map((row) => forecastAccount(row, bucket, window))
      forecasts.push(forecastQuota(bucket, window, accounts, now))
      await immediately()
    }
  }
  return forecasts
}

export function createQuotaForecasts({ database, clock }: QuotaForecastsOptions): QuotaForecasts {
  const { account, catalogue } = database.prisma
  let last:
    | { readonly from: number; readonly until: number; readonly forecasts: Promise<readonly QuotaForecast[]> }
    | undefined

  async function readRows(now: number, atOnce: number, ids?: readonly string[]): Promise<readonly Row[]> {
    const accounts = await account.findMany({
      where: { kind: "ANTIGRAVITY", ...(ids && { id: { in: [...ids] } }) },
      select: { ...COLUMNS, cooldowns: { where: { until: { gt: new Date(now) } } } },
    })
    const listed = [...new Set(accounts.flatMap(({ catalogueId }) => catalogueId ?? []))]
    const catalogues = await catalogue.findMany({ where: { id: { in: listed } } })
    const buckets = new Map(catalogues.map((one) => [one.id, bucketsOf(one)]))
    const rows: Row[] = []
    for (let first = 0; first < accounts.length; first += atOnce) {
      const some = accounts.slice(first, first + atOnce)
      const points = await readRecentPoints(
        database,
        some.map(({ id }) => id),
        now,
      )
      for (const one of some) {
        rows.push({
          ...one,
          buckets: one.catalogueId === null ? undefined : buckets.get(one.catalogueId),
          newest: newestReadings(one.quota),
          points: points.get(one.id) ?? new Map(),
        })
      }
      // SQLite answers within the same turn, so that nothing else would have one.
      await immediately()
    }
    return rows
  }

  function ofPool(): Promise<readonly QuotaForecast[]> {
    const now = clock.now()
    if (last !== undefined && now >= last.from && now < last.until) return last.forecasts
    const reading = readRows(now, AT_ONCE)
    const forecasts = reading.then((rows) => forecastsOf(rows, now))
    const made = { from: now, until: Infinity, forecasts }
    last = made
    Promise.all([reading, forecasts]).then(
      ([rows]) => (made.until = now + Math.max(FRESH_MS, FRESH_MS_A_POINT * countOf(rows))),
      () => (last = last === made ? undefined : last),
    )
    return forecasts
  }

  return {
    ofPool,
    ofAccounts: async (ids) => {
      const now = clock.now()
      const forecasts: AccountForecasts[] = []
      for (const row of await readRows(now, ids.length, ids)) {
        forecasts.push({ id: row.id, forecasts: await forecastsOf([row], now) })
      }
      return forecasts
    },
  }
}

/** Points of which they are made. */
function countOf(rows: readonly Row[]): number {
  return sum(rows.flatMap(({ points }) => [...points.values()].map(({ length }) => length)))
}
