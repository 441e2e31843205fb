/** What is asked of a full database, and how long it takes: pages by every kind of filter, usage, and reports that come in. */
import { createEvents } from "#control-plane/events.ts"
import { systemClock } from "#control-plane/clock.ts"
import type { Database } from "#control-plane/database/open.ts"
import { encodeCursor } from "#control-plane/graphql/connection.ts"
import { createIngest, type IngestOptions } from "#control-plane/link/ingest.ts"
import type { RequestFilter } from "#control-plane/requests/filter.ts"
import { readRequests } from "#control-plane/requests/page.ts"
import { createTraffic } from "#control-plane/traffic.ts"
import { readUsage, type UsageDimension, type UsageRange } from "#control-plane/usage/read.ts"
import { mintExchangeId } from "#data-plane/server/exchange-id.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import type { ReportItem } from "#shared/link-protocol.ts"
import { RARE, SPAN_MS } from "./request-rows.ts"
import { median, percentile } from "./statistics.ts"

export interface Timing {
  readonly what: string
  /** Rows of the answer, and whether a page said that it looked no further. */
  readonly rows: string
  readonly medianMs: number
  readonly p99Ms: number
}

const FILTERS: readonly (readonly [what: string, filter: RequestFilter])[] = [
  ["no filter", {}],
  ["outcome: 3 %", { outcomes: ["FAILED"] }],
  ["outcomes: 3 % and 0.2 %", { outcomes: ["FAILED", "TRUNCATED"] }],
  ["status: 2 %", { status: 429 }],
  ["error code: a few in ten million", { errorCode: RARE.errorCode }],
  ["failure class, of any attempt", { failureClass: "rate_limit" }],
  ["model: a twelfth", { model: "model-3" }],
  ["model: 20 rows", { model: RARE.model }],
  ["requested model: a twelfth", { requestedModel: "asked-3" }],
  ["key: a busy one", { apiKeyId: "key_5" }],
  ["key: 20 rows", { apiKeyId: RARE.apiKeyId }],
  ["account, of any attempt: a thousandth", { accountId: "account_7" }],
  ["account: only long ago", { accountId: RARE.accountId }],
  ["dialect: a quarter", { dialect: "gemini" }],
  ["dialect: only long ago", { dialect: "openai-completions" }],
  ["node: a quarter", { nodeId: "node_1" }],
  ["node: unknown", { nodeId: "node_none" }],
  ["conversation", { conversationId: RARE.conversation }],
  ["text: in a thousandth of the failures", { text: "failure 77 " }],
  ["text: nowhere", { text: "nowhere" }],
  ["text: an id", { text: "req_00000000000000000000000777" }],
  ["at least 10 s: two thirds", { minDurationMs: 10_000 }],
  ["at least 85 s: less than a thousandth", { minDurationMs: 85_000 }],
  ["at least 59 s: under the index of slow ones", { minDurationMs: 59_000 }],
  ["at least 1,000 s: none", { minDurationMs: 1_000_000 }],
  ["retried: 5 %", { retried: true }],
  ["not retried", { retried: false }],
  ["model and key", { model: "model-3", apiKeyId: "key_5" }],
  ["model and an account of long ago", { model: "model-3", accountId: RARE.accountId }],
  ["a rare key and a model it never asked", { apiKeyId: RARE.apiKeyId, model: "model-3" }],
  ["failed, of a key, of a model", { outcomes: ["FAILED"], apiKeyId: "key_9", model: "model-1" }],
  ["two that exclude each other", { dialect: "gemini", model: "model-1" }],
  ["completed with 429: none", { outcomes: ["COMPLETED"], status: 429 }],
  [
    "six at once",
    {
      dialect: "gemini",
      nodeId: "node_1",
      outcomes: ["COMPLETED"],
      minDurationMs: 29_000,
      apiKeyId: "key_3",
      retried: true,
    },
  ],
]

async function time(what: string, turns: number, run: () => Promise<string>): Promise<Timing> {
  const times: number[] = []
  let rows = ""
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now()
    rows = await run()
    times.push(performance.now() - begin)
  }
  return { what, rows, medianMs: median(times), p99Ms: percentile(times, 99) }
}

/** The first page and one in the middle of the month, of each filter. */
export async function timePages(database: Database, endsAt: number, turns: number): Promise<Timing[]> {
  const middle = encodeCursor({ at: new Date(endsAt - SPAN_MS / 2), id: "req_x" })
  const timings: Timing[] = []
  for (const [what, filter] of FILTERS) {
    for (const after of [undefined, middle]) {
      const name = `${what}${after === undefined ? "" : ", deep"}`
      const read = async (): Promise<string> => {
        const { edges, searchedUntil } = await readRequests(database, { first: 50, after, filter }, {})
        return `${edges.length}${searchedUntil === null ? "" : " …"}`
      }
      timings.push(await time(name, turns, read))
    }
  }
  return timings
}

