/** Alerts: rules and their inputs, episodes, webhooks and what reaches them; on a clock that a test moves, over real sockets. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { ALERT_KINDS } from "../src/alerts/kinds.ts"
import { KEEP_ALERTS_MS } from "../src/alerts/alerts.ts"
import { KEEP_TRYING_MS } from "../src/alerts/deliver.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"
import { isSigned, startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts"

let control: TestControlPlane
let clock: ManualClock
let receiver: WebhookReceiver
beforeEach(async () => {
  clock = createManualClock()
  receiver = await startWebhookReceiver()
  control = await startTestControlPlane({ clock, env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1" } })
})
afterEach(async () => {
  await control.stop()
  await receiver.stop()
})

interface Alert {
  readonly id: string
  readonly kind: string
  readonly firing: boolean
  readonly count: number
  readonly summary: string
  readonly evidence: readonly { readonly subject: string; readonly detail: string }[]
  readonly deliveries: readonly {
    readonly event: string
    readonly attempts: number
    readonly lastError: string | null
  }[]
}

const ALERT =
  "id kind firing count summary evidence { subject detail } deliveries { event attempts deliveredAt nextAttemptAt lastStatus lastError }"

async function alerts(filter: object = {}): Promise<readonly Alert[]> {
  const document = `query ($filter: AlertFilter) { alerts(filter: $filter) { edges { node { ${ALERT} } } } }`
  const data = await control.data<{ alerts: { edges: { node: Alert }[] } }>(document, { filter })
  return data.alerts.edges.map(({ node }) => node)
}

/** The rules are looked at once more, later: not before that has ended does time pass again. */
async function look(stepMs = 15_000): Promise<void> {
  const [looking] = control.controlPlane.services.alerts.jobs
  const before = looking?.stats.runs ?? 0
  clock.advance(stepMs)
  looking?.wake()
  await waitFor(() => (looking?.stats.runs ?? 0) > before)
}

/** Time passes look by look, until `condition` holds. */
function passing<T>(condition: () => Promise<T>, stepMs?: number): ReturnType<typeof waitFor<T>> {
  return waitFor(async () => {
    await look(stepMs)
    return condition()
  })
}

const firing = (kind: string): Promise<Alert> =>
  passing(async () => (await alerts({ firing: true })).find((alert) => alert.kind === kind))

const over = (id: string): Promise<unknown> =>
  passing(async () => (await alerts({ firing: false })).some((alert) => alert.id === id))

/** Several looks at all rules, each begun after the one before has ended. */
async function looksPass(): Promise<void> {
  for (let looks = 0; looks < 3; looks++) await look()
  expect(control.controlPlane.services.alerts.jobs[0]?.stats.failures).toBe(0)
}

type Result = Record<
  string,
  { readonly code?: string; readonly message?: string; readonly path?: string[] } & Record<string, unknown>
>

