/**
 * Check of what a node reports. Pure: the sockets are elsewhere. It is taken for hostile input: ids and enumerations are refused
 * when wrong, free text and lists are cut.
 */
import { accountId, apiKeyId, exchangeId } from "./ids.ts"
import { censusAt, refusalAt } from "./link-census.ts"
import { CONVERSATION, readCommandAck } from "./link-command.ts"
import {
  CAPTURE_MARKS,
  EXCHANGE_OUTCOMES,
  type AttemptRecord,
  type CaptureMark,
  type ExchangeRecord,
  type FallbackRecord,
  type NodeLoad,
  type PromptCacheUse,
  type ReportBatch,
  type ReportItem,
  type RouteRecord,
  type SchemaReport,
  type SharingLoad,
} from "./link-protocol.ts"
import { COUNT, DURATION_MS, ID, TIME_MS } from "./link-rules.ts"
import { isQuotaBucket, QUOTA_BUCKETS } from "./quota-bucket.ts"
import {
  asFields,
  asNumber,
  asText,
  booleanAt,
  field,
  listAt,
  mapAt,
  numberAt,
  optionalAt,
  ShapeError,
  textAt,
  type Fields,
  type TextRule,
} from "./shape.ts"
import type { Usage } from "./usage.ts"

const HASH: TextRule = { max: 64, pattern: /^[0-9a-f]{64}$/ }
const CODE: TextRule = { min: 1, max: 64, pattern: /^[a-z0-9_]+$/ }
const WORD: TextRule = { min: 1, max: 64, pattern: /^[\w.-]+$/ }
const FREE: TextRule = { max: 2_000, cut: true }
const SHORT: TextRule = { max: 300, cut: true }

/** A batch as checked. `ignored` holds the ids of items of a type this program does not know: accept them, so that they end. */
export type ParsedReportBatch = ReportBatch & { readonly ignored: readonly string[] }

const MAX_ITEMS = 20_000

/** Checks a posted batch. `refused` is one sentence naming the path; nothing of such a batch is taken. Never throws. */
export function parseReportBatch(value: unknown): ParsedReportBatch | { readonly refused: string } {
  try {
    const fields = asFields(value, "batch")
    const ignored: string[] = []
    const items = listAt(fields, "items", "batch", { max: MAX_ITEMS }, (entry, path) => {
      const item = readItem(asFields(entry, path), path)
      if (item === undefined) ignored.push(textAt(asFields(entry, path), "id", path, ID))
      return item
    })
    return {
      node: textAt(fields, "node", "batch", ID),
      boot: textAt(fields, "boot", "batch", ID),
      items: items.filter((item) => item !== undefined),
      ignored,
    }
  } catch (error) {
    return { refused: error instanceof ShapeError ? `${error.message}.` : "batch cannot be read." }
  }
}

function readItem(fields: Fields, path: string): ReportItem | undefined {
  const head = { id: textAt(fields, "id", path, ID), at: numberAt(fields, "at", path, DURATION_MS) }
  const stamp = (): { epoch: number; version: number } => ({
    epoch: numberAt(fields, "epoch", path, COUNT),
    version: numberAt(fields, "version", path, COUNT),
  })
  const type = textAt(fields, "type", path, ID)
  switch (type) {
    case "snapshot-ack":
      return { ...head, type, ...stamp(), hash: textAt(fields, "hash", path, HASH) }
    case "snapshot-refuse":
      return { ...head, type, ...stamp(), reason: textAt(fields, "reason", path, FREE) }
    case "heartbeat":
      return { ...head, type, ...readLoad(fields, path) }
    case "exchange":
      return { ...head, type, ...readExchange(fields, path) }
    case "credential-refused":
      return {
        ...head,
        type,
        accountId: accountId(textAt(fields, "accountId", path, ID)),
        generation: numberAt(fields, "generation", path, COUNT),
        again: booleanAt(fields, "again", path),
      }
    case "account-fact":
      return {
        ...head,
        type,
        accountId: accountId(textAt(fields, "accountId", path, ID)),
        failureClass: textAt(fields, "failureClass", path, CODE),
        message: textAt(fields, "message", path, FREE),
        ...readLink(fields),
      }
    case "cooldown": {
      const bucket = textAt(fields, "bucket", path, ID)
      if (!isQuotaBucket(bucket)) throw new ShapeError(`${path}.bucket must be one of ${QUOTA_BUCKETS.join(", ")}`)
      return {
        ...head,
        type,
        accountId: accountId(textAt(fields, "accountId", path, ID)),
        bucket,
        cause: textAt(fields, "cause", path, CODE),
        evidence: textAt(fields, "evidence", path, FREE),
        since: numberAt(fields, "since", path, DURATION_MS),
        until: numberAt(fields, "until", path, DURATION_MS),
      }
    }
    case "command-ack":
      return { ...head, ...readCommandAck(fields, path) }
    case "dropped":
      return { ...head, type, count: numberAt(fields, "count", path, COUNT) }
    default:
      return undefined
  }
}

