/** The same control plane on PostgreSQL: what differs between the two databases is met here. */
import { randomUUID } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { quotaBucket } from "#shared/quota-bucket.ts"
import { readExposition, valueOf } from "#shared/testing/exposition.ts"
import { askServer, startPostgres, type Postgres } from "../../test/support/postgres.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { openDatabase } from "../src/database/open.ts"
import { createQuotaStore } from "../src/quota/store.ts"
import { pointsKey, readRecentPoints } from "../src/quota/recent-points.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock } from "./support/manual-clock.ts"
import { startWebhookReceiver } from "./support/webhook-receiver.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

/** What Node warns of: it would stand on the screen of who starts the gateway. */
const warnings: string[] = []
process.on("warning", ({ message }) => warnings.push(message))

let postgres: Postgres
let simulator: Simulator
let control: TestControlPlane

beforeAll(async () => {
  postgres = await startPostgres()
  simulator = await startSimulator()
  simulator.addAccount({ email: "postgres@example.test" })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
  await postgres.stop()
})

test("an account becomes ready, is found in any letter case, serves, and its requests are kept once", async () => {
  const add = `mutation { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, label: "Große Pumpe", tags: ["b", "a"],
    refreshToken: "sim-refresh-postgres@example.test" }) { ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
  const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(add)
  const { id } = addAccount.account
  const link = await connectLink(control.url)
  const snapshot = await link.snapshot(({ accounts }) => accounts.some((one) => one.id === id && one.usable))
  expect(Object.values(snapshot.catalogues)[0]?.models.length).toBeGreaterThan(3)
  const find = `query ($search: String) { accounts(filter: { search: $search, states: [READY] }) { totalCount edges { node { id tags models } } } }`
  for (const search of ["PUMPE", "Postgres@"]) {
    expect(await control.data(find, { search })).toMatchObject({
      accounts: { totalCount: 1, edges: [{ node: { id, tags: ["b", "a"] } }] },
    })
  }
  const item = {
    type: "exchange",
    id: randomUUID(),
    at: Date.now(),
    exchangeId: "req_postgres",
    startedAt: Date.now(),
    dialect: "gemini",
    stream: false,
    outcome: "completed",
    status: 200,
    usage: { inputTokens: 4e9 },
    durationMs: 12.5,
    dropped: [],
    attempts: [
      {
        accountId: id,
        reason: "only one",
        startedMs: 0,
        endedMs: 12,
      },
    ],
  }
  // The bodies are sent as a data plane's JSON; the types of the items are proved where they are checked.
  const send = () => link.report(item as unknown as Parameters<typeof link.report>[0])
  await Promise.all([send(), send()])
  const read = `{ requests { edges { node { id inputTokens attempts { account { requestCount } } } } } }`
  expect(await control.data(read)).toEqual({
    requests: {
      edges: [
        { node: { id: "req_postgres", inputTokens: "4000000000", attempts: [{ account: { requestCount: 1 } }] } },
      ],
    },
  })
  link.close()
})

test("a report holds up none behind it, whatever a client or an upstream wrote, and whenever a clock says that it was", async () => {
  const link = await connectLink(control.url)
  const texts = { zero: "a\0b", half: "a\uD83D", cut: `${"x".repeat(299)}😀` }
  const items = Object.entries(texts).map(([id, text]) => ({
    type: "exchange",
    id,
    at: 1,
    exchangeId: `req_text_${id}`,
    startedAt: Number.MAX_SAFE_INTEGER,
    dialect: "gemini",
    stream: false,
    requestedModel: text,
    outcome: "failed",
    status: 404,
    errorMessage: text,
    usage: { inputTokens: 1e12 },
    durationMs: Number.MAX_SAFE_INTEGER,
    overheadUs: Number.MAX_SAFE_INTEGER,
    attempts: [],
    dropped: [text],
  }))
  const refusal = { type: "snapshot-refuse", id: "refusal", at: 1, epoch: 1, version: 1, reason: texts.zero }
  // Sent as a data plane's JSON; the types of the items are proved where they are checked.
  type Item = Parameters<typeof link.report>[0]
  const answer = await link.report(...([...items, refusal] as unknown as Item[]))
  expect([answer.status, await answer.json()]).toEqual([200, { accepted: ["zero", "half", "cut", "refusal"] }])
  const { requestRecord } = control.controlPlane.services.database.prisma
  const rows = await requestRecord.findMany({ where: { id: { startsWith: "req_text_" } }, orderBy: { id: "asc" } })
  const kept = rows.map(({ requestedModel, dropped }) => [requestedModel, dropped])
  const whole = (text: string) => [text, [text]]
  expect(kept).toEqual([whole(`${"x".repeat(299)}\uFFFD`), whole("a\uFFFD"), whole("ab")])
  link.close()
})

test("a forecast has the points of its accounts, in their order, as they were kept", async () => {
  const { database } = control.controlPlane.services
  const now = Date.UTC(2026, 0, 5, 12)
  const account = { kind: "ANTIGRAVITY" as const, label: "points", state: "READY" as const, tags: [] }
  await database.prisma.account.create({
    data: { ...account, id: "acc_points", stateSince: new Date(now), createdAt: new Date(now) },
  })
  const points = [40, 30, 20, 10].map((minutes) => ({
    readAt: now - minutes * 60_000,
    remainingFraction: minutes / 77,
    resetsAt: minutes === 20 ? undefined : now + 123_456,
    usedTokens: minutes === 30 ? undefined : minutes * 1_000,
  }))
  const series = { accountId: "acc_points", bucket: "gemini", window: "5h", source: "summary" }
  await database.prisma.quotaPoint.createMany({
    data: points.toReversed().map(({ readAt, resetsAt, ...point }) => ({
      ...series,
      ...point,
      readAt: new Date(readAt),
      resetsAt: resetsAt === undefined ? null : new Date(resetsAt),
    })),
  })
  const read = await readRecentPoints(database, ["acc_none", "acc_points"], now)
  expect(read).toEqual(new Map([["acc_points", new Map([[pointsKey("gemini", "5h"), points]])]]))
  await database.prisma.account.delete({ where: { id: "acc_points" } })
})

test("accounts of a document are there once, found by their tags in any order, changed together, and removed", async () => {
  const names = ["one", "two", "three"]
  const accounts = names.map((name) => ({
    refreshToken: `fake-token-of-a-list-${name}`,
    email: `${name}@example.test`,
    label: name,
    tags: ["listed", name === "two" ? "50%'s" : name],
  }))
  for (const { email, refreshToken } of accounts) simulator.addAccount({ email, refreshToken })
  const document = JSON.stringify({ format: "lagrange-accounts", version: 1, accounts })
  const take = `mutation ($document: String!) { importAccounts(input: { document: $document, acknowledgedTerms: true }) {
    ... on ImportAccountsSuccess { counts { outcome rows } } ... on Failure { message } } }`
  const both = await Promise.all([control.data(take, { document }), control.data(take, { document })])
  const counts = both.map((answer) => JSON.stringify(answer)).toSorted((left, right) => (left < right ? -1 : 1))
  expect(counts[0]).toContain('{"outcome":"ADDED","rows":3}')
  expect(counts[1]).toContain('{"outcome":"UNCHANGED","rows":3}')
  const find = `query ($filter: AccountFilter!, $order: AccountOrder, $after: String) {
    accounts(filter: $filter, order: $order, first: 2, after: $after) { totalCount pageInfo { endCursor } edges { node { label } } } }`
  const labelsOf = async (filter: object, order: string, after?: string) => {
    interface Page {
      readonly accounts: { pageInfo: { endCursor: string }; edges: { node: { label: string } }[] }
    }
    const { accounts: page } = await control.data<Page>(find, { filter, order, after })
    return { labels: page.edges.map(({ node }) => node.label), end: page.pageInfo.endCursor }
  }
  expect((await labelsOf({ tags: ["listed", "50%'s"] }, "OLDEST")).labels).toEqual(["two"])
  const first = await labelsOf({ tags: ["listed"] }, "LABEL")
  const second = await labelsOf({ tags: ["listed"] }, "LABEL", first.end)
  expect([...first.labels, ...second.labels]).toEqual(["one", "three", "two"])
  const change = `mutation { updateAccounts(filter: { tags: ["listed"] }, input: { addTags: ["more"], weight: 4 }, expectedCount: 3) {
    ... on UpdateAccountsSuccess { changed } ... on Failure { message } } }`
  expect(await control.data(change)).toEqual({ updateAccounts: { changed: 3 } })
  const remove = `mutation { removeAccounts(filter: { tags: ["more"] }, expectedCount: 3) {
    ... on RemoveAccountsSuccess { removed } ... on Failure { message } } }`
  expect(await control.data(remove)).toEqual({ removeAccounts: { removed: 3 } })
})

describe("of two control planes", () => {
  test("one holds a lock, and the other has it as soon as it is given back or its connection is lost", async () => {
    const databases = [await openDatabase(postgres.url), await openDatabase(postgres.url)] as const
    const [first, second] = databases
    try {
      const held = await first.peers.tryLock("job test")
      expect(held?.lost.aborted).toBe(false)
      expect(await second.peers.tryLock("job test")).toBeUndefined()
      const another = await second.peers.tryLock("job another")
      expect(another).toBeDefined()
      await held?.release()
      const taken = await second.peers.tryLock("job test")
      expect(taken).toBeDefined()

      // The server ends the connection that holds it.
      await second.prisma.$queryRawUnsafe(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'lagrange peers' AND datname = current_database()
         AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)`,
      )
      await waitFor(() => taken?.lost.aborted)
      const again = await waitFor(() => first.peers.tryLock("job test"))
      await taken?.release()
      expect(await second.peers.tryLock("job test")).toBeUndefined()
      await again.release()
      expect(await second.peers.tryLock("job test")).toBeDefined()
    } finally {
      for (const database of databases) await database.close()
    }
  })

  test("one alone reads the quota of all accounts", async () => {
    const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
    try {
      const { account } = control.controlPlane.services.database.prisma
      const names = ["one", "two", "three", "four", "five", "six"]
      const add = `mutation ($email: String!, $token: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true,
        email: $email, refreshToken: $token }) { ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
      for (const name of names) {
        const email = `${name}@quota.test`
        simulator.addAccount({ email })
        await control.data(add, { email, token: `sim-refresh-${email}` })
      }
      const where = { email: { endsWith: "@quota.test" } }
      const areRead = async (): Promise<boolean> => {
        const isRead = { state: "READY" as const, quotaDueAt: { gt: new Date() }, quotaAskedAt: { gt: new Date(0) } }
        return (await account.count({ where: { ...where, ...isRead } })) === names.length
      }
      await waitFor(areRead, 60_000)

      const summaries = (): number => {
        const paths = simulator.seen().map(({ path, account: email }) => `${path} ${email}`)
        return paths.filter((one) => one.includes("retrieveUserQuotaSummary") && one.endsWith("@quota.test")).length
      }
      const before = summaries()
      // Long enough for both to look before the first has moved on.
      simulator.script({ fault: { kind: "delay", ms: 300 }, match: { method: "retrieveUserQuotaSummary" } })
      const [one, two] = await account.findMany({ where, orderBy: { email: "asc" } })
      await account.updateMany({ where, data: { quotaDueAt: new Date(), quotaAskedAt: new Date(0) } })
      const at = Date.now()
      for (const [plane, id] of [
        [control, one?.id],
        [second, two?.id],
      ] as const) {
        await plane.controlPlane.services.quotaSync.exhausted(id ?? "", at)
      }
      await waitFor(areRead, 60_000)
      expect(summaries() - before).toBe(names.length)
    } finally {
      await second.stop()
    }
  })
})

test("what is changed at one control plane reaches the data planes of another", async () => {
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  const link = await connectLink(second.url)
  try {
    const add = 'mutation { createApiKey(input: { name: "news" }) { ... on CreateApiKeySuccess { apiKey { id } } } }'
    // The first may still be read at the start of the second control plane, the next one has to be told.
    for (let turn = 0; turn < 2; turn++) {
      const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string } } }>(add)
      await link.snapshot(({ apiKeys }) => apiKeys.some(({ id }) => id === createApiKey.apiKey.id))
    }
    // Both say the same under the same version, and stop telling each other.
    const current = () => [control, second].map((one) => one.controlPlane.services.publisher.current)
    await waitFor(() => current()[0]?.version === current()[1]?.version)
    expect(current()[0]).toEqual(current()[1])
  } finally {
    link.close()
    await second.stop()
  }
})

test("two that see the world otherwise do not answer each other without end", async () => {
  const env = { DATABASE_URL: postgres.url, ANTIGRAVITY_USER_AGENT: "somebody/1.0" }
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env })
  try {
    await control.data('mutation { createApiKey(input: { name: "otherwise" }) { __typename } }')
    const { meta } = control.controlPlane.services.database.prisma
    const version = async (): Promise<bigint> => (await meta.findUniqueOrThrow({ where: { id: 1 } })).snapshotVersion
    await waitFor(
      async () => {
        const before = await version()
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        return (await version()) === before
      },
      60_000,
      1,
    )
  } finally {
    await second.stop()
  }
})

test("a second control plane on the same database starts, and reads the same", async () => {
  await control.data(`mutation { createApiKey(input: { name: "of both" }) { __typename } }`)
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  try {
    const { apiKeys } = await second.data<{ apiKeys: { totalCount: number } }>(
      '{ apiKeys(filter: { name: "of both" }) { totalCount } }',
    )
    expect(apiKeys.totalCount).toBe(1)
  } finally {
    await second.stop()
  }
})

test("a sign-in that began at one control plane ends at another, and is followed from where it began", async () => {
  simulator.addAccount({ email: "replica@example.test" })
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  try {
    const { startOAuth } = await control.data<{ startOAuth: { authorizationUrl: string; state: string } }>(
      `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) { ... on StartOAuthSuccess { authorizationUrl state } } }`,
    )
    const progress = await subscribe<{ oauthProgress: { phase: string; account: { email: string } | null } }>(
      control.url,
      `subscription { oauthProgress(state: "${startOAuth.state}") { phase account { email } } }`,
      { token: ADMIN_TOKEN },
    )
    const allow = new URL(startOAuth.authorizationUrl)
    allow.pathname += "/allow"
    allow.searchParams.set("account", "replica@example.test")
    allow.searchParams.set("granted", "https://www.googleapis.com/auth/cloud-platform")
    const sent = await fetch(allow, { redirect: "manual" })
    const callback = new URL(sent.headers.get("location") ?? "")
    callback.port = String(second.controlPlane.port)
    // Two replicas and the same address at the same moment: it counts once.
    const elsewhere = new URL(callback)
    elsewhere.port = String(control.controlPlane.port)
    const pages = await Promise.all([fetch(callback), fetch(elsewhere)])
    expect(pages.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 400])
    let last = await progress.next()
    while (last.oauthProgress.phase !== "DONE") {
      expect(last.oauthProgress.phase).not.toBe("FAILED")
      last = await progress.next()
    }
    expect(last.oauthProgress.account?.email).toBe("replica@example.test")
    await progress.ended
  } finally {
    await second.stop()
  }
})

test("two control planes let people in and out as one", async () => {
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  interface Answer {
    readonly result: { readonly code?: string; readonly administrator?: { readonly id: string } }
  }
  const create = `mutation ($name: String!) { result: createAdministrator(input: { name: $name, role: OWNER }) {
    ... on CreateAdministratorSuccess { administrator { id } } } }`
  const demote = `mutation ($id: ID!) { result: updateAdministrator(id: $id, input: { role: VIEWER }) { ... on Failure { code } } }`
  const signIn = `mutation ($password: String!) { result: signIn(name: "nobody", password: $password) { ... on Failure { code } } }`
  try {
    // Two owners, each taken away at another control plane at the same moment, again and again: one is always left.
    const { prisma } = control.controlPlane.services.database
    for (let round = 0; round < 5; round++) {
      await prisma.adminUser.updateMany({ data: { scope: "READ" } })
      const ids: string[] = []
      for (const name of ["left", "right"]) {
        const made = await control.data<Answer>(create, { name: `${name} ${round}` })
        ids.push(made.result.administrator?.id ?? "")
      }
      const answers = await Promise.all(
        [control, second].map((at, index) => at.data<Answer>(demote, { id: ids[index] })),
      )
      expect(answers.filter(({ result }) => result.code === "last_owner")).toHaveLength(1)
      expect(await prisma.adminUser.count({ where: { scope: "ADMIN" } })).toBe(1)
    }
    const cookie = await control.signIn()
    // Guesses at both count together.
    const guesses = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? control : second))
    const told = await Promise.all(guesses.map((at) => at.ask<Answer>(signIn, { password: "wrong" }, {})))
    expect(told.filter(({ data }) => data.result.code === "wrong_password")).toHaveLength(5)
    // What a session has open at one control plane closes when it ends at the other.
    const stream = await subscribe(control.url, "subscription { accountRemoved }", { cookie })
    await second.ask("mutation { signOut { __typename } }", {}, { cookie })
    await stream.ended
  } finally {
    await second.stop()
  }
})

test("two control planes tell the audit at the same time, and its chain does not fork", async () => {
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  const VERIFY = "{ verifyAuditChain { checked faults { kind from to } newestSequence } }"
  interface Verified {
    readonly verifyAuditChain: { readonly checked: number; readonly newestSequence: string }
  }
  try {
    const before = (await control.data<Verified>(VERIFY)).verifyAuditChain
    const make = (at: TestControlPlane, number: number) =>
      at.data(`mutation { createApiKey(input: { name: "key ${number}" }) { __typename ... on Failure { message } } }`)
    const made = await Promise.all(
      Array.from({ length: 30 }, (_, number) => make(number % 2 === 0 ? control : second, number)),
    )
    for (const answer of made) expect(answer).toEqual({ createApiKey: { __typename: "CreateApiKeySuccess" } })
    const after = (await second.data<Verified>(VERIFY)).verifyAuditChain
    expect(after).toMatchObject({ faults: [] })
    expect(Number(after.newestSequence)).toBeGreaterThanOrEqual(Number(before.newestSequence) + 30)
    // One of them alone is proved by the other: the key is the master key's, not the process's.
    const sequence = after.newestSequence
    const { auditEvent } = control.controlPlane.services.database.prisma
    await auditEvent.update({ where: { sequence: BigInt(sequence) }, data: { actorName: "somebody" } })
    expect(await control.data(VERIFY)).toMatchObject({
      verifyAuditChain: { faults: [{ kind: "CHANGED", from: sequence, to: sequence }] },
    })
  } finally {
    await second.stop()
  }
})

test("two control planes that look at the same time raise one alert, and send it once; numbers are told of this database too", async () => {
  const receiver = await startWebhookReceiver()
  const second = await startTestControlPlane({
    simulatorUrl: simulator.url,
    env: { DATABASE_URL: postgres.url, CONTROL_METRICS_PORT: "0" },
  })
  try {
    const { prisma } = control.controlPlane.services.database
    const at = new Date()
    await prisma.account.create({
      data: {
        id: "acc_alert",
        kind: "ANTIGRAVITY",
        label: "alert",
        state: "NEEDS_LOGIN",
        stateSince: at,
        tags: [],
        createdAt: at,
        onboardingPending: false,
      },
    })
    const { createWebhook } = await control.data<{ createWebhook: { webhook: { id: string } } }>(
      `mutation ($url: String!) { updateSettings(input: { set: [{ name: ALERT_WEBHOOK_HOSTS, value: "127.0.0.1" }] }) { __typename }
        createWebhook(input: { name: "test", url: $url }) { ... on CreateWebhookSuccess { webhook { id } } } }`,
      { url: receiver.url },
    )
    await second.controlPlane.services.publisher.flush()
    const look = `mutation ($webhookId: ID!) { updateAlertRule(id: "alr_account_attention", input: { webhookId: $webhookId, forSeconds: 0 }) {
      ... on Failure { message } } }`
    const variables = { webhookId: createWebhook.webhook.id }
    await Promise.all([control.data(look, variables), second.data(look, variables)])
    await waitFor(() => receiver.taken.length > 0, 60_000)
    // Both look again, and find what is there.
    const [first, other] = [control, second].map(
      ({ controlPlane }) => controlPlane.services.alerts.jobs[0]?.stats.runs ?? 0,
    )
    await waitFor(async () => {
      await Promise.all([control.data(look, variables), second.data(look, variables)])
      const runs = [control, second].map(({ controlPlane }) => controlPlane.services.alerts.jobs[0]?.stats.runs ?? 0)
      return (runs[0] ?? 0) > (first ?? 0) && (runs[1] ?? 0) > (other ?? 0)
    }, 60_000)
    const alerts = await prisma.alert.findMany({ where: { kind: "ACCOUNT_ATTENTION" }, include: { deliveries: true } })
    expect(alerts.map(({ deliveries }) => deliveries.map(({ event }) => event))).toEqual([["alert.firing"]])
    expect(receiver.taken.map(({ type }) => type)).toEqual(["alert.firing"])
    const families = await readExposition(second.controlPlane.metricsUrl ?? "")
    expect(valueOf(families, "lagrange_alerts_firing", { kind: "ACCOUNT_ATTENTION" })).toBe(1)
    expect(valueOf(families, "lagrange_database_size_bytes")).toBeGreaterThan(1_000_000)
  } finally {
    await control.data("mutation { updateSettings(input: { unset: [ALERT_WEBHOOK_HOSTS] }) { __typename } }")
    await control.controlPlane.services.database.prisma.account.deleteMany({ where: { id: "acc_alert" } })
    await second.stop()
    await receiver.stop()
  }
})

/** A connection of its own that holds what it asks for until it is closed. */
async function holding(sql: string): Promise<{ ask(more: string): Promise<unknown>; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  await client.query("BEGIN")
  await client.query(sql)
  return { ask: (more) => client.query(more), close: () => client.end() }
}

const waitsForLock = (table: string) =>
  waitFor(async () => {
    const waiting = await askServer(
      postgres.url,
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"${table}"%'`,
    )
    return waiting.length > 0
  })

