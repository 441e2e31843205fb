/** COOLING and PAUSED are worked out when they are asked for: what shows, filters, counts and tells a state says the same at any moment. */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { exchangeId, accountId as idOf } from "#shared/ids.ts"
import { randomUUID } from "node:crypto"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.UTC(2026, 0, 5, 12)

let clock: ManualClock
let control: TestControlPlane
beforeEach(() => start(createManualClock(NOW)))
afterEach(() => control.stop())

async function start(manual: ManualClock): Promise<void> {
  clock = manual
  control = await startTestControlPlane({ clock })
  const { prisma } = control.controlPlane.services.database
  const models = (...ids: string[]) => ({ models: ids.map((id) => ({ id })), deprecatedModelIds: {} })
  const createdAt = new Date(NOW)
  await prisma.catalogue.createMany({
    data: [
      { id: "both", body: models("gemini-3-flash", "claude-sonnet-4-5"), createdAt },
      { id: "one", body: models("gemini-3-flash"), createdAt },
    ],
  })
}

interface Made {
  readonly catalogueId?: string | null
  readonly state?: "READY" | "NEEDS_LOGIN"
  readonly enabled?: boolean
  readonly disabledModels?: string[]
}

async function make(id: string, { catalogueId = "both", state = "READY", ...more }: Made = {}): Promise<void> {
  const at = new Date(NOW - HOUR)
  const facts = { kind: "ANTIGRAVITY", label: id, state, catalogueId, tags: [], onboardingPending: false } as const
  const data = { id, ...facts, ...more, stateSince: at, createdAt: at }
  await control.controlPlane.services.database.prisma.account.create({ data })
}

async function rest(accountId: string, buckets: Readonly<Record<string, number>>): Promise<void> {
  const { cooldown } = control.controlPlane.services.database.prisma
  for (const [bucket, minutes] of Object.entries(buckets)) {
    const until = new Date(clock.now() + minutes * MINUTE)
    await cooldown.create({
      data: { accountId, bucket, cause: "quota", evidence: "HTTP 429", since: new Date(clock.now()), until },
    })
  }
}

async function pausePool(pausedAt: number | null): Promise<void> {
  const data = { poolPausedAt: pausedAt === null ? null : new Date(pausedAt), poolPauseReason: "two walls" }
  await control.controlPlane.services.database.prisma.meta.update({ where: { id: 1 }, data })
}

interface Shown {
  readonly id: string
  readonly state: string
  readonly stateReason: string | null
  readonly stateSince: string
  readonly stateUntil: string | null
  readonly wayOut: string | null
}

const FIELDS = "id state stateReason stateSince stateUntil wayOut"

async function shown(id: string): Promise<Shown> {
  const { account } = await control.data<{ account: Shown }>(`query ($id: ID!) { account(id: $id) { ${FIELDS} } }`, {
    id,
  })
  return account
}

async function states(): Promise<Record<string, string>> {
  const { accounts } = await control.data<{ accounts: { edges: { node: Shown }[] } }>(
    `{ accounts(first: 100) { edges { node { ${FIELDS} } } } }`,
  )
  return Object.fromEntries(accounts.edges.map(({ node }) => [node.id, node.state]))
}

const STATES = ["ONBOARDING", "READY", "COOLING", "NEEDS_LOGIN", "DISABLED", "PAUSED"] as const

/** Each filter finds just those that show the state, and the count of the metrics is the same. */
async function expectAgreement(): Promise<void> {
  const all = await states()
  const counted = await control.controlPlane.services.shownStates.counts()
  for (const state of STATES) {
    const expected = Object.keys(all).filter((id) => all[id] === state)
    const { accounts } = await control.data<{ accounts: { totalCount: number; edges: { node: { id: string } }[] } }>(
      "query ($states: [AccountState!]) { accounts(filter: { states: $states }) { totalCount edges { node { id } } } }",
      { states: [state] },
    )
    expect([state, accounts.edges.map(({ node }) => node.id).toSorted()]).toEqual([state, expected.toSorted()])
    expect(accounts.totalCount).toBe(expected.length)
    expect(counted.get(state) ?? 0).toBe(expected.length)
  }
  const pairs = await control.data<{ accounts: { totalCount: number } }>(
    "{ accounts(filter: { states: [READY, COOLING, PAUSED] }) { totalCount } }",
  )
  const could = Object.values(all).filter((state) => ["READY", "COOLING", "PAUSED"].includes(state))
  expect(pairs.accounts.totalCount).toBe(could.length)
}