/** Anything but an https address without credentials is left out: it will stand in a page. */
function readLink(fields: Fields): { readonly link?: string } {
  const link = field(fields, "link")
  if (typeof link !== "string" || link.length > 4_096 || !URL.canParse(link)) return {}
  const url = new URL(link)
  return url.protocol === "https:" && url.username === "" && url.password === "" ? { link } : {}
}

/** Anything but the bare address of a listener is left out: it will stand in a page and be copied into clients. */
function readListeningUrl(fields: Fields): { readonly url?: string } {
  const text = field(fields, "url")
  if (typeof text !== "string" || text.length > 300 || !URL.canParse(text)) return {}
  const url = new URL(text)
  const isListener = url.protocol === "http:" || url.protocol === "https:"
  return isListener && url.href === `${url.origin}/` ? { url: url.origin } : {}
}

function countsAt(fields: Fields, name: string, path: string): Readonly<Record<string, number>> {
  return mapAt(fields, name, path, { max: 1_000_000 }, (entry, at) => asNumber(entry, at, COUNT))
}

function readLoad(fields: Fields, path: string): NodeLoad {
  return {
    version: textAt(fields, "version", path, SHORT),
    ...readListeningUrl(fields),
    startedAt: numberAt(fields, "startedAt", path, DURATION_MS),
    ready: booleanAt(fields, "ready", path),
    reasons: listAt(fields, "reasons", path, { max: 50, cut: true }, (entry, at) => asText(entry, at, SHORT)),
    snapshotEpoch: numberAt(fields, "snapshotEpoch", path, COUNT),
    snapshotVersion: numberAt(fields, "snapshotVersion", path, COUNT),
    inFlight: numberAt(fields, "inFlight", path, COUNT),
    rssBytes: numberAt(fields, "rssBytes", path, COUNT),
    // A histogram without a reading gives NaN, which JSON writes as null.
    eventLoopDelayMs:
      field(fields, "eventLoopDelayMs") === null ? 0 : numberAt(fields, "eventLoopDelayMs", path, DURATION_MS),
    exchanges: numberAt(fields, "exchanges", path, COUNT),
    refusals: numberAt(fields, "refusals", path, COUNT),
    ...optionalAt(fields, "promptCache", (from, name) => readPromptCache(from[name], `${path}.${name}`)),
    inFlightByAccount: countsAt(fields, "inFlightByAccount", path),
    ...optionalAt(fields, "conversations", (from, name) => numberAt(from, name, path, COUNT)),
    ...optionalAt(fields, "conversationsByAccount", (from, name) => countsAt(from, name, path)),
    ...optionalAt(fields, "sharesConversations", (from, name) => booleanAt(from, name, path)),
    ...optionalAt(fields, "sharing", (from, name) => readSharing(from[name], `${path}.${name}`)),
  }
}

function readSharing(value: unknown, path: string): SharingLoad {
  const fields = asFields(value, path)
  return {
    isUp: booleanAt(fields, "isUp", path),
    since: numberAt(fields, "since", path, TIME_MS),
    ...optionalAt(fields, "reason", (from, name) => textAt(from, name, path, SHORT)),
  }
}

function readPromptCache(value: unknown, path: string): PromptCacheUse {
  const fields = asFields(value, path)
  return {
    windowMs: numberAt(fields, "windowMs", path, COUNT),
    inputTokens: numberAt(fields, "inputTokens", path, COUNT),
    cachedInputTokens: numberAt(fields, "cachedInputTokens", path, COUNT),
  }
}

