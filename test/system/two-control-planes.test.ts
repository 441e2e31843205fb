/** Two control planes on one PostgreSQL as processes, each with a data plane of its own, and one of them killed with -9. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { startDataPlane, type DataPlane } from "#data-plane/data-plane.ts"
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import {
  headersOf,
  masterKey,
  type GraphqlAnswer,
  type Identity,
} from "../../control-plane/test/support/control-plane.ts"
import { startWebhookReceiver, type WebhookReceiver } from "../../control-plane/test/support/webhook-receiver.ts"
import { chatBody, fetchAnswer } from "../../data-plane/test/support/client.ts"
import { configFor } from "../../data-plane/test/support/plane.ts"
import { startBuilt, type Running } from "../support/child-process.ts"
import { askServer, startPostgres, type Postgres } from "../support/postgres.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

vi.setConfig({ hookTimeout: 600_000 })

const ADMIN_TOKEN = "two-control-planes-admin-token-for-tests"
const PASSWORD = "a long test phrase 42"
const LINK_TOKENS = ["two-control-planes-link-token-for-tests", ""]

interface Side {
  readonly process: Running
  readonly url: string
  readonly plane: DataPlane
}

let postgres: Postgres
let simulator: Simulator
let receiver: WebhookReceiver
let directory: string
const sides: Side[] = []

async function startControlPlane(name: string): Promise<Pick<Side, "process" | "url">> {
  let url: string | undefined
  let hasEnded = false
  const env = {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(directory, name),
    CONTROL_PORT: "0",
    MASTER_KEY: masterKey,
    // So that a session may ask what the panel does not.
    GRAPHQL_DEVELOPMENT: "on",
    ADMIN_TOKEN,
    ADMIN_PASSWORD: PASSWORD,
    LINK_TOKEN: LINK_TOKENS[0] ?? "",
    NODE_NAME: "first",
    ALERT_WEBHOOK_HOSTS: "127.0.0.1",
    ANTIGRAVITY_BASE_URLS: simulator.url,
    GOOGLE_OAUTH_CLIENT_ID: "simulator-client",
    GOOGLE_OAUTH_CLIENT_SECRET: "simulator-secret",
    GOOGLE_OAUTH_AUTH_URL: `${simulator.url}/o/oauth2/v2/auth`,
    GOOGLE_OAUTH_TOKEN_URL: `${simulator.url}/token`,
    GOOGLE_USERINFO_URL: `${simulator.url}/oauth2/v2/userinfo`,
  }
  const running = startBuilt("control-plane", env, (message) => {
    const told = message as { type?: string; url?: string } // what our own control plane tells its parent
    if (told.type === "started") url = told.url
  })
  void running.ended.then(() => (hasEnded = true))
  await waitFor(() => url ?? hasEnded, 120_000)
  if (url === undefined) throw new Error(`the control plane did not start:\n${running.output()}`)
  return { process: running, url }
}

function startPlane(url: string, nodeName: string, linkToken: string): Promise<DataPlane> {
  const config = configFor(url, join(directory, `plane-${nodeName}`), { linkToken: new Secret(linkToken), nodeName })
  return startDataPlane(config, createLogger({ level: "error", format: "json", write: () => undefined }))
}

async function ask<Data>(
  url: string,
  query: string,
  variables: object = {},
  identity: Identity = { token: ADMIN_TOKEN },
): Promise<Pick<GraphqlAnswer<Data>, "data" | "cookie">> {
  const body = JSON.stringify({ query, variables })
  const response = await fetch(`${url}/graphql`, { method: "POST", headers: headersOf(identity), body })
  const { data, errors } = (await response.json()) as GraphqlAnswer<Data> // GraphQL's own shape
  if (errors !== undefined) throw new Error(JSON.stringify(errors))
  return { data, cookie: response.headers.get("set-cookie")?.split(";")[0] }
}

const side = (at: number): Side => {
  const found = sides[at]
  if (found === undefined) throw new Error(`there is no side ${at}`)
  return found
}

/** At one of the two. */
const at = async <Data>(index: number, query: string, variables?: object): Promise<Data> =>
  (await ask<Data>(side(index).url, query, variables)).data