describe("an account cools", () => {
  test("when nothing of it can serve, with since, until, the reason and the way out", async () => {
    await make("half")
    await rest("half", { gemini: 60 })
    await make("all")
    await rest("all", { gemini: 60, third_party: 90 })
    expect(await shown("half")).toMatchObject({ state: "READY", stateUntil: null, wayOut: null })
    expect(await shown("all")).toEqual({
      id: "all",
      state: "COOLING",
      stateReason: "All of its quota is used up (Gemini models, Claude and GPT-OSS): HTTP 429",
      stateSince: "2026-01-05T12:00:00.000Z",
      stateUntil: "2026-01-05T13:00:00.000Z",
      wayOut: "It serves again by itself at 2026-01-05T13:00:00Z; releaseCooldown lets the next request try before.",
    })
    clock.advance(HOUR)
    expect(await shown("all")).toMatchObject({ state: "READY", stateSince: "2026-01-05T11:00:00.000Z" })
  })

  test("as every filter and count says, whatever it offers and whatever was taken from it", async () => {
    await make("ready")
    await make("half")
    await rest("half", { third_party: 60 })
    await make("cooling")
    await rest("cooling", { gemini: 60, third_party: 60 })
    await make("one quota", { catalogueId: "one" })
    await rest("one quota", { gemini: 60 })
    await make("claude taken", { disabledModels: ["claude-sonnet-4-5"] })
    await rest("claude taken", { gemini: 60 })
    await make("all taken", { disabledModels: ["claude-sonnet-4-5", "gemini-3-flash"] })
    await rest("all taken", { gemini: 60 })
    await make("nothing taken", { disabledModels: [] })
    await rest("nothing taken", { gemini: 60, third_party: 60 })
    await make("no list", { catalogueId: null })
    await rest("no list", { gemini: 60, third_party: 60 })
    await make("no list, all", { catalogueId: null })
    await rest("no list, all", { gemini: 60, third_party: 60, image: 60 })
    await make("refused")
    await rest("refused", { "": 10 })
    await make("login", { state: "NEEDS_LOGIN" })
    await rest("login", { "": 10 })
    await make("off", { enabled: false })
    await rest("off", { gemini: 60, third_party: 60 })
    expect(await states()).toEqual({
      ready: "READY",
      half: "READY",
      cooling: "COOLING",
      "one quota": "COOLING",
      "claude taken": "COOLING",
      "all taken": "READY",
      "nothing taken": "COOLING",
      "no list": "READY",
      "no list, all": "COOLING",
      refused: "COOLING",
      login: "NEEDS_LOGIN",
      off: "DISABLED",
    })
    await expectAgreement()
    clock.advance(10 * MINUTE)
    expect(await states()).toMatchObject({ refused: "READY", cooling: "COOLING" })
    await expectAgreement()
    clock.advance(HOUR)
    expect(Object.values(await states())).not.toContain("COOLING")
    await expectAgreement()
  })

  test("and a change of many means those that cool at this moment", async () => {
    await make("ready")
    await make("cooling")
    await rest("cooling", { gemini: 60, third_party: 60 })
    const document = `mutation { updateAccounts(filter: { states: [COOLING] }, expectedCount: 1, input: { addTags: ["rests"] }) {
      ... on UpdateAccountsSuccess { changedIds } ... on Failure { message } } }`
    expect(await control.data(document)).toEqual({ updateAccounts: { changedIds: ["cooling"] } })
  })

  test("and who follows accounts is told when it ends by its time", async () => {
    await make("cooling")
    await rest("cooling", { gemini: 5, third_party: 60 })
    const changes = await subscribe<{ accountChanged: Shown }>(
      control.url,
      `subscription { accountChanged { ${FIELDS} } }`,
      { token: ADMIN_TOKEN },
    )
    expect((await shown("cooling")).state).toBe("COOLING")
    const told = changes.next()
    // The look is a statement: each one is over before the next falls due.
    const { cooldown } = control.controlPlane.services.database.prisma
    for (let half = 0; half < 11; half += 1) {
      clock.advance(MINUTE / 2)
      await cooldown.count()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    expect((await told).accountChanged).toMatchObject({ id: "cooling", state: "READY" })
    changes.close()
  })
})

describe("an account that was refused as a whole", () => {
  const refusal = (at: number) => ({
    type: "account-fact" as const,
    id: randomUUID(),
    at,
    accountId: idOf("a"),
    failureClass: "forbidden_other",
    message: "HTTP 403: not now",
  })

  test("cools for ten minutes, or until it is released or has answered", async () => {
    await make("a")
    const link = await connectLink(control.url)
    // A release is in force when the data plane has taken it.
    const taken = new Set<number>()
    const taking = setInterval(() => {
      for (const { version, epoch, hash } of link.snapshots) {
        if (taken.has(version)) continue
        taken.add(version)
        void link.report({ type: "snapshot-ack", id: randomUUID(), at: clock.now(), epoch, version, hash })
      }
    }, 10)
    await link.report(refusal(NOW))
    expect(await shown("a")).toMatchObject({
      state: "COOLING",
      stateReason: "The provider refused the account, so it is left alone for a while: HTTP 403: not now",
      stateUntil: "2026-01-05T12:10:00.000Z",
    })
    const { account } = await control.data<{ account: { cooldowns: { bucket: string | null }[] } }>(
      `{ account(id: "a") { cooldowns { bucket cause } } }`,
    )
    expect(account.cooldowns).toEqual([{ bucket: null, cause: "forbidden_other" }])
    // Not for data planes: each leaves alone what it met itself.
    await control.controlPlane.services.publisher.flush()
    expect(control.controlPlane.services.publisher.current?.line).not.toContain("forbidden_other")
    const RELEASE = `mutation { releaseCooldown(accountId: "a", model: "gemini-3-flash") {
      ... on ReleaseCooldownSuccess { account { state } } ... on Failure { message } } }`
    expect(await control.data(RELEASE)).toEqual({ releaseCooldown: { account: { state: "READY" } } })
    clock.advance(20 * MINUTE)
    await link.report(refusal(clock.now()))
    expect((await shown("a")).state).toBe("COOLING")
    const served = {
      type: "exchange" as const,
      exchangeId: exchangeId("req_1"),
      startedAt: clock.now(),
      dialect: "gemini",
      model: "claude-sonnet-4-5",
      stream: false,
      outcome: "completed" as const,
      status: 200,
      usage: {},
      durationMs: 1,
      attempts: [{ accountId: idOf("a"), reason: "", startedMs: 1, endedMs: 2 }],
      dropped: [],
    }
    await link.report({ ...served, id: randomUUID(), at: clock.now() })
    expect((await shown("a")).state).toBe("READY")
    clearInterval(taking)
    link.close()
  })
})

describe("the pool's pause", () => {
  test("holds what could serve, cooling or not, and nothing else", async () => {
    await make("ready")
    await make("cooling")
    await rest("cooling", { gemini: 600, third_party: 600 })
    await make("login", { state: "NEEDS_LOGIN" })
    await make("off", { enabled: false })
    await pausePool(NOW - MINUTE)
    expect(await states()).toEqual({ ready: "PAUSED", cooling: "PAUSED", login: "NEEDS_LOGIN", off: "DISABLED" })
    expect(await shown("ready")).toMatchObject({
      stateReason: "two walls",
      stateSince: "2026-01-05T11:59:00.000Z",
      stateUntil: null,
      wayOut: expect.stringContaining("resumePool"),
    })
    await expectAgreement()
    await control.data("mutation { resumePool { ... on Failure { message } } }")
    expect(await states()).toMatchObject({ ready: "READY", cooling: "COOLING" })
    await expectAgreement()
  })

  test("is told once to who follows the pool, whoever ends it", async () => {
    await make("ready")
    await control.controlPlane.services.publisher.flush()
    const changes = await subscribe<{ poolChanged: { pausedSince: string | null } }>(
      control.url,
      "subscription { poolChanged { pausedSince } }",
      { token: ADMIN_TOKEN },
    )
    await pausePool(NOW)
    await control.controlPlane.services.publisher.flush()
    expect((await changes.next()).poolChanged.pausedSince).toBe("2026-01-05T12:00:00.000Z")
    const OFF = `mutation { updateSettings(input: { set: [{ name: POOL_PAUSE_ON_WALLS, value: "off" }] }) { ... on Failure { message } } }`
    await control.data(OFF)
    expect((await changes.next()).poolChanged.pausedSince).toBeNull()
    expect((await shown("ready")).state).toBe("READY")
    changes.close()
  })
})

test("one that is removed is nothing that data planes know when the answer comes", async () => {
  const { publisher } = control.controlPlane.services
  await make("gone-with-the-answer")
  await publisher.flush()
  expect(publisher.current?.line).toContain("gone-with-the-answer")
  await control.data(`mutation { removeAccount(id: "gone-with-the-answer") { ... on Failure { message } } }`)
  expect(publisher.current?.line).not.toContain("gone-with-the-answer")
})
