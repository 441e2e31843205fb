import { parseDurationMs } from "./duration.ts"
import { isRecord, isType, openErrorBody, textOf, type ErrorBody } from "./upstream-failure/error-body.ts"

export interface RetryTimeSource {
  /** The raw body, or what it was parsed to. */
  readonly body?: unknown
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined
  readonly now: number
}

/** No quota window is longer than a week. */
export const MAX_RETRY_DELAY_MS = 8 * 86_400_000

/**
 * How long the answer asks us to wait, in milliseconds within [0, 8 days]; undefined when it says nothing. The first that
 * is there counts: `RetryInfo`, `quotaResetDelay`, `quotaResetTimeStamp`, the header `Retry-After`, the message.
 */
export function retryDelayMs({ body, headers, now }: RetryTimeSource): number | undefined {
  const opened = openErrorBody(body)
  const delay =
    detailDelayMs(opened, now) ?? headerDelayMs(headers?.["retry-after"], now) ?? textDelayMs(opened.searchable)
  return clampDelay(delay)
}

/** The delay the body itself names: what the upstream's quota says, as opposed to what a front end adds in a header. */
export function bodyDelayMs(opened: ErrorBody, now: number): number | undefined {
  return clampDelay(detailDelayMs(opened, now) ?? textDelayMs(opened.searchable))
}

function clampDelay(delay: number | undefined): number | undefined {
  return delay === undefined ? undefined : Math.min(Math.max(delay, 0), MAX_RETRY_DELAY_MS)
}

function detailDelayMs(opened: ErrorBody, now: number): number | undefined {
  for (const detail of opened.details) {
    const delay = isType(detail, "RetryInfo") ? protoDurationMs(detail.retryDelay) : undefined
    if (delay !== undefined) return delay
  }
  const metadata = opened.details.map((detail) => detail.metadata).filter(isRecord)
  for (const entry of metadata) {
    const delay = protoDurationMs(entry.quotaResetDelay)
    if (delay !== undefined) return delay
  }
  for (const entry of metadata) {
    const at = Date.parse(textOf(entry.quotaResetTimeStamp)[0] ?? "")
    if (!Number.isNaN(at)) return at - now
  }
  return undefined
}

/** A duration as text, or as the `{seconds, nanos}` that some relays write. */
function protoDurationMs(value: unknown): number | undefined {
  if (typeof value === "string") return parseDurationMs(value)
  if (!isRecord(value)) return undefined
  const ms = Number(value.seconds ?? 0) * 1_000 + Number(value.nanos ?? 0) / 1_000_000
  return Number.isFinite(ms) ? ms : undefined
}

function headerDelayMs(header: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? ""
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return Number(text) * 1_000
  // A date always names its month: `Date.parse` alone would take "-5" or "12 apples" for one.
  const at = /[a-z]{3}/i.test(text) && /\d{4}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at - now
}

const IN_TEXT =
  /\b(?:resets?|retry) (?:after|in) (-?[\d.]{1,20}(?:ms|us|µs|μs|ns|h|m|s)(?:[\d.]{1,20}(?:ms|us|µs|μs|ns|h|m|s)){0,8})/i

function textDelayMs(text: string): number | undefined {
  const found = IN_TEXT.exec(text)?.[1]
  return found === undefined ? undefined : parseDurationMs(found.toLowerCase())
}
