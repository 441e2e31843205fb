/** What the arguments of queries do: pages of every list, and what an answer is about. One control plane whose tables a test fills. */
import { isInputObjectType, isListType } from "graphql"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createSchema } from "../src/graphql/schema.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

const DAY_MS = 86_400_000
const COUNT = 7

const clock = createManualClock()
const ago = (ms: number): Date => new Date(clock.now() - ms)
let control: TestControlPlane

beforeAll(async () => {
  control = await startTestControlPlane({ clock })
  for (const job of control.controlPlane.services.alerts.jobs) await job.stop()
  const { account, alert, quotaPoint, quotaPoolPoint, modelSighting, requestRecord } =
    control.controlPlane.services.database.prisma
  // Some of them at the same moment: then the id decides.
  const rows = Array.from({ length: COUNT }, (_, index) => ({ index, at: ago(1_000 * Math.floor(index / 3)) }))
  await account.createMany({
    data: rows.map(({ index, at }) => ({
      id: `acc_${index}`,
      kind: "ANTIGRAVITY" as const,
      label: `account ${index}`,
      state: "READY" as const,
      stateSince: at,
      createdAt: at,
      tags: [],
      onboardingPending: false,
    })),
  })
  const texts = { ruleName: "a rule", summary: "", wayOut: "", evidence: [], toldOf: [], count: 1 }
  await alert.createMany({
    data: rows.map(({ index, at }) => ({
      ...texts,
      id: `alt_${index}`,
      kind: index === 0 ? ("NODE_STALE" as const) : ("ERROR_RATE" as const),
      since: at,
      until: index < 2 ? null : at,
      changedAt: at,
    })),
  })
  await requestRecord.createMany({
    data: rows.map(({ index, at }) => ({
      id: `req_${index}`,
      startedAt: at,
      dialect: "gemini",
      stream: false,
      outcome: "COMPLETED" as const,
      status: 200,
      durationMs: 1,
      attempts: [],
      dropped: [],
    })),
  })
  await modelSighting.createMany({
    data: [30, 20, 3].map((days) => ({ model: `seen-${days}`, body: {}, firstSeenAt: ago(days * DAY_MS) })),
  })
  const points = ["gemini", "image"].flatMap((bucket) =>
    ["5h", "weekly"].flatMap((window) => rows.map(({ index }) => ({ bucket, window, at: ago(index * 3_600_000) }))),
  )
  const leftOf = (bucket: string, window: string): number =>
    (bucket === "gemini" ? 0.1 : 0.3) + (window === "5h" ? 0.01 : 0.02)
  await quotaPoint.createMany({
    data: points.map(({ bucket, window, at }) => ({
      accountId: "acc_0",
      bucket,
      window,
      readAt: at,
      remainingFraction: leftOf(bucket, window),
      source: "summary",
    })),
  })
  await quotaPoolPoint.createMany({
    data: points.map((point) => ({
      ...point,
      remaining: leftOf(point.bucket, point.window),
      accountsKnown: 1,
      accountsUnknown: 0,
    })),
  })
  for (let key = 0; key < COUNT; key++) {
    await control.data(`mutation { createApiKey(input: { name: "key ${key}" }) { __typename } }`)
  }
})
afterAll(() => control.stop())

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

