/** Each rule, met and over by what clients, accounts and data planes do: control plane, data planes and simulator over real sockets. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import {
  startWebhookReceiver,
  type ReceivedAlert,
  type WebhookReceiver,
} from "../../control-plane/test/support/webhook-receiver.ts"
import { leapingClock, type LeapingClock } from "../support/leaping-clock.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const DAY_MS = 86_400_000
const EMAILS = ["a@example.test", "b@example.test"]

let planes: Planes
let clock: LeapingClock
let receiver: WebhookReceiver
let accounts: string[] = []
beforeAll(async () => {
  clock = leapingClock()
  receiver = await startWebhookReceiver()
  planes = await startPlanes({ clock, env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1", MAX_CONCURRENT_PER_ACCOUNT: "0" } })
  const { createWebhook } = await planes.control.data<{ createWebhook: { webhook: { id: string } } }>(
    `mutation ($url: String!) { createWebhook(input: { name: "test", url: $url }) { ... on CreateWebhookSuccess { webhook { id } } } }`,
    { url: receiver.url },
  )
  const { alertRules } = await planes.control.data<{ alertRules: { id: string }[] }>("{ alertRules { id } }")
  for (const { id } of alertRules) {
    await planes.control.data(
      `mutation ($id: ID!, $webhookId: ID!) { updateAlertRule(id: $id, input: { webhookId: $webhookId, forSeconds: 0 }) {
        ... on Failure { message } } }`,
      { id, webhookId: createWebhook.webhook.id },
    )
  }
})
afterAll(async () => {
  await planes.stop()
  await receiver.stop()
})

/** Two accounts that serve, early enough in a day of UTC: what keys use is counted by days. */
beforeEach(async () => {
  const left = DAY_MS - (clock.now() % DAY_MS)
  if (left < DAY_MS / 12) clock.leap(left)
  accounts = []
  for (const email of EMAILS) accounts.push(await planes.addAccount(email))
  return async () => {
    planes.simulator.clearFaults()
    await planes.control.data("mutation { resumePool { __typename } }")
    planes.plane.pool.release({ type: "model", model: "gemini-3-flash" })
    for (const id of accounts) await removeAccount(id)
  }
})

const removeAccount = (id: string): Promise<unknown> =>
  planes.control.data("mutation ($id: ID!) { removeAccount(id: $id) { __typename } }", { id })

/** The message that raised an alert of this kind which goes on, as soon as it came. */
function raised(kind: string): Promise<ReceivedAlert> {
  const isOver = (id: string): boolean =>
    receiver.taken.some(({ type, alert }) => type === "alert.resolved" && alert.id === id)
  return waitFor(() => {
    clock.leap(5_000)
    return receiver.taken.findLast(
      ({ type, alert }) => type === "alert.firing" && alert.kind === kind && !isOver(alert.id),
    )
  }, 60_000)
}

/** Of the alert of this kind that goes on. */
async function evidenceOf(kind: string): Promise<ReceivedAlert["alert"]["evidence"]> {
  const { alerts } = await planes.control.data<{ alerts: { edges: { node: ReceivedAlert["alert"] }[] } }>(
    "query ($kind: AlertKind!) { alerts(filter: { firing: true, kinds: [$kind] }) { edges { node { evidence { subject label detail } } } } }",
    { kind },
  )
  return alerts.edges[0]?.node.evidence ?? []
}

async function over({ alert }: ReceivedAlert): Promise<void> {
  const resolved = await waitFor(() => {
    clock.leap(5_000)
    return receiver.taken.find((message) => message.type === "alert.resolved" && message.alert.id === alert.id)
  }, 60_000)
  expect(resolved.alert).toMatchObject({ since: alert.since, state: "resolved", until: expect.any(String) })
}

