/** Accounts from documents: what becomes of each row, and that the same document twice makes no second account. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

const IMPORT = `mutation ($input: ImportAccountsInput!) { importAccounts(input: $input) { __typename
  ... on ImportAccountsSuccess { formats rows { row line email outcome accountId message notCarried } counts { outcome rows } }
  ... on Failure { code message path } } }`
const ALL = `{ accounts(first: 100) { totalCount edges { node {
  id email label state enabled weight priority maxConcurrent reserve disabledModels tags projectId oauthClient } } } }`

interface Row {
  readonly row: number
  readonly line: number | null
  readonly email: string | null
  readonly outcome: string
  readonly accountId: string | null
  readonly message: string | null
  readonly notCarried: string[]
}

interface Report {
  readonly __typename: string
  readonly formats: string[]
  readonly rows: Row[]
  readonly counts: { outcome: string; rows: number }[]
  readonly code: string
  readonly message: string
  readonly path: string[]
}

interface Shown {
  readonly id: string
  readonly email: string | null
  readonly state: string
  readonly projectId: string | null
}

// A provider that answers late makes an account wait and try again; the machine of a test may be slow as well.
const PATIENCE_MS = 40_000
let simulator: Simulator
let control: TestControlPlane
let tests = 0

beforeAll(async () => {
  simulator = await startSimulator({ accounts: 0, otherClients: { "other-client": "other-client-secret" } })
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

beforeEach(async () => {
  tests += 1
  await control.controlPlane.services.database.prisma.account.deleteMany()
})

async function importing(document: unknown, more: object = {}): Promise<Report> {
  const text = typeof document === "string" ? document : JSON.stringify(document)
  const input = { document: text, acknowledgedTerms: true, ...more }
  return (await control.data<{ importAccounts: Report }>(IMPORT, { input })).importAccounts
}

async function all(): Promise<Shown[]> {
  const { accounts } = await control.data<{ accounts: { edges: { node: Shown }[] } }>(ALL)
  return accounts.edges.map(({ node }) => node)
}

/** Waits until all are in this state. */
async function settled(state = "READY"): Promise<Shown[]> {
  return waitFor(async () => {
    const accounts = await all()
    return accounts.every((one) => one.state === state) ? accounts : undefined
  }, PATIENCE_MS)
}

const outcomes = ({ rows }: Report): string[] => rows.map(({ outcome }) => outcome)
const emailsOf = (accounts: readonly Shown[]): string[] => accounts.map(({ email }) => email ?? "").toSorted()
/** Of this test alone: an account of the last one may still be onboarded, and an exchange renews a token that rotates. */
const tokenOf = (name: string): string => `fake-given-token-of-${name}-in-${tests}`

function simulate(name: string, more: object = {}): string {
  simulator.addAccount({ email: `${name}@example.test`, refreshToken: tokenOf(name), ...more })
  return tokenOf(name)
}

