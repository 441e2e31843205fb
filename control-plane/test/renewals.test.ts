import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { createCredentials } from "#control-plane/accounts/credentials.ts"
import type { TokenAnswer } from "#control-plane/accounts/oauth/tokens.ts"
import { createRenewals } from "#control-plane/accounts/renew.ts"
import { createLogger } from "#shared/log.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const LIFETIME_MS = 3_599_000
const ADD = `mutation ($token: String!, $email: String!) {
  addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`

let simulator: Simulator
let clock: ManualClock
let control: TestControlPlane

beforeAll(async () => {
  simulator = await startSimulator({ now: () => clock.now() })
})

beforeEach(async () => {
  clock = createManualClock()
  simulator.reset()
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
})

afterEach(() => control.stop())
afterAll(() => simulator.close())

const credentials = () => control.controlPlane.services.database.prisma.credential
const stateOf = async (id: string): Promise<string> =>
  (await control.data<{ account: { state: string } }>("query ($id: ID!) { account(id: $id) { state } }", { id }))
    .account.state
const tokenCalls = (): number => simulator.seen().filter(({ path }) => path === "/token").length

async function readyAccount(email: string, options: object = {}): Promise<string> {
  simulator.addAccount({ email, ...options })
  const added = await control.data<{ addAccount: { account: { id: string } } }>(ADD, {
    token: `sim-refresh-${email}`,
    email,
  })
  const { id } = added.addAccount.account
  await waitFor(async () => (await stateOf(id)) === "READY", 40_000)
  return id
}

/** Moves the clock on and waits until a renewal that fell due has been written. */
async function renewedAfter(id: string, ms: number): Promise<void> {
  const before = await credentials().findUniqueOrThrow({ where: { accountId: id } })
  clock.advance(ms)
  await waitFor(
    async () => (await credentials().findUniqueOrThrow({ where: { accountId: id } })).generation > before.generation,
  )
}

describe("renewal ahead of expiry", () => {
  test("comes within the last tenth of the token's life, and not before", async () => {
    const id = await readyAccount("ahead@example.test")
    const row = await credentials().findUniqueOrThrow({ where: { accountId: id } })
    const lead = (row.accessTokenExpiresAt?.getTime() ?? 0) - (row.renewalDueAt?.getTime() ?? 0)
    expect(lead).toBeGreaterThanOrEqual(300_000)
    expect(lead).toBeLessThanOrEqual(360_000)
    const calls = tokenCalls()
    clock.advance(LIFETIME_MS - 361_000)
    await control.data("{ viewer { name } }")
    expect(tokenCalls()).toBe(calls)
    await renewedAfter(id, 61_000 + 1_000)
    expect(tokenCalls()).toBe(calls + 1)
    expect(await stateOf(id)).toBe("READY")
  })

  test("a rotated refresh token is kept and used the next time", async () => {
    const id = await readyAccount("rotates@example.test", { rotatesRefreshToken: true })
    for (let round = 0; round < 3; round++) await renewedAfter(id, LIFETIME_MS)
    expect(await stateOf(id)).toBe("READY")
  })
})

describe("a token endpoint that fails", () => {
  test("is asked again after 5, 15 and 60 s, and disables nobody", async () => {
    const id = await readyAccount("passing@example.test")
    simulator.script({ fault: { kind: "internal" }, match: { method: "token" } })
    const failures = async (): Promise<number> =>
      (await credentials().findUniqueOrThrow({ where: { accountId: id } })).renewalFailures
    clock.advance(LIFETIME_MS - 200_000)
    await waitFor(async () => (await failures()) === 1)
    for (const [count, wait] of [
      [2, 5_000],
      [3, 15_000],
      [4, 60_000],
      [5, 60_000],
    ] as const) {
      const { renewalDueAt } = await credentials().findUniqueOrThrow({ where: { accountId: id } })
      expect((renewalDueAt?.getTime() ?? 0) - clock.now()).toBe(wait)
      clock.advance(wait)
      await waitFor(async () => (await failures()) === count)
    }
    expect(await stateOf(id)).toBe("READY")
    simulator.clearFaults()
    await renewedAfter(id, 60_000)
    expect(await failures()).toBe(0)
  })
})