async function mutate(name: string, args: string, variables: object, success: string): Promise<Result[string]> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`
  const document = `mutation ${args.replaceAll(/(\w+): \$(\w+)!(\w+)/g, "$$$2: $3!")} { ${name}${args.replaceAll(/!\w+/g, "")} { ... on ${type} { ${success} } ... on Failure { code message path } } }`
  const data = await control.data<Result>(document, variables)
  return data[name] ?? {}
}

const updateRule = (id: string, input: object) =>
  mutate("updateAlertRule", "(id: $id!ID, input: $input!UpdateAlertRuleInput)", { id, input }, "alertRule { id }")
const createRule = (input: object) =>
  mutate(
    "createAlertRule",
    "(input: $input!CreateAlertRuleInput)",
    { input },
    "alertRule { id name threshold forSeconds windowMinutes errorCode bucket enabled webhook { id } }",
  )
const createWebhook = (input: object) =>
  mutate("createWebhook", "(input: $input!CreateWebhookInput)", { input }, "secret webhook { id name origin enabled }")
const updateWebhook = (id: string, input: object) =>
  mutate(
    "updateWebhook",
    "(id: $id!ID, input: $input!UpdateWebhookInput)",
    { id, input },
    "webhook { id name origin enabled }",
  )
const byId = (name: string, id: string, success: string) => mutate(name, "(id: $id!ID)", { id }, success)

async function webhook(): Promise<{ readonly id: string; readonly secret: string }> {
  const made = await createWebhook({ name: "test", url: `${receiver.url}/hook?token=canary` })
  const { secret, webhook: row } = made as unknown as { secret: string; webhook: { id: string } } // checked by the test of webhooks
  return { id: row.id, secret }
}

const { ACCOUNT_ATTENTION } = { ACCOUNT_ATTENTION: "alr_account_attention" }

async function addAccounts(count: number, state: "READY" | "NEEDS_LOGIN" = "NEEDS_LOGIN", from = 0): Promise<void> {
  const { prisma } = control.controlPlane.services.database
  await prisma.account.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      id: `acc_${from + index}`,
      kind: "ANTIGRAVITY" as const,
      label: `account ${from + index}`,
      email: `a${from + index}@example.test`,
      state,
      stateReason: "The provider no longer takes it.",
      stateSince: new Date(clock.now() + index),
      tags: [],
      onboardingPending: false,
      createdAt: new Date(clock.now()),
    })),
  })
}

async function mend(): Promise<void> {
  await control.controlPlane.services.database.prisma.account.updateMany({ data: { state: "READY" } })
}

describe("rules", () => {
  it("of each kind are there from the first start on, without any webhook, and stay as they were changed", async () => {
    const document =
      "{ alertRules { id kind name builtIn enabled threshold forSeconds windowMinutes webhook { id } alert { id } } }"
    const { alertRules } = await control.data<{ alertRules: { id: string; kind: string; webhook: null }[] }>(document)
    expect(alertRules.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(ALERT_KINDS).toSorted())
    for (const rule of alertRules)
      expect(rule).toMatchObject({ builtIn: true, enabled: true, webhook: null, alert: null })
    await updateRule(ACCOUNT_ATTENTION, { name: "Mine", threshold: 7, enabled: false })
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory })
    const after = await control.data<{ alertRules: object[] }>(document)
    expect(after.alertRules).toHaveLength(alertRules.length)
    expect(after.alertRules).toContainEqual(expect.objectContaining({ name: "Mine", threshold: 7, enabled: false }))
  })

  const REFUSED = [
    [{ kind: "ACCOUNT_ATTENTION", threshold: 0.5 }, "out_of_range", "threshold"],
    [{ kind: "ERROR_RATE", threshold: 1.5 }, "out_of_range", "threshold"],
    [{ kind: "POOL_PAUSED", threshold: 1 }, "not_of_kind", "threshold"],
    [{ kind: "NODE_STALE", threshold: 5 }, "out_of_range", "threshold"],
    [{ kind: "ERROR_RATE", forSeconds: -1 }, "out_of_range", "forSeconds"],
    [{ kind: "ERROR_RATE", windowMinutes: 0 }, "out_of_range", "windowMinutes"],
    [{ kind: "POOL_QUOTA", windowMinutes: 5 }, "not_of_kind", "windowMinutes"],
    [{ kind: "ERROR_RATE", errorCode: "no_such_error" }, "unknown", "errorCode"],
    [{ kind: "NODE_STALE", errorCode: "internal" }, "not_of_kind", "errorCode"],
    [{ kind: "ERROR_RATE", failureClass: "upstream_failed" }, "unknown", "failureClass"],
    [{ kind: "NODE_STALE", failureClass: "server" }, "not_of_kind", "failureClass"],
    [{ kind: "ERROR_RATE", failureClass: "server", errorCode: "internal" }, "not_together", "failureClass"],
    [{ kind: "KEY_BUDGET", bucket: "GEMINI" }, "not_of_kind", "bucket"],
    [{ kind: "KEY_BUDGET", webhookId: "whk_none" }, "not_found", "webhookId"],
    [{ kind: "KEY_BUDGET", name: " " }, "empty", "name"],
  ] as const

  it("with an input that cannot be are refused with its place", async () => {
    const before = await control.data("{ alertRules { id } }")
    for (const [input, code, field] of REFUSED) {
      const refused = await createRule(input)
      expect(refused, JSON.stringify(input)).toMatchObject({ code, path: ["input", field] })
      expect(refused.message).toMatch(/\.$/)
    }
    expect(await control.data("{ alertRules { id } }")).toEqual(before)
  })

  it("are made, changed and removed, but for the built-in ones", async () => {
    const made = await createRule({
      kind: "ERROR_RATE",
      name: "Empty answers",
      errorCode: "upstream_empty_answer",
      windowMinutes: 30,
    })
    expect(made).toMatchObject({ alertRule: { threshold: 0.2, forSeconds: 60, windowMinutes: 30, enabled: true } })
    expect(made).toMatchObject({ alertRule: { name: "Empty answers", errorCode: "upstream_empty_answer" } })
    const { id: webhookId } = await webhook()
    const all = { threshold: 0.4, forSeconds: 5, bucket: "IMAGE", enabled: false }
    expect(await createRule({ kind: "POOL_QUOTA", webhookId, ...all })).toMatchObject({
      alertRule: { ...all, webhook: { id: webhookId } },
    })
    const { id } = made["alertRule"] as { id: string } // asked for above
    expect(await updateRule(id, { failureClass: "empty" })).toMatchObject({ code: "not_together" })
    expect(await updateRule(id, { errorCode: null, failureClass: "empty" })).not.toHaveProperty("code")
    expect(await updateRule(id, { errorCode: "internal" })).toMatchObject({ code: "not_together" })
    expect(await updateRule(id, { windowMinutes: null })).not.toHaveProperty("code")
    const { alertRules } = await control.data<{ alertRules: { id: string }[] }>(
      "{ alertRules { id errorCode failureClass windowMinutes } }",
    )
    expect(alertRules.find((rule) => rule.id === id)).toMatchObject({
      errorCode: null,
      failureClass: "empty",
      windowMinutes: 5,
    })
    expect(await byId("removeAlertRule", id, "alertRuleId")).toEqual({ alertRuleId: id })
    expect(await byId("removeAlertRule", id, "alertRuleId")).toMatchObject({ code: "not_found" })
    expect(await byId("removeAlertRule", ACCOUNT_ATTENTION, "alertRuleId")).toMatchObject({ code: "built_in" })
  })
})

describe("an episode", () => {
  it("of fifty accounts at once is one alert with a count; who comes new is told once; at its end it is resolved", async () => {
    const { id: webhookId } = await webhook()
    await updateRule(ACCOUNT_ATTENTION, { webhookId })
    await addAccounts(50)
    const alert = await firing("ACCOUNT_ATTENTION")
    expect(alert).toMatchObject({
      count: 50,
      summary: "Accounts need attention: account 0, account 1, account 2, and 47 more",
    })
    expect(alert.evidence).toHaveLength(20)
    expect(alert.evidence[0]).toMatchObject({
      subject: "acc_0",
      detail: "NEEDS_LOGIN The provider no longer takes it.",
    })
    await waitFor(() => receiver.taken.length === 1)
    expect(receiver.taken[0]).toMatchObject({
      type: "alert.firing",
      alert: { id: alert.id, count: 50, state: "firing" },
    })

    // One of them comes and goes: no news. Two new ones are one message.
    const { prisma } = control.controlPlane.services.database
    await prisma.account.update({ where: { id: "acc_7" }, data: { state: "READY" } })
    await passing(async () => (await alerts({ firing: true }))[0]?.count === 49)
    await prisma.account.update({ where: { id: "acc_7" }, data: { state: "NEEDS_LOGIN" } })
    await passing(async () => (await alerts({ firing: true }))[0]?.count === 50)
    await addAccounts(2, "NEEDS_LOGIN", 50)
    await passing(async () => receiver.taken.length === 2)
    expect(receiver.taken[1]).toMatchObject({ type: "alert.updated", alert: { id: alert.id, count: 52 } })

    await mend()
    await over(alert.id)
    await passing(async () => receiver.taken.length === 3)
    expect(receiver.taken[2]).toMatchObject({ type: "alert.resolved", alert: { id: alert.id, state: "resolved" } })
    expect(await alerts({ firing: true })).toEqual([])
    expect((await alerts()).map(({ id }) => id)).toEqual([alert.id])
  })

  it("does not begin with what passes sooner than the rule waits for, and waits as long as it says", async () => {
    await updateRule(ACCOUNT_ATTENTION, { forSeconds: 600 })
    await addAccounts(1)
    await looksPass()
    await mend()
    await looksPass()
    expect(await alerts()).toEqual([])
    const { prisma } = control.controlPlane.services.database
    await prisma.account.updateMany({ data: { state: "NEEDS_LOGIN" } })
    const from = clock.now()
    await firing("ACCOUNT_ATTENTION")
    expect(clock.now() - from).toBeGreaterThanOrEqual(600_000)
  })

  it("needs as many as the threshold, and ends when its rule is disabled or removed", async () => {
    await updateRule(ACCOUNT_ATTENTION, { threshold: 3, forSeconds: 0 })
    await addAccounts(2)
    await looksPass()
    expect(await alerts()).toEqual([])
    await addAccounts(1, "NEEDS_LOGIN", 2)
    const { id } = await firing("ACCOUNT_ATTENTION")
    await updateRule(ACCOUNT_ATTENTION, { enabled: false })
    await over(id)
    const made = await createRule({ kind: "ACCOUNT_ATTENTION", forSeconds: 0 })
    const own = await firing("ACCOUNT_ATTENTION")
    await byId("removeAlertRule", (made["alertRule"] as { id: string }).id, "alertRuleId") // asked for above
    expect((await alerts({ firing: false })).map((one) => one.id)).toContain(own.id)
  })

  it("is not left behind by a rule that is removed while it is raised, or while it ends", async () => {
    const { prisma } = control.controlPlane.services.database
    const { id: webhookId } = await webhook()
    for (let round = 0; round < 3; round++) {
      const made = await createRule({ kind: "ACCOUNT_ATTENTION", name: `removed ${round}`, forSeconds: 0, webhookId })
      const { id } = made["alertRule"] as { id: string } // asked for above
      await addAccounts(1, "NEEDS_LOGIN", round)
      const looking = look()
      expect(await byId("removeAlertRule", id, "alertRuleId")).toEqual({ alertRuleId: id })
      await looking
      const left = await prisma.alert.findMany({
        where: { ruleName: `removed ${round}` },
        include: { deliveries: true },
      })
      expect(left.filter(({ until }) => until === null)).toEqual([])
      for (const { deliveries } of left) {
        expect(deliveries.filter(({ event }) => event === "alert.resolved")).toHaveLength(1)
      }
    }
  })

  it("is raised by a rule as that was made: not by one that is disabled, sooner or later, and told where it says", async () => {
    await updateRule(ACCOUNT_ATTENTION, { enabled: false })
    const { id: webhookId } = await webhook()
    const kind = "ACCOUNT_ATTENTION"
    await createRule({ kind, name: "off", threshold: 1, forSeconds: 0, enabled: false })
    await createRule({ kind, name: "too many", threshold: 9, forSeconds: 0 })
    await createRule({ kind, name: "later", threshold: 1, forSeconds: 600 })
    await createRule({ kind: "ERROR_RATE", name: "of requests", threshold: 1, forSeconds: 0 })
    await createRule({ kind, name: "mine", threshold: 1, forSeconds: 0, webhookId })
    await addAccounts(1)
    await firing(kind)
    const { alerts: raised } = await control.data<{ alerts: { edges: { node: { name: string } }[] } }>(
      "{ alerts { edges { node { name } } } }",
    )
    expect(raised.edges.map(({ node }) => node.name)).toEqual(["mine"])
    await passing(async () => receiver.taken.length === 1)
    expect(receiver.taken[0]).toMatchObject({ type: "alert.firing", alert: { kind } })
  })

  it("goes on over a restart, as the same alert", async () => {
    await addAccounts(1)
    const { id } = await firing("ACCOUNT_ATTENTION")
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1" } })
    await looksPass()
    expect((await alerts()).map((alert) => [alert.id, alert.firing])).toEqual([[id, true]])
  })

  it("is told to who follows alerts, found by its kind, and forgotten long after its end", async () => {
    const open = await subscribe(control.url, "subscription { alertChanged { kind firing } }", {
      token: "test-admin-token-for-tests-only",
    })
    await addAccounts(1)
    const { id } = await firing("ACCOUNT_ATTENTION")
    expect(await open.next()).toMatchObject({ alertChanged: { kind: "ACCOUNT_ATTENTION", firing: true } })
    open.close()
    await open.ended
    expect(await alerts({ kinds: ["NODE_STALE"] })).toEqual([])
    expect(await alerts({ kinds: ["ACCOUNT_ATTENTION", "NODE_STALE"] })).toHaveLength(1)
    await mend()
    await over(id)
    clock.leap(KEEP_ALERTS_MS + 1)
    await control.controlPlane.services.alerts.prune()
    expect(await alerts()).toEqual([])
  })

  it("of a quota does not come and go with a number that wavers about the threshold", async () => {
    await addAccounts(2, "READY")
    await updateRule("alr_pool_quota", { forSeconds: 0, threshold: 0.5, bucket: "GEMINI" })
    const { prisma } = control.controlPlane.services.database
    const left = async (remainingFraction: number, bucket = "gemini"): Promise<void> => {
      await prisma.quotaReading.deleteMany()
      const readAt = new Date(clock.now())
      const reading = { window: "5h", source: "summary", readAt, toldFraction: remainingFraction, toldReadAt: readAt }
      await prisma.quotaReading.createMany({
        data: ["acc_0", "acc_1"].map((accountId) => ({ accountId, bucket, remainingFraction, ...reading })),
      })
    }
    await left(0.1, "image")
    await looksPass()
    expect(await alerts({ kinds: ["POOL_QUOTA"] })).toEqual([])
    await left(0.49)
    const alert = await firing("POOL_QUOTA")
    expect(alert.evidence).toEqual([{ subject: "gemini 5h", detail: "49 % is left over 2 accounts." }])
    await left(0.55)
    await looksPass()
    expect((await alerts({ firing: true })).map(({ id }) => id)).toContain(alert.id)
    await left(0.61)
    await over(alert.id)
    await left(0.55)
    await looksPass()
    expect(await alerts({ firing: true, kinds: ["POOL_QUOTA"] })).toEqual([])
  })
})

describe("a webhook", () => {
  it("shows its secret once and its address never, and its messages are signed with it", async () => {
    const made = await createWebhook({ name: " Pager ", url: `${receiver.url}/hook?token=canary#x` })
    expect(made).toMatchObject({ webhook: { name: "Pager", origin: receiver.url, enabled: true } })
    const { secret, webhook: row } = made as unknown as { secret: string; webhook: { id: string } } // as asked for
    expect(secret).toMatch(/^whsec_[\w-]{43}$/)
    expect(await byId("testWebhook", row.id, "status")).toEqual({ status: 200 })
    const [call] = receiver.calls
    if (call === undefined) throw new Error("no call")
    expect(call.path).toBe("/hook?token=canary")
    expect(JSON.parse(call.body)).toMatchObject({ version: 1, type: "test", id: call.headers["lagrange-event-id"] })
    expect(isSigned(call, secret, clock.now())).toBe(true)
    expect(isSigned(call, `${secret}x`, clock.now())).toBe(false)
    const rotated = await byId("rotateWebhookSecret", row.id, "secret")
    await byId("testWebhook", row.id, "status")
    const second = receiver.calls[1] ?? call
    expect([isSigned(second, secret, clock.now()), isSigned(second, String(rotated["secret"]), clock.now())]).toEqual([
      false,
      true,
    ])
    expect(await updateWebhook(row.id, { name: "Moved", url: `${receiver.url}/moved` })).toMatchObject({
      webhook: { name: "Moved" },
    })
    await byId("testWebhook", row.id, "status")
    expect(receiver.calls[2]?.path).toBe("/moved")
    expect(
      JSON.stringify(
        await control.data(
          "{ webhooks { id name origin lastError } auditEvents { edges { node { action changes { field before after } } } } }",
        ),
      ),
    ).not.toMatch(/canary|whsec_/)
    expect(control.log()).not.toMatch(/canary|whsec_/)
  })

  it("is only made for a host that is allowed, and only called while it is", async () => {
    for (const url of [
      "https://evil.example/x",
      "http://10.0.0.1/",
      "ftp://127.0.0.1/",
      "nonsense",
      `http://u:p@127.0.0.1/`,
    ]) {
      expect(await createWebhook({ name: "x", url })).toMatchObject({ path: ["input", "url"] })
    }
    const { id } = await webhook()
    const set =
      'mutation { updateSettings(input: { set: [{ name: ALERT_WEBHOOK_HOSTS, value: "hooks.example.com" }] }) { __typename } }'
    await control.data(set)
    const refused = await byId("testWebhook", id, "status")
    expect(refused).toMatchObject({ code: "not_delivered" })
    expect(refused.message).toContain("ALERT_WEBHOOK_HOSTS")
    expect(receiver.calls).toEqual([])
    await control.stop()
    control = await startTestControlPlane({ clock })
    const none = await createWebhook({ name: "x", url: receiver.url })
    expect(none.message).toContain("ALERT_WEBHOOK_HOSTS")
  })

  it("follows no redirect, and tells an operator no more of an answer than its status", async () => {
    const { id } = await webhook()
    receiver.answer(302, { location: `${receiver.url}/other` })
    expect((await byId("testWebhook", id, "status")).message).toContain("It answered 302; redirects are not followed.")
    receiver.answer(500)
    expect((await byId("testWebhook", id, "status")).message).toBe("The test did not arrive. It answered 500.")
    expect(receiver.calls.map(({ path }) => path.split("?")[0])).toEqual(["/hook", "/hook"])
  })

  it("that fails is tried again, later and later, with the same event, over a restart, and in order", async () => {
    const { id: webhookId, secret } = await webhook()
    await updateRule(ACCOUNT_ATTENTION, { webhookId, forSeconds: 0 })
    receiver.answer(503)
    await addAccounts(1)
    const { id } = await firing("ACCOUNT_ATTENTION")
    await passing(async () => receiver.calls.length >= 2, 5_000)
    const shown = (await alerts())[0]?.deliveries[0]
    expect(shown).toMatchObject({ event: "FIRING", lastError: "It answered 503." })
    await mend()
    await over(id)
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1" } })
    receiver.answer(200)
    await passing(async () => receiver.taken.length === 2, 60_000)
    expect(receiver.taken.map(({ type }) => type)).toEqual(["alert.firing", "alert.resolved"])
    const first = receiver.calls.filter(({ headers }) => headers["lagrange-event-id"] === receiver.taken[0]?.id)
    expect(first.length).toBeGreaterThanOrEqual(3)
    expect(new Set(first.map(({ body }) => body)).size).toBe(1)
    expect(
      first.every((call) =>
        isSigned(call, secret, Number(/t=(\d+)/.exec(String(call.headers["lagrange-signature"]))?.[1]) * 1000),
      ),
    ).toBe(true)
    const state = await control.data<{ webhooks: object[] }>(
      "{ webhooks { failures lastError waiting lastDeliveredAt } }",
    )
    expect(state.webhooks).toMatchObject([{ failures: 0, lastError: null, waiting: 0 }])
  })

  it("that fails for a day loses what is older, and says so; one that is disabled is sent nothing", async () => {
    const { id: webhookId } = await webhook()
    await updateRule(ACCOUNT_ATTENTION, { webhookId, forSeconds: 0 })
    await updateRule("alr_webhook_failing", { threshold: 2 })
    receiver.answer(500)
    await addAccounts(1)
    await firing("ACCOUNT_ATTENTION")
    const failing = await firing("WEBHOOK_FAILING")
    expect(failing.summary).toBe("Webhook fails: test")
    await passing(
      async () => (await alerts({ kinds: ["ACCOUNT_ATTENTION"] }))[0]?.deliveries[0]?.lastError !== null,
      KEEP_TRYING_MS,
    )
    await passing(async () => {
      const { webhooks } = await control.data<{ webhooks: { waiting: number }[] }>("{ webhooks { waiting } }")
      return webhooks[0]?.waiting === 0
    }, KEEP_TRYING_MS)
    receiver.answer(200)
    expect(await byId("testWebhook", webhookId, "status")).toEqual({ status: 200 })
    await updateWebhook(webhookId, { enabled: false })
    await over(failing.id)
    await mend()
    await passing(async () => (await alerts({ firing: true })).length === 0)
    const calls = receiver.calls.length
    await addAccounts(1, "NEEDS_LOGIN", 1)
    await firing("ACCOUNT_ATTENTION")
    await looksPass()
    expect(receiver.calls.length).toBe(calls)
    expect(await updateWebhook(webhookId, { enabled: true })).toMatchObject({ webhook: { enabled: true } })
    expect(await byId("removeWebhook", webhookId, "webhookId")).toEqual({ webhookId })
    expect(await byId("removeWebhook", webhookId, "webhookId")).toMatchObject({ code: "not_found" })
  })
})
