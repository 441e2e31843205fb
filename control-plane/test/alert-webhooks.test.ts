/** What one webhook or one message meets is nothing that others wait for, and is over when it is mended. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { createDelivery } from "../src/alerts/deliver.ts"
import type { SendResult } from "../src/alerts/send.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"
import { startWebhookReceiver } from "./support/webhook-receiver.ts"

const HOUR = 3_600_000

let control: TestControlPlane
let clock: ManualClock
beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock, env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1" } })
})
afterEach(() => control.stop())

const tables = () => control.controlPlane.services.database.prisma

async function addMessages(webhookId: string, ...messages: readonly (readonly [id: string, alertId: string])[]) {
  const at = new Date(clock.now())
  await tables().webhook.create({
    data: { id: webhookId, name: webhookId, origin: "", sealedUrl: "", sealedSecret: "", createdAt: at },
  })
  for (const [index, [id, alertId]] of messages.entries()) {
    const texts = { kind: "ERROR_RATE", ruleName: "", summary: "", wayOut: "" } as const
    const alert = { id: alertId, ...texts, since: at, changedAt: at, count: 1, evidence: [], toldOf: [] }
    await tables().alert.upsert({ where: { id: alertId }, create: alert, update: {} })
    const createdAt = new Date(clock.now() + index)
    const message = { id, alertId, webhookId, event: "alert.firing", body: id, createdAt, dueAt: at }
    await tables().alertDelivery.create({ data: message })
  }
}

/** Sends what is due now; the bodies, in their order. */
async function deliver(answer: (body: string) => SendResult, broken = ""): Promise<string[]> {
  const bodies: string[] = []
  const { database, log } = control.controlPlane.services
  const delivery = createDelivery({
    database,
    clock,
    log,
    random: () => 0,
    send: (_target, { body }) => {
      bodies.push(body)
      return Promise.resolve(answer(body))
    },
    targetOf: ({ id }) => {
      if (id === broken) throw new Error("sealed under another key")
      return { url: "", secret: "" }
    },
    onChange: () => undefined,
  })
  await delivery.run(new AbortController().signal)
  return bodies
}

test("a message that its receiver refuses holds up those of its own alert alone, and a receiver that is away all", async () => {
  for (const job of control.controlPlane.services.alerts.jobs) await job.stop()
  await addMessages("whk_a", ["bad", "alt_a"], ["after bad", "alt_a"], ["other", "alt_b"])
  const failed = (status: number) => (body: string) =>
    body === "bad" ? ({ type: "failed", status, reason: "" } as const) : ({ type: "delivered", status: 200 } as const)
  expect(await deliver(failed(503))).toEqual(["bad"])
  clock.advance(HOUR)
  expect(await deliver(failed(429))).toEqual(["bad"])
  clock.advance(HOUR)
  expect(await deliver(failed(400))).toEqual(["bad", "other"])
  clock.advance(HOUR)
  expect(await deliver(failed(400))).toEqual(["bad"])
  clock.advance(HOUR)
  expect(await deliver(() => ({ type: "delivered", status: 200 }))).toEqual(["bad", "after bad"])
})

test("a webhook whose address cannot be opened fails by itself", async () => {
  for (const job of control.controlPlane.services.alerts.jobs) await job.stop()
  await addMessages("whk_broken", ["lost", "alt_a"])
  await addMessages("whk_whole", ["sent", "alt_a"])
  expect(await deliver(() => ({ type: "delivered", status: 200 }), "whk_broken")).toEqual(["sent"])
  const { failures, lastError } = await tables().webhook.findUniqueOrThrow({ where: { id: "whk_broken" } })
  expect([failures, lastError]).toEqual([1, "It cannot be sent; the log says why."])
})

test("a test that arrives ends the row of failures", async () => {
  const receiver = await startWebhookReceiver()
  try {
    const made = await control.data<{ createWebhook: { webhook: { id: string } } }>(
      `mutation { createWebhook(input: { name: "w", url: "${receiver.url}/" }) { ... on CreateWebhookSuccess { webhook { id } } } }`,
    )
    const { id } = made.createWebhook.webhook
    await tables().webhook.update({ where: { id }, data: { failures: 5, lastError: "It answered 500." } })
    const document = `mutation { testWebhook(id: "${id}") { ... on TestWebhookSuccess { status } ... on Failure { message } } }`
    receiver.answer(500)
    await control.data(document)
    const row = () => tables().webhook.findUniqueOrThrow({ where: { id } })
    expect(await row()).toMatchObject({ failures: 5, lastError: "It answered 500." })
    receiver.answer(200)
    expect(await control.data(document)).toEqual({ testWebhook: { status: 200 } })
    expect(await row()).toMatchObject({ failures: 0, lastError: null })
  } finally {
    await receiver.stop()
  }
})
