/** What ends a kept rest before its time, or after it: a reading that proves room, or a request that was served. */
import { randomUUID } from "node:crypto"
import { accountId, exchangeId } from "#shared/ids.ts"
import type { CooldownFact, ExchangeRecord } from "#shared/link-protocol.ts"
import type { Snapshot, SnapshotAccount } from "#shared/snapshot.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, type LinkClient } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const EMAIL = "a@example.test"
const ADD = `mutation ($token: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) {
  ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const SYNC = "mutation ($id: ID) { syncQuota(accountId: $id) { ... on Failure { code } } }"
const RESTS = "query ($id: ID!) { account(id: $id) { cooldowns { bucket state } } }"

let clock: ManualClock
let simulator: Simulator
let control: TestControlPlane
let link: LinkClient
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
  await waitFor(async () => (await readings()).length >= 5)
  await isIdle()
  link = await connectLink(control.url)
})
afterEach(async () => {
  link.close()
  await control.stop()
  await simulator.close()
})

const readings = () => control.controlPlane.services.database.prisma.quotaReading.findMany({ where: { accountId: id } })
const rests = async () => (await control.data<{ account: { cooldowns: object[] } }>(RESTS, { id })).account.cooldowns

/** No reading is due, and none is under way. */
function isIdle(): Promise<boolean> {
  return waitFor(async () => {
    const { quotaDueAt } = await control.controlPlane.services.database.prisma.account.findUniqueOrThrow({
      where: { id },
    })
    return quotaDueAt !== null && quotaDueAt.getTime() > clock.now()
  })
}

async function left(remainingFraction: number): Promise<void> {
  const body = JSON.stringify({ email: EMAIL, bucket: "gemini", window: "fiveHours", remainingFraction })
  const headers = { "content-type": "application/json" }
  expect((await fetch(`${simulator.url}/simulator/quota`, { method: "POST", headers, body })).status).toBe(200)
}

/** Some time later. */
async function read(): Promise<void> {
  clock.advance(MINUTE)
  await control.data(SYNC, { id })
}

async function refused(since: number, ms = 2 * HOUR): Promise<void> {
  const known = { type: "cooldown", accountId: accountId(id), bucket: "gemini", cause: "quota", evidence: "" } as const
  const fact: CooldownFact = { ...known, since, until: since + ms }
  expect((await link.report({ ...fact, id: randomUUID(), at: clock.now() })).status).toBe(200)
  await isIdle()
}

/** What data planes have when all that changed was sent. */
async function told(): Promise<SnapshotAccount | undefined> {
  await control.controlPlane.services.publisher.flush()
  const { version } = await link.snapshot(
    (snapshot) => snapshot.version === control.controlPlane.services.publisher.current?.version,
  )
  const frame = link.snapshots.find((one) => one.version === version)
  const { accounts } = JSON.parse(frame?.body ?? "") as Snapshot // the control plane's own, checked by it
  return accounts.find((one) => one.id === id)
}

test("a reading that shows room after it showed none ends a rest, for all and also after a restart", async () => {
  const since = clock.now()
  await left(0)
  await refused(since)
  await read()
  expect(await rests()).toEqual([{ bucket: "GEMINI", state: "RESTING" }])
  expect((await told())?.cooldowns).toHaveLength(1)
  const emptyAt = clock.now()
  await left(0.5)
  await read()
  expect(await rests()).toEqual([])
  const { cooldowns, quota } = (await told()) ?? {}
  expect(cooldowns).toBeUndefined()
  expect(quota?.find(({ bucket, window }) => bucket === "gemini" && window === "5h")).toMatchObject({
    remainingFraction: 0.5,
    emptyAt,
  })
  // Another data plane tells late what it learnt then.
  await refused(since + 1)
  expect(await rests()).toEqual([])
  link.close()
  const { dataDirectory } = control
  await control.stop({ keep: true })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock, dataDirectory })
  link = await connectLink(control.url)
  expect((await told())?.cooldowns).toBeUndefined()
  // What is learnt later counts again.
  clock.advance(1)
  await refused(clock.now())
  expect(await rests()).toEqual([{ bucket: "GEMINI", state: "RESTING" }])
})

test("a reading that never noticed the exhaustion ends nothing", async () => {
  await left(0.9)
  await read()
  await refused(clock.now())
  await read()
  await left(0.95)
  await read()
  expect(await rests()).toEqual([{ bucket: "GEMINI", state: "RESTING" }])
})

test("a rest whose time is over is probed until a request was served on it, or for an hour", async () => {
  await refused(clock.now(), 2 * MINUTE)
  clock.advance(2 * MINUTE)
  expect(await rests()).toEqual([{ bucket: "GEMINI", state: "PROBING" }])
  const served = (more: Partial<ExchangeRecord>) => ({
    type: "exchange" as const,
    id: randomUUID(),
    at: clock.now(),
    exchangeId: exchangeId(`req_${randomUUID()}`),
    startedAt: clock.now(),
    dialect: "openai-chat",
    stream: false,
    model: "gemini-3-flash",
    outcome: "completed" as const,
    status: 200,
    usage: {},
    durationMs: 100,
    attempts: [{ accountId: accountId(id), reason: "", startedMs: 1, endedMs: 90 }],
    dropped: [],
    ...more,
  })
  await link.report(served({ startedAt: clock.now() - MINUTE }))
  await link.report(served({ outcome: "failed" }), served({ model: "claude-sonnet-4-6" }))
  expect(await rests()).toEqual([{ bucket: "GEMINI", state: "PROBING" }])
  await link.report(served({}))
  expect(await rests()).toEqual([])
  await refused(clock.now(), 2 * MINUTE)
  clock.advance(2 * MINUTE + HOUR)
  expect(await rests()).toEqual([])
})