describe("an alert rule that is removed", () => {
  const RULE = "alr_removed"
  const remove = () => control.data(`mutation { removeAlertRule(id: "${RULE}") { __typename } }`)
  const look = () => control.controlPlane.services.alerts.jobs[0]

  async function makeRule(): Promise<void> {
    const { alertRule } = control.controlPlane.services.database.prisma
    const data = {
      kind: "ACCOUNT_ATTENTION",
      name: "removed",
      threshold: 1,
      forSeconds: 0,
      createdAt: new Date(),
    } as const
    await alertRule.create({ data: { id: RULE, ...data } })
  }

  test("while its alert is raised ends that alert, and tells so once", async () => {
    await makeRule()
    const { alert } = control.controlPlane.services.database.prisma
    const raising = await holding(`SELECT 1 FROM "AlertRule" WHERE "id" = '${RULE}' FOR NO KEY UPDATE`)
    const removing = Promise.all([remove(), remove()])
    await waitsForLock("AlertRule")
    await raising.ask(`INSERT INTO "Alert" ("id", "ruleId", "kind", "ruleName", "since", "summary", "wayOut", "count", "evidence", "toldOf", "changedAt")
      VALUES ('alt_removed', '${RULE}', 'ACCOUNT_ATTENTION', 'removed', now(), '', '', 1, '[]', '[]', now())`)
    await raising.ask("COMMIT")
    await raising.close()
    const answers = await removing
    const types = answers.map((answer) => JSON.stringify(answer)).toSorted()
    expect(types).toEqual([
      '{"removeAlertRule":{"__typename":"InvalidInput"}}',
      '{"removeAlertRule":{"__typename":"RemoveAlertRuleSuccess"}}',
    ])
    expect(await alert.findUniqueOrThrow({ where: { id: "alt_removed" } })).toMatchObject({ until: expect.any(Date) })
  })

  test("before its alert is raised has none, and the other rules are looked at", async () => {
    const { account, alert } = control.controlPlane.services.database.prisma
    const at = new Date()
    const data = {
      kind: "ANTIGRAVITY",
      label: "removed",
      stateSince: at,
      createdAt: at,
      onboardingPending: false,
    } as const
    await makeRule()
    const removing = await holding(`DELETE FROM "AlertRule" WHERE "id" = '${RULE}'`)
    await account.create({ data: { id: "acc_removed", state: "NEEDS_LOGIN", tags: [], ...data } })
    try {
      const failures = look()?.stats.failures
      const runs = look()?.stats.runs ?? 0
      look()?.wake()
      await waitsForLock("AlertRule")
      await removing.ask("COMMIT")
      await removing.close()
      await waitFor(() => (look()?.stats.runs ?? 0) > runs)
      expect(look()?.stats.failures).toBe(failures)
      expect(await alert.count({ where: { ruleName: "removed", until: null } })).toBe(0)
    } finally {
      await account.deleteMany({ where: { id: "acc_removed" } })
    }
  })
})

