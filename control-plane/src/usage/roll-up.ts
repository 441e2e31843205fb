/**
 * Usage added up while it comes in: each exchange once for what its client asked (model, key, dialect, node), and once for each account
 * it was tried on, in minutes, hours and days of the time it began. Both in the transaction that writes its record, so that a report
 * that comes twice counts once and a late one counts where it belongs. Kept apart, because together they would be as many rows as records.
 */
import { createHash } from "node:crypto"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { insertMany, type Columns } from "../database/insert-many.ts"
import type { DatabaseKind, Transaction } from "../database/open.ts"
import { requestOutcome, startedAtOf } from "../link/request-rows.ts"
import { addCounts, COUNTERS, countsOf, countsOfAttempt, countsOfLast, type Counter, type Counts } from "./counters.ts"

export const MINUTE_MS = 60_000
/** In minutes: what roll-ups are kept of. */
export const STEPS = [1, 60, 1_440] as const
export type Step = (typeof STEPS)[number]

/** What exchanges are told apart by. An empty text: the exchange had none, or it is of the other side. */
export interface Series {
  readonly model: string
  readonly apiKeyId: string
  /** Empty: counted for the client's side. */
  readonly accountId: string
  readonly dialect: string
  readonly nodeId: string
  readonly outcome: string
  readonly errorCode: string
  readonly failureClass: string
}

const SERIES_COLUMNS = [
  "model",
  "apiKeyId",
  "accountId",
  "dialect",
  "nodeId",
  "outcome",
  "errorCode",
  "failureClass",
] as const satisfies readonly (keyof Series)[]

const NOTHING: Series = {
  model: "",
  apiKeyId: "",
  accountId: "",
  dialect: "",
  nodeId: "",
  outcome: "",
  errorCode: "",
  failureClass: "",
}

const MAX_NAME = 300
const NONE = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number> // every counter once

/** The same for the same series at every control plane, so that none has to be asked for. */
export function seriesId(series: Series): bigint {
  const text = JSON.stringify(SERIES_COLUMNS.map((name) => series[name]))
  return createHash("sha256").update(text).digest().readBigInt64BE()
}

interface Entry {
  readonly series: Series
  readonly counts: Counts
}

/** What one exchange adds, by series. */
export function entriesOf(record: ExchangeRecord, nodeId: string): Entry[] {
  const { attempts } = record
  const model = (record.model ?? "").slice(0, MAX_NAME)
  const last = attempts.at(-1)
  const ended = {
    model,
    outcome: requestOutcome(record.outcome),
    errorCode: (record.errorCode ?? "").slice(0, MAX_NAME),
    failureClass: last?.failureClass ?? "",
  }
  const client = {
    ...NOTHING,
    ...ended,
    apiKeyId: record.apiKeyId ?? "",
    dialect: record.dialect.slice(0, MAX_NAME),
    nodeId,
  }
  const earlier = attempts.slice(0, -1).map((attempt): Entry => ({
    // How the exchange ended is not this account's doing.
    series: { ...NOTHING, model, accountId: attempt.accountId, failureClass: attempt.failureClass ?? "" },
    counts: countsOfAttempt(attempt),
  }))
  return [
    { series: client, counts: countsOf(record) },
    ...earlier,
    ...(last === undefined
      ? []
      : [{ series: { ...NOTHING, ...ended, accountId: last.accountId }, counts: countsOfLast(record) }]),
  ]
}

interface Row {
  /** Below 0 on the side of accounts. */
  readonly stepMinutes: number
  readonly start: number
  readonly series: bigint
  readonly counts: Counts
}

function rowsOf(records: readonly ExchangeRecord[], nodeId: string): { rows: Row[]; series: Map<bigint, Series> } {
  const series = new Map<bigint, Series>()
  const known = new Map<string, bigint>()
  const rows = new Map<string, Row>()
  for (const record of records) {
    const minute = Math.floor(startedAtOf(record).getTime() / MINUTE_MS)
    for (const entry of entriesOf(record, nodeId)) {
      const key = JSON.stringify(Object.values(entry.series))
      const id = known.get(key) ?? seriesId(entry.series)
      known.set(key, id)
      series.set(id, entry.series)
      for (const step of STEPS) {
        const start = minute - (minute % step)
        const place = `${step} ${start} ${id}`
        const stepMinutes = entry.series.accountId === "" ? step : -step
        const row = rows.get(place) ?? { stepMinutes, start, series: id, counts: {} }
        rows.set(place, row)
        addCounts(row.counts, entry.counts)
      }
    }
  }
  // The same order everywhere: two control planes that write the same rows wait for each other instead of both for ever.
  const inOrder = [...rows.values()].toSorted(
    (left, right) =>
      left.stepMinutes - right.stepMinutes ||
      left.start - right.start ||
      (left.series < right.series ? -1 : Number(left.series > right.series)),
  )
  return { rows: inOrder, series }
}

const SERIES_TYPES: Columns<Series & { readonly id: string }> = {
  id: "bigint",
  model: "text",
  apiKeyId: "text",
  accountId: "text",
  dialect: "text",
  nodeId: "text",
  outcome: "text",
  errorCode: "text",
  failureClass: "text",
}

type RollUpRow = Readonly<Record<"stepMinutes" | "start" | "seriesId" | Counter, number | string>>

const typeOf = (name: Counter): string =>
  name === "durationMs" || name === "firstContentMs" || name === "waitedMs"
    ? "float8"
    : name.endsWith("Tokens") || name === "overheadUs"
      ? "bigint"
      : "int"

const ROLL_UP_TYPES = {
  stepMinutes: "int",
  start: "int",
  seriesId: "bigint",
  ...Object.fromEntries(COUNTERS.map((name) => [name, typeOf(name)])),
} as Columns<RollUpRow> // every counter once

const ADDING = COUNTERS.map((name) => `"${name}" = "UsageRollUp"."${name}" + excluded."${name}"`).join(", ")

/** Adds exchanges that were not counted before. */
export async function addToRollUps(
  transaction: Transaction,
  kind: DatabaseKind,
  records: readonly ExchangeRecord[],
  nodeId: string,
): Promise<void> {
  const { rows, series } = rowsOf(records, nodeId)
  const all = [...series].map(([id, one]) => ({ id: String(id), ...one }))
  all.sort((left, right) => (left.id < right.id ? -1 : 1))
  await insertMany(transaction, kind, "UsageSeries", SERIES_TYPES, all, `ON CONFLICT ("id") DO NOTHING`)
  const counted = rows.map(({ stepMinutes, start, series: id, counts }) => ({
    stepMinutes,
    start,
    // A text: JSON's numbers end where a hash goes on.
    seriesId: String(id),
    ...NONE,
    ...counts,
  }))
  const conflict = `ON CONFLICT ("stepMinutes", "start", "seriesId") DO UPDATE SET ${ADDING}`
  await insertMany(transaction, kind, "UsageRollUp", ROLL_UP_TYPES, counted, conflict)
}
