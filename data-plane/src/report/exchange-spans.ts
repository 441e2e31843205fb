/**
 * One exchange as the spans of a trace, made of its record when it has ended: an exchange under way pays nothing for it. Names and
 * attributes are the closed lists below: ids, names, counts and times, never a prompt, a key, a label or an address.
 */
import type { AttemptRecord, ExchangeRecord } from "#shared/link-protocol.ts"
import type { TraceParent } from "./traceparent.ts"

export const SPAN_NAMES = [
  "exchange",
  "receive",
  "fetch",
  "choose",
  "queue",
  "token",
  "attempt",
  "connect",
  "stream",
] as const
export type SpanName = (typeof SPAN_NAMES)[number]

export const SPAN_ATTRIBUTES = [
  "lagrange.exchange_id",
  "lagrange.api_key_id",
  "lagrange.account_id",
  "lagrange.dialect",
  "lagrange.stream",
  "lagrange.requested_model",
  "lagrange.model",
  "lagrange.outcome",
  "lagrange.error_code",
  "lagrange.failure_class",
  "lagrange.failure_scope",
  "lagrange.own_time_us",
  "lagrange.attempts",
  "http.response.status_code",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
] as const
export type SpanAttribute = (typeof SPAN_ATTRIBUTES)[number]

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: SpanName
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Partial<Record<SpanAttribute, string | number | boolean | undefined>>
  /** What went wrong, as a code; absent: nothing did. */
  readonly error?: string
}

/** The first is the exchange's. `newId` gives so many random bytes in hex. */
export function exchangeSpans(
  record: ExchangeRecord,
  parent: TraceParent | undefined,
  newId: (bytes: number) => string,
): Span[] {
  const traceId = parent?.traceId ?? newId(16)
  const root = newId(8)
  const spans: Span[] = [{ ...exchangeSpan(record, traceId, root), ...(parent && { parentSpanId: parent.spanId }) }]
  const add = (name: SpanName, from: number, to: number, more: Pick<Span, "attributes"> & Partial<Span>): string => {
    const spanId = newId(8)
    const startedAt = record.startedAt + from
    // Times of one exchange are of two clocks: what is noted in the wrong order by a rounding lasts no time.
    const endedAt = record.startedAt + Math.max(from, to)
    spans.push({ traceId, spanId, parentSpanId: root, name, startedAt, endedAt, ...more })
    return spanId
  }
  const { receivedMs, fetchedMs } = record
  if (receivedMs !== undefined) add("receive", 0, receivedMs, NOTHING)
  if (fetchedMs !== undefined) add("fetch", receivedMs ?? 0, (receivedMs ?? 0) + fetchedMs, NOTHING)
  for (const attempt of record.attempts) addAttempt(attempt, add)
  const { refusal } = record
  if (refusal?.waitedMs !== undefined) add("queue", record.durationMs - refusal.waitedMs, record.durationMs, NOTHING)
  return spans
}

const NOTHING = { attributes: {} }

type Add = (name: SpanName, from: number, to: number, more: Pick<Span, "attributes"> & Partial<Span>) => string

/** What led to it comes before it: asking, then a wait for a slot, then one for a token. */
function addAttempt(attempt: AttemptRecord, add: Add): void {
  const { startedMs, endedMs, askedMs, waitedMs = 0, renewalMs = 0, failureClass, connectMs, firstPartMs } = attempt
  const attributes = { "lagrange.account_id": attempt.accountId }
  if (askedMs !== undefined) {
    add("choose", askedMs, startedMs, { attributes })
    if (waitedMs > 0) add("queue", askedMs, askedMs + waitedMs, NOTHING)
  }
  if (renewalMs > 0) add("token", startedMs - renewalMs, startedMs, { attributes })
  const parentSpanId = add("attempt", startedMs, endedMs, {
    attributes: {
      ...attributes,
      "http.response.status_code": attempt.upstreamStatus,
      "lagrange.failure_class": failureClass,
      "lagrange.failure_scope": attempt.failureScope,
    },
    ...(failureClass === undefined ? {} : { error: failureClass }),
  })
  if (connectMs !== undefined) add("connect", startedMs, startedMs + connectMs, { ...NOTHING, parentSpanId })
  if (firstPartMs !== undefined) add("stream", firstPartMs, endedMs, { ...NOTHING, parentSpanId })
}

function exchangeSpan(record: ExchangeRecord, traceId: string, spanId: string): Span {
  const { startedAt, durationMs, outcome, errorCode, usage } = record
  return {
    traceId,
    spanId,
    name: "exchange",
    startedAt,
    endedAt: startedAt + durationMs,
    attributes: {
      "lagrange.exchange_id": record.exchangeId,
      "lagrange.api_key_id": record.apiKeyId,
      "lagrange.dialect": record.dialect,
      "lagrange.stream": record.stream,
      "lagrange.requested_model": record.requestedModel,
      "lagrange.model": record.model,
      "lagrange.outcome": outcome,
      "lagrange.error_code": errorCode,
      "lagrange.own_time_us": record.overheadUs,
      "lagrange.attempts": record.attempts.length,
      "http.response.status_code": record.status,
      "gen_ai.usage.input_tokens": usage.inputTokens,
      "gen_ai.usage.output_tokens": usage.outputTokens,
    },
    // A client that leaves is no fault.
    ...(outcome === "failed" || outcome === "truncated" ? { error: errorCode ?? outcome } : {}),
  }
}