export async function timeUsage(database: Database, endsAt: number, turns: number): Promise<Timing[]> {
  const kept = { minutes: 2, hours: 60, days: 730 }
  const ago = (days: number): Date => new Date(endsAt - days * 86_400_000)
  const questions: readonly (readonly [string, UsageRange, UsageDimension[]])[] = [
    ["24 h by the hour", { since: ago(1), step: "HOUR" }, []],
    ["24 h by the hour and model", { since: ago(1), step: "HOUR" }, ["MODEL"]],
    ["7 days by key and outcome", { since: ago(7) }, ["API_KEY", "OUTCOME"]],
    ["30 days by the day and model", { since: ago(30), step: "DAY" }, ["MODEL"]],
    ["30 days by account", { since: ago(30) }, ["ACCOUNT"]],
  ]
  const timings: Timing[] = []
  for (const [what, range, groupBy] of questions) {
    const read = async (): Promise<string> => String((await readUsage(database, endsAt, kept, range, groupBy)).length)
    timings.push(await time(what, turns, read))
  }
  return timings
}

const CENSUS = { known: 1_000, unusable: 12, notOffered: 3, resting: 40, modelOff: 2, candidates: 943, busy: 120 }
const below = (count: number): number => Math.floor(Math.random() * count)

/** Of how many accounts, keys and models reports are. */
export interface Mix {
  readonly accounts: number
  readonly keys: number
  readonly models: number
}

function item({ accounts, keys, models }: Mix): ReportItem {
  const attempt = (failureClass?: string) => ({
    accountId: accountId(`account_${below(accounts)}`),
    reason: "The one with the fewest requests under way.",
    askedMs: 1.5,
    startedMs: 2.5,
    firstByteMs: 812.5,
    firstPartMs: 900.5,
    endedMs: 4_000,
    census: CENSUS,
    ...(failureClass === undefined ? {} : { failureClass }),
  })
  const now = Date.now()
  const model = below(models)
  return {
    type: "exchange",
    id: "item",
    at: now,
    exchangeId: mintExchangeId(now),
    startedAt: now,
    apiKeyId: apiKeyId(`key_${below(keys)}`),
    dialect: ["gemini", "openai-chat", "anthropic-messages"][below(3)] ?? "gemini",
    stream: true,
    requestedModel: `asked-${model}`,
    model: `model-${model}`,
    outcome: "completed",
    status: 200,
    finishReason: "stop",
    conversation: String(below(1e9)),
    usage: { inputTokens: 1_000 + below(30_000), cachedInputTokens: below(1_000), outputTokens: below(3_000) },
    durationMs: below(30_000),
    firstContentMs: below(5_000),
    overheadUs: below(2_000),
    attempts: below(20) === 0 ? [attempt("rate_limit"), attempt()] : [attempt()],
    dropped: [],
  }
}

export interface IngestRate {
  readonly mix: Mix
  readonly recordsPerSecond: number
  /** Of this process's own work. */
  readonly cpuUsPerRecord: number
}

/** Batches as data planes send them, one after the other, through the control plane's own way in. */
export async function measureIngest(database: Database, mix: Mix, batches: number, size: number): Promise<IngestRate> {
  const events = createEvents()
  const traffic = createTraffic(systemClock, events, () => 0)
  const options: Partial<IngestOptions> = {
    database,
    clock: systemClock,
    events,
    traffic,
    quotaSync: { exhausted: () => Promise.resolve() },
    onKeyUsedUp: () => undefined,
    onChange: () => undefined,
  }
  const ingest = createIngest(options as IngestOptions) // exchanges need no more of it
  const node = await database.prisma.node.findFirst()
  await establishUsers(database)
  const known = node ?? (await database.prisma.node.create({ data: BENCH_NODE }))
  let ms = 0
  let cpuUs = 0
  for (let batch = 0; batch < batches + WARM_UP; batch++) {
    const items = Array.from({ length: size }, () => item(mix))
    const [begin, cpu] = [performance.now(), process.cpuUsage()]
    await ingest.take(known, { node: known.name, boot: "bench", items })
    if (batch < WARM_UP) continue
    const { user, system } = process.cpuUsage(cpu)
    ms += performance.now() - begin
    cpuUs += user + system
  }
  traffic.stop()
  return { mix, recordsPerSecond: (batches * size * 1_000) / ms, cpuUsPerRecord: cpuUs / (batches * size) }
}

/** The accounts and keys that reports are about, each of which every batch counts anew. */
async function establishUsers({ prisma }: Database): Promise<void> {
  if ((await prisma.account.count()) > 0) return
  const at = new Date()
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
  await prisma.account.createMany({
    data: numbers(1_000).map((index) => ({
      id: `account_${index}`,
      kind: "ANTIGRAVITY" as const,
      label: `account ${index}`,
      stateSince: at,
      onboardingPending: false,
      tags: [],
      createdAt: at,
    })),
  })
  await prisma.apiKey.createMany({
    data: numbers(50).map((index) => ({
      id: `key_${index}`,
      name: `key ${index}`,
      origin: "CREATED" as const,
      digest: `digest ${index}`,
      lineage: `lin_${index}`,
      createdAt: at,
    })),
  })
}

const WARM_UP = 5
const BENCH_NODE = {
  id: "node_0",
  name: "bench",
  origin: "CREATED" as const,
  linkTokenHash: "bench",
  createdAt: new Date(),
}
