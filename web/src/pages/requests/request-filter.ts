/** What the list is narrowed to, as it stands in the address, and the filter of the API that it means. Pure. */
import type { Dialect, RequestFilter, RequestOutcome } from "#generated/web/graphql.ts"
import { dialects } from "../../lib/dialects.ts"

/** The words of the address; each is one thing that is asked for. */
export const filterNames = [
  "text",
  "outcome",
  "class",
  "error",
  "model",
  "key",
  "account",
  "dialect",
  "node",
  "slower",
  "retried",
  "captured",
  "conversation",
  "since",
  "until",
] as const

export type FilterName = (typeof filterNames)[number]

export type FilterValues = Readonly<Partial<Record<FilterName, string>>>

export const outcomes: readonly RequestOutcome[] = ["COMPLETED", "FAILED", "TRUNCATED", "CANCELLED"]

const minute = 60_000

/** Times that go along with the clock. */
export const spans = { "15m": 15 * minute, "1h": 60 * minute, "24h": 1_440 * minute, "7d": 10_080 * minute } as const

export type Span = keyof typeof spans

export const isSpan = (text: string | undefined): text is Span => text !== undefined && Object.hasOwn(spans, text)

/** How slow one must be, in milliseconds, where it is chosen from a list. */
export const slownesses = [1_000, 5_000, 10_000, 30_000, 60_000] as const

const momentOf = (text: string): string | undefined => {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

export const outcomesOf = (text: string | undefined): RequestOutcome[] =>
  outcomes.filter((outcome) => text?.split(",").includes(outcome) === true)

/** Each word with what it becomes; undefined: it says nothing that is known, and narrows nothing. */
const readers: Readonly<Record<FilterName, (text: string, nowMs: number) => RequestFilter | undefined>> = {
  text: (text) => (text.trim() === "" ? undefined : { text: text.trim() }),
  outcome: (text) => {
    const wanted = outcomesOf(text)
    return wanted.length === 0 ? undefined : { outcomes: wanted }
  },
  class: (failureClass) => ({ failureClass }),
  error: (errorCode) => ({ errorCode }),
  model: (model) => ({ model }),
  key: (apiKeyId) => ({ apiKeyId }),
  account: (accountId) => ({ accountId }),
  dialect: (text) => {
    const dialect = dialects.find((one: Dialect) => one === text)
    return dialect === undefined ? undefined : { dialect }
  },
  node: (nodeId) => ({ nodeId }),
  slower: (text) => (Number(text) > 0 ? { minDurationMs: Number(text) } : undefined),
  retried: (text) => (text === "yes" ? { retried: true } : undefined),
  captured: (text) => (text === "yes" ? { captured: true } : undefined),
  conversation: (conversationId) => ({ conversationId }),
  since: (text, nowMs) => {
    const since = isSpan(text) ? new Date(nowMs - spans[text]).toISOString() : momentOf(text)
    return since === undefined ? undefined : { since }
  },
  until: (text) => {
    const until = momentOf(text)
    return until === undefined ? undefined : { until }
  },
}

/** Those words that narrow something, in their order. */
export function activeNames(values: FilterValues): FilterName[] {
  return filterNames.filter((name) => {
    const text = values[name]
    return text !== undefined && readers[name](text, 0) !== undefined
  })
}

/** The filter of the API; undefined: every request. */
export function filterOf(values: FilterValues, nowMs: number): RequestFilter | undefined {
  const parts = activeNames(values).map((name) => readers[name](values[name] ?? "", nowMs))
  return parts.length === 0 ? undefined : Object.assign({}, ...parts)
}

/** Whether requests that end from now on may be among them. */
export const isLive = (values: FilterValues, nowMs: number): boolean => {
  const until = filterOf(values, nowMs)?.until
  return typeof until !== "string" || Date.parse(until) > nowMs
}