describe("a refresh token that is no longer taken", () => {
  /** By the token endpoint alone: where the upstream refused the access token too, one word would be enough. */
  const refuse = (account: string): void => {
    simulator.script({ fault: { kind: "invalid-grant" }, match: { method: "token", account } })
  }

  test("is asked about once more after a minute; only then the account needs a login", async () => {
    const id = await readyAccount("gone@example.test")
    refuse("gone@example.test")
    clock.advance(LIFETIME_MS - 200_000)
    const first = await waitFor(
      async () => (await credentials().findUniqueOrThrow({ where: { accountId: id } })).invalidGrantAt,
    )
    expect(await stateOf(id)).toBe("READY")
    const calls = tokenCalls()
    clock.advance(59_000)
    await control.data("{ viewer { name } }")
    expect(tokenCalls()).toBe(calls)
    expect(first).toBeInstanceOf(Date)
    clock.advance(1_000)
    await waitFor(async () => (await stateOf(id)) === "NEEDS_LOGIN")
    expect(tokenCalls()).toBe(calls + 1)
    clock.advance(3_600_000)
    await control.data("{ viewer { name } }")
    expect(tokenCalls()).toBe(calls + 1)
  })

  test("a hiccup of the provider's disables nobody", async () => {
    const id = await readyAccount("hiccup@example.test")
    refuse("hiccup@example.test")
    clock.advance(LIFETIME_MS - 200_000)
    await waitFor(async () => (await credentials().findUniqueOrThrow({ where: { accountId: id } })).invalidGrantAt)
    simulator.clearFaults()
    await renewedAfter(id, 60_000)
    expect(await stateOf(id)).toBe("READY")
    expect((await credentials().findUniqueOrThrow({ where: { accountId: id } })).invalidGrantAt).toBeNull()
  })
})

describe("a token that is refused while its renewal ahead of expiry is under way", () => {
  const revoked: TokenAnswer = { type: "invalid-grant", message: "revoked" }
  const passing: TokenAnswer = { type: "passing", message: "unreachable" }

  /** What becomes of both, and how often the provider was asked. */
  async function renewBoth(answers: readonly TokenAnswer[]): Promise<[ahead: string, refused: string, calls: number]> {
    const id = await readyAccount("both@example.test")
    let calls = 0
    const renewals = createRenewals({
      database: control.controlPlane.services.database,
      clock,
      log: createLogger({ level: "error", format: "json", write: () => true }),
      audit: { record: () => Promise.resolve() },
      credentials: createCredentials(control.controlPlane.vault),
      clients: { of: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      tokens: { refresh: () => Promise.resolve(answers[calls++] ?? passing) },
      onChange: () => undefined,
    })
    const both = await Promise.all([renewals.renew(id, "ahead"), renewals.renew(id, "refused")])
    return [both[0].type, both[1].type, calls]
  }

  test("is asked about again at once where that finds it revoked: requests wait for it", async () => {
    expect(await renewBoth([revoked, revoked])).toEqual(["waiting", "needs-login", 2])
    expect(await stateOf((await credentials().findFirstOrThrow()).accountId)).toBe("NEEDS_LOGIN")
  })

  test("shares every other end of it", async () => {
    expect(await renewBoth([passing, revoked])).toEqual(["waiting", "waiting", 1])
  })
})

describe("many tokens that end together", () => {
  test("are renewed once each", async () => {
    const ids = [
      await readyAccount("one@example.test"),
      await readyAccount("two@example.test"),
      await readyAccount("three@example.test"),
    ]
    const calls = tokenCalls()
    clock.advance(LIFETIME_MS)
    await waitFor(async () => (await credentials().count({ where: { generation: { gte: 2 } } })) === ids.length)
    expect(tokenCalls()).toBe(calls + ids.length)
  })
})