describe("reports of two control planes about the same", () => {
  const at = new Date(0)
  const answered = (id: string, key: string, account: string) => ({
    type: "exchange",
    id,
    at: Date.now(),
    exchangeId: `req_${id}`,
    startedAt: Date.now(),
    apiKeyId: key,
    dialect: "gemini",
    stream: false,
    model: "gemini-3-flash",
    outcome: "completed",
    status: 200,
    usage: { inputTokens: 7, outputTokens: 0 },
    durationMs: 1,
    dropped: [],
    attempts: [{ accountId: account, reason: "", startedMs: 0, endedMs: 1 }],
  })
  type Item = Parameters<Awaited<ReturnType<typeof connectLink>>["report"]>[0]

  beforeAll(async () => {
    const { prisma } = control.controlPlane.services.database
    for (const name of ["zz", "aa"]) {
      const key = { name, origin: "CREATED", digest: `order ${name}`, lineage: name, createdAt: at } as const
      await prisma.apiKey.create({ data: { id: `key_${name}`, ...key } })
      const account = { kind: "GEMINI_API", label: name, stateSince: at, onboardingPending: false, tags: [] } as const
      await prisma.account.create({ data: { id: `acc_${name}`, ...account, createdAt: at } })
    }
  })

  test.each([
    ["ApiKey", "key"],
    ["Account", "acc"],
  ])("rows of %s are taken in one order, so that none waits for the other", async (table, prefix) => {
    const lock = (id: string): string =>
      `SELECT 1 FROM "${table}" WHERE "id" = '${prefix}_${id}' FOR NO KEY UPDATE NOWAIT`
    const other = await holding(lock("aa"))
    const link = await connectLink(control.url)
    const items = ["zz", "aa"].map((name) => answered(`${table}_${name}`, `key_${name}`, `acc_${name}`))
    const reported = link.report(...(items as unknown as Item[])) // as above
    await waitsForLock(table)
    // The second of them is still free.
    await other.ask(lock("zz"))
    await other.close()
    await reported
    link.close()
  })

  test("tokens that are reported while a quota is being read are counted by the one or the other reading", async () => {
    const { database, clock } = control.controlPlane.services
    const { prisma } = database
    const store = createQuotaStore({ database, clock, onRead: () => undefined, onTell: () => undefined })
    const reading = {
      bucket: quotaBucket("gemini-3-flash"),
      window: "5h",
      remainingFraction: 0.5,
      resetsAt: undefined,
    } as const
    await store.take("acc_aa", "summary", [reading])
    const other = await holding(`UPDATE "QuotaReading" SET "usedTokens" = 9 WHERE "accountId" = 'acc_aa'`)
    await other.ask(`SELECT 1 FROM "Account" WHERE "id" = 'acc_aa' FOR NO KEY UPDATE`)
    const taken = store.take("acc_aa", "summary", [reading])
    await waitsForLock("Account")
    await other.ask("COMMIT")
    await taken
    await other.close()
    const points = await prisma.quotaPoint.findMany({ where: { accountId: "acc_aa" } })
    expect(points.map(({ usedTokens }) => usedTokens)).toContain(9n)
  })
})