describe("a document of another program", () => {
  test("a dry run says what would become of each row, and leaves database and provider alone", async () => {
    const document = [{ email: "a@example.test", refresh_token: simulate("a") }, { email: "b@example.test" }]
    const before = simulator.seen().length
    const report = await importing(document, { dryRun: true, acknowledgedTerms: false })
    expect(report.formats).toEqual(["ANTIGRAVITY_MANAGER"])
    expect(outcomes(report)).toEqual(["WOULD_ADD", "INVALID"])
    expect(report.counts).toEqual([
      { outcome: "WOULD_ADD", rows: 1 },
      { outcome: "INVALID", rows: 1 },
    ])
    expect(report.rows[1]).toMatchObject({
      email: "b@example.test",
      message: expect.stringMatching(/no refresh token/),
    })
    expect(await all()).toEqual([])
    expect(simulator.seen()).toHaveLength(before)
  })

  test("its accounts are there at once, are onboarded in the background, and the second time nothing is added", async () => {
    const accounts = ["a", "b", "c"].map((name) => ({
      email: `${name}@example.test`,
      refresh_token: simulate(name),
      project_id: null,
    }))
    const first = await importing({ accounts })
    expect(first.formats).toEqual(["ANTIGRAVITY_PROXY"])
    expect(outcomes(first)).toEqual(["ADDED", "ADDED", "ADDED"])
    const ready = await settled()
    expect(emailsOf(ready)).toEqual(["a@example.test", "b@example.test", "c@example.test"])
    expect(new Set(ready.map(({ id }) => id))).toEqual(new Set(first.rows.map(({ accountId }) => accountId)))
    const second = await importing({ accounts })
    expect(outcomes(second)).toEqual(["UNCHANGED", "UNCHANGED", "UNCHANGED"])
    expect(await all()).toEqual(ready)
  })

  test("what it says of an account is carried over, and what has no place is named", async () => {
    const document = {
      type: "antigravity",
      email: "a@example.test",
      refresh_token: simulate("a"),
      project_id: "a-project-of-before",
      disabled: true,
      priority: 7,
      note: "from the laptop",
      excluded_models: ["gemini-3-flash"],
      proxy_url: "http://user:fake-password@proxy.test",
    }
    const report = await importing(document)
    expect(report.rows[0]).toMatchObject({ outcome: "ADDED", notCarried: ["proxy_url"] })
    await waitFor(
      async () =>
        (await control.controlPlane.services.database.prisma.account.count({ where: { onboardingPending: true } })) ===
        0,
      PATIENCE_MS,
    )
    const [account] = await all()
    expect(account).toMatchObject({
      state: "DISABLED",
      enabled: false,
      priority: 7,
      label: "from the laptop",
      disabledModels: ["gemini-3-flash"],
    })
    // What another program once found is only of use where the provider names none.
    expect(account?.projectId).toMatch(/^sim-project-/)
    expect(JSON.stringify(report) + control.log()).not.toContain("fake-password")
  })

  test("a project that its owner brought serves where the provider makes none", async () => {
    const refresh_token = simulate("own", { projectSource: "own", projectId: "brought-project-1" })
    await importing({ accounts: [{ email: "own@example.test", refresh_token, project_id: "brought-project-1" }] })
    expect(await settled()).toMatchObject([{ projectId: "brought-project-1" }])
  })

  test("an account that came from another OAuth client keeps it", async () => {
    const refresh_token = simulate("other")
    const account = simulator.world.accounts.of("other@example.test")
    if (account !== undefined) account.refreshTokenClient = "other-client"
    const document = {
      type: "authorized_user",
      client_id: "other-client",
      client_secret: "other-client-secret",
      refresh_token,
    }
    expect(outcomes(await importing(document))).toEqual(["ADDED"])
    expect(await settled()).toMatchObject([{ email: "other@example.test" }])
  })

  test("two rows of one account are one account", async () => {
    const refresh_token = simulate("a")
    const report = await importing([
      { email: "a@example.test", refresh_token },
      { email: "A@example.test", refresh_token: "fake-given-token-of-before" },
      { refresh_token },
    ])
    expect(outcomes(report)).toEqual(["ADDED", "DUPLICATE", "DUPLICATE"])
    expect(report.rows[1]?.message).toContain("row 1")
    expect(await all()).toHaveLength(1)
  })
})

describe("a bare list of tokens", () => {
  const LIST = (): string => ["a", "b"].map((name) => simulate(name, { rotatesRefreshToken: true })).join("\n")

  test("twice at once, again while it is onboarded, and again when tokens were renewed: no doubles", async () => {
    const document = LIST()
    const reports = await Promise.all([importing(document), importing(document)])
    expect(new Set(reports.map((report) => outcomes(report).join()))).toEqual(
      new Set(["ADDED,ADDED", "UNCHANGED,UNCHANGED"]),
    )
    expect(outcomes(await importing(document))).toEqual(["UNCHANGED", "UNCHANGED"])
    const ready = await settled()
    expect(emailsOf(ready)).toEqual(["a@example.test", "b@example.test"])
    // Each exchange gave a new refresh token by now; the list still holds the old ones.
    expect(outcomes(await importing(document))).toEqual(["UNCHANGED", "UNCHANGED"])
    expect(await all()).toHaveLength(2)
  })

  test("a second token of an account that is there becomes one with it when its address is known", async () => {
    await importing(simulate("a"))
    const [first] = await settled()
    const other = tokenOf("a-again")
    simulator.addAccount({ email: "a@example.test", refreshToken: other })
    expect(outcomes(await importing(other))).toEqual(["ADDED"])
    await waitFor(async () => {
      const accounts = await all()
      return accounts.length === 1 && accounts[0]?.id === first?.id && accounts[0]?.state === "READY"
    }, PATIENCE_MS)
    expect(outcomes(await importing(other))).toEqual(["UNCHANGED"])
  })
})

