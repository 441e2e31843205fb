/** The same control plane on PostgreSQL: what differs between the two databases is met here. */
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { startPostgres, type Postgres } from "../../test/support/postgres.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink } from "./support/link-client.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

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

test("a second control plane on the same database starts, and reads the same", async () => {
  const second = await startTestControlPlane({ simulatorUrl: simulator.url, env: { DATABASE_URL: postgres.url } })
  try {
    await waitFor(async () => {
      const { accounts } = await second.data<{ accounts: { totalCount: number } }>("{ accounts { totalCount } }")
      return accounts.totalCount === 1
    })
  } finally {
    await second.stop()
  }
})