test("two control planes that back up by themselves make one backup an interval", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lagrange-backups-"))
  const clock = createManualClock(Date.now())
  const env = {
    DATABASE_URL: postgres.url,
    BACKUP_INTERVAL_HOURS: "24",
    BACKUP_FOLDER: folder,
    CONTROL_METRICS_PORT: "0",
  }
  const both = await Promise.all([1, 2].map(() => startTestControlPlane({ simulatorUrl: simulator.url, clock, env })))
  const { auditEvent } = control.controlPlane.services.database.prisma
  /** Each has looked so often whether one is due. */
  const looked = (times: number) =>
    waitFor(async () => {
      // Who found the other at it looks again a second later.
      clock.advance(1_000)
      const runs = await Promise.all(
        both.map(async ({ controlPlane }) =>
          valueOf(await readExposition(controlPlane.metricsUrl ?? ""), "lagrange_job_runs_total", {
            job_name: "back-up",
            result: "done",
          }),
        ),
      )
      return runs.every((count) => count >= times)
    }, 60_000)
  try {
    await looked(1)
    const made = () => auditEvent.count({ where: { action: "makeBackup", outcome: "DONE" } })
    await waitFor(async () => (await made()) > 0, 60_000)
    expect([readdirSync(folder).length, await made()]).toEqual([1, 1])
    clock.advance(24 * 3_600_000)
    await waitFor(async () => (await made()) > 1, 60_000)
    await looked(2)
    expect([readdirSync(folder).length, await made()]).toEqual([2, 2])
  } finally {
    for (const one of both) await one.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test("nothing of it all makes Node warn of anything", () => {
  expect(warnings).toEqual([])
})