async function setQuota(remainingFraction: number): Promise<void> {
  for (const [index, email] of EMAILS.entries()) {
    const body = JSON.stringify({ email, bucket: "gemini", window: "fiveHours", remainingFraction })
    const headers = { "content-type": "application/json" }
    await fetch(`${planes.simulator.url}/simulator/quota`, { method: "POST", headers, body })
    await planes.control.data("mutation ($id: ID!) { syncQuota(accountId: $id) { ... on Failure { message } } }", {
      id: accounts[index],
    })
  }
}

test("little quota, and then accounts that have used it up", async () => {
  // While accounts are on their way in, few can serve.
  await waitFor(async () => {
    clock.leap(5_000)
    return (await evidenceOf("POOL_ACCOUNTS")).length === 0
  })
  await setQuota(0.05)
  const low = await raised("POOL_QUOTA")
  expect(low.alert.evidence).toEqual([
    {
      subject: "gemini 5h",
      label: "gemini 5h",
      detail: expect.stringMatching(/^5 % is left over 2 accounts; the next window ends at /),
    },
  ])
  await setQuota(0)
  expect((await planes.ask("used up")).status).toBe(429)
  const few = await raised("POOL_ACCOUNTS")
  expect(few.alert.evidence).toEqual([
    { subject: "gemini", label: "gemini", detail: "0 of 2 enabled accounts can serve it." },
  ])
  await setQuota(0.9)
  await over(low)
  await over(few)
})

const countErrorsFor = (windowMinutes: number): Promise<unknown> =>
  planes.control.data(
    `mutation ($windowMinutes: Int!) { updateAlertRule(id: "alr_error_rate", input: { windowMinutes: $windowMinutes }) {
      ... on Failure { message } } }`,
    { windowMinutes },
  )

test("requests that fail by no fault of their clients, as long as they are in the window", async () => {
  await countErrorsFor(1_440)
  await planes.set("MAX_ATTEMPTS", "1")
  for (let turn = 0; turn < 12; turn++) await planes.ask("nobody has this", { model: "no-such-model" })
  const { createAlertRule } = await planes.control.data<{ createAlertRule: { alertRule: { id: string } } }>(
    `mutation { createAlertRule(input: { kind: ERROR_RATE, errorCode: "model_not_found", windowMinutes: 1440, forSeconds: 0 }) {
      ... on CreateAlertRuleSuccess { alertRule { id } } } }`,
  )
  // The one rule counts what the other leaves out.
  await waitFor(async () => {
    clock.leap(5_000)
    return (await evidenceOf("ERROR_RATE"))[0]?.subject === "model_not_found"
  })
  await planes.control.data("mutation ($id: ID!) { removeAlertRule(id: $id) { __typename } }", {
    id: createAlertRule.alertRule.id,
  })
  await waitFor(async () => {
    clock.leap(5_000)
    return (await evidenceOf("ERROR_RATE")).length === 0
  })
  planes.simulator.script({ fault: { kind: "internal" } })
  for (let turn = 0; turn < 8; turn++) expect((await planes.ask(`failing ${turn}`)).status).not.toBe(200)
  const failing = await raised("ERROR_RATE")
  // It was raised as soon as they were enough; what came after is in it too.
  await waitFor(async () => {
    clock.leap(5_000)
    const evidence = await evidenceOf("ERROR_RATE")
    expect(evidence.map(({ subject }) => subject)).not.toContain("model_not_found")
    return evidence.reduce((sum, { detail }) => sum + Number(detail.split(" ")[0]), 0) >= 8
  })
  planes.simulator.clearFaults()
  await countErrorsFor(1)
  await over(failing)
  await planes.set("MAX_ATTEMPTS", "4")
})

