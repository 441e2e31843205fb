/** Report to row. Pure. */
import type { RequestOutcome } from "#generated/sqlite/enums.ts"
import type {
  AttemptRecord,
  ExchangeOutcome,
  ExchangeRecord,
  PoolRefusal,
  SchemaReport,
} from "#shared/link-protocol.ts"

const OUTCOMES: Record<ExchangeOutcome, RequestOutcome> = {
  completed: "COMPLETED",
  failed: "FAILED",
  cancelled: "CANCELLED",
  truncated: "TRUNCATED",
}

const MAX_TEXT = 2_000
const MAX_NAME = 300
/** Of a column of whole numbers on both databases; as microseconds, half an hour. */
const MAX_INT = 2_147_483_647

const clip = (text: string | undefined, length: number): string | null => text?.slice(0, length) ?? null
const count = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(Math.trunc(value)))

/** The row of one exchange. `apiKeyId` is null when the key is no longer there. */
export function requestRow(record: ExchangeRecord, nodeId: string, apiKeyId: string | null) {
  return {
    id: record.exchangeId,
    nodeId,
    startedAt: new Date(record.startedAt),
    apiKeyId,
    dialect: record.dialect.slice(0, MAX_NAME),
    stream: record.stream,
    requestedModel: clip(record.requestedModel, MAX_NAME),
    model: clip(record.model, MAX_NAME),
    outcome: OUTCOMES[record.outcome],
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
    ...(record.refusal === undefined ? {} : { refusal: refusalJson(record.refusal) }),
    attempts: record.attempts.map(attemptJson),
    dropped: [...record.dropped],
    ...(record.schemaReport === undefined ? {} : { schemaReport: schemaReportJson(record.schemaReport) }),
  }
}

/** A column of JSON takes plain objects only. */
function attemptJson({ census, ...attempt }: AttemptRecord) {
  return { ...attempt, ...(census === undefined ? {} : { census: { ...census } }) }
}

function refusalJson({ census, ...refusal }: PoolRefusal) {
  return { ...refusal, census: { ...census } }
}

function schemaReportJson({ total, listed }: SchemaReport) {
  return { total, listed: listed.map((change) => ({ ...change })) }
}

export interface Use {
  readonly count: number
  readonly lastUsedAt: Date
}

/** How often each thing was used by these exchanges, and when last; `idOf` gives undefined where none was. */
export function usesBy(
  records: readonly ExchangeRecord[],
  idOf: (record: ExchangeRecord) => string | undefined,
): Map<string, Use> {
  const uses = new Map<string, Use>()
  for (const record of records) {
    const id = idOf(record)
    if (id === undefined) continue
    const endedAt = new Date(record.startedAt + record.durationMs)
    const before = uses.get(id)
    const lastUsedAt = before !== undefined && before.lastUsedAt > endedAt ? before.lastUsedAt : endedAt
    uses.set(id, { count: (before?.count ?? 0) + 1, lastUsedAt })
  }
  return uses
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
