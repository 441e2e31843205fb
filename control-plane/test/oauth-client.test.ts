/** The OAuth client: where it comes from, that it is written only, and that an account keeps the one it came from. */
import { createHash } from "node:crypto"
import { afterEach, describe, expect, test, vi } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 60_000 })

const NO_ENVIRONMENT = { GOOGLE_OAUTH_CLIENT_ID: undefined, GOOGLE_OAUTH_CLIENT_SECRET: undefined }
const READ = "{ oauthClient { isSet origin fingerprint environmentFingerprint changedAt } }"
const UPDATE = `mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { __typename
  ... on UpdateOAuthClientSuccess { oauthClient { isSet origin fingerprint environmentFingerprint } }
  ... on Failure { code message path } } }`
const START = `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) { __typename
  ... on StartOAuthSuccess { authorizationUrl } ... on Failure { code message } } }`
const ADD = `mutation ($input: AddAccountInput!) { addAccount(input: $input) { __typename
  ... on AddAccountSuccess { account { id } } ... on Failure { code message path } } }`

let simulator: Simulator
let control: TestControlPlane
afterEach(async () => {
  await control.stop()
  await simulator.close()
})

const fingerprint = (clientId: string): string => createHash("sha256").update(clientId).digest("hex").slice(0, 16)

async function update(input: object): Promise<Record<string, unknown>> {
  return (await control.data<{ updateOAuthClient: Record<string, unknown> }>(UPDATE, { input })).updateOAuthClient
}

async function clientIdAtStart(): Promise<string | null> {
  const { startOAuth } = await control.data<{ startOAuth: { authorizationUrl: string } }>(START)
  return new URL(startOAuth.authorizationUrl).searchParams.get("client_id")
}

interface Added {
  readonly __typename: string
  readonly account: { readonly id: string }
  readonly code: string
}

async function add(email: string, more: object = {}): Promise<Added> {
  const input = { kind: "ANTIGRAVITY", acknowledgedTerms: true, refreshToken: `sim-refresh-${email}`, ...more }
  return (await control.data<{ addAccount: Added }>(ADD, { input })).addAccount
}

interface AccountData {
  readonly state: string
  readonly oauthClient: string | null
}

async function read(id: string): Promise<AccountData> {
  const document = "query ($id: ID!) { account(id: $id) { state oauthClient } }"
  return (await control.data<{ account: AccountData }>(document, { id })).account
}

const ready = (id: string): Promise<boolean> => waitFor(async () => (await read(id)).state === "READY", 40_000)

describe("the client for new sign-ins", () => {
  test("is missed with a sentence, set without a restart, outranks the environment, and is never told", async () => {
    simulator = await startSimulator()
    simulator.addAccount({ email: "set@example.test" })
    control = await startTestControlPlane({ simulatorUrl: simulator.url, env: NO_ENVIRONMENT })
    expect(await control.data(READ)).toEqual({
      oauthClient: { isSet: false, origin: "NONE", fingerprint: null, environmentFingerprint: null, changedAt: null },
    })
    for (const startOrAdd of [
      (await control.data<{ startOAuth: Added }>(START)).startOAuth,
      await add("set@example.test"),
    ]) {
      expect(startOrAdd).toMatchObject({
        __typename: "Refused",
        code: "oauth_client_missing",
        message: expect.stringContaining("GOOGLE_OAUTH_CLIENT_ID"),
      })
    }
    const set = { clientId: " simulator-client ", clientSecret: "simulator-secret" }
    expect(await update({ set })).toEqual({
      __typename: "UpdateOAuthClientSuccess",
      oauthClient: {
        isSet: true,
        origin: "SET",
        fingerprint: fingerprint("simulator-client"),
        environmentFingerprint: null,
      },
    })
    expect(await clientIdAtStart()).toBe("simulator-client")
    const { account } = await add("set@example.test")
    await ready(account.id)
    const rows = JSON.stringify(await control.controlPlane.services.database.prisma.oAuthClient.findMany())
    expect(rows).toContain(fingerprint("simulator-client"))
    expect(rows).not.toContain("simulator-")
    expect(await update({ unset: true })).toMatchObject({ oauthClient: { isSet: false, origin: "NONE" } })
    // The account goes on with the client it came from.
    expect(await read(account.id)).toEqual({ state: "READY", oauthClient: fingerprint("simulator-client") })
  })

  test("is the environment's, that which was set, and the environment's again", async () => {
    simulator = await startSimulator()
    const env = { GOOGLE_OAUTH_CLIENT_ID: "environment-client", GOOGLE_OAUTH_CLIENT_SECRET: "x" }
    control = await startTestControlPlane({ simulatorUrl: simulator.url, env })
    const environment = fingerprint("environment-client")
    expect(await control.data(READ)).toMatchObject({
      oauthClient: { origin: "ENVIRONMENT", fingerprint: environment, environmentFingerprint: environment },
    })
    await update({ set: { clientId: "other-client", clientSecret: "x" } })
    await update({ set: { clientId: "third-client", clientSecret: "x" } })
    expect(await clientIdAtStart()).toBe("third-client")
    expect(await control.data(READ)).toMatchObject({
      oauthClient: { origin: "SET", fingerprint: fingerprint("third-client"), environmentFingerprint: environment },
    })
    await update({ unset: true })
    expect(await clientIdAtStart()).toBe("environment-client")
    expect(await control.data(READ)).toMatchObject({ oauthClient: { origin: "ENVIRONMENT", changedAt: null } })
  })

  test("is refused where it cannot be one", async () => {
    simulator = await startSimulator()
    control = await startTestControlPlane({ simulatorUrl: simulator.url })
    for (const [input, code, path] of [
      [{}, "one_of", ["input"]],
      [{ set: { clientId: "a", clientSecret: "b" }, unset: true }, "one_of", ["input"]],
      [{ set: { clientId: " ", clientSecret: "b" } }, "required", ["input", "set", "clientId"]],
      [{ set: { clientId: "a", clientSecret: "two words" } }, "malformed", ["input", "set", "clientSecret"]],
    ] as const) {
      expect(await update(input)).toMatchObject({ __typename: "InvalidInput", code, path })
    }
  })
})