describe.each(["accounts", "alerts", "apiKeys", "auditEvents", "requests"])("pages of %s", (list) => {
  const document = `query ($first: Int, $after: String) { page: ${list}(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`
  const page = async (variables: object): Promise<Page> =>
    (await control.data<{ page: Page }>(document, variables)).page
  const ids = ({ edges }: Page): string[] => edges.map(({ node }) => node.id)

  test("are as long as first says, and begin where after ends", async () => {
    const all = ids(await page({ first: 100 }))
    expect(all.length).toBeGreaterThanOrEqual(COUNT)
    expect(ids(await page({}))).toEqual(all)
    for (const first of [1, 3, all.length - 1]) {
      const seen: string[] = []
      let after: string | null = null
      do {
        const found: Page = await page({ first, after })
        expect(found.edges.length).toBeLessThanOrEqual(first)
        seen.push(...ids(found))
        expect(seen.length).toBeLessThanOrEqual(all.length)
        after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null
      } while (after !== null)
      expect(seen).toEqual(all)
    }
    expect(ids(await page({ first: 0 }))).toEqual([])
  })

  test("are refused where first or after cannot be", async () => {
    const refused = async (variables: object) => (await control.ask(document, variables)).errors[0]?.extensions
    for (const first of [-1, 101]) {
      expect(await refused({ first })).toMatchObject({ code: "OUT_OF_RANGE", inputPath: ["first"] })
    }
    for (const after of ["of nobody", "12", "=", "x".repeat(5_000)]) {
      expect(await refused({ after })).toMatchObject({ code: "MALFORMED", inputPath: ["after"] })
    }
  })
})

test("alerts are found by firing and by kinds", async () => {
  const found = async (filter: object): Promise<string[]> => {
    const { alerts } = await control.data<{ alerts: Page }>(
      "query ($filter: AlertFilter) { alerts(filter: $filter) { edges { node { id } } } }",
      { filter },
    )
    return alerts.edges.map(({ node }) => node.id).toSorted()
  }
  expect(await found({ firing: true })).toEqual(["alt_0", "alt_1"])
  expect(await found({ firing: false })).toHaveLength(COUNT - 2)
  expect(await found({ kinds: ["NODE_STALE"] })).toEqual(["alt_0"])
  expect(await found({ kinds: ["ERROR_RATE"], firing: true })).toEqual(["alt_1"])
  expect(await found({ kinds: null, firing: null })).toHaveLength(COUNT)
})

/** Each list that a filter takes, with the query that takes the filter. */
const LISTS = Object.values(createSchema().getQueryType()?.getFields() ?? {}).flatMap(({ name, args }) => {
  const filter = args.find((argument) => argument.name === "filter")?.type
  if (!isInputObjectType(filter)) return []
  return Object.values(filter.getFields()).flatMap(({ name: list, type }) =>
    isListType(type) ? [[name, filter.name, list] as const] : [],
  )
})

test("filters that take lists are those of three queries", () => {
  expect([...new Set(LISTS.map(([query]) => query))].toSorted()).toEqual(["accounts", "alerts", "requests"])
})

test.each(LISTS)("an empty list fits nothing, null leaves nothing out: %s, %s.%s", async (query, type, list) => {
  const document = `query ($filter: ${type}) { found: ${query}(filter: $filter) { edges { node { id } } } }`
  const found = async (value: unknown): Promise<number> =>
    (await control.data<{ found: Page }>(document, { filter: { [list]: value } })).found.edges.length
  expect(await found(null)).toBe(COUNT)
  expect(await found([])).toBe(0)
})

test("keys are found by their whole name", async () => {
  const found = async (name: string | null) => {
    const document = "query ($filter: ApiKeyFilter) { apiKeys(filter: $filter) { totalCount edges { node { name } } } }"
    const { apiKeys } = await control.data<{
      apiKeys: { totalCount: number; edges: { node: { name: string } }[] }
    }>(document, { filter: { name } })
    expect(apiKeys.edges).toHaveLength(apiKeys.totalCount)
    return apiKeys.edges.map(({ node }) => node.name)
  }
  expect(await found("key 3")).toEqual(["key 3"])
  for (const name of ["key", "KEY 3", "key %", "", "key 3\0"]) expect(await found(name)).toEqual([])
  expect((await found(null)).length).toBeGreaterThanOrEqual(COUNT)
})

test.each([
  ["account", "acc_3"],
  ["alert", "alt_3"],
  ["request", "req_3"],
])("%s is the one with the id that is given", async (field, id) => {
  const document = `query ($id: ID!) { found: ${field}(id: $id) { id } }`
  expect(await control.data(document, { id })).toEqual({ found: { id } })
  expect(await control.data(document, { id: "nobody" })).toEqual({ found: null })
})

