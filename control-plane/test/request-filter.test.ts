/** Pages of requests by every filter, on both databases: what SQL finds is what the filter says of each record by itself. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startPostgres, type Postgres } from "../../test/support/postgres.ts"
import type { RequestRecordModel } from "../../generated/sqlite/models.ts"
import type { Database } from "../src/database/open.ts"
import { fitting, type RequestFilter } from "../src/requests/filter.ts"
import { MAX_LOOKED_AT, readRequests } from "../src/requests/page.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const BASE = Date.UTC(2026, 0, 5, 12)
const COUNT = 600

const attempt = (account: string, failureClass?: string) => ({
  accountId: account,
  reason: "",
  startedMs: 0,
  endedMs: 1,
  ...(failureClass === undefined ? {} : { failureClass }),
})

/** Records with every value of every column, in no pattern with each other; some begin at the same millisecond. */
function exchange(index: number) {
  const of = (every: number): boolean => index % every === 0
  const attempts = of(7)
    ? [attempt("acc_first", "rate_limit"), attempt("acc_first", "model_capacity"), attempt("acc_last")]
    : [of(11) ? attempt("acc_last", "rate_limit") : attempt(`acc_${index % 3}`)]
  const outcome = of(13) ? "failed" : of(17) ? "cancelled" : of(19) ? "truncated" : "completed"
  return {
    type: "exchange",
    id: `item_${index}`,
    at: BASE,
    exchangeId: `req_${String(index).padStart(6, "0")}`,
    startedAt: BASE + Math.floor(index / 2) * 1_000,
    apiKeyId: `key_${index % 4}`,
    dialect: of(5) ? "gemini" : "openai-chat",
    stream: false,
    requestedModel: `asked-${index % 5}`,
    ...(of(23) ? {} : { model: `model-${index % 6}` }),
    outcome,
    status: outcome === "failed" ? 429 : outcome === "cancelled" ? 499 : 200,
    ...(outcome === "completed" ? {} : { errorCode: `code_${index % 2}`, errorMessage: `It is 100% BROKEN ${index}` }),
    ...(of(29) ? {} : { conversation: `-${1_000 + (index % 9)}` }),
    usage: {},
    durationMs: of(31) ? 70_000 : index,
    attempts: of(37) ? [] : attempts,
    dropped: [],
  }
}

const FILTERS: readonly RequestFilter[] = [
  {},
  { outcomes: ["FAILED"] },
  { outcomes: ["FAILED", "TRUNCATED", "CANCELLED"] },
  { outcomes: ["COMPLETED", "TRUNCATED"] },
  { status: 429 },
  { status: 200 },
  { errorCode: "code_1" },
  { failureClass: "rate_limit" },
  { failureClass: "model_capacity" },
  { model: "model-3" },
  { model: "model-none" },
  { requestedModel: "asked-2" },
  { apiKeyId: "key_3" },
  { accountId: "acc_first" },
  { accountId: "acc_last" },
  { dialect: "gemini" },
  { nodeId: "node_nobody" },
  { conversationId: "-1004" },
  { text: "broken 1" },
  { text: "100% broken" },
  { text: "100_ broken" },
  { text: "req_000013" },
  { text: "req_000014" },
  { minDurationMs: 500 },
  { minDurationMs: 60_000 },
  { minDurationMs: 70_001 },
  { retried: true },
  { retried: false },
  { since: new Date(BASE + 100_000) },
  { until: new Date(BASE + 100_000) },
  { since: new Date(BASE + 50_000), until: new Date(BASE + 51_000) },
  { accountId: "acc_last", failureClass: "rate_limit", since: new Date(BASE + 20_000) },
  { model: "model-3", apiKeyId: "key_1" },
  { outcomes: ["FAILED"], retried: true, dialect: "openai-chat" },
  { apiKeyId: "key_2", requestedModel: "asked-2", text: "broken", until: new Date(BASE + 250_000) },
  { outcomes: ["COMPLETED"], status: 429 },
]

async function allOf(database: Database, filter: RequestFilter, first: number): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | null = null; ;) {
    const page = await readRequests(database, { first, after, filter }, {})
    ids.push(...page.edges.map(({ node }) => node.id))
    if (!page.pageInfo.hasNextPage) return ids
    after = page.pageInfo.endCursor
  }
}

const databases = ["sqlite", "postgresql"] as const