async function addAccount(index: number, email: string): Promise<string> {
  const { refreshToken } = simulator.addAccount({ email })
  const add = `mutation ($email: String!, $refreshToken: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true,
    email: $email, refreshToken: $refreshToken }) { ... on AddAccountSuccess { account { id } } } }`
  const { addAccount: added } = await at<{ addAccount: { account: { id: string } } }>(index, add, {
    email,
    refreshToken,
  })
  return added.account.id
}

const isReady = (index: number, id: string): Promise<boolean> =>
  at<{ account: { state: string; quota: object[]; models: object[] } }>(
    index,
    "query ($id: ID!) { account(id: $id) { state models quota { bucket } } }",
    { id },
  ).then(({ account }) => account.state === "READY" && account.quota.length >= 5 && account.models.length > 3)

const createKey = async (index: number): Promise<{ id: string; secret: string }> => {
  const create = `mutation { createApiKey(input: { name: "test" }) { ... on CreateApiKeySuccess { secret apiKey { id } } } }`
  const { createApiKey } = await at<{ createApiKey: { secret: string; apiKey: { id: string } } }>(index, create)
  return { id: createApiKey.apiKey.id, secret: createApiKey.secret }
}

const chatStatus = async (index: number, key: string): Promise<number> => {
  const headers = { authorization: `Bearer ${key}` }
  const body = chatBody("[[sim:text=ok]]", { model: "gemini-3-flash" })
  return (await fetchAnswer(`${side(index).plane.url}/v1/chat/completions`, { headers, body })).status
}

beforeAll(async () => {
  postgres = await startPostgres()
  simulator = await startSimulator({ accounts: 0 })
  receiver = await startWebhookReceiver()
  directory = await mkdtemp(join(tmpdir(), "lagrange-two-"))
  // Both at once: one of them makes the tables, and all that a new database begins with.
  const started = await Promise.all(["first", "second"].map(startControlPlane))
  const node = `mutation { createNode(input: { name: "second" }) { ... on CreateNodeSuccess { linkToken } } }`
  const made = await ask<{ createNode: { linkToken: string } }>(started[0]?.url ?? "", node)
  LINK_TOKENS[1] = made.data.createNode.linkToken
  for (const [index, control] of started.entries()) {
    const plane = await startPlane(control.url, index === 0 ? "first" : "second", LINK_TOKENS[index] ?? "")
    sides.push({ ...control, plane })
  }
})
afterAll(async () => {
  for (const { plane, process } of sides) {
    await plane.drain(0)
    if (process.child.exitCode === null && process.child.signalCode === null) await process.end()
  }
  await receiver?.stop()
  await simulator?.close()
  await postgres?.stop()
  await rm(directory, { recursive: true, force: true })
})

test("what is due is done once, whichever of them it was added at", async () => {
  const emails = Array.from({ length: 6 }, (_, index) => `account-${index}@example.test`)
  const ids = await Promise.all(emails.map((email, index) => addAccount(index % 2, email)))
  await waitFor(async () => (await Promise.all(ids.map((id) => isReady(1, id)))).every(Boolean), 120_000)
  const count = (email: string, method: string): number =>
    simulator.seen().filter(({ path, account }) => account === email && path.includes(method)).length
  // Each is due again after minutes only.
  for (const method of ["retrieveUserQuotaSummary", "fetchAvailableModels"])
    expect({ method, counts: emails.map((email) => count(email, method)) }).toEqual({
      method,
      counts: emails.map(() => 1),
    })
})

test("what is changed at one is in force at the data plane of the other, and a session of one is one of both", async () => {
  for (const [here, there] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const key = await createKey(here)
    await waitFor(async () => (await chatStatus(there, key.secret)) === 200)
    await at(here, "mutation ($id: ID!) { removeApiKey(id: $id) { __typename } }", { id: key.id })
    await waitFor(async () => (await chatStatus(there, key.secret)) === 401)
    const signIn = `mutation ($password: String!) { signIn(password: $password) { __typename } }`
    const { cookie } = await ask(side(here).url, signIn, { password: PASSWORD }, {})
    const viewer = "{ viewer { __typename } }"
    expect((await ask(side(there).url, viewer, {}, { cookie })).data).toMatchObject({ viewer: {} })
    await ask(side(there).url, "mutation { signOut { __typename } }", {}, { cookie })
    await waitFor(async () => {
      const { data } = await ask<{ viewer: object | null }>(side(here).url, viewer, {}, { cookie })
      return data.viewer === null
    })
  }
})