describe("an account", () => {
  test("carries the client of its refresh token, and is renewed with it whatever is in force", async () => {
    const clock = createManualClock(Date.now())
    simulator = await startSimulator({ now: () => clock.now(), otherClients: { "carried-client": "carried-secret" } })
    control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
    const owner = simulator.addAccount({ email: "carried@example.test" })
    owner.refreshTokenClient = "carried-client"
    expect(await add("carried@example.test")).toMatchObject({ __typename: "Refused", code: "oauth_client" })
    expect(await add("carried@example.test", { clientId: "carried-client" })).toMatchObject({
      __typename: "InvalidInput",
      code: "required",
      path: ["input", "clientSecret"],
    })
    const carried = { clientId: "carried-client", clientSecret: "carried-secret" }
    const { account } = await add("carried@example.test", carried)
    await ready(account.id)
    expect((await read(account.id)).oauthClient).toBe(fingerprint("carried-client"))
    expect(await control.data(READ)).toMatchObject({ oauthClient: { fingerprint: fingerprint("simulator-client") } })
    const { credential } = control.controlPlane.services.database.prisma
    const generation = async (): Promise<number> =>
      (await credential.findUniqueOrThrow({ where: { accountId: account.id } })).generation
    const before = await generation()
    clock.advance(3_599_000)
    await waitFor(async () => (await generation()) > before)
    expect((await read(account.id)).state).toBe("READY")

    // A secret that the operator changes at the provider and here holds for the accounts that came from that client.
    await update({ set: { clientId: "carried-client", clientSecret: "no-longer-the-secret" } })
    clock.advance(3_599_000)
    await waitFor(
      async () => (await credential.findUniqueOrThrow({ where: { accountId: account.id } })).renewalFailures > 0,
    )
    expect((await read(account.id)).state).toBe("READY")
    await update({ set: carried })
    clock.advance(60_000)
    await waitFor(async () => (await generation()) > before + 1)
  })

  test("from before learns its client with the next renewal", async () => {
    const clock = createManualClock(Date.now())
    simulator = await startSimulator({ now: () => clock.now() })
    control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
    simulator.addAccount({ email: "old@example.test" })
    const { account } = await add("old@example.test")
    await ready(account.id)
    const { credential, oAuthClient } = control.controlPlane.services.database.prisma
    await credential.updateMany({ data: { oauthClient: null } })
    await oAuthClient.deleteMany()
    clock.advance(3_599_000)
    await waitFor(async () => (await read(account.id)).oauthClient === fingerprint("simulator-client"))
    expect(await oAuthClient.count()).toBe(1)
  })
})

test("clients that nothing came from are forgotten, those in use are not", async () => {
  const clock = createManualClock(Date.now())
  simulator = await startSimulator({ now: () => clock.now() })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
  simulator.addAccount({ email: "used@example.test" })
  await ready((await add("used@example.test")).account.id)
  await update({ set: { clientId: "set-client", clientSecret: "x" } })
  await update({ set: { clientId: "other-client", clientSecret: "x" } })
  const { oauthClients, database } = control.controlPlane.services
  clock.advance(3_600_001)
  await oauthClients.prune()
  const kept = await database.prisma.oAuthClient.findMany({ select: { fingerprint: true } })
  expect(kept.map((row) => row.fingerprint).toSorted()).toEqual(
    [fingerprint("simulator-client"), fingerprint("other-client")].toSorted(),
  )
})
