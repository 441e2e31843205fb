/**
 * What a page of requests can be narrowed to. Each condition says in SQL which records fulfil it, in code whether one does (for whoever
 * follows requests as they end), and which indexes hold those records in order of time. Pure.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { RequestOutcome } from "#generated/sqlite/enums.ts"
import type { RequestRecordModel } from "#generated/sqlite/models.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { DatabaseKind } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { checkTimes } from "../input-checks.ts"
import { items, textField } from "../json.ts"

type Given<Value> = Value | null | undefined

export interface RequestFilter {
  readonly outcomes?: Given<readonly RequestOutcome[]>
  readonly status?: Given<number>
  readonly errorCode?: Given<string>
  readonly failureClass?: Given<string>
  readonly model?: Given<string>
  readonly requestedModel?: Given<string>
  readonly apiKeyId?: Given<string>
  readonly accountId?: Given<string>
  readonly dialect?: Given<ClientDialectName>
  readonly nodeId?: Given<string>
  readonly conversationId?: Given<string>
  readonly text?: Given<string>
  readonly minDurationMs?: Given<number>
  readonly retried?: Given<boolean>
  readonly captured?: Given<boolean>
  readonly since?: Given<Date>
  readonly until?: Given<Date>
}

/** A stretch of an index: records (or attempts of them) in order of time. */
export interface Stretch {
  readonly table: "RequestRecord" | "EarlierAttempt"
  /** By its name; SQLite is told to use it. */
  readonly index: string
  /** The column that is one value in all of it; undefined: the index holds nothing else. */
  readonly column?: string
  readonly value?: string | number
  /** What the index itself is limited to, word for word; undefined: it holds every row. */
  readonly only?: string
}

export interface Condition {
  /** Of a row `r` of RequestRecord. */
  readonly where: Prisma.Sql
  readonly fits: (row: RequestRecordModel) => boolean
  /** Together they hold all that fulfils it; empty: no index knows. */
  readonly stretches: readonly Stretch[]
}

/** Partial indexes hold these alone, as prisma/schema.prisma says. */
const SLOW_MS = 60_000
const FAILED_OUTCOMES: readonly RequestOutcome[] = ["FAILED", "CANCELLED", "TRUNCATED"]
const MAX_TEXT = 200

function stretch(column: string, value: string | number, only?: string): Stretch {
  const index = `RequestRecord_${column}_startedAt_idx`
  return { table: "RequestRecord", index, column, value, ...(only === undefined ? {} : { only }) }
}

type Equalled = "errorCode" | "model" | "requestedModel" | "apiKeyId" | "dialect" | "nodeId" | "conversation"

/** Rows whose column is this value. Those where it is null are in no partial index. */
function equals(column: Equalled, value: string, isPartial = false): Condition {
  return {
    where: Prisma.sql`r.${Prisma.raw(`"${column}"`)} = ${value}`,
    fits: (row) => row[column] === value,
    stretches: [stretch(column, value, isPartial ? `"${column}" IS NOT NULL` : undefined)],
  }
}

/** Rows one of whose attempts has this: the last stands in the row itself, those before it in EarlierAttempt. */
function someAttempt(column: "accountId" | "failureClass", value: string): Condition {
  const name = Prisma.raw(`"${column}"`)
  const only = `"${column}" IS NOT NULL`
  const index = `EarlierAttempt_${column}_startedAt_idx`
  return {
    where: Prisma.sql`(r.${name} = ${value} OR (r."attemptCount" > 1 AND EXISTS (SELECT 1 FROM "EarlierAttempt" e
      WHERE e."requestId" = r."id" AND e.${name} = ${value})))`,
    fits: (row) => items(row.attempts).some((attempt) => textField(attempt, column) === value),
    stretches: [
      stretch(column, value, only),
      { table: "EarlierAttempt", index, column, value, ...(column === "accountId" ? {} : { only }) },
    ],
  }
}

/** No row fulfils it, so that none has to be looked at. */
export const NEVER: Condition = { where: Prisma.sql`1 = 0`, fits: () => false, stretches: [] }

function inOutcomes(outcomes: readonly RequestOutcome[]): Condition {
  if (outcomes.length === 0) return NEVER
  // Each is a literal of ours: PostgreSQL would take a parameter for a text, which its enumeration is not.
  const list = Prisma.raw(outcomes.map((outcome) => `'${outcome}'`).join(", "))
  return {
    where: Prisma.sql`r."outcome" IN (${list})`,
    fits: (row) => outcomes.includes(row.outcome),
    stretches: outcomes.includes("COMPLETED") ? [] : outcomes.map(ofOutcome),
  }
}

const ofOutcome = (outcome: RequestOutcome): Stretch => stretch("outcome", outcome, `"outcome" <> 'COMPLETED'`)

function ofStatus(status: number): Condition {
  return {
    where: Prisma.sql`r."status" = ${status}`,
    fits: (row) => row.status === status,
    stretches: status === 200 ? [] : [stretch("status", status, `"status" <> 200`)],
  }
}