describe("an account that is there", () => {
  test("keeps the sign-in it serves with, unless the operator wants the document's", async () => {
    const document = { email: "a@example.test", refresh_token: simulate("a") }
    await importing([document])
    const [account] = await settled()
    const other = { ...document, refresh_token: tokenOf("a-new") }
    simulator.addAccount({ email: "a@example.test", refreshToken: other.refresh_token })
    const kept = await importing([other])
    expect(kept.rows[0]).toMatchObject({
      outcome: "UNCHANGED",
      accountId: account?.id,
      message: expect.stringMatching(/replaceCredentials/),
    })
    const taken = await importing([other], { replaceCredentials: true })
    expect(taken.rows[0]).toMatchObject({ outcome: "UPDATED", accountId: account?.id })
    expect(await settled()).toMatchObject([{ id: account?.id }])
    expect(outcomes(await importing([other]))).toEqual(["UNCHANGED"])
  })

  test("that waits for a sign-in takes the document's", async () => {
    await importing([{ email: "a@example.test", refresh_token: "fake-token-that-nobody-gave" }])
    await settled("NEEDS_LOGIN")
    const report = await importing([{ email: "a@example.test", refresh_token: simulate("a") }])
    expect(outcomes(report)).toEqual(["UPDATED"])
    await settled()
  })

  test("takes what the document says otherwise of it", async () => {
    const refresh_token = simulate("a")
    await importing([{ email: "a@example.test", refresh_token }])
    const document = [{ email: "a@example.test", refresh_token, priority: 5 }]
    expect(outcomes(await importing(document, { dryRun: true }))).toEqual(["WOULD_UPDATE"])
    expect(outcomes(await importing(document))).toEqual(["UPDATED"])
    expect(await all()).toMatchObject([{ priority: 5 }])
    expect(outcomes(await importing(document))).toEqual(["UNCHANGED"])
  })
})

describe("what is refused", () => {
  test.each([
    ["", {}, "empty", ["input", "document"]],
    ["nothing of ours, really", {}, "not_understood", ["input", "document"]],
    ['{"accounts":[', {}, "malformed", ["input", "document"]],
    ["fake-given-token-of-a", { acknowledgedTerms: false }, "terms_not_acknowledged", ["input", "acknowledgedTerms"]],
  ])("the document %j is refused with %j", async (document, more, code, path) => {
    expect(await importing(document, more)).toMatchObject({ __typename: "InvalidInput", code, path })
    expect(await all()).toEqual([])
  })

  test("without an OAuth client nothing is added that could never sign in", async () => {
    const other = await startTestControlPlane({
      env: { GOOGLE_OAUTH_CLIENT_ID: undefined, GOOGLE_OAUTH_CLIENT_SECRET: undefined },
    })
    try {
      const input = { document: tokenOf("a"), acknowledgedTerms: true }
      const { importAccounts } = await other.data<{ importAccounts: Report }>(IMPORT, { input })
      expect(importAccounts).toMatchObject({ __typename: "Refused", code: "oauth_client_missing" })
    } finally {
      await other.stop()
    }
  })
})

describe("a large document", () => {
  const lines = Array.from(
    { length: 1_200 },
    (_, index) => `fake-given-token-of-a-thousand-and-more-${index}-${"x".repeat(80)}`,
  )

  test("of a thousand accounts is taken, and no other body of its size is", async () => {
    const document = lines.join("\n")
    expect(document.length).toBeGreaterThan(100_000)
    const report = await importing(document, { dryRun: true })
    expect(report.counts).toEqual([{ outcome: "WOULD_ADD", rows: lines.length }])
    const other = await control.ask(
      "query ($search: String) { accounts(filter: { search: $search }) { totalCount } }",
      { search: document },
    )
    expect([other.status, other.errors[0]?.extensions?.code]).toEqual([413, "BODY_TOO_LARGE"])
  })

  test("is not read from who may not import", async () => {
    const made = await control.data<{ createAdminToken: { secret: string } }>(
      `mutation { createAdminToken(input: { name: "reader", scope: READ }) { ... on CreateAdminTokenSuccess { secret } } }`,
    )
    const input = { document: lines.join("\n"), acknowledgedTerms: true, dryRun: true }
    const { status } = await control.ask(IMPORT, { input }, { token: made.createAdminToken.secret })
    expect(status).toBe(413)
    expect(ADMIN_TOKEN).not.toBe(made.createAdminToken.secret)
  })
})
