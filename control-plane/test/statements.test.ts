/** No list asks the database once more for each of its rows: a query is the same number of SQL statements for 1, 10 and 100. */
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
import { accountId, apiKeyId, exchangeId } from "#shared/ids.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { SingleConnectionLibSql } from "../src/database/sqlite-connection.ts"
import { addToRollUps } from "../src/usage/roll-up.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 120_000 })

const NOW = Date.UTC(2026, 0, 5, 12)
const SIZES = [1, 10, 100] as const

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

/** A world with so many of everything that is listed. */
async function fill(control: TestControlPlane, size: number): Promise<void> {
  const { prisma } = control.controlPlane.services.database
  const each = Array.from({ length: size }, (_, index) => index)
  const at = new Date(NOW)
  await prisma.catalogue.createMany({
    data: each.map((index) => ({ id: `cat_${index}`, body: { models: [{ id: `model-${index}` }] }, createdAt: at })),
  })
  await prisma.account.createMany({
    data: each.map((index) => ({
      id: `acc_${index}`,
      kind: "ANTIGRAVITY" as const,
      label: `account ${index}`,
      state: "DISABLED_BY_PROVIDER" as const,
      stateSince: at,
      onboardingPending: false,
      catalogueId: `cat_${index}`,
      tags: [],
      createdAt: at,
    })),
  })
  await prisma.cooldown.createMany({
    data: each.map((index) => ({
      accountId: `acc_${index}`,
      bucket: "gemini",
      cause: "quota",
      evidence: "",
      since: at,
      until: new Date(NOW + 3_600_000),
    })),
  })
  const reading = { window: "5h", remainingFraction: 0.5, source: "summary", toldFraction: 0.5 }
  await prisma.quotaReading.createMany({
    data: each.map((index) => ({
      ...reading,
      accountId: `acc_${index}`,
      bucket: "gemini",
      readAt: at,
      toldReadAt: at,
    })),
  })
  await prisma.apiKey.createMany({
    data: each.map((index) => ({
      id: `key_${index}`,
      name: `key ${index}`,
      origin: "CREATED" as const,
      digest: `digest ${index}`,
      lineage: `lin_${index}`,
      createdAt: at,
    })),
  })
  await prisma.replacedKey.createMany({
    data: each.map((index) => ({ digest: `old ${index}`, apiKeyId: `key_${index}`, prefix: "sk", worksUntil: at })),
  })
  await prisma.node.createMany({
    data: each.map((index) => ({
      id: `nod_${index}`,
      name: `node ${index}`,
      origin: "CREATED" as const,
      linkTokenHash: `hash ${index}`,
      createdAt: at,
    })),
  })
  await prisma.requestRecord.createMany({
    data: each.map((index) => ({
      id: `req_${index}`,
      startedAt: new Date(NOW - index),
      apiKeyId: `key_${index}`,
      dialect: "gemini",
      stream: false,
      outcome: "COMPLETED" as const,
      status: 200,
      durationMs: 1,
      conversation: String(index),
      attempts: [{ accountId: `acc_${index}`, reason: "", startedMs: 0, endedMs: 1 }],
      dropped: [],
    })),
  })
}

/** What they used, as reports would have added it up. */
async function addUsage({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { kind, prisma } = controlPlane.services.database
  const records = Array.from({ length: size }, (_, index): ExchangeRecord => ({
    exchangeId: exchangeId(`req_${index}`),
    startedAt: NOW,
    apiKeyId: apiKeyId(`key_${index}`),
    dialect: "gemini",
    stream: false,
    outcome: "completed",
    status: 200,
    usage: {},
    durationMs: 1,
    attempts: [{ accountId: accountId(`acc_${index}`), reason: "", startedMs: 0, endedMs: 1 }],
    dropped: [],
  }))
  await prisma.$transaction((transaction) => addToRollUps(transaction, kind, records, "nod_0"))
}

beforeAll(async () => {
  for (const size of SIZES) {
    const control = await startTestControlPlane({ clock: createManualClock(NOW) })
    await fill(control, size)
    await addUsage(control, size)
    controls.set(size, control)
  }
}, 120_000)

afterAll(async () => {
  for (const control of controls.values()) await control.stop()
})

/** The statements of a document; the fewest of three times, as something else may run beside one of them. */
async function cost(size: number, document: string, variables: object): Promise<number> {
  const control = controls.get(size)
  const counts: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    const before = statements
    const answer = await control?.ask(document, variables)
    expect(answer?.errors).toEqual([])
    counts.push(statements - before)
  }
  return Math.min(...counts)
}

async function expectConstant(document: string, variables: object = {}): Promise<void> {
  const costs: number[] = []
  for (const size of SIZES) costs.push(await cost(size, document, variables))
  expect(costs).toEqual(SIZES.map(() => costs[0]))
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

/** Something for what has to be given; what may be left out is. */
function variablesOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  const valueOf = (type: TypeNode): unknown => {
    if (type.kind === Kind.NON_NULL_TYPE) return valueOf(type.type)
    if (type.kind === Kind.LIST_TYPE) return []
    return VALUES[type.name.value] ?? {}
  }
  const needed = variableDefinitions.filter(
    ({ type, variable, defaultValue }) =>
      defaultValue === undefined && (type.kind === Kind.NON_NULL_TYPE || variable.name.value === "first"),
  )
  return Object.fromEntries(needed.map(({ type, variable }) => [variable.name.value, valueOf(type)]))
}

test("a query for each row would be seen", async () => {
  statements = 0
  await controls.get(1)?.data("{ nodes { id } }")
  expect(statements).toBeGreaterThan(0)
})

describe("of the panel", () => {
  test.each(operations)("%s", (_name, document, operation) => expectConstant(print(document), variablesOf(operation)))
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
