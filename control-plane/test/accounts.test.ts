import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { refuseDeletes, refuseInserts } from "./support/refuse-inserts.ts"

const ADD = `mutation ($input: AddAccountInput!) { addAccount(input: $input) { __typename
  ... on AddAccountSuccess { account { id label email state projectId tier weight priority tags enabled models tokenExpiresAt } }
  ... on Failure { code message path } } }`

interface AccountData {
  readonly id: string
  readonly label: string
  readonly email: string | null
  readonly state: string
  readonly stateReason: string | null
  readonly wayOut: string | null
  readonly wayOutLink: string | null
  readonly projectId: string | null
  readonly tier: string | null
  readonly models: string[]
  readonly tokenExpiresAt: string | null
}

interface AddData {
  readonly addAccount: {
    readonly __typename: string
    readonly account: AccountData
    readonly code: string
    readonly message: string
    readonly path: string[]
  }
}

// A provider that answers late makes an account wait and try again; the machine of a test may be slow as well.
const PATIENCE_MS = 40_000
let simulator: Simulator
let control: TestControlPlane

beforeAll(async () => {
  simulator = await startSimulator()
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

async function add(input: object): Promise<AddData["addAccount"]> {
  const { addAccount } = await control.data<AddData>(ADD, {
    input: { kind: "ANTIGRAVITY", acknowledgedTerms: true, ...input },
  })
  return addAccount
}

async function read(id: string): Promise<AccountData> {
  const document = `query ($id: ID!) { account(id: $id) { id label email state stateReason wayOut wayOutLink projectId tier models tokenExpiresAt } }`
  return (await control.data<{ account: AccountData }>(document, { id })).account
}

const reach = (id: string, state: string): Promise<AccountData> =>
  waitFor(async () => {
    const account = await read(id)
    return account.state === state ? account : undefined
  }, PATIENCE_MS)

describe("adding an account", () => {
  test("comes back as ONBOARDING and becomes READY, told by subscription", async () => {
    simulator.addAccount({ email: "ready@example.test" })
    const changes = await subscribe<{ accountChanged: { id: string; state: string } }>(
      control.url,
      "subscription { accountChanged { id state } }",
      { token: ADMIN_TOKEN },
    )
    const { account } = await add({
      refreshToken: "sim-refresh-ready@example.test",
      label: "first",
      tags: ["a", "a", "b"],
      weight: 3,
    })
    expect(account).toMatchObject({
      state: "ONBOARDING",
      label: "first",
      email: "ready@example.test",
      weight: 3,
      tags: ["a", "b"],
    })
    let state = ""
    while (state !== "READY") {
      const { accountChanged } = await changes.next()
      if (accountChanged.id === account.id) state = accountChanged.state
    }
    changes.close()
    const ready = await read(account.id)
    expect(ready.projectId).toMatch(/^sim-project-/)
    expect(ready.models).toContain("gemini-3-flash")
    expect(ready.tier).toBeTruthy()
    expect(Date.parse(ready.tokenExpiresAt ?? "")).toBeGreaterThan(Date.now())
  })

  test("onboards an account without a project, polling until the provider has made one", async () => {
    simulator.addAccount({ email: "new@example.test", projectId: null, onboardingCalls: 1 })
    const { account } = await add({ refreshToken: "sim-refresh-new@example.test" })
    expect((await reach(account.id, "READY")).projectId).toMatch(/^sim-project-/)
  })

  test("is onboarded with the next plan where the provider refuses one, and needs a project where it refuses all", async () => {
    const refuse = (email: string, times: number): void => {
      simulator.script({ match: { method: "onboardUser", account: email }, times, fault: { kind: "invalid-argument" } })
    }
    simulator.addAccount({ email: "next@example.test", tier: "legacy-tier", projectId: null })
    refuse("next@example.test", 1)
    const next = await add({ refreshToken: "sim-refresh-next@example.test" })
    await reach(next.account.id, "READY")
    const asked = simulator
      .seen()
      .filter(({ path, account }) => path.endsWith("onboardUser") && account === "next@example.test")
    const plans = asked.map(({ body }) => body as { tierId: string }) // what onboardUser is sent
    expect([...new Set(plans.map(({ tierId }) => tierId))]).toEqual(["free-tier", "legacy-tier"])
    simulator.addAccount({ email: "none@example.test", projectId: null })
    refuse("none@example.test", 9)
    const none = await add({ refreshToken: "sim-refresh-none@example.test" })
    const waiting = await reach(none.account.id, "NEEDS_PROJECT")
    expect(waiting.stateReason).toContain("onboardUser answered 400")
    expect(waiting.wayOut).toContain("updateAccount")
  })

  test("an account that needs a project of its own says so, and is ready when one is given", async () => {
    simulator.addAccount({ email: "own@example.test", projectSource: "own", projectId: null })
    const { account } = await add({ refreshToken: "sim-refresh-own@example.test" })
    const waiting = await reach(account.id, "NEEDS_PROJECT")
    expect(waiting.stateReason).toMatch(/project/)
    expect(waiting.wayOut).toMatch(/project/)
    simulator.addAccount({ email: "own@example.test", projectSource: "own", projectId: "my-project-1" })
    const again = await add({ refreshToken: "sim-refresh-own@example.test", projectId: "my-project-1" })
    expect(again.account.id).toBe(account.id)
    expect((await reach(account.id, "READY")).projectId).toBe("my-project-1")
  })

  test("the way out of one that needs a project is to give it one among its settings", async () => {
    simulator.addAccount({ email: "given@example.test", projectSource: "own", projectId: null })
    const { account } = await add({ refreshToken: "sim-refresh-given@example.test" })
    expect((await reach(account.id, "NEEDS_PROJECT")).wayOut).toMatch(/^Set .* updateAccount/)
    simulator.addAccount({ email: "given@example.test", projectSource: "own", projectId: "my-project-2" })
    const give = `mutation ($id: ID!) { updateAccount(id: $id, input: { projectId: "my-project-2" }) { __typename } }`
    await control.data(give, { id: account.id })
    expect((await reach(account.id, "READY")).projectId).toBe("my-project-2")
  })

  test("an account that must be verified shows the link", async () => {
    simulator.addAccount({ email: "verify@example.test", state: "validation-required" })
    const { account } = await add({ refreshToken: "sim-refresh-verify@example.test" })
    const waiting = await reach(account.id, "NEEDS_VERIFICATION")
    expect(waiting.wayOutLink).toMatch(/^https:\/\/accounts\.google\.com\//)
    expect(waiting.wayOut).toBeTruthy()
  })

  test("an account the provider disabled says so", async () => {
    simulator.addAccount({ email: "terms@example.test", state: "terms-violation" })
    const { account } = await add({ refreshToken: "sim-refresh-terms@example.test" })
    expect((await reach(account.id, "DISABLED_BY_PROVIDER")).stateReason).toBeTruthy()
  })

  test("a refused refresh token is an invalid input with the provider's own words and the way out", async () => {
    const refused = await add({ refreshToken: "sim-refresh-nobody@example.test" })
    expect(refused).toMatchObject({
      __typename: "InvalidInput",
      code: "invalid_grant",
      path: ["input", "refreshToken"],
    })
    expect(refused.message).toContain("Token has been expired or revoked.")
    expect(refused.message).toContain("Sign in to the account again")
  })

  test("the same kind and e-mail updates that account's credential and returns it", async () => {
    simulator.addAccount({ email: "twice@example.test" })
    const first = await add({
      refreshToken: "sim-refresh-twice@example.test",
      email: "Twice@Example.test",
      label: "kept",
    })
    await reach(first.account.id, "READY")
    simulator.addAccount({ email: "twice@example.test", refreshToken: "sim-refresh-second" })
    const second = await add({ refreshToken: "sim-refresh-second" })
    expect(second.account.id).toBe(first.account.id)
    expect(second.account.label).toBe("kept")
    expect((await reach(first.account.id, "READY")).email).toBe("twice@example.test")
  })

  test("an e-mail that is not the refresh token's is refused, and the account that has it keeps its credential", async () => {
    for (const name of ["owner", "guest"]) simulator.addAccount({ email: `${name}@example.test` })
    const owner = await add({ refreshToken: "sim-refresh-owner@example.test", email: "owner@example.test" })
    await reach(owner.account.id, "READY")
    const { credential } = control.controlPlane.services.database.prisma
    const sealed = async () =>
      (await credential.findUniqueOrThrow({ where: { accountId: owner.account.id } })).sealedRefreshToken
    const before = await sealed()
    const wrong = { refreshToken: "sim-refresh-guest@example.test", email: "owner@example.test" }
    const refused = await add(wrong)
    expect(refused).toMatchObject({ __typename: "InvalidInput", code: "other_account", path: ["input", "email"] })
    expect(refused.message).toContain("guest@example.test, not of owner@example.test")
    // Nobody knows whose it is.
    simulator.script({ fault: { kind: "internal" }, match: { method: "userinfo" } })
    expect(await add(wrong)).toMatchObject({ __typename: "Refused", code: "provider_unreachable" })
    expect(await sealed()).toBe(before)
    // What it was given before is its own.
    const same = await add({ refreshToken: "sim-refresh-owner@example.test", email: "owner@example.test" })
    expect(same.account.id).toBe(owner.account.id)
    // Of a new account the provider's word counts as soon as it is told.
    simulator.clearFaults()
    const match = { method: "userinfo", account: "guest@example.test" }
    simulator.script({ fault: { kind: "internal" }, match, times: 1 })
    const fresh = await add({ refreshToken: "sim-refresh-guest@example.test", email: "gest@example.test" })
    expect(fresh.account.email).toBe("gest@example.test")
    expect((await reach(fresh.account.id, "READY")).email).toBe("guest@example.test")
    expect((await reach(owner.account.id, "READY")).email).toBe("owner@example.test")
  })

  test("a credential of another account is told when it is found out, and makes no account another one", async () => {
    for (const name of ["stays", "slips-in"]) simulator.addAccount({ email: `${name}@example.test` })
    const { account } = await add({ refreshToken: "sim-refresh-stays@example.test" })
    await reach(account.id, "READY")
    const document = JSON.stringify([
      { email: "stays@example.test", refresh_token: "sim-refresh-slips-in@example.test" },
    ])
    const IMPORT = `mutation ($document: String!) { importAccounts(input: { document: $document, acknowledgedTerms: true, replaceCredentials: true }) {
      ... on ImportAccountsSuccess { rows { outcome } } ... on Failure { message } } }`
    expect(await control.data(IMPORT, { document })).toEqual({ importAccounts: { rows: [{ outcome: "UPDATED" }] } })
    const told = await reach(account.id, "NEEDS_LOGIN")
    expect(told.email).toBe("stays@example.test")
    expect(told.stateReason).toContain("slips-in@example.test")
  })

  test("two calls at the same moment make one account", async () => {
    simulator.addAccount({ email: "race@example.test" })
    const input = { refreshToken: "sim-refresh-race@example.test", email: "race@example.test" }
    const [left, right] = await Promise.all([add(input), add(input)])
    expect(left.account.id).toBe(right.account.id)
  })

  test.each([
    [{ acknowledgedTerms: false, refreshToken: "x" }, "terms_not_acknowledged", ["input", "acknowledgedTerms"]],
    [{}, "required", ["input", "refreshToken"]],
    [{ refreshToken: "two words" }, "malformed", ["input", "refreshToken"]],
    [{ refreshToken: "x", email: "nobody" }, "malformed", ["input", "email"]],
    [{ refreshToken: "x", weight: 0 }, "out_of_range", ["input", "weight"]],
    [{ refreshToken: "x", projectId: "no spaces" }, "malformed", ["input", "projectId"]],
    [{ refreshToken: "x", apiKey: "y" }, "not_used", ["input", "apiKey"]],
    [{ refreshToken: "x", baseUrl: "https://example.test" }, "not_used", ["input", "baseUrl"]],
    [{ refreshToken: "x", tags: [""] }, "empty", ["input", "tags"]],
  ])("refuses %j", async (input, code, path) => {
    expect(await add(input)).toMatchObject({ __typename: "InvalidInput", code, path })
  })

  test("another kind is refused with a sentence", async () => {
    expect(await add({ kind: "GEMINI_API", apiKey: "x" })).toMatchObject({
      __typename: "Refused",
      code: "kind_not_supported",
    })
    expect(await add({ refreshToken: "x", apiKey: "x" })).toMatchObject({ code: "not_used" })
  })
})

describe("a provider that does not answer", () => {
  test("is not waited for to the end: the account is there, unchecked", async () => {
    const email = "mute@example.test"
    const projectId = "a-project-of-the-owner"
    simulator.addAccount({ email, projectSource: "own", projectId })
    simulator.script({ fault: { kind: "hang-before-headers" }, match: { method: "token", account: email }, times: 1 })
    const { account } = await add({ refreshToken: "sim-refresh-mute@example.test", projectId })
    expect(account).toMatchObject({ state: "ONBOARDING", projectId })
  })

  test("holds nothing up: the account waits and becomes ready when the provider is back", async () => {
    const email = "later@example.test"
    simulator.addAccount({ email })
    simulator.script({ fault: { kind: "internal" }, match: { method: "loadCodeAssist", account: email }, times: 1 })
    const { account } = await add({ refreshToken: "sim-refresh-later@example.test" })
    const waiting = await waitFor(async () => {
      const now = await read(account.id)
      return now.stateReason === null ? undefined : now
    }, PATIENCE_MS)
    expect(waiting).toMatchObject({ state: "ONBOARDING" })
    expect(waiting.stateReason).toMatch(/Trying again by itself\.$/)
    await reach(account.id, "READY")
  })
})

describe("a client the provider does not know", () => {
  test("is a refusal about the configuration, and no account is made", async () => {
    const other = await startTestControlPlane({
      simulatorUrl: simulator.url,
      env: { GOOGLE_OAUTH_CLIENT_ID: "another-client" },
    })
    try {
      const input = { kind: "ANTIGRAVITY", acknowledgedTerms: true, refreshToken: "sim-refresh-ready@example.test" }
      const { addAccount } = await other.data<AddData>(ADD, { input })
      expect(addAccount).toMatchObject({ __typename: "Refused", code: "oauth_client" })
      expect(addAccount.message).toContain("GOOGLE_OAUTH_CLIENT_ID")
      expect(await other.data("{ accounts { totalCount } }")).toEqual({ accounts: { totalCount: 0 } })
    } finally {
      await other.stop()
    }
  })
})

describe("a control plane that dies in the middle", () => {
  test("goes on with the onboarding when it starts again", async () => {
    simulator.addAccount({ email: "durable@example.test" })
    // Nothing of the upstream answers the first control plane, as if it had died right after adding.
    const first = await startTestControlPlane({
      simulatorUrl: simulator.url,
      env: { ANTIGRAVITY_BASE_URLS: "http://127.0.0.1:9" },
    })
    const input = { kind: "ANTIGRAVITY", acknowledgedTerms: true, refreshToken: "sim-refresh-durable@example.test" }
    const { addAccount } = await first.data<AddData>(ADD, { input })
    await first.stop({ keep: true })
    const second = await startTestControlPlane({ simulatorUrl: simulator.url, dataDirectory: first.dataDirectory })
    try {
      const document = `query ($id: ID!) { account(id: $id) { state } }`
      await waitFor(async () => {
        const { account } = await second.data<{ account: AccountData }>(document, { id: addAccount.account.id })
        return account.state === "READY"
      }, PATIENCE_MS)
    } finally {
      await second.stop()
    }
  })
})

describe("removing an account", () => {
  const REMOVE = `mutation ($id: ID!, $revoke: Boolean) { removeAccount(id: $id, revoke: $revoke) { __typename
    ... on RemoveAccountSuccess { accountId revoked } ... on Failure { code path } } }`

  test("takes it away, told by subscription, and revokes at the provider when asked to", async () => {
    simulator.addAccount({ email: "leaves@example.test" })
    const { account } = await add({ refreshToken: "sim-refresh-leaves@example.test" })
    await reach(account.id, "READY")
    const removed = await subscribe<{ accountRemoved: string }>(control.url, "subscription { accountRemoved }", {
      token: ADMIN_TOKEN,
    })
    expect(await control.data(REMOVE, { id: account.id, revoke: true })).toEqual({
      removeAccount: { __typename: "RemoveAccountSuccess", accountId: account.id, revoked: true },
    })
    expect(await removed.next()).toEqual({ accountRemoved: account.id })
    removed.close()
    expect(simulator.world.accounts.of("leaves@example.test")?.state).toBe("revoked")
    expect(await control.data(REMOVE, { id: account.id })).toEqual({
      removeAccount: { __typename: "InvalidInput", code: "not_found", path: ["id"] },
    })
  })

  test.each([
    ["removeAccount", (id: string) => `(id: "${id}", revoke: true)`],
    ["removeAccounts", (id: string) => `(filter: { ids: ["${id}"] }, expectedCount: 1, revoke: true)`],
  ])("%s asks the provider to revoke only what the audit has, and only then", async (name, given) => {
    const email = `${name.toLowerCase()}@example.test`
    simulator.addAccount({ email })
    const { account } = await add({ refreshToken: `sim-refresh-${email}` })
    await reach(account.id, "READY")
    const { database } = control.controlPlane.services
    const remove = () => control.ask(`mutation { ${name}${given(account.id)} { __typename } }`)
    const state = () => simulator.world.accounts.of(email)?.state

    const takeAgain = await refuseInserts(database, "AuditEvent", "no room for the audit")
    expect((await remove()).errors).toHaveLength(1)
    await takeAgain()
    expect(state()).not.toBe("revoked")

    // What was revoked is told even if the account cannot be removed then.
    const letGo = await refuseDeletes(database, "Account", "no room for removals")
    expect((await remove()).errors).toHaveLength(1)
    await letGo()
    expect(state()).toBe("revoked")
    const events = await database.prisma.auditEvent.findMany({ where: { objectId: account.id, outcome: "DONE" } })
    expect(events.at(-1)).toMatchObject({ action: "revokeCredential", before: expect.stringContaining("hmac:") })

    expect((await remove()).errors).toEqual([])
    expect(await database.prisma.account.count({ where: { id: account.id } })).toBe(0)
  })

  test("leaves its credential as it is at the provider unless that is asked for, of many too", async () => {
    const ids: string[] = []
    for (const name of ["stays", "goes"]) {
      simulator.addAccount({ email: `${name}@example.test` })
      ids.push((await add({ refreshToken: `sim-refresh-${name}@example.test` })).account.id)
    }
    const stateOf = (name: string) => simulator.world.accounts.of(`${name}@example.test`)?.state
    expect(await control.data(REMOVE, { id: ids[0] })).toMatchObject({ removeAccount: { revoked: null } })
    const removeMany = `mutation ($ids: [ID!], $revoke: Boolean, $dryRun: Boolean, $expectedCount: Int) {
      removeAccounts(filter: { ids: $ids }, revoke: $revoke, dryRun: $dryRun, expectedCount: $expectedCount) {
        ... on RemoveAccountsSuccess { removed revoked } } }`
    const scope = { ids: [ids[1]], revoke: true }
    expect(await control.data(removeMany, { ...scope, dryRun: true })).toEqual({
      removeAccounts: { removed: 1, revoked: null },
    })
    expect([stateOf("stays"), stateOf("goes")]).toEqual(["ok", "ok"])
    expect(await control.data(removeMany, { ...scope, expectedCount: 1 })).toEqual({
      removeAccounts: { removed: 1, revoked: 1 },
    })
    expect([stateOf("stays"), stateOf("goes")]).toEqual(["ok", "revoked"])
  })
})
