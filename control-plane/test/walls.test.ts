/** What data planes report of accounts: walls as states with their way out, refusals that are counted, and the pool's own pause. */
import { randomUUID } from "node:crypto"
import { accountId } from "#shared/ids.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, type LinkClient } from "./support/link-client.ts"

const ADD = `mutation ($token: String!, $email: String!, $projectId: String) {
  addAccount(input: {
    kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email, projectId: $projectId }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const POOL = "{ pool { pausedSince pauseReason resumedAt } }"
const MINUTE = 60_000

interface PoolData {
  readonly pool: {
    readonly pausedSince: string | null
    readonly pauseReason: string | null
    readonly resumedAt: string | null
  }
}

let simulator: Simulator
let control: TestControlPlane
let link: LinkClient
beforeEach(async () => {
  simulator = await startSimulator()
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
  link = await connectLink(control.url)
})
afterEach(async () => {
  link.close()
  await control.stop()
  await simulator.close()
})

async function add(name: string, projectId?: string): Promise<string> {
  const email = `${name}@example.test`
  simulator.addAccount({ email, ...(projectId === undefined ? {} : { projectId, projectSource: "own" }) })
  const variables = { token: `sim-refresh-${email}`, email, projectId }
  const { id } = (await control.data<{ addAccount: { account: { id: string } } }>(ADD, variables)).addAccount.account
  await link.snapshot((snapshot) => snapshot.accounts.some((one) => one.id === id && one.usable))
  return id
}

/** An account's wall, met `ms` after now. */
async function report(
  id: string,
  failureClass: string,
  { ms = 1_000, link: address }: { ms?: number; link?: string } = {},
) {
  const fact = {
    type: "account-fact" as const,
    accountId: accountId(id),
    failureClass,
    message: `HTTP 403: ${failureClass}`,
  }
  const more = address === undefined ? {} : { link: address }
  const answer = await link.report({ ...fact, ...more, id: randomUUID(), at: Date.now() + ms })
  expect(answer.status).toBe(200)
}

async function account(id: string) {
  const document = `query ($id: ID!) { account(id: $id) { state stateReason stateSince wayOut wayOutLink } }`
  const data = await control.data<{
    account: { state: string; stateReason: string; stateSince: string; wayOut: string; wayOutLink: string | null }
  }>(document, { id })
  return data.account
}

const pool = async (): Promise<PoolData["pool"]> => (await control.data<PoolData>(POOL)).pool

/** What is read of an account under its project is read, so that this project may go. */
async function quotaIsRead(id: string): Promise<void> {
  const { account: table } = control.controlPlane.services.database.prisma
  await waitFor(async () => Number((await table.findUnique({ where: { id } }))?.quotaDueAt) > Date.now())
}

describe("a wall is a state", () => {
  test.each([
    ["https://accounts.google.com/signin/continue?x=1", "https://accounts.google.com/signin/continue?x=1"],
    ["https://accounts.google.com.evil.example/", null],
    ["https://evil.example/", null],
    ["http://accounts.google.com/", null],
  ])("that asks for verification, with its link %s only where it is the provider's own", async (given, shown) => {
    const begun = Date.now()
    const id = await add("a")
    await report(id, "validation", { link: given })
    const isWalled = (one: SnapshotAccount): boolean => one.id === id && one.state === "NEEDS_VERIFICATION"
    const told = await account(id)
    expect(told).toMatchObject({ state: "NEEDS_VERIFICATION", wayOutLink: shown })
    expect(told.stateReason).toMatch(/verify/)
    expect(told.wayOut).toMatch(/browser/)
    expect(Date.parse(told.stateSince)).toBeGreaterThanOrEqual(begun)
    const snapshot = await link.snapshot(({ accounts }) => accounts.some(isWalled))
    expect(snapshot.accounts.find(isWalled)).toMatchObject({ usable: false })
  })

  test("that disables, with the link of its appeal", async () => {
    const id = await add("a")
    await report(id, "tos_disabled", { link: "https://forms.gle/appeal" })
    expect(await account(id)).toMatchObject({ state: "DISABLED_BY_PROVIDER", wayOutLink: "https://forms.gle/appeal" })
  })

  test("of a project", async () => {
    const id = await add("a")
    await report(id, "project_fault")
    expect(await account(id)).toMatchObject({ state: "NEEDS_PROJECT", wayOutLink: null })
  })

  test("of a project that was found: it is looked for once more, and another one is taken", async () => {
    const id = await add("a")
    await quotaIsRead(id)
    simulator.addAccount({ email: "a@example.test", projectId: "moved-project" })
    await report(id, "project_fault")
    const has = (one: SnapshotAccount): boolean => one.id === id && one.usable && one.projectId === "moved-project"
    await link.snapshot((snapshot) => snapshot.accounts.some(has))
    expect(await account(id)).toMatchObject({ state: "READY", stateReason: null })
  })

  test.each([
    ["is the same", undefined, undefined],
    ["was given, whatever the provider would name", "given-project", "moved-project"],
    ["cannot be asked for", undefined, null],
  ])("of a project that %s stays", async (_title, given, found) => {
    const id = await add("a", given)
    const { account: table } = control.controlPlane.services.database.prisma
    await quotaIsRead(id)
    if (found !== undefined) simulator.addAccount({ email: "a@example.test", projectId: found, projectSource: "own" })
    await report(id, "project_fault")
    await waitFor(async () => (await table.findUnique({ where: { id } }))?.onboardingPending === false)
    expect(await account(id)).toMatchObject({ state: "NEEDS_PROJECT" })
  })
})

describe("refusals without a class of their own", () => {
  /** Reports of an account that has been ready for long, each so many minutes ago. */
  async function refusals(minutes: readonly number[]): Promise<string> {
    const id = await add("a")
    const { account: table } = control.controlPlane.services.database.prisma
    await table.update({ where: { id }, data: { stateSince: new Date(Date.now() - 3_000 * MINUTE) } })
    for (const ago of minutes) await report(id, "forbidden_other", { ms: -ago * MINUTE })
    const { state, stateReason } = await account(id)
    if (state === "DISABLED_BY_PROVIDER") expect(stateReason).toMatch(/three times in 24 hours: HTTP 403/)
    return state
  }

  test.each([
    ["three in a day", [25 * 60, 23 * 60, 40, 20], "DISABLED_BY_PROVIDER"],
    ["three of which one is older than a day", [25 * 60, 40, 20], "READY"],
    ["many within the ten minutes of one hold, twice", [31, 30, 29, 28, 8, 7, 6], "COOLING"],
    ["three that arrive in another order", [20, 60, 40], "DISABLED_BY_PROVIDER"],
  ])("%s", async (_title, minutes, state) => {
    expect(await refusals(minutes)).toBe(state)
  })
})

describe("two walls within ten minutes", () => {
  test("pause the pool for all data planes, until an operator ends it", async () => {
    const [first, second, third] = [await add("a"), await add("b"), await add("c")]
    await report(first, "validation")
    expect(await pool()).toEqual({ pausedSince: null, pauseReason: null, resumedAt: null })
    await report(second, "tos_disabled")
    const paused = await pool()
    expect(paused.pauseReason).toMatch(/^2 accounts were disabled or must be verified within ten minutes/)
    const snapshot = await link.snapshot(({ pool: told }) => told?.pause !== undefined)
    expect(snapshot.pool?.pause).toEqual({ since: Date.parse(paused.pausedSince ?? ""), reason: paused.pauseReason })
    expect(control.log()).toMatch(/pool\.paused/)
    const RESUME = "mutation { resumePool { ... on ResumePoolSuccess { pool { pausedSince resumedAt } } } }"
    const { resumePool } = await control.data<{ resumePool: PoolData }>(RESUME)
    expect(resumePool.pool.pausedSince).toBeNull()
    await link.snapshot(({ pool: told }) => told?.pause === undefined && told?.resumedAt !== undefined)
    // What was counted before no longer counts.
    await report(third, "validation")
    expect((await pool()).pausedSince).toBeNull()
  })

  test("of one account, or of another kind, or with the setting off pause nothing", async () => {
    const [first, second] = [await add("a"), await add("b")]
    await report(first, "validation")
    await report(first, "tos_disabled", { ms: 2_000 })
    await report(second, "project_fault")
    expect((await pool()).pausedSince).toBeNull()
    const OFF = `mutation { updateSettings(input: { set: [{ name: POOL_PAUSE_ON_WALLS, value: "off" }] }) {
      ... on Failure { message } } }`
    await control.data(OFF)
    await report(second, "validation", { ms: 3_000 })
    expect((await pool()).pausedSince).toBeNull()
  })
})