describe.each(databases)("on %s", (kind) => {
  let postgres: Postgres | undefined
  let control: TestControlPlane
  let database: Database
  let rows: RequestRecordModel[]

  beforeAll(async () => {
    postgres = kind === "postgresql" ? await startPostgres() : undefined
    // A clock of that time: records that are months old would be forgotten at once.
    const clock = createManualClock(BASE + 3_600_000)
    control = await startTestControlPlane({ clock, env: postgres === undefined ? {} : { DATABASE_URL: postgres.url } })
    database = control.controlPlane.services.database
    const link = await connectLink(control.url)
    const items = Array.from({ length: COUNT }, (_, index) => exchange(index))
    // The bodies are sent as a data plane's JSON; the types of the items are proved where they are checked.
    const response = await link.report(...(items as never[]))
    expect(response.status).toBe(200)
    link.close()
    rows = await database.prisma.requestRecord.findMany({ orderBy: [{ startedAt: "desc" }, { id: "desc" }] })
  })

  afterAll(async () => {
    await control.stop()
    await postgres?.stop()
  })

  test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))("%s", async (_name, filter) => {
    const fits = fitting(filter, kind)
    const expected = rows.filter(fits).map(({ id }) => id)
    expect(rows).toHaveLength(COUNT)
    expect(await allOf(database, filter, 100)).toEqual(expected)
    expect(await allOf(database, filter, 7)).toEqual(expected)
  })

  test("GraphQL hands each of them on as it is", async () => {
    const document =
      "query ($filter: RequestFilter) { requests(first: 100, filter: $filter) { edges { node { id } } } }"
    for (const { dialect, ...filter } of FILTERS) {
      const given = { ...filter, ...(dialect ? { dialect: dialect.toUpperCase().replaceAll("-", "_") } : {}) }
      const { requests } = await control.data<{ requests: { edges: { node: { id: string } }[] } }>(document, {
        filter: given,
      })
      const expected = rows.filter(fitting({ dialect, ...filter }, kind)).map(({ id }) => id)
      expect([given, requests.edges.map(({ node }) => node.id)]).toEqual([given, expected.slice(0, 100)])
    }
  })

  test("what is rare among many is found page by page, and a page says how far it looked", async () => {
    const many = Array.from({ length: 2 * MAX_LOOKED_AT + 10 }, (_, index) => ({
      id: `req_many_${index}`,
      startedAt: new Date(BASE - 1_000 * (index + 1)),
      dialect: "anthropic-messages",
      stream: false,
      outcome: "COMPLETED" as const,
      status: 200,
      durationMs: index === 2 * MAX_LOOKED_AT + 5 ? 5_000 : 1,
      attempts: [],
      dropped: [],
    }))
    await database.prisma.requestRecord.createMany({ data: many })
    const filter: RequestFilter = { dialect: "anthropic-messages", minDurationMs: 5_000 }
    const first = await readRequests(database, { first: 10, filter }, {})
    expect(first.edges).toEqual([])
    expect(first.pageInfo.hasNextPage).toBe(true)
    expect(first.searchedUntil).toEqual(new Date(BASE - 1_000 * MAX_LOOKED_AT))
    expect(await allOf(database, filter, 10)).toEqual([`req_many_${2 * MAX_LOOKED_AT + 5}`])
  })

  test("a filter that cannot be is refused with its place", async () => {
    const ask = (filter: string) => control.ask(`{ requests(filter: ${filter}) { edges { cursor } } }`)
    for (const filter of ["{ minDurationMs: -1 }", `{ text: "${"x".repeat(201)}" }`]) {
      expect((await ask(filter)).errors).toMatchObject([{ extensions: { code: "OUT_OF_RANGE" } }])
    }
    const range = '{ since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z" }'
    expect((await ask(range)).errors[0]?.message).toBe("It has to be later than since.")
  })

  test("who follows requests hears of those that fit", async () => {
    const document = 'subscription { requestFinished(filter: { accountId: "acc_first", dialect: GEMINI }) { id } }'
    const subscription = await subscribe<{ requestFinished: { id: string } }>(control.url, document, {
      token: ADMIN_TOKEN,
    })
    const link = await connectLink(control.url, { boot: "boot-2" })
    // Of these the 630th alone is tried on the first account, and asked for in Gemini's dialect.
    const items = [625, 626, 630, 637].map((index) => exchange(index))
    await link.report(...(items as never[])) // as above
    expect(await subscription.next()).toEqual({ requestFinished: { id: "req_000630" } })
    subscription.close()
    link.close()
  })
})