test("termsNotice is that of the kind", async () => {
  const notice = async (kind: string) =>
    (await control.data<Record<string, string>>(`{ termsNotice(kind: ${kind}) }`))["termsNotice"]
  expect(await notice("ANTIGRAVITY")).toContain("Antigravity")
  expect(await notice("GEMINI_API")).not.toContain("Antigravity")
})

test("models are new for as long as newWithinDays says", async () => {
  const fresh = async (days?: number): Promise<string[]> => {
    const { models } = await control.data<{ models: { id: string; isNew: boolean }[] }>(
      "query ($days: Int) { models(newWithinDays: $days) { id isNew } }",
      days === undefined ? {} : { days },
    )
    return models.filter(({ isNew }) => isNew).map(({ id }) => id)
  }
  expect(await fresh()).toEqual(["seen-3"])
  expect(await fresh(2)).toEqual([])
  expect(await fresh(25)).toEqual(["seen-20", "seen-3"])
  for (const days of [0, 366]) {
    const { errors } = await control.ask(`{ models(newWithinDays: ${days}) { id } }`)
    expect(errors[0]?.extensions).toMatchObject({ code: "OUT_OF_RANGE", inputPath: ["newWithinDays"] })
  }
})

test("verifyAuditChain goes on after the event that is given", async () => {
  const verify = async (after: string | null) => {
    const document =
      "query ($after: BigInt) { verifyAuditChain(after: $after) { checked newestSequence faults { kind } } }"
    const data = await control.data<{
      verifyAuditChain: { checked: number; newestSequence: string; faults: object[] }
    }>(document, { after })
    return data.verifyAuditChain
  }
  const all = await verify(null)
  expect(all.checked).toBe(Number(all.newestSequence))
  expect(await verify("4")).toEqual({ ...all, checked: all.checked - 4, faults: [] })
})

describe.each([
  ["of an account", 'account(id: "acc_0") { quotaHistory', "}"],
  ["of the pool", "quotaHistory", ""],
])("quotaHistory %s", (_whose, open, close) => {
  interface Point {
    readonly at: string
    readonly remaining: number
  }
  async function history(more: string): Promise<readonly Point[]> {
    const data = await control.data<{ account?: { quotaHistory: Point[] }; quotaHistory?: Point[] }>(
      `{ ${open}(${more}) { at remaining } ${close} }`,
    )
    return data.account?.quotaHistory ?? data.quotaHistory ?? []
  }
  const hoursAgo = (hours: number): string => JSON.stringify(ago(hours * 3_600_000))

  test("is of the bucket and the window", async () => {
    const left = async (bucket: string, window: string): Promise<number | undefined> =>
      (await history(`bucket: ${bucket}, window: ${window}`)).at(-1)?.remaining
    expect([
      await left("GEMINI", "FIVE_HOURS"),
      await left("GEMINI", "WEEKLY"),
      await left("IMAGE", "FIVE_HOURS"),
      await left("IMAGE", "WEEKLY"),
    ]).toEqual([0.11, 0.12, 0.31, 0.32].map((value) => expect.closeTo(value, 9)))
  })

  test("is of the time from since to until, with at most so many points", async () => {
    const gemini = "bucket: GEMINI, window: FIVE_HOURS"
    const all = await history(gemini)
    expect(all).toHaveLength(COUNT)
    expect(await history(`${gemini}, since: ${hoursAgo(2.5)}`)).toEqual(all.slice(-3))
    expect(await history(`${gemini}, until: ${hoursAgo(2.5)}`)).toEqual(all.slice(0, -3))
    expect((await history(`${gemini}, points: 3`)).length).toBeLessThanOrEqual(3)
  })

  test("ends after it begins", async () => {
    const range = `bucket: GEMINI, window: FIVE_HOURS, since: ${hoursAgo(1)}, until: ${hoursAgo(2)}`
    const { errors } = await control.ask(`{ ${open}(${range}) { at } ${close} }`)
    expect(errors[0]?.extensions).toMatchObject({ code: "OUT_OF_RANGE", inputPath: ["until"] })
  })
})
