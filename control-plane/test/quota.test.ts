/** When quota is read, and what is kept of it: on a clock that the test moves, against the strict simulator. */
import { randomUUID } from "node:crypto"
import { accountId } from "#shared/ids.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const MINUTE = 60_000
const ADD = `mutation ($token: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) {
  ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const SYNC = `mutation ($id: ID) { syncQuota(accountId: $id) {
  ... on SyncQuotaSuccess { queued account { id } } ... on Failure { code } } }`
const EMAIL = "a@example.test"

let clock: ManualClock
let simulator: Simulator
let control: TestControlPlane
let id: string
beforeEach(async () => {
  clock = createManualClock(Date.now())
  simulator = await startSimulator({ now: () => clock.now() })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
  simulator.addAccount({ email: EMAIL })
  const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(ADD, {
    token: `sim-refresh-${EMAIL}`,
  })
  id = addAccount.account.id
  await isDueAgain()
})
afterEach(async () => {
  await control.stop()
  await simulator.close()
})

const account = () => control.controlPlane.services.database.prisma.account.findUniqueOrThrow({ where: { id } })
const readings = () => control.controlPlane.services.database.prisma.quotaReading.findMany({ where: { accountId: id } })
const gemini = async () => (await readings()).find((row) => row.bucket === "gemini" && row.window === "5h")

/** Nothing is due and nothing is under way. */
function isDueAgain(): Promise<boolean> {
  return waitFor(async () => {
    const { quotaDueAt, quotaAskedAt } = await account()
    return quotaAskedAt !== null && quotaDueAt !== null && quotaDueAt.getTime() > clock.now()
  })
}

async function control5h(remainingFraction: number): Promise<void> {
  const body = JSON.stringify({ email: EMAIL, bucket: "gemini", window: "fiveHours", remainingFraction })
  const headers = { "content-type": "application/json" }
  expect((await fetch(`${simulator.url}/simulator/quota`, { method: "POST", headers, body })).status).toBe(200)
}

/** Moves on, a minute at a time, until the quota has been asked for anew; minutes. */
async function minutesUntilAsked(limit: number): Promise<number> {
  const before = (await account()).quotaAskedAt?.getTime()
  for (let minutes = 1; minutes <= limit; minutes += 1) {
    clock.advance(MINUTE)
    await control.controlPlane.services.publisher.flush()
    // What is due now is begun by a timer of this clock, which has run: only its own questions are waited for.
    await isDueAgain()
    if ((await account()).quotaAskedAt?.getTime() !== before) return minutes
  }
  return Infinity
}

test("a new account is read at once, all buckets and windows", async () => {
  const rows = await waitFor(async () => ((await readings()).length >= 5 ? readings() : undefined))
  const names = rows.map(({ bucket, window, source }) => `${bucket} ${window} ${source}`)
  expect(names).toEqual(
    expect.arrayContaining([
      "gemini 5h summary",
      "gemini weekly summary",
      "third_party 5h summary",
      "third_party weekly summary",
      "image nearest catalogue",
    ]),
  )
})

test("an idle account is read about once an hour", async () => {
  expect(await minutesUntilAsked(70)).toBeGreaterThanOrEqual(53)
})

test("one that serves is read about every ten minutes", async () => {
  const { prisma } = control.controlPlane.services.database
  await prisma.account.update({ where: { id }, data: { lastUsedAt: new Date(clock.now()) } })
  const minutes = await minutesUntilAsked(20)
  expect(minutes).toBeGreaterThanOrEqual(9)
  expect(minutes).toBeLessThanOrEqual(12)
})

test("right after an exhaustion that a data plane reports, but not for one that is older than the reading", async () => {
  await control5h(0)
  const link = await connectLink(control.url)
  const asked = (await account()).quotaAskedAt?.getTime() ?? 0
  const fact = { type: "cooldown", accountId: accountId(id), bucket: "gemini", cause: "quota", evidence: "" } as const
  await link.report({ ...fact, id: randomUUID(), at: asked, since: asked - 1, until: asked + 60 * MINUTE })
  expect((await account()).quotaDueAt?.getTime()).toBeGreaterThan(clock.now())
  clock.advance(1_000)
  const since = clock.now()
  await link.report({ ...fact, id: randomUUID(), at: since, since, until: since + 60 * MINUTE })
  await waitFor(async () => (await gemini())?.remainingFraction === 0)
  link.close()
})

test("five seconds after a window's end", async () => {
  await control5h(0.5)
  await control.data(SYNC, { id })
  const row = await gemini()
  expect(row?.remainingFraction).toBe(0.5)
  const end = row?.resetsAt?.getTime() ?? 0
  // Sooner than an account that is idle has its turn.
  clock.advance(end - clock.now() - 20 * MINUTE)
  await isDueAgain()
  await waitFor(async () => {
    await control.data(SYNC, { id })
    return (await gemini())?.readAt.getTime() === clock.now()
  })
  expect((await account()).quotaDueAt?.getTime()).toBe(end + 5_000)
})

test("two of these calls are under way at a time, whoever asked for them, and the next turns drift apart", async () => {
  const emails = ["b", "c", "d", "e", "f"].map((name) => `${name}@example.test`)
  for (const email of emails) {
    simulator.addAccount({ email })
    await control.data(ADD, { token: `sim-refresh-${email}` })
  }
  const { prisma } = control.controlPlane.services.database
  const ready = () => prisma.account.findMany({ where: { state: "READY", quotaAskedAt: { not: null } } })
  const accounts = await waitFor(async () => ((await ready()).length > emails.length ? ready() : undefined))
  // Slow enough that all would meet.
  simulator.script({ fault: { kind: "delay", ms: 100 }, match: { method: "retrieveUserQuotaSummary" } })
  let most = 0
  let isOver = false
  const wishes = Promise.all(accounts.map((one) => control.data(SYNC, { id: one.id }))).finally(() => (isOver = true))
  await waitFor(() => {
    const running = simulator.seen().filter(({ path, duration }) => duration === undefined && path.includes("Quota"))
    most = Math.max(most, running.length)
    return isOver
  })
  await wishes
  expect(most).toBeLessThanOrEqual(2)
  const turns = (await ready()).map(({ quotaDueAt }) => ((quotaDueAt?.getTime() ?? 0) - clock.now()) / MINUTE)
  expect(Math.min(...turns)).toBeGreaterThanOrEqual(54)
  expect(Math.max(...turns)).toBeLessThanOrEqual(66)
  expect(new Set(turns).size).toBeGreaterThan(1)
})

test("a reading that fails keeps what was read, is tried again within minutes, and makes nobody unusable", async () => {
  await control5h(0.25)
  await control.data(SYNC, { id })
  const before = await gemini()
  const headers = { "content-type": "application/json" }
  const fault = { fault: { kind: "internal" }, match: { method: "retrieveUserQuotaSummary" } }
  await fetch(`${simulator.url}/simulator/faults`, { method: "POST", headers, body: JSON.stringify(fault) })
  clock.advance(1_000)
  expect(await control.data(SYNC, { id })).toEqual({ syncQuota: { code: "not_read" } })
  expect(await gemini()).toEqual(before)
  const { state, quotaDueAt } = await account()
  expect(state).toBe("READY")
  expect((quotaDueAt?.getTime() ?? 0) - clock.now()).toBeLessThanOrEqual(5.5 * MINUTE)
})

test("an operator's wish is not met by a reading that began before it", async () => {
  clock.advance(1_000)
  await control5h(0)
  // It goes on for a while after the summary was kept.
  simulator.script({ fault: { kind: "delay", ms: 400 }, match: { method: "fetchAvailableModels" }, times: 1 })
  const first = control.data(SYNC, { id })
  await waitFor(async () => (await gemini())?.remainingFraction === 0)
  await control5h(0.5)
  await control.data(SYNC, { id })
  expect((await gemini())?.remainingFraction).toBe(0.5)
  await first
})

test("an operator's wish: one account at once, all in the background, none that is not there", async () => {
  expect(await control.data(SYNC, { id })).toEqual({ syncQuota: { queued: 0, account: { id } } })
  expect(await control.data(SYNC, {})).toEqual({ syncQuota: { queued: 1, account: null } })
  expect(await control.data(SYNC, { id: "nobody" })).toEqual({ syncQuota: { code: "not_found" } })
  const sync = (filter: object, of?: string) =>
    control.data(
      `mutation ($filter: AccountFilter, $accountId: ID) { syncQuota(filter: $filter, accountId: $accountId) {
        ... on SyncQuotaSuccess { queued } ... on Failure { code } } }`,
      { filter, accountId: of },
    )
  expect(await sync({ ids: [id] })).toEqual({ syncQuota: { queued: 1 } })
  expect(await sync({ tags: ["of nobody"] })).toEqual({ syncQuota: { queued: 0 } })
  expect(await sync({ ids: [id] }, id)).toEqual({ syncQuota: { code: "not_used" } })
})

test("an address that requests do not go to meters for itself: what it tells is not taken", async () => {
  await control5h(0.25)
  await control.data(SYNC, { id })
  const other = await startSimulator({ now: () => clock.now() })
  other.addAccount({ email: EMAIL })
  const set = `mutation ($value: String!) { updateSettings(input: { set: [{ name: ANTIGRAVITY_BASE_URLS, value: $value }] }) {
    ... on Failure { message } } }`
  try {
    expect(await control.data(set, { value: `${simulator.url},${other.url}` })).toEqual({ updateSettings: {} })
    simulator.script({ fault: { kind: "internal" }, match: { method: "retrieveUserQuotaSummary" } })
    const before = other.seen().length
    clock.advance(1_000)
    expect(await control.data(SYNC, { id })).toEqual({ syncQuota: { code: "not_read" } })
    // It was asked, as for the list of models, and says that all is there.
    expect(other.seen().length).toBeGreaterThan(before)
    expect((await gemini())?.remainingFraction).toBe(0.25)
  } finally {
    await other.close()
  }
})
