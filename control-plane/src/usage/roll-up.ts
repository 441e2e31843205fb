/**
 * Usage added up while it comes in: each exchange once for what its client asked (model, key, dialect, node), and once for each account
 * it was tried on, in minutes, hours and days of the time it began. Both in the transaction that writes its record, so that a report
 * that comes twice counts once and a late one counts where it belongs. Kept apart, because together they would be as many rows as records.
 */
import { createHash } from "node:crypto"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { insertMany, type Column } from "../database/insert-many.ts"
import type { DatabaseKind, Transaction } from "../database/open.ts"
import { requestOutcome, startedAtOf } from "../link/request-rows.ts"
import {
  addCounts,
  addSums,
  COUNTERS,
  countsOf,
  countsOfAttempt,
  countsOfLast,
  noSums,
  type Counter,
  type Counts,
  type Sums,
} from "./counters.ts"

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

/** The same for the same series at every control plane, so that none has to be asked for. */
export function seriesId(series: Series): bigint {
  return createHash("sha256").update(nameOf(series)).digest().readBigInt64BE()
}

const nameOf = (series: Series): string => JSON.stringify(SERIES_COLUMNS.map((name) => series[name]))

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
  readonly seriesId: bigint
  readonly sums: Sums
}

interface Known {
  readonly id: bigint
  readonly series: Series
  /** Its sums by the minute. */
  readonly minutes: Map<number, Sums>
}

/** What exchanges add, by series and minute. */
function summed(records: readonly ExchangeRecord[], nodeId: string): Known[] {
  const known = new Map<string, Known>()
  for (const record of records) {
    const minute = Math.floor(startedAtOf(record).getTime() / MINUTE_MS)
    for (const { series, counts } of entriesOf(record, nodeId)) {
      const name = nameOf(series)
      const one = known.get(name) ?? { id: seriesId(series), series, minutes: new Map<number, Sums>() }
      known.set(name, one)
      const sums = one.minutes.get(minute) ?? noSums()
      one.minutes.set(minute, sums)
      addCounts(sums, counts)
    }
  }
  return [...known.values()]
}

/** The minutes of one series in steps of a length. */
function inSteps({ id, series, minutes }: Known, step: Step): Row[] {
  const stepMinutes = series.accountId === "" ? step : -step
  const rows = new Map<number, Row>()
  for (const [minute, sums] of minutes) {
    const start = minute - (minute % step)
    const row = rows.get(start) ?? { stepMinutes, start, seriesId: id, sums: noSums() }
    rows.set(start, row)
    addSums(row.sums, sums)
  }
  return [...rows.values()]
}

/** The same order everywhere: two control planes that write the same rows wait for each other instead of both for ever. */
const inOrder = (left: Row, right: Row): number =>
  left.stepMinutes - right.stepMinutes || left.start - right.start || compareIds(left.seriesId, right.seriesId)

const compareIds = (left: bigint, right: bigint): number => (left < right ? -1 : Number(left > right))

const SERIES_TABLE: readonly Column[] = [["id", "bigint"], ...SERIES_COLUMNS.map((name): Column => [name, "text"])]

const typeOf = (name: Counter): string =>
  name === "durationMs" || name === "firstContentMs" || name === "waitedMs"
    ? "float8"
    : name.endsWith("Tokens") || name === "overheadUs"
      ? "bigint"
      : "int"

const ROLL_UP_TABLE: readonly Column[] = [
  ["stepMinutes", "int"],
  ["start", "int"],
  ["seriesId", "bigint"],
  ...COUNTERS.map((name): Column => [name, typeOf(name)]),
]

const ADDING = COUNTERS.map((name) => `"${name}" = "UsageRollUp"."${name}" + excluded."${name}"`).join(", ")

/** Adds exchanges that were not counted before. */
export async function addToRollUps(
  transaction: Transaction,
  kind: DatabaseKind,
  records: readonly ExchangeRecord[],
  nodeId: string,
): Promise<void> {
  const known = summed(records, nodeId).toSorted((left, right) => compareIds(left.id, right.id))
  const unseen = kind === "sqlite" ? await unseenOf(transaction, known) : known
  const series = unseen.map(({ id, series: one }) => [id, ...SERIES_COLUMNS.map((name) => one[name])])
  await insertMany(transaction, kind, "UsageSeries", SERIES_TABLE, series, `ON CONFLICT ("id") DO NOTHING`)
  const rows = STEPS.flatMap((step) => known.flatMap((one) => inSteps(one, step))).toSorted(inOrder)
  const values = rows.map(({ stepMinutes, start, seriesId: id, sums }) => [stepMinutes, start, id, ...sums])
  const conflict = `ON CONFLICT ("stepMinutes", "start", "seriesId") DO UPDATE SET ${ADDING}`
  await insertMany(transaction, kind, "UsageRollUp", ROLL_UP_TABLE, values, conflict)
}

/** SQLite looks a series up for less than it takes to be given it; on PostgreSQL it is the insertion that keeps it from being forgotten. */
async function unseenOf(transaction: Transaction, known: readonly Known[]): Promise<Known[]> {
  const ids = JSON.stringify(known.map(({ id }) => String(id)))
  const rows = await transaction.$queryRaw<readonly { id: string }[]>`
    SELECT CAST("id" AS TEXT) AS "id" FROM "UsageSeries" WHERE "id" IN (SELECT CAST(value AS INTEGER) FROM json_each(${ids}))`
  const seen = new Set(rows.map(({ id }) => id))
  return known.filter(({ id }) => !seen.has(String(id)))
}
