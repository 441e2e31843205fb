/** Usage: what is added up, what is told of it, and that a report counts once and where it belongs. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startPostgres, type Postgres } from "../../test/support/postgres.ts"
import { COUNTERS } from "../src/usage/counters.ts"
import { readUsage, type UsageDimension } from "../src/usage/read.ts"
import { ROWS_A_LOOK } from "../src/usage/sum-up.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, type LinkClient } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

interface Point {
  readonly since: string
  readonly requests: number
}

describe.each(["sqlite", "postgresql"] as const)("on %s", (kind) => {
  let postgres: Postgres | undefined
  let control: TestControlPlane
  let link: LinkClient
  let clock: ManualClock
  let apiKeyId: string
  let sent = 0

  beforeAll(async () => {
    postgres = kind === "postgresql" ? await startPostgres() : undefined
    clock = createManualClock(Date.UTC(2026, 0, 5, 12, 30))
    const env = postgres === undefined ? {} : { DATABASE_URL: postgres.url }
    control = await startTestControlPlane({ clock, env })
    const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string } } }>(
      `mutation { createApiKey(input: { name: "late" }) { ... on CreateApiKeySuccess { apiKey { id } } } }`,
    )
    apiKeyId = createApiKey.apiKey.id
    // Not before: a key waits for the data planes that are there, and the clock stands still.
    link = await connectLink(control.url)
    for (const [ageMs, more] of EXCHANGES) await report(exchange(ageMs, more))
  })

  afterAll(async () => {
    link.close()
    await control.stop()
    await postgres?.stop()
  })

  function exchange(ageMs: number, more: object = {}) {
    sent += 1
    return {
      type: "exchange",
      id: `item_${sent}`,
      at: clock.now(),
      exchangeId: `req_${sent}`,
      startedAt: clock.now() - ageMs,
      dialect: "gemini",
      stream: false,
      model: "model-a",
      outcome: "completed",
      status: 200,
      usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 1 },
      durationMs: 3_000,
      dropped: [],
      attempts: [{ accountId: "acc_1", reason: "", startedMs: 0, endedMs: 1 }],
      ...more,
    }
  }

  async function report(...items: object[]): Promise<void> {
    // The bodies are sent as a data plane's JSON; the types of the items are proved where they are checked.
    expect((await link.report(...(items as never[]))).status).toBe(200)
  }

  const EXCHANGES: readonly (readonly [ageMs: number, more: object])[] = [
    [30_000, {}],
    [90_000, { firstContentMs: 800, overheadUs: 500 }],
    [
      2 * HOUR_MS,
      {
        outcome: "failed",
        status: 429,
        errorCode: "pool_cooling",
        usage: {},
        durationMs: 200,
        attempts: [
          { accountId: "acc_2", reason: "", startedMs: 0, endedMs: 1, failureClass: "rate_limit" },
          { accountId: "acc_1", reason: "", startedMs: 0, endedMs: 1, failureClass: "quota", waitedMs: 40 },
        ],
      },
    ],
    [26 * HOUR_MS, { model: "model-b", dialect: "openai-chat", outcome: "cancelled", status: 499 }],
    [40 * DAY_MS, { attempts: [] }],
  ]

  const at = (ageMs: number): string => new Date(clock.now() - ageMs).toISOString()

  async function usage(range: object, groupBy: string[], fields: string): Promise<readonly Point[]> {
    const document = `query ($range: TimeRange!, $groupBy: [UsageDimension!]) { usage(range: $range, groupBy: $groupBy) { ${fields} } }`
    return (await control.data<{ usage: readonly Point[] }>(document, { range, groupBy })).usage
  }

  test("a whole range is one point, with all that was counted", async () => {
    const fields = `since until requests failures cancellations attempts retried usageTold inputTokens cachedInputTokens outputTokens
      reasoningTokens duration { meanMs p50Ms p99Ms } firstContent { meanMs p50Ms } waited meanWaitMs meanOverheadUs model apiKey { id }`
    expect(await usage({ since: at(3 * HOUR_MS) }, [], fields)).toEqual([
      {
        since: "2026-01-05T09:30:00.000Z",
        until: "2026-01-05T12:30:00.000Z",
        requests: 3,
        failures: 1,
        cancellations: 0,
        attempts: 4,
        retried: 1,
        usageTold: 2,
        inputTokens: "20",
        cachedInputTokens: "8",
        outputTokens: "6",
        reasoningTokens: "2",
        duration: { meanMs: 6_200 / 3, p50Ms: expect.any(Number), p99Ms: expect.any(Number) },
        firstContent: { meanMs: 800, p50Ms: 750 },
        waited: 1,
        meanWaitMs: 40,
        meanOverheadUs: 500,
        model: null,
        apiKey: null,
      },
    ])
    const none = await usage({ since: at(8 * HOUR_MS), until: at(5 * HOUR_MS) }, [], "requests")
    expect(none).toEqual([])
  })

  test("steps are whole, in order, and only those in which something was", async () => {
    const read = (since: number, step: string) => usage({ since: at(since), step }, [], "since until requests")
    expect(await read(3 * MINUTE_MS, "MINUTE")).toEqual([
      { since: "2026-01-05T12:28:00.000Z", until: "2026-01-05T12:29:00.000Z", requests: 1 },
      { since: "2026-01-05T12:29:00.000Z", until: "2026-01-05T12:30:00.000Z", requests: 1 },
    ])
    expect(await read(3 * HOUR_MS, "HOUR")).toEqual([
      { since: "2026-01-05T10:00:00.000Z", until: "2026-01-05T11:00:00.000Z", requests: 1 },
      { since: "2026-01-05T12:00:00.000Z", until: "2026-01-05T13:00:00.000Z", requests: 2 },
    ])
    expect((await read(41 * DAY_MS, "DAY")).map((point) => [point.since.slice(0, 10), point.requests])).toEqual([
      ["2025-11-26", 1],
      ["2026-01-04", 1],
      ["2026-01-05", 3],
    ])
  })

  test("groups tell models, dialects and outcomes apart; what requests did not have is null", async () => {
    const fields = "model dialect outcome errorCode failureClass requests"
    const points = await usage({ since: at(2 * DAY_MS) }, ["MODEL", "DIALECT", "OUTCOME", "FAILURE_CLASS"], fields)
    const none = { errorCode: null, failureClass: null }
    expect(points).toEqual([
      { model: "model-a", dialect: "GEMINI", outcome: "COMPLETED", ...none, requests: 2 },
      { model: "model-a", dialect: "GEMINI", outcome: "FAILED", ...none, failureClass: "quota", requests: 1 },
      { model: "model-b", dialect: "OPENAI_CHAT", outcome: "CANCELLED", ...none, requests: 1 },
    ])
  })

  test("an account is told its requests and all attempts that were made with it", async () => {
    const points = await usage(
      { since: at(3 * HOUR_MS) },
      ["ACCOUNT", "FAILURE_CLASS"],
      "accountId failureClass requests attempts",
    )
    expect(points).toEqual([
      { accountId: "acc_1", failureClass: null, requests: 2, attempts: 2 },
      { accountId: "acc_1", failureClass: "quota", requests: 1, attempts: 1 },
      { accountId: "acc_2", failureClass: "rate_limit", requests: 0, attempts: 1 },
    ])
  })

  test("many roll-ups are added up in turns with everything else, and to what they are", async () => {
    const { database } = control.controlPlane.services
    const { prisma } = database
    const last = Math.floor(clock.now() / HOUR_MS) * 60 - 90 * 1_440
    const now = last * MINUTE_MS + 61 * MINUTE_MS
    const [hours, many] = [100, 150]
    const id = (index: number): bigint => 7_000_000_000_000_000_000n + BigInt(index)
    const series = Array.from({ length: many }, (_, index) => index)
    const told = { model: "", accountId: "", dialect: "", nodeId: "", errorCode: "", failureClass: "" }
    const outcomes = ["COMPLETED", "FAILED", "CANCELLED"] as const
    const outcome = (index: number): string => outcomes[index % 3] ?? ""
    await prisma.usageSeries.createMany({
      data: series.map((index) => ({ id: id(index), ...told, apiKeyId: `many_${index % 7}`, outcome: outcome(index) })),
    })
    const rows = new Map<
      string,
      { stepMinutes: number; start: number; seriesId: bigint; requests: number; durationMs: number }
    >()
    const counted = (hour: number, index: number) => ({ requests: hour * many + index, durationMs: hour / 4 })
    for (let hour = 0; hour < hours; hour++) {
      for (const index of series) {
        for (const stepMinutes of [60, 1_440]) {
          const start = Math.floor((last - hour * 60) / stepMinutes) * stepMinutes
          const row = rows.get(`${stepMinutes} ${start} ${index}`)
          const { requests, durationMs } = counted(hour, index)
          if (row === undefined) {
            rows.set(`${stepMinutes} ${start} ${index}`, {
              stepMinutes,
              start,
              seriesId: id(index),
              requests,
              durationMs,
            })
          } else {
            row.requests += requests
            row.durationMs += durationMs
          }
        }
      }
    }
    const columns = ["stepMinutes", "start", "seriesId", ...COUNTERS] as const
    const values = [...rows.values()].map((row) => {
      const all: Partial<Record<string, number | bigint>> = row
      return `(${columns.map((name) => all[name] ?? 0).join(", ")})`
    })
    const names = columns.map((name) => `"${name}"`).join(", ")
    for (let from = 0; from < values.length; from += 500) {
      const some = values.slice(from, from + 500).join(", ")
      await prisma.$executeRawUnsafe(`INSERT INTO "UsageRollUp" (${names}) VALUES ${some}`)
    }
    const kept = { minutes: 2, hours: 365, days: 730 }
    const expected = (from: number, until: number, group: (hour: number, index: number) => string) => {
      const sums = new Map<string, [requests: number, durationMs: number]>()
      for (let hour = from; hour < until; hour++) {
        for (const index of series) {
          const sum = sums.get(group(hour, index)) ?? [0, 0]
          const { requests, durationMs } = counted(hour, index)
          sums.set(group(hour, index), [sum[0] + requests, sum[1] + durationMs])
        }
      }
      return Object.fromEntries(sums)
    }
    const read = async (hoursAgo: number, step: "HOUR" | undefined, groupBy: readonly UsageDimension[]) => {
      const since = new Date((last - (hoursAgo - 1) * 60) * MINUTE_MS)
      const points = await readUsage(database, now, kept, { since, until: new Date(now), step }, groupBy)
      return points.map((point): [string, [number, number]] => {
        const hour = step === undefined ? "" : (last - point.since.getTime() / MINUTE_MS) / 60
        const name = [hour, point.group.apiKeyId ?? "", point.group.outcome ?? ""].join(" ")
        return [name, [Number(point.counts.requests), Number(point.counts.durationMs)]]
      })
    }
    const byKey = (_hour: number, index: number): string => ` many_${index % 7} ${outcome(index)}`
    for (const hoursAgo of [1, 23, 30, 99]) {
      const points = await read(hoursAgo, undefined, ["API_KEY", "OUTCOME"])
      expect(Object.fromEntries(points)).toEqual(expected(0, hoursAgo, byKey))
      expect(points.map(([name]) => name)).toEqual(points.map(([name]) => name).toSorted())
    }
    let turns = 0
    let isOver = false
    const count = (): void => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const byHour = await read(hours, "HOUR", ["OUTCOME"])
    isOver = true
    expect(turns).toBeGreaterThanOrEqual(Math.floor((hours * many) / ROWS_A_LOOK))
    expect(Object.fromEntries(byHour)).toEqual(expected(0, hours, (hour, index) => `${hour}  ${outcome(index)}`))
    await prisma.usageRollUp.deleteMany({ where: { seriesId: { gte: id(0), lt: id(many) } } })
    await prisma.usageSeries.deleteMany({ where: { id: { gte: id(0), lt: id(many) } } })
  })

  test("what cannot be told is refused and says what can be", async () => {
    const refusals = [
      [{ since: at(HOUR_MS) }, ["ACCOUNT", "API_KEY"], "Usage of accounts is not kept by API_KEY"],
      [{ since: at(HOUR_MS), until: at(HOUR_MS) }, [], "A range ends after it begins."],
      [{ since: at(5 * DAY_MS), step: "MINUTE" }, [], "That is 7200 minutes; at most 1500"],
      [
        { since: at(5 * DAY_MS), until: at(5 * DAY_MS - HOUR_MS), step: "MINUTE" },
        [],
        "Each minute is kept for 2 days: ask from 2026-01-03T12:30:00.000Z on, or for longer steps.",
      ],
      [
        { since: at(2 * DAY_MS + 2 * MINUTE_MS), until: at(2 * DAY_MS - HOUR_MS), step: "MINUTE" },
        [],
        "Each minute is kept for 2 days",
      ],
      [
        { since: at(800 * DAY_MS), step: "DAY" },
        [],
        "Each day is kept for 730 days: ask from 2024-01-06T00:00:00.000Z on.",
      ],
    ] as const
    for (const [range, groupBy, message] of refusals) {
      const document =
        "query ($range: TimeRange!, $groupBy: [UsageDimension!]) { usage(range: $range, groupBy: $groupBy) { requests } }"
      const { errors } = await control.ask(document, { range, groupBy })
      expect(errors).toMatchObject([{ extensions: { code: "OUT_OF_RANGE" } }])
      expect(errors[0]?.message).toContain(message)
    }
  })

  test("a report that comes twice, alone or in its batch, counts once; a late one counts where it belongs", async () => {
    const item = exchange(10 * DAY_MS, { model: "model-late" })
    await report(item, { ...item, id: "again" })
    await report(item)
    await Promise.all([report(item), report(exchange(10 * DAY_MS, { model: "model-late" }))])
    const points = await usage({ since: at(11 * DAY_MS), step: "DAY" }, ["MODEL"], "since model requests")
    expect(points.filter((point) => "model" in point && point.model === "model-late")).toEqual([
      { since: "2025-12-26T00:00:00.000Z", model: "model-late", requests: 2 },
    ])
  })

  test("a key's day and month are those in which its requests ended", async () => {
    const used = async () => {
      const fields = "requestsToday tokensToday requestsThisMonth tokensThisMonth requestCount"
      const { apiKeys } = await control.data<{ apiKeys: { edges: { node: { name: string } }[] } }>(
        `{ apiKeys { edges { node { name ${fields} } } } }`,
      )
      return apiKeys.edges.find(({ node }) => node.name === "late")?.node
    }
    // One of last month while this month was not begun, then today's, then late ones of yesterday and of last month.
    await report(exchange(10 * DAY_MS, { apiKeyId }))
    expect(await used()).toMatchObject({ requestsToday: 0, requestsThisMonth: 0, requestCount: 1 })
    await report(exchange(MINUTE_MS, { apiKeyId }), exchange(DAY_MS, { apiKeyId }))
    await report(exchange(DAY_MS, { apiKeyId }), exchange(10 * DAY_MS, { apiKeyId }))
    expect(await used()).toMatchObject({
      requestsToday: 1,
      tokensToday: "13",
      requestsThisMonth: 3,
      tokensThisMonth: "39",
      requestCount: 5,
    })
    // A clock that is ahead begins no day of its own.
    await report(exchange(-2 * DAY_MS, { apiKeyId }))
    expect(await used()).toMatchObject({ requestsToday: 2, requestsThisMonth: 4 })
  })

  test("keys, data planes and error codes are told apart too", async () => {
    const range = { since: at(3 * HOUR_MS), until: at(0) }
    const whole = await usage(range, [], "requests")
    const told = async (dimension: string, field: string): Promise<readonly object[]> => {
      const points = await usage(range, [dimension], `${field} requests`)
      expect(points.reduce((sum, { requests }) => sum + requests, 0)).toBe(whole[0]?.requests)
      return points
    }
    expect(await told("ERROR_CODE", "errorCode")).toContainEqual({ errorCode: "pool_cooling", requests: 1 })
    expect(await told("API_KEY", "apiKeyId")).toContainEqual({ apiKeyId, requests: expect.any(Number) })
    const { nodes } = await control.data<{ nodes: { id: string }[] }>("{ nodes { id } }")
    expect(await told("NODE", "nodeId")).toEqual([{ nodeId: nodes[0]?.id, requests: whole[0]?.requests }])
  })
})
