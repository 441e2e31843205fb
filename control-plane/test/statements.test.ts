/** No list asks the database once more for each of its rows: a query is the same number of SQL statements for 2, 10 and 100. */
import {
  concatAST,
  Kind,
  parse,
  print,
  OperationTypeNode,
  separateOperations,
  type OperationDefinitionNode,
  type TypeNode,
} from "graphql"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { SingleConnectionLibSql } from "../src/database/sqlite-connection.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { fillWorld, WORLD_AT } from "./support/filled-world.ts"
import { createManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 120_000 })

const SIZES = [2, 10, 100] as const

let statements = 0
const createClient: SingleConnectionLibSql["createClient"] = Reflect.get(
  SingleConnectionLibSql.prototype,
  "createClient",
)
vi.spyOn(SingleConnectionLibSql.prototype, "createClient").mockImplementation(function (this: SingleConnectionLibSql) {
  const client = createClient.call(this)
  const execute = client.execute.bind(client)
  client.execute = (statement: Parameters<typeof execute>[0]) => {
    statements += 1
    return execute(statement)
  }
  return client
})

const controls = new Map<number, TestControlPlane>()

beforeAll(async () => {
  for (const size of SIZES) {
    const control = await startTestControlPlane({ clock: createManualClock(WORLD_AT) })
    await fillWorld(control, size)
    controls.set(size, control)
  }
}, 120_000)

afterAll(async () => {
  for (const control of controls.values()) await control.stop()
})

interface Cost {
  /** The fewest of three times, as something else may run beside one of them. */
  readonly statements: number
  readonly answerLength: number
}

async function costOf(size: number, document: string, variables: object): Promise<Cost> {
  const control = controls.get(size)
  const counts: number[] = []
  let answerLength = 0
  for (let turn = 0; turn < 3; turn++) {
    const before = statements
    const answer = await control?.ask(document, variables)
    expect(answer?.errors).toEqual([])
    counts.push(statements - before)
    answerLength = JSON.stringify(answer?.data).length
  }
  return { statements: Math.min(...counts), answerLength }
}

/** Also that there is more to tell of more rows: a document that finds nothing costs the same anyway. */
async function expectConstant(document: string, variables: object = {}, isAlwaysOne = false): Promise<void> {
  const costs: Cost[] = []
  for (const size of SIZES) costs.push(await costOf(size, document, variables))
  expect(costs.map((cost) => cost.statements)).toEqual(costs.map(() => costs[0]?.statements))
  const [least = 0, , most = 0] = costs.map((cost) => cost.answerLength)
  expect(most > least).toBe(!isAlwaysOne)
}

const PANEL = join(import.meta.dirname, "../../web/src")
const files = readdirSync(PANEL, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".graphql"))
const operations = Object.entries(
  separateOperations(concatAST(files.map((name) => parse(readFileSync(join(PANEL, name), "utf8"))))),
).flatMap(([name, document]) => {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  return operation?.operation === OperationTypeNode.QUERY ? [[name, document, operation] as const] : []
})

const VALUES: Readonly<Record<string, unknown>> = {
  Int: 100,
  ID: "acc_0",
  String: "gemini",
  Boolean: true,
  DateTime: "2026-01-01T00:00:00Z",
  AccountKind: "ANTIGRAVITY",
  QuotaBucket: "GEMINI",
  QuotaWindow: "WEEKLY",
  UsageStep: "DAY",
}

/** Where any value of the type would find nothing. */
const OWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  accountsOffering: { models: Array.from({ length: 100 }, (_, index) => `model-${index}`) },
  alert: { id: "alt_0" },
  newestOfKey: { key: "key_0" },
  playgroundRecord: { id: "req_0" },
  request: { id: "req_0" },
  requestCapture: { id: "req_0" },
  requestFilterAccounts: { search: "account" },
  usageBy: { by: ["API_KEY"] },
}