function readExchange(fields: Fields, path: string): ExchangeRecord {
  const outcome = EXCHANGE_OUTCOMES.find((known) => known === field(fields, "outcome"))
  if (outcome === undefined) throw new ShapeError(`${path}.outcome is not one of ${EXCHANGE_OUTCOMES.join(", ")}`)
  return {
    exchangeId: exchangeId(textAt(fields, "exchangeId", path, WORD)),
    startedAt: numberAt(fields, "startedAt", path, DURATION_MS),
    ...optionalAt(fields, "apiKeyId", (from, name) => apiKeyId(textAt(from, name, path, ID))),
    dialect: textAt(fields, "dialect", path, WORD),
    stream: booleanAt(fields, "stream", path),
    ...optionalAt(fields, "requestedModel", (from, name) => textAt(from, name, path, SHORT)),
    ...optionalAt(fields, "model", (from, name) => textAt(from, name, path, SHORT)),
    outcome,
    status: numberAt(fields, "status", path, { min: 0, max: 999 }),
    ...optionalAt(fields, "errorCode", (from, name) => textAt(from, name, path, CODE)),
    ...optionalAt(fields, "errorMessage", (from, name) => textAt(from, name, path, FREE)),
    ...optionalAt(fields, "finishReason", (from, name) => textAt(from, name, path, SHORT)),
    ...optionalAt(fields, "conversation", (from, name) => textAt(from, name, path, CONVERSATION)),
    usage: readUsage(asFields(field(fields, "usage"), `${path}.usage`), `${path}.usage`),
    durationMs: numberAt(fields, "durationMs", path, DURATION_MS),
    ...optionalAt(fields, "firstContentMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "receivedMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "fetchedMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "overheadUs", (from, name) => numberAt(from, name, path, COUNT)),
    ...refusalAt(fields, path),
    ...optionalAt(fields, "route", (from, name) => readRoute(from[name], `${path}.${name}`)),
    attempts: listAt(fields, "attempts", path, { max: 50, cut: true }, readAttempt),
    dropped: listAt(fields, "dropped", path, { max: 500, cut: true }, (entry, at) => asText(entry, at, SHORT)),
    ...optionalAt(fields, "schemaReport", (from, name) => readSchemaReport(from[name], `${path}.${name}`)),
    ...optionalAt(fields, "capture", (from, name) => readCaptureMark(from[name], `${path}.${name}`)),
    ...optionalAt(fields, "replayOf", (from, name) => exchangeId(textAt(from, name, path, WORD))),
    ...optionalAt(fields, "playgroundBy", (from, name) => textAt(from, name, path, SHORT)),
  }
}

function readCaptureMark(value: unknown, path: string): CaptureMark {
  const mark = CAPTURE_MARKS.find((known) => known === value)
  if (mark === undefined) throw new ShapeError(`${path} must be one of ${CAPTURE_MARKS.join(", ")}`)
  return mark
}

function readRoute(value: unknown, path: string): RouteRecord {
  const fields = asFields(value, path)
  const list = <T>(read: (entry: unknown, at: string) => T, max: number) => {
    return (from: Fields, name: string): readonly T[] => listAt(from, name, path, { max, cut: true }, read)
  }
  return {
    ...optionalAt(fields, "rule", (from, name) => textAt(from, name, path, SHORT)),
    ...optionalAt(
      fields,
      "accountTags",
      list((entry, at) => asText(entry, at, SHORT), 100),
    ),
    ...optionalAt(fields, "strategy", (from, name) => textAt(from, name, path, SHORT)),
    ...optionalAt(fields, "fallbacks", list(readFallback, 20)),
  }
}

function readFallback(value: unknown, path: string): FallbackRecord {
  const fields = asFields(value, path)
  return {
    from: textAt(fields, "from", path, SHORT),
    to: textAt(fields, "to", path, SHORT),
    because: textAt(fields, "because", path, CODE),
    attempts: numberAt(fields, "attempts", path, COUNT),
  }
}

function readSchemaReport(value: unknown, path: string): SchemaReport {
  const fields = asFields(value, path)
  return {
    total: numberAt(fields, "total", path, COUNT),
    listed: listAt(fields, "listed", path, { max: 100, cut: true }, (entry, at) => {
      const change = asFields(entry, at)
      return {
        tool: textAt(change, "tool", at, SHORT),
        path: textAt(change, "path", at, SHORT),
        change: textAt(change, "change", at, SHORT),
      }
    }),
  }
}

function readUsage(fields: Fields, path: string): Usage {
  const count = (from: Fields, name: string): number => numberAt(from, name, path, { min: 0, max: 1_000_000_000_000 })
  return {
    ...optionalAt(fields, "inputTokens", count),
    ...optionalAt(fields, "cachedInputTokens", count),
    ...optionalAt(fields, "outputTokens", count),
    ...optionalAt(fields, "reasoningTokens", count),
  }
}

function readAttempt(value: unknown, path: string): AttemptRecord {
  const fields = asFields(value, path)
  return {
    accountId: accountId(textAt(fields, "accountId", path, ID)),
    reason: textAt(fields, "reason", path, SHORT),
    ...optionalAt(fields, "standsInFor", (from, name) => accountId(textAt(from, name, path, ID))),
    startedMs: numberAt(fields, "startedMs", path, DURATION_MS),
    ...optionalAt(fields, "firstByteMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    endedMs: numberAt(fields, "endedMs", path, DURATION_MS),
    ...optionalAt(fields, "upstreamStatus", (from, name) => numberAt(from, name, path, { min: 0, max: 999 })),
    ...optionalAt(fields, "failureClass", (from, name) => textAt(from, name, path, CODE)),
    ...optionalAt(fields, "askedMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "renewalMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "connectMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "waitedMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "firstPartMs", (from, name) => numberAt(from, name, path, DURATION_MS)),
    ...optionalAt(fields, "failureScope", (from, name) => textAt(from, name, path, WORD)),
    ...censusAt(fields, path),
  }
}
