/** Report to row. Pure. */
import type { RequestOutcome } from "#generated/sqlite/enums.ts"
import type { ExchangeOutcome, ExchangeRecord } from "#shared/link-protocol.ts"
import { timeText, valuesOf, type Column } from "../database/insert-many.ts"

const OUTCOMES: Record<ExchangeOutcome, RequestOutcome> = {
  completed: "COMPLETED",
  failed: "FAILED",
  cancelled: "CANCELLED",
  truncated: "TRUNCATED",
}

export const requestOutcome = (outcome: ExchangeOutcome): RequestOutcome => OUTCOMES[outcome]

const MAX_TEXT = 2_000
const MAX_NAME = 300
/** Of a column of whole numbers on both databases; as microseconds, half an hour. */
const MAX_INT = 2_147_483_647

/** In the year 6053: a clock that says more is wrong, and its minutes since the epoch are no whole number of a column any more. */
const LAST_TIME = MAX_INT * 60_000

const timeOf = (ms: number): Date => new Date(Math.min(ms, LAST_TIME))

export const startedAtOf = ({ startedAt }: Pick<ExchangeRecord, "startedAt">): Date => timeOf(startedAt)

export const endedAtOf = ({ startedAt, durationMs }: Pick<ExchangeRecord, "startedAt" | "durationMs">): Date =>
  timeOf(startedAt + durationMs)

const clip = (text: string | undefined, length: number): string | null => text?.slice(0, length) ?? null
const count = (value: number | undefined): number | null => (value === undefined ? null : Math.trunc(value))

/** The columns of RequestRecord, with their types in PostgreSQL. */
export const REQUEST_COLUMNS: readonly Column[] = Object.entries({
  id: "text",
  nodeId: "text",
  startedAt: "timestamp",
  apiKeyId: "text",
  dialect: "text",
  stream: "boolean",
  requestedModel: "text",
  model: "text",
  outcome: '"RequestOutcome"',
  status: "int",
  errorCode: "text",
  errorMessage: "text",
  finishReason: "text",
  conversation: "text",
  inputTokens: "bigint",
  cachedInputTokens: "bigint",
  outputTokens: "bigint",
  reasoningTokens: "bigint",
  durationMs: "float8",
  firstContentMs: "float8",
  receivedMs: "float8",
  fetchedMs: "float8",
  overheadUs: "int",
  refusal: "jsonb",
  route: "jsonb",
  attempts: "jsonb",
  accountId: "text",
  failureClass: "text",
  attemptCount: "int",
  dropped: "jsonb",
  schemaReport: "jsonb",
  capture: "text",
  replayOf: "text",
  playgroundBy: "text",
})

/** The same of EarlierAttempt. */
export const EARLIER_COLUMNS: readonly Column[] = Object.entries({
  requestId: "text",
  number: "int",
  startedAt: "timestamp",
  accountId: "text",
  failureClass: "text",
} satisfies Record<keyof ReturnType<typeof fieldsOfEarlier>[number], string>)

/** The row of one exchange, as `insertMany` takes it. */
export const requestRow = (record: ExchangeRecord, nodeId: string): unknown[] =>
  valuesOf(REQUEST_COLUMNS, fieldsOf(record, nodeId))

function fieldsOf(record: ExchangeRecord, nodeId: string) {
  const last = record.attempts.at(-1)
  return {
    id: record.exchangeId,
    nodeId,
    startedAt: timeText(startedAtOf(record)),
    apiKeyId: record.apiKeyId ?? null,
    dialect: record.dialect.slice(0, MAX_NAME),
    stream: record.stream,
    requestedModel: clip(record.requestedModel, MAX_NAME),
    model: clip(record.model, MAX_NAME),
    outcome: requestOutcome(record.outcome),
    status: record.status,
    errorCode: clip(record.errorCode, MAX_NAME),
    errorMessage: clip(record.errorMessage, MAX_TEXT),
    finishReason: clip(record.finishReason, MAX_NAME),
    conversation: record.conversation ?? null,
    inputTokens: count(record.usage.inputTokens),
    cachedInputTokens: count(record.usage.cachedInputTokens),
    outputTokens: count(record.usage.outputTokens),
    reasoningTokens: count(record.usage.reasoningTokens),
    durationMs: record.durationMs,
    firstContentMs: record.firstContentMs ?? null,
    receivedMs: record.receivedMs ?? null,
    fetchedMs: record.fetchedMs ?? null,
    overheadUs: record.overheadUs === undefined ? null : Math.min(record.overheadUs, MAX_INT),
    refusal: record.refusal,
    route: record.route,
    attempts: record.attempts,
    accountId: last?.accountId ?? null,
    failureClass: last?.failureClass ?? null,
    attemptCount: record.attempts.length,
    dropped: record.dropped,
    schemaReport: record.schemaReport,
    capture: record.capture ?? null,
    replayOf: record.replayOf ?? null,
    playgroundBy: clip(record.playgroundBy, MAX_NAME),
  }
}

/** The attempts of an exchange that were not its last. */
export const earlierAttempts = (record: ExchangeRecord): unknown[][] =>
  fieldsOfEarlier(record).map((fields) => valuesOf(EARLIER_COLUMNS, fields))

function fieldsOfEarlier(record: ExchangeRecord) {
  return record.attempts.slice(0, -1).map(({ accountId, failureClass }, number) => ({
    requestId: record.exchangeId,
    number,
    startedAt: timeText(startedAtOf(record)),
    accountId,
    failureClass: failureClass ?? null,
  }))
}

/** The account an exchange ended on: that of its last attempt. */
export function lastAccountOf(record: ExchangeRecord): string | undefined {
  return record.attempts.at(-1)?.accountId
}

/** Accounts that were refused because a quota is used up, and when last. */
export function exhaustedAccounts(records: readonly ExchangeRecord[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const { startedAt, attempts } of records) {
    for (const { accountId, endedMs, failureClass } of attempts) {
      if (failureClass !== "quota") continue
      times.set(accountId, Math.max(times.get(accountId) ?? 0, Math.trunc(startedAt + endedMs)))
    }
  }
  return times
}
