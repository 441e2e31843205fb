/** What the upstream meters reaches the choice of accounts: control plane, data plane and simulator over real sockets. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startDataPlane, type DataPlane } from "#data-plane/data-plane.ts"
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import {
  LINK_TOKEN,
  startTestControlPlane,
  type TestControlPlane,
} from "../../control-plane/test/support/control-plane.ts"
import { chatBody, fetchAnswer } from "../../data-plane/test/support/client.ts"
import { configFor } from "../../data-plane/test/support/plane.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

const HOUR = 3_600_000
const ADD = `mutation ($token: String!, $email: String!) {
  addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email, label: $email }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const KEY = `mutation { createApiKey(input: { name: "test" }) { ... on CreateApiKeySuccess { secret } } }`
const RESERVE = `mutation ($id: ID!, $reserve: Float) { updateAccount(id: $id, input: { reserve: $reserve }) {
  ... on UpdateAccountSuccess { account { id } } ... on Failure { message } } }`
const SYNC = `mutation ($id: ID!) { syncQuota(accountId: $id) {
  ... on SyncQuotaSuccess { account { quota { bucket window remaining resetAt source readAt } } } ... on Failure { code message } } }`

let behindMs: number
let simulator: Simulator
let control: TestControlPlane
let plane: DataPlane
let directory: string
let key: string
beforeEach(async () => {
  behindMs = 0
  simulator = await startSimulator({ now: () => Date.now() - behindMs, accounts: 0 })
  control = await startTestControlPlane({
    simulatorUrl: simulator.url,
    env: { POOL_STRATEGY: "most-quota", POOL_COOLING_WAIT_MS: "1", MAX_CONCURRENT_PER_MODEL: "0" },
  })
  directory = await mkdtemp(join(tmpdir(), "lagrange-quota-"))
  plane = await startDataPlane(
    configFor(control.url, directory, { linkToken: new Secret(LINK_TOKEN), nodeName: "local" }),
    createLogger({ level: "error", format: "json", write: () => undefined }),
  )
  key = (await control.data<{ createApiKey: { secret: string } }>(KEY)).createApiKey.secret
})
afterEach(async () => {
  await plane.drain(0)
  await control.stop()
  await simulator.close()
  await rm(directory, { recursive: true, force: true })
})

async function add(email: string): Promise<string> {
  simulator.addAccount({ email })
  const variables = { token: `sim-refresh-${email}`, email }
  const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(ADD, variables)
  const query = "query ($id: ID!) { account(id: $id) { state quota { bucket } } }"
  await waitFor(async () => {
    const { account } = await control.data<{ account: { state: string; quota: object[] } }>(query, {
      id: addAccount.account.id,
    })
    return account.state === "READY" && account.quota.length >= 5
  })
  return addAccount.account.id
}

async function setQuota(email: string, remainingFraction: number, window = "fiveHours"): Promise<void> {
  const answer = await fetch(`${simulator.url}/simulator/quota`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, bucket: "gemini", window, remainingFraction }),
  })
  expect(answer.status).toBe(200)
}

interface Shown {
  readonly bucket: string
  readonly window: string
  readonly remaining: number
  readonly resetAt: string
}

/** Reads an account's quota and waits until the data plane has it. */
async function sync(id: string): Promise<readonly Shown[]> {
  const { syncQuota } = await control.data<{ syncQuota: { account: { quota: Shown[] } } }>(SYNC, { id })
  await control.controlPlane.services.publisher.flush()
  const version = control.controlPlane.services.publisher.current?.version
  await waitFor(() => plane.store.version === version)
  return syncQuota.account.quota
}

/** Who serves so many conversations, one after the other; the status where nobody does. */
async function served(count: number): Promise<string[]> {
  const who: string[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const answer = await fetchAnswer(`${plane.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${key}`, "x-lagrange-explain": "1" },
      body: chatBody(`Hello, ${turn} ${Math.random()}`, { model: "gemini-3-flash" }),
    })
    who.push(
      answer.status === 200
        ? decodeURIComponent(String(answer.headers["x-lagrange-account"]))
        : `${answer.status} ${answer.text}`,
    )
  }
  return who
}

test("an account that is nearly used up is no longer chosen by most-quota", async () => {
  const nearly = await add("nearly@example.test")
  await add("full@example.test")
  await setQuota("nearly@example.test", 0.05)
  const quota = await sync(nearly)
  expect(quota.find(({ bucket, window }) => bucket === "gemini" && window === "5h")?.remaining).toBe(0.05)
  expect(new Set(await served(6))).toEqual(new Set(["full@example.test"]))
})

test("an account under its reserve is not chosen at all, and is again after the reset, which is read by itself", async () => {
  const id = await add("a@example.test")
  await control.data(RESERVE, { id, reserve: 0.2 })
  // The window opened so long ago that it ends in a moment.
  behindMs = 5 * HOUR - 4_000
  await setQuota("a@example.test", 0.1)
  behindMs = 0
  const quota = await sync(id)
  const five = quota.find(({ bucket, window }) => bucket === "gemini" && window === "5h")
  expect(five?.remaining).toBe(0.1)
  expect(await served(1)).toEqual([expect.stringMatching(/^429 .*cooling down/)])
  await waitFor(async () => (await served(1))[0] === "a@example.test", 15_000)
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(five?.resetAt ?? ""))
  const document = "query ($id: ID!) { account(id: $id) { quota { bucket window remaining } } }"
  await waitFor(async () => {
    const { account } = await control.data<{ account: { quota: Shown[] } }>(document, { id })
    return account.quota.some((one) => one.bucket === "gemini" && one.window === "5h" && one.remaining > 0.9)
  }, 15_000)
})
