/** The log line of one exchange: names, counts and times; never a prompt, a key, a token or an address. */
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"

export function logExchange(log: Logger, record: ExchangeRecord): void {
  const { exchangeId, dialect, requestedModel, model, outcome, status, errorCode, durationMs, firstContentMs } = record
  const fields = {
    exchangeId,
    apiKeyId: record.apiKeyId,
    dialect,
    stream: record.stream,
    requestedModel,
    model,
    outcome,
    status,
    errorCode,
    attempts: record.attempts.length,
    failures: record.attempts.map((attempt) => attempt.failureClass ?? "ok").join(",") || undefined,
    inputTokens: record.usage.inputTokens,
    outputTokens: record.usage.outputTokens,
    firstContentMs: firstContentMs === undefined ? undefined : Math.round(firstContentMs),
    durationMs: Math.round(durationMs),
    overheadUs: record.overheadUs,
  }
  if (outcome === "completed" || outcome === "cancelled") log.info("exchange", fields)
  else log.warn("exchange", { ...fields, errorMessage: record.errorMessage })
}