test("accounts that meet a wall, and the pool that pauses itself", async () => {
  planes.simulator.script({ fault: { kind: "validation-required" } })
  await planes.ask("wall [[sim:text=ok]]")
  const wall = await raised("ACCOUNT_ATTENTION")
  // The other one, too.
  const paused = await waitFor(async () => {
    await planes.ask("another wall [[sim:text=ok]]")
    clock.leap(5_000)
    return receiver.taken.find(({ alert }) => alert.kind === "POOL_PAUSED")
  })
  expect(paused.alert.evidence[0]?.detail).toContain("2 accounts must be verified within ten minutes")
  await waitFor(async () => {
    clock.leap(5_000)
    const subjects = (await evidenceOf("ACCOUNT_ATTENTION")).map(({ subject }) => subject)
    return subjects.toSorted().join() === accounts.toSorted().join()
  })
  planes.simulator.clearFaults()
  await planes.control.data("mutation { resumePool { __typename } }")
  await over(paused)
  for (const id of accounts) await removeAccount(id)
  await over(wall)
})

test("a key that has used most of its tokens", async () => {
  const { status, text } = await planes.ask(`${"some tokens ".repeat(50)} [[sim:text=ok]]`)
  expect(status, text).toBe(200)
  const read = "{ apiKeys { edges { node { id name tokensToday } } } }"
  const key = await waitFor(async () => {
    clock.leap(500)
    const { apiKeys } = await planes.control.data<{
      apiKeys: { edges: { node: { id: string; name: string; tokensToday: string } }[] }
    }>(read)
    const found = apiKeys.edges.map(({ node }) => node).find(({ name }) => name === "test")
    return Number(found?.tokensToday ?? 0) > 10 && found
  })
  const limit = (tokensPerDay: number | null) =>
    planes.control.data(
      "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { ... on Failure { message } } }",
      { id: key.id, input: { tokensPerDay } },
    )
  await limit(Number(key.tokensToday) + 1)
  const used = await raised("KEY_BUDGET")
  expect(used.alert.evidence).toEqual([
    {
      subject: key.id,
      label: "test",
      detail: expect.stringMatching(/^It has used 9\d(\.\d)? % of its tokens of the day\.$/),
    },
  ])
  await limit(null)
  await over(used)
})

test("attempts that fail in one way, though another account serves", async () => {
  const { createAlertRule } = await planes.control.data<{ createAlertRule: { alertRule: { id: string } } }>(
    `mutation { createAlertRule(input: { kind: ERROR_RATE, failureClass: "credits", windowMinutes: 1440, forSeconds: 0 }) {
      ... on CreateAlertRuleSuccess { alertRule { id } } } }`,
  )
  for (let turn = 0; turn < 8; turn++) {
    planes.simulator.script({ fault: { kind: "credits-exhausted" }, times: 1 })
    expect((await planes.ask(`again ${turn} [[sim:text=ok]]`)).status).toBe(200)
    planes.simulator.clearFaults()
  }
  await waitFor(async () => {
    clock.leap(5_000)
    return (await evidenceOf("ERROR_RATE"))[0]?.subject === "credits"
  })
  await planes.control.data("mutation ($id: ID!) { removeAlertRule(id: $id) { __typename } }", {
    id: createAlertRule.alertRule.id,
  })
})

// The last one: who waits for all data planes would wait for the one that left.
test("a data plane that is not heard of any more", async () => {
  const other = await planes.addPlane("other")
  await waitFor(async () => {
    const { nodes } = await planes.control.data<{ nodes: { name: string; ready: boolean }[] }>(
      "{ nodes { name ready } }",
    )
    clock.leap(1_000)
    return nodes.find(({ name }) => name === "other")?.ready
  })
  await other.drain(0)
  const isAbout = ({ alert }: ReceivedAlert): boolean => alert.evidence.some(({ label }) => label === "other")
  const away = await waitFor(() => {
    clock.leap(5_000)
    return receiver.taken.filter(({ alert }) => alert.kind === "NODE_STALE").findLast(isAbout)
  }, 60_000)
  expect(away.alert.evidence.find(({ label }) => label === "other")?.detail).toMatch(/^Not heard of since /)
  const { nodes } = await planes.control.data<{ nodes: { id: string; name: string }[] }>("{ nodes { id name } }")
  const id = nodes.find(({ name }) => name === "other")?.id
  await planes.control.data("mutation ($id: ID!) { removeNode(id: $id) { __typename } }", { id })
  await over(away)
})