/** In the message of what did not complete, or the whole id. */
function withText(text: string, kind: DatabaseKind): Condition {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const like = Prisma.raw(kind === "postgresql" ? "ILIKE" : "LIKE")
  const lower = text.toLowerCase()
  const primary = kind === "postgresql" ? "RequestRecord_pkey" : "sqlite_autoindex_RequestRecord_1"
  return {
    where: Prisma.sql`(r."id" = ${text} OR (r."outcome" <> 'COMPLETED' AND r."errorMessage" ${like} ${pattern} ESCAPE '\\'))`,
    fits: ({ id, outcome, errorMessage }) =>
      id === text || (outcome !== "COMPLETED" && (errorMessage ?? "").toLowerCase().includes(lower)),
    stretches: [
      { table: "RequestRecord", index: primary, column: "id", value: text },
      ...FAILED_OUTCOMES.map(ofOutcome),
    ],
  }
}

function slowerThan(ms: number): Condition {
  const only = `"durationMs" >= ${SLOW_MS}`
  return {
    where: Prisma.sql`r."durationMs" >= ${ms}`,
    fits: (row) => row.durationMs >= ms,
    stretches: ms < SLOW_MS ? [] : [{ table: "RequestRecord", index: "RequestRecord_slow_idx", only }],
  }
}

function withRetries(retried: boolean): Condition {
  const only = `"attemptCount" > 1`
  return {
    where: retried ? Prisma.sql`r."attemptCount" > 1` : Prisma.sql`r."attemptCount" <= 1`,
    fits: (row) => row.attemptCount > 1 === retried,
    stretches: retried ? [{ table: "RequestRecord", index: "RequestRecord_retried_idx", only }] : [],
  }
}

/** Those whose bodies were captured and not erased since. */
function thatWereCaptured(captured: boolean): Condition {
  const only = `"capture" IS NOT NULL`
  return {
    where: captured ? Prisma.sql`r."capture" = 'taken'` : Prisma.sql`(r."capture" IS NULL OR r."capture" <> 'taken')`,
    fits: (row) => (row.capture === "taken") === captured,
    stretches: captured ? [stretch("capture", "taken", only)] : [],
  }
}

function checkFilter({ text, minDurationMs, since, until }: RequestFilter): void {
  const refuse = (name: string, message: string): never => {
    throw new InvalidInputError("out_of_range", message, ["filter", name])
  }
  if ((text?.trim().length ?? 0) > MAX_TEXT) refuse("text", `A text to look for has at most ${MAX_TEXT} characters.`)
  if (minDurationMs !== null && minDurationMs !== undefined && !(minDurationMs >= 0)) {
    refuse("minDurationMs", "A duration is 0 or more.")
  }
  checkTimes(since, until, ["filter", "until"])
}

/** All conditions of a filter but its time; a record is in it when it fulfils each. Throws `InvalidInputError`. */
export function conditionsOf(filter: RequestFilter, kind: DatabaseKind): Condition[] {
  checkFilter(filter)
  const { outcomes, status, minDurationMs, retried } = filter
  const text = filter.text?.trim()
  const conditions: (Condition | undefined)[] = [
    outcomes ? inOutcomes([...new Set(outcomes)]) : undefined,
    typeof status === "number" ? ofStatus(status) : undefined,
    filter.errorCode ? equals("errorCode", filter.errorCode, true) : undefined,
    filter.failureClass ? someAttempt("failureClass", filter.failureClass) : undefined,
    filter.model ? equals("model", filter.model) : undefined,
    filter.requestedModel ? equals("requestedModel", filter.requestedModel) : undefined,
    filter.apiKeyId ? equals("apiKeyId", filter.apiKeyId) : undefined,
    filter.accountId ? someAttempt("accountId", filter.accountId) : undefined,
    filter.dialect ? equals("dialect", filter.dialect) : undefined,
    filter.nodeId ? equals("nodeId", filter.nodeId) : undefined,
    filter.conversationId ? equals("conversation", filter.conversationId, true) : undefined,
    text ? withText(text, kind) : undefined,
    typeof minDurationMs === "number" ? slowerThan(minDurationMs) : undefined,
    typeof retried === "boolean" ? withRetries(retried) : undefined,
    typeof filter.captured === "boolean" ? thatWereCaptured(filter.captured) : undefined,
  ]
  return conditions.filter((condition) => condition !== undefined)
}

/** Whether a record is in a filter. Throws `InvalidInputError`. */
export function fitting(filter: RequestFilter, kind: DatabaseKind): (row: RequestRecordModel) => boolean {
  const conditions = conditionsOf(filter, kind)
  const { since, until } = filter
  return (row) =>
    (!since || row.startedAt >= since) && (!until || row.startedAt < until) && conditions.every(({ fits }) => fits(row))
}