test("the playground of one says that a data plane is linked to the other, which sends it", async () => {
  const { nodes } = await at<{ nodes: { id: string; name: string }[] }>(0, "{ nodes { id name } }")
  const second = nodes.find(({ name }) => name === "second")?.id ?? ""
  const send = (index: number): Promise<Response> =>
    fetch(`${side(index).url}/playground/v1/chat/completions`, {
      method: "POST",
      headers: { ...headersOf({ token: ADMIN_TOKEN }), "x-lagrange-node": second },
      body: JSON.stringify(chatBody("[[sim:text=ok]]", { model: "gemini-3-flash" })),
    })
  const refused = await send(0)
  expect(refused.status).toBe(503)
  expect(await refused.text()).toContain("linked to another control plane of this database, send it there")
  const served = await send(1)
  expect([served.status, served.headers.get("x-lagrange-node")]).toEqual([200, second])
  await served.body?.cancel()
})

test("an alert is sent once, whichever of them finds it", async () => {
  const hook = `mutation ($url: String!) { createWebhook(input: { name: "test", url: $url }) {
    ... on CreateWebhookSuccess { webhook { id } } } }`
  const { createWebhook } = await at<{ createWebhook: { webhook: { id: string } } }>(0, hook, { url: receiver.url })
  const look = `mutation ($webhookId: ID!) { updateAlertRule(id: "alr_account_attention",
    input: { webhookId: $webhookId, forSeconds: 0 }) { __typename ... on Failure { message } } }`
  const looks = (): Promise<unknown> =>
    Promise.all([0, 1].map((index) => at(index, look, { webhookId: createWebhook.webhook.id })))
  const id = await addAccount(1, "lost@example.test")
  await waitFor(() => isReady(0, id), 120_000)
  await askServer(postgres.url, `UPDATE "Account" SET "state" = 'NEEDS_LOGIN' WHERE "id" = '${id}'`)
  // Each change has both look again.
  await waitFor(async () => {
    await looks()
    return receiver.taken.length > 0
  }, 120_000)
  await looks()
  const read = "{ alerts { edges { node { kind deliveries { event } } } } }"
  expect(await at(1, read)).toEqual({
    alerts: { edges: [{ node: { kind: "ACCOUNT_ATTENTION", deliveries: [{ event: "FIRING" }] } }] },
  })
})

test("killed with -9 in the middle of its work, the other goes on with it, and the audit is one chain", async () => {
  const email = "interrupted@example.test"
  // Who asks first waits until it is killed.
  simulator.script({
    fault: { kind: "hang-before-headers" },
    match: { account: email, method: "loadCodeAssist" },
    times: 1,
  })
  const id = await addAccount(0, email)
  await waitFor(() =>
    simulator.seen().some(({ account, path }) => account === email && path.includes("loadCodeAssist")),
  )
  const key = await createKey(0)
  await waitFor(async () => (await chatStatus(0, key.secret)) === 200)
  const killed = side(0).process
  killed.child.kill("SIGKILL")
  await killed.ended
  await waitFor(() => isReady(1, id), 120_000)
  // Its data plane serves on, and what was told by both is one chain.
  expect(await chatStatus(0, key.secret)).toBe(200)
  const chain = "{ verifyAuditChain { checked faults { kind from to } newestSequence } }"
  const { verifyAuditChain } = await at<{ verifyAuditChain: { checked: number } }>(1, chain)
  expect(verifyAuditChain).toMatchObject({ faults: [], newestSequence: String(verifyAuditChain.checked) })
  expect(verifyAuditChain.checked).toBeGreaterThan(10)
  expect(receiver.taken.map(({ type }) => type)).toEqual(["alert.firing"])
})