/** What answers with one thing, or with what no row adds to: there is nothing to grow. */
const ALWAYS_ONE: ReadonlySet<string> = new Set([
  "viewer",
  "pool",
  "termsNotice",
  "oauthClient",
  "newestOfKey",
  "checkRouting",
  "explainRoute",
  "recentTraffic",
  "playgroundRecord",
  "settings",
  "account",
  "accountQuotaHistory",
  "requestCapture",
])

/** Something for what has to be given; what may be left out is. */
function variablesOf(name: string, { variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  const valueOf = (type: TypeNode): unknown => {
    if (type.kind === Kind.NON_NULL_TYPE) return valueOf(type.type)
    if (type.kind === Kind.LIST_TYPE) return []
    return VALUES[type.name.value] ?? {}
  }
  const needed = variableDefinitions.filter(
    ({ type, variable, defaultValue }) =>
      defaultValue === undefined && (type.kind === Kind.NON_NULL_TYPE || variable.name.value === "first"),
  )
  return {
    ...Object.fromEntries(needed.map(({ type, variable }) => [variable.name.value, valueOf(type)])),
    ...OWN[name],
  }
}

test("what is asked for together is each one's own", async () => {
  const set = await controls
    .get(2)
    ?.data<{ alertRules: { id: string; alert: object | null }[]; webhooks: object[] }>(
      "{ alertRules { id alert { id firing } } webhooks { id waiting } }",
    )
  expect(set?.alertRules.filter(({ alert }) => alert !== null)).toEqual([
    { id: "alr_0", alert: { id: "alt_0", firing: true } },
    { id: "alr_1", alert: { id: "alt_1", firing: true } },
  ])
  expect(set?.webhooks).toEqual([
    { id: "whk_0", waiting: 2 },
    { id: "whk_1", waiting: 2 },
  ])
})

test("a query for each row would be seen", async () => {
  statements = 0
  await controls.get(2)?.data("{ nodes { id } }")
  expect(statements).toBeGreaterThan(0)
})

describe("of the panel", () => {
  test.each(operations)("%s", (name, document, operation) =>
    expectConstant(print(document), variablesOf(name, operation), ALWAYS_ONE.has(name)),
  )
})

const LISTS: Readonly<Record<string, string>> = {
  accounts: `query ($first: Int) { accounts(first: $first) { totalCount edges { node { id models cooldowns { bucket cause until }
    quota { bucket window } conversations } } } }`,
  "accounts with forecasts and histories": `query ($first: Int) { accounts(first: $first) { edges { node { id quotaForecast { bucket outlook }
    quotaHistory(bucket: GEMINI, window: FIVE_HOURS) { at remaining } } } } }`,
  requests: `query ($first: Int) { requests(first: $first) { edges { node { id apiKey { id replaced { prefix } } conversation { home { id quota { bucket } } isStandIn }
    attempts { account { id label models cooldowns { bucket } quota { bucket } } standsInFor { id } } } } } }`,
  "requests by a filter": `query ($first: Int) { requests(first: $first, filter: { dialect: GEMINI, outcomes: [COMPLETED], retried: false }) {
    searchedUntil edges { node { id apiKey { id } attempts { account { id } } } } } }`,
  apiKeys: `query ($first: Int) { apiKeys(first: $first) { totalCount edges { node { id tokensToday replaced { prefix worksUntil } } } } }`,
  nodes: `{ nodes { id name connected } }`,
  adminTokens: `{ adminTokens { id name } }`,
}

describe("of lists with all that hangs on their rows", () => {
  test.each(Object.entries(LISTS))("%s", (_name, document) => expectConstant(document, { first: 100 }))
})

describe("of usage", () => {
  test("by key and by account", async () => {
    const by = (dimension: string) =>
      `{ usage(range: { since: "2026-01-01T00:00:00Z" }, groupBy: [${dimension}]) { requests apiKey { id } account { id label } } }`
    await expectConstant(by("API_KEY"))
    await expectConstant(by("ACCOUNT"))
  })
})

afterEach(() => {
  statements = 0
})
