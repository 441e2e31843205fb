/** Adding an account by signing in to it, over real sockets: the callback, the pasted address, and every way in which it fails. */
import { createHash } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, startTestControlPlane, type Identity, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { refuseInserts } from "./support/refuse-inserts.ts"
import { createManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 60_000 })

const START = `mutation ($terms: Boolean!, $kind: AccountKind = ANTIGRAVITY, $accountId: ID) {
  startOAuth(input: { kind: $kind, acknowledgedTerms: $terms, accountId: $accountId }) {
  __typename ... on StartOAuthSuccess { authorizationUrl state expiresAt } ... on Failure { code message path } } }`
const COMPLETE = `mutation ($input: CompleteOAuthInput!) { completeOAuth(input: $input) { __typename
  ... on CompleteOAuthSuccess { isKnownAccount account { id email state onboardingStep } } ... on Failure { code message path } } }`

interface Started {
  readonly __typename: string
  readonly authorizationUrl: string
  readonly state: string
  readonly expiresAt: string
  readonly code: string
  readonly message: string
}

interface Completed {
  readonly __typename: string
  readonly isKnownAccount: boolean
  readonly account: { readonly id: string; readonly email: string | null; readonly state: string }
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}

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

async function start(at = control, identity?: Identity, accountId?: string): Promise<Started> {
  const { data } = await at.ask<{ startOAuth: Started }>(START, { terms: true, accountId }, identity)
  expect(data.startOAuth.__typename).toBe("StartOAuthSuccess")
  return data.startOAuth
}

async function complete(input: object, at = control, identity?: Identity): Promise<Completed> {
  const { data } = await at.ask<{ completeOAuth: Completed }>(COMPLETE, { input }, identity)
  return data.completeOAuth
}

/** What the browser does after the owner agreed at the provider: where it is sent. */
async function agree(authorizationUrl: string, email: string, granted?: readonly string[]): Promise<string> {
  const url = new URL(authorizationUrl)
  url.pathname += "/allow"
  url.searchParams.set("account", email)
  for (const scope of granted ?? (url.searchParams.get("scope") ?? "").split(" ")) {
    url.searchParams.append("granted", scope)
  }
  const answer = await fetch(url, { redirect: "manual" })
  return answer.headers.get("location") ?? ""
}

interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

async function open(address: string, headers: Record<string, string> = {}): Promise<Page> {
  const response = await fetch(address, { headers, redirect: "manual" })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const stateOf = async (id: string): Promise<string> =>
  (await control.data<{ account: { state: string } }>("query ($id: ID!) { account(id: $id) { state } }", { id }))
    .account.state

const exchanges = (): number => simulator.seen().filter(({ path }) => path === "/token").length

async function accountOf(email: string): Promise<string | undefined> {
  const { accounts } = await control.data<{ accounts: { edges: { node: { id: string; email: string } }[] } }>(
    "{ accounts(first: 100) { edges { node { id email } } } }",
  )
  return accounts.edges.find(({ node }) => node.email === email)?.node.id
}

describe("the start", () => {
  test("gives an address with PKCE, a state of its own and the loopback callback of the port in use", async () => {
    const one = await start()
    const other = await start()
    const query = new URL(one.authorizationUrl).searchParams
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: "code",
      client_id: "simulator-client",
      redirect_uri: `http://127.0.0.1:${control.controlPlane.port}/oauth/callback`,
      access_type: "offline",
      prompt: "consent",
      code_challenge_method: "S256",
      state: one.state,
    })
    expect(query.get("code_challenge")).toMatch(/^[\w-]{43}$/)
    expect(query.get("scope")).toContain("https://www.googleapis.com/auth/cloud-platform")
    expect(other.state).not.toBe(one.state)
    expect(new URL(other.authorizationUrl).searchParams.get("code_challenge")).not.toBe(query.get("code_challenge"))
    expect(Date.parse(one.expiresAt) - Date.now()).toBeGreaterThan(9 * 60_000)
  })

  test("wants the terms acknowledged and a kind that is signed in to", async () => {
    expect(await control.data(START, { terms: false })).toEqual({
      startOAuth: {
        __typename: "InvalidInput",
        code: "terms_not_acknowledged",
        message: expect.stringContaining("terms notice"),
        path: ["input", "acknowledgedTerms"],
      },
    })
    expect(await control.data(START, { terms: true, kind: "GEMINI_API" })).toMatchObject({
      startOAuth: { __typename: "Refused", code: "kind_not_supported" },
    })
    const { startOAuth } = await control.data<{ startOAuth: { __typename: string } }>(START, { terms: true })
    expect(startOAuth.__typename).toBe("StartOAuthSuccess")
  })
})

describe("the callback", () => {
  test("adds the account, says so on a page without scripts, and the progress goes through every step", async () => {
    simulator.addAccount({ email: "callback@example.test", projectId: null })
    const { authorizationUrl, state } = await start()
    interface Progress {
      readonly oauthProgress: { phase: string; step: string | null; account: { id: string; state: string } | null }
    }
    const progress = await subscribe<Progress>(
      control.url,
      `subscription { oauthProgress(state: "${state}") { phase step account { id state } } }`,
      { token: ADMIN_TOKEN },
    )
    expect((await progress.next()).oauthProgress).toEqual({ phase: "WAITING", step: null, account: null })

    const page = await open(await agree(authorizationUrl, "callback@example.test"), { "accept-language": "en" })
    expect(page.status).toBe(200)
    expect(page.text).toContain("callback@example.test")
    expect(page.text).not.toMatch(/<script|https?:/)
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /)
    expect(page.headers.get("cache-control")).toBe("no-store")
    expect(page.headers.get("referrer-policy")).toBe("no-referrer")

    const steps: (string | null)[] = []
    let last = ""
    while (last !== "DONE") {
      const { oauthProgress } = await progress.next()
      last = oauthProgress.phase
      if (oauthProgress.step !== steps.at(-1)) steps.push(oauthProgress.step)
      expect(oauthProgress.phase).not.toBe("FAILED")
    }
    await progress.ended
    // A quick step may be over before it is looked at; none is gone back to.
    const order = ["EXCHANGE", "ACCOUNT_INFO", "LOAD", "ONBOARD", "PROJECT", "CATALOGUE", "QUOTA", null]
    expect(steps).toEqual(order.filter((step) => steps.includes(step)))
    const id = await accountOf("callback@example.test")
    const read = `query ($id: ID!) { account(id: $id) { state onboardingStep oauthClient quota { bucket } } }`
    const { account } = await control.data<{ account: { oauthClient: string; quota: object[] } }>(read, { id })
    expect(account).toMatchObject({ state: "READY", onboardingStep: null })
    expect(account.quota.length).toBeGreaterThan(0)
    expect(account.oauthClient).toBe(createHash("sha256").update("simulator-client").digest("hex").slice(0, 16))
  })

  test("counts once: again it is refused with a plain page, and nothing is asked of the provider", async () => {
    simulator.addAccount({ email: "once@example.test" })
    const { authorizationUrl } = await start()
    const address = await agree(authorizationUrl, "once@example.test")
    const before = exchanges()
    // Two at the same moment: one of them has it.
    const pages = await Promise.all([open(address), open(address)])
    expect(pages.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 400])
    const again = await open(address)
    expect(again.status).toBe(400)
    expect(again.text).toContain("has already ended")
    expect(exchanges()).toBe(before + 1)
  })

  test("with a state that nobody gave, or none, or twice, is refused", async () => {
    const { authorizationUrl, state } = await start()
    const base = new URL(authorizationUrl).searchParams.get("redirect_uri") ?? ""
    const before = exchanges()
    for (const query of ["", "?code=c", `?code=c&state=${"x".repeat(43)}`, `?code=c&state=${state}&state=${state}`]) {
      const page = await open(base + query)
      expect({ query, status: page.status }).toEqual({ query, status: 400 })
      expect(page.text).toContain("is not known here")
    }
    expect((await open(`${base}?state=${state}`)).text).toContain("There is no code in it")
    expect(exchanges()).toBe(before)
  })

  test("takes GET only, so that a glance uses nothing up", async () => {
    simulator.addAccount({ email: "head@example.test" })
    const { authorizationUrl } = await start()
    const address = await agree(authorizationUrl, "head@example.test")
    for (const method of ["HEAD", "POST"]) expect((await fetch(address, { method })).status).toBe(405)
    expect((await open(address)).status).toBe(200)
  })

  test("the owner's no is shown as their own choice, in their language", async () => {
    const { authorizationUrl, state } = await start()
    const url = new URL(authorizationUrl)
    url.pathname += "/choose"
    url.searchParams.set("deny", "1")
    const denied = await fetch(url, { redirect: "manual" })
    const page = await open(denied.headers.get("location") ?? "", { "accept-language": "zh-CN,zh;q=0.9" })
    expect(page.status).toBe(200)
    expect(page.text).toContain("没有添加账号")
    expect(page.text).toContain('lang="zh-CN"')
    const progress = await subscribe(
      control.url,
      `subscription { oauthProgress(state: "${state}") { phase code step hint } }`,
      {
        token: ADMIN_TOKEN,
      },
    )
    expect(await progress.next()).toEqual({
      oauthProgress: {
        phase: "FAILED",
        code: "access_denied",
        step: null,
        hint: expect.stringContaining("Nothing was changed"),
      },
    })
    await progress.ended
  })

  test("another error of the provider's is told in its own words, escaped", async () => {
    const { authorizationUrl, state } = await start()
    const base = new URL(authorizationUrl).searchParams.get("redirect_uri") ?? ""
    const query = new URLSearchParams({ state, error: "org_internal", error_description: "<b>Not</b> allowed here" })
    const page = await open(`${base}?${query}`)
    expect(page.status).toBe(400)
    expect(page.text).toContain("&#60;b&#62;Not&#60;/b&#62; allowed here (org_internal)")
  })
})

describe("who may end it", () => {
  test("only the session that began it, by the page and by hand, and only while that session lasts", async () => {
    simulator.addAccount({ email: "session@example.test" })
    const cookie = await control.signIn()
    const other = await control.signIn()
    const { authorizationUrl, state } = await start(control, { cookie })
    const address = await agree(authorizationUrl, "session@example.test")
    expect((await open(address, { cookie: other })).text).toContain("another session")
    expect(await complete({ callback: address }, control, { cookie: other })).toMatchObject({ code: "other_session" })
    expect(await complete({ callback: address })).toMatchObject({ __typename: "Refused", code: "other_session" })
    const document = `subscription { oauthProgress(state: "${state}") { phase code } }`
    const progress = await subscribe(control.url, document, { token: ADMIN_TOKEN })
    expect(await progress.next()).toEqual({ oauthProgress: { phase: "FAILED", code: "other_session" } })
    await progress.ended
    // A browser that comes from the provider's site does not send the cookie.
    expect((await open(address)).status).toBe(200)

    const next = await start(control, { cookie })
    const late = await agree(next.authorizationUrl, "session@example.test")
    await control.ask("mutation { signOut { __typename } }", {}, { cookie })
    const page = await open(late)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("has ended")])
  })
})

describe("by hand", () => {
  test("the pasted address adds the account; the same address again is refused", async () => {
    simulator.addAccount({ email: "pasted@example.test" })
    const { authorizationUrl } = await start()
    const callback = await agree(authorizationUrl, "pasted@example.test")
    const done = await complete({ callback })
    expect(done).toMatchObject({
      account: { email: "pasted@example.test", state: "ONBOARDING", onboardingStep: "EXCHANGE" },
    })
    await waitFor(async () => (await stateOf(done.account.id)) === "READY", 40_000)
    expect(await complete({ callback })).toMatchObject({ __typename: "Refused", code: "state_used" })
  })

  test("a bare code belongs to the state that is given, or to the only sign-in under way", async () => {
    simulator.addAccount({ email: "bare@example.test" })
    const token = await control.data<{ createAdminToken: { secret: string } }>(
      'mutation { createAdminToken(input: { name: "bare", scope: OPERATE }) { ... on CreateAdminTokenSuccess { secret } } }',
    )
    const identity = { token: token.createAdminToken.secret }
    expect(await complete({ callback: "4/bare" }, control, identity)).toMatchObject({
      __typename: "InvalidInput",
      code: "required",
      path: ["input", "state"],
    })
    const first = await start(control, identity)
    const codeOf = async ({ authorizationUrl }: Started): Promise<string> =>
      new URL(await agree(authorizationUrl, "bare@example.test")).searchParams.get("code") ?? ""
    expect(await complete({ callback: await codeOf(first) }, control, identity)).toMatchObject({
      account: { email: "bare@example.test" },
    })
    const [second, third] = [await start(control, identity), await start(control, identity)]
    const code = await codeOf(third)
    expect(await complete({ callback: code }, control, identity)).toMatchObject({ code: "required" })
    // The code of one sign-in does not fit the verifier of another.
    expect(await complete({ callback: code, state: second.state }, control, identity)).toMatchObject({
      code: "code_refused",
      message: expect.stringContaining("The provider said: Invalid code verifier."),
    })
    expect(await complete({ callback: await codeOf(third), state: third.state }, control, identity)).toMatchObject({
      account: { email: "bare@example.test" },
    })
  })

  test.each([
    ["http://127.0.0.1/oauth/callback?state=s", undefined, "InvalidInput", "no_code", ["input", "callback"]],
    ["?code=c&state=one", "other", "InvalidInput", "state_mismatch", ["input", "state"]],
    ["?code=c&state=nobody", undefined, "Refused", "unknown_state", []],
    ["?error=access_denied&state=nobody", undefined, "Refused", "unknown_state", []],
  ])("%s with the state %s is %s %s", async (callback, state, __typename, code, path) => {
    expect(await complete({ callback, state })).toMatchObject({ __typename, code, path })
  })
})

describe("what comes of it", () => {
  test("the same address gives that account the new credential, and nothing else of it changes", async () => {
    simulator.addAccount({ email: "again@example.test" })
    const first = await complete({ callback: await agree((await start()).authorizationUrl, "again@example.test") })
    await waitFor(async () => (await stateOf(first.account.id)) === "READY", 40_000)
    await control.data(
      `mutation ($id: ID!) { updateAccount(id: $id, input: { label: "kept", weight: 7 }) { __typename } }`,
      {
        id: first.account.id,
      },
    )
    simulator.addAccount({ email: "again@example.test", refreshToken: "sim-refresh-the-second" })
    const second = await complete({ callback: await agree((await start()).authorizationUrl, "again@example.test") })
    expect(second.account.id).toBe(first.account.id)
    expect([first.isKnownAccount, second.isKnownAccount]).toEqual([false, true])
    await waitFor(async () => (await stateOf(first.account.id)) === "READY", 40_000)
    const { vault, services } = control.controlPlane
    const row = await services.database.prisma.credential.findUniqueOrThrow({ where: { accountId: first.account.id } })
    const place = { table: "Credential", row: row.accountId, field: "sealedRefreshToken" }
    expect(vault.open(place, row.sealedRefreshToken ?? "")).toBe("sim-refresh-the-second")
    expect(
      await control.data("query ($id: ID!) { account(id: $id) { label weight } }", { id: first.account.id }),
    ).toEqual({ account: { label: "kept", weight: 7 } })
  })

  describe("a sign-in that is for one account", () => {
    const PROGRESS = "phase code isKnownAccount otherEmail account { id }"

    interface Told {
      readonly oauthProgress: {
        readonly phase: string
        readonly code: string | null
        readonly isKnownAccount: boolean
        readonly otherEmail: string | null
      }
    }

    /** An account that is here, and what is kept of its sign-in. */
    async function known(email: string): Promise<{ id: string; sealed: () => Promise<string | null> }> {
      simulator.addAccount({ email })
      const { account } = await complete({ callback: await agree((await start()).authorizationUrl, email) })
      await waitFor(async () => (await stateOf(account.id)) === "READY", 40_000)
      const { credential } = control.controlPlane.services.database.prisma
      const where = { accountId: account.id }
      return {
        id: account.id,
        sealed: async () => (await credential.findUniqueOrThrow({ where })).sealedRefreshToken,
      }
    }

    const follow = (state: string) =>
      subscribe<Told>(control.url, `subscription { oauthProgress(state: "${state}") { ${PROGRESS} } }`, {
        token: ADMIN_TOKEN,
      })

    test("takes that account's, says that it was here, and begins at the provider with its address", async () => {
      const { id, sealed } = await known("mine@example.test")
      const before = await sealed()
      const { authorizationUrl, state } = await start(control, undefined, id)
      expect(new URL(authorizationUrl).searchParams.get("login_hint")).toBe("mine@example.test")
      const page = await open(await agree(authorizationUrl, "mine@example.test"), { "accept-language": "en" })
      expect(page.status).toBe(200)
      expect(page.text).toContain("It was here before")
      expect(await sealed()).not.toBe(before)
      const progress = await follow(state)
      expect((await progress.next()).oauthProgress.isKnownAccount).toBe(true)
      progress.close()
    })

    test("refuses another one's, by the page and by hand, says whose it was, and saves nothing of it", async () => {
      const { id, sealed } = await known("wanted@example.test")
      const before = await sealed()
      simulator.addAccount({ email: "stranger@example.test" })
      const byPage = await start(control, undefined, id)
      const page = await open(await agree(byPage.authorizationUrl, "stranger@example.test"), {
        "accept-language": "en",
      })
      expect(page.status).toBe(400)
      expect(page.text).toContain("Signed in to: stranger@example.test")
      const progress = await follow(byPage.state)
      expect((await progress.next()).oauthProgress).toMatchObject({
        phase: "FAILED",
        code: "other_account",
        otherEmail: "stranger@example.test",
      })
      await progress.ended
      const byHand = await start(control, undefined, id)
      expect(await complete({ callback: await agree(byHand.authorizationUrl, "stranger@example.test") })).toMatchObject(
        {
          __typename: "Refused",
          code: "other_account",
          message: expect.stringContaining("signed in to as stranger@example.test"),
        },
      )
      expect(await sealed()).toBe(before)
      expect(await accountOf("stranger@example.test")).toBeUndefined()
      // It is no worse for it: added as a new account, it is taken.
      const added = await complete({ callback: await agree((await start()).authorizationUrl, "stranger@example.test") })
      expect(added).toMatchObject({ isKnownAccount: false, account: { email: "stranger@example.test" } })
    })

    test("saves nothing when the provider does not say whose it is, or the account is gone", async () => {
      const { id, sealed } = await known("untold@example.test")
      const before = await sealed()
      const match = { method: "userinfo", account: "untold@example.test" }
      simulator.script({ fault: { kind: "internal" }, match })
      const untold = await start(control, undefined, id)
      const answer = await complete({ callback: await agree(untold.authorizationUrl, "untold@example.test") })
      expect(answer).toMatchObject({ __typename: "Refused", code: "account_not_told" })
      simulator.clearFaults()
      expect(await sealed()).toBe(before)
      const gone = await start(control, undefined, id)
      await control.data("mutation ($id: ID!) { removeAccount(id: $id) { __typename } }", { id })
      const late = await complete({ callback: await agree(gone.authorizationUrl, "untold@example.test") })
      expect(late).toMatchObject({ __typename: "Refused", code: "account_removed" })
      expect(await accountOf("untold@example.test")).toBeUndefined()
      const { startOAuth } = await control.data<{ startOAuth: Started }>(START, { terms: true, accountId: id })
      expect(startOAuth).toMatchObject({ __typename: "InvalidInput", code: "not_found" })
    })
  })

  test.each([
    ["no refresh token", { withholdsRefreshToken: true }, undefined, "no_refresh_token", "third-party access"],
    [
      "a permission that was left out",
      {},
      ["https://www.googleapis.com/auth/userinfo.email"],
      "scope_missing",
      "leave every box",
    ],
  ])("%s ends it with what to do, and no account is made", async (_what, account, granted, code, hint) => {
    simulator.addAccount({ email: "nothing@example.test", ...account })
    const { authorizationUrl } = await start()
    const callback = await agree(authorizationUrl, "nothing@example.test", granted)
    expect(await complete({ callback })).toMatchObject({
      __typename: "Refused",
      code,
      message: expect.stringContaining(hint),
    })
    expect(await accountOf("nothing@example.test")).toBeUndefined()
    expect(await complete({ callback })).toMatchObject({ code: "state_used" })
  })

  test("a provider that cannot be asked leaves the sign-in open: the same address works when it is back", async () => {
    simulator.addAccount({ email: "patient@example.test" })
    const { authorizationUrl, state } = await start()
    const address = await agree(authorizationUrl, "patient@example.test")
    simulator.script({ fault: { kind: "internal" }, match: { method: "token" }, times: 1 })
    const page = await open(address)
    expect([page.status, page.text]).toEqual([502, expect.stringContaining("Reload this page")])
    // It may have taken the code before its answer was lost.
    expect(page.text).not.toContain("Nothing is lost")
    const progress = await subscribe(
      control.url,
      `subscription { oauthProgress(state: "${state}") { phase code providerMessage } }`,
      {
        token: ADMIN_TOKEN,
      },
    )
    expect(await progress.next()).toEqual({
      oauthProgress: {
        phase: "WAITING",
        code: "provider_unreachable",
        providerMessage: expect.stringContaining("answered 500"),
      },
    })
    progress.close()
    expect((await open(address)).status).toBe(200)
    expect(await accountOf("patient@example.test")).toBeDefined()
  })

  test("an account that needs a hand says so in the progress, with the provider's words and the way out", async () => {
    simulator.addAccount({ email: "hand@example.test", state: "validation-required" })
    const { authorizationUrl, state } = await start()
    await open(await agree(authorizationUrl, "hand@example.test"))
    const document = `subscription { oauthProgress(state: "${state}") { phase step message hint account { state } } }`
    const progress = await subscribe<{ oauthProgress: { phase: string } }>(control.url, document, {
      token: ADMIN_TOKEN,
    })
    let last = await progress.next()
    while (last.oauthProgress.phase === "WORKING") last = await progress.next()
    expect(last).toEqual({
      oauthProgress: {
        phase: "FAILED",
        step: "LOAD",
        message: expect.stringContaining("verify"),
        hint: expect.stringContaining("in a browser"),
        account: { state: "NEEDS_VERIFICATION" },
      },
    })
    await progress.ended
  })
})

describe("time and restarts", () => {
  test("a sign-in outlives a restart and ends at another port; after ten minutes it is over", async () => {
    simulator.addAccount({ email: "restart@example.test" })
    const clock = createManualClock(Date.now())
    const first = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
    const early = await start(first)
    const late = await start(first)
    await first.stop({ keep: true })
    // The client of this start is another; a sign-in goes on with the one it began with.
    const second = await startTestControlPlane({
      simulatorUrl: simulator.url,
      dataDirectory: first.dataDirectory,
      clock,
      env: { GOOGLE_OAUTH_CLIENT_ID: undefined, GOOGLE_OAUTH_CLIENT_SECRET: undefined },
    })
    try {
      const moved = new URL(await agree(early.authorizationUrl, "restart@example.test"))
      moved.port = String(second.controlPlane.port)
      expect((await open(moved.href)).status).toBe(200)
      clock.advance(10 * 60_000)
      expect(await complete({ callback: "c", state: late.state }, second)).toMatchObject({ code: "state_expired" })
      const row = await second.controlPlane.services.database.prisma.oAuthFlow.findFirstOrThrow({
        where: { accountId: { not: null } },
      })
      expect(row.sealedVerifier).toBeNull()
      // An hour later nobody remembers them.
      clock.advance(2 * 3_600_000)
      await waitFor(async () => {
        clock.advance(60_000)
        return (await second.controlPlane.services.database.prisma.oAuthFlow.count()) === 0
      })
    } finally {
      await second.stop()
    }
  })

  test("a claim whose process died lapses, so that the callback can be tried again", async () => {
    simulator.addAccount({ email: "lapse@example.test" })
    const clock = createManualClock(Date.now())
    const other = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
    try {
      const { authorizationUrl } = await start(other)
      const callback = await agree(authorizationUrl, "lapse@example.test")
      const { oAuthFlow } = other.controlPlane.services.database.prisma
      await oAuthFlow.updateMany({ data: { claimedAt: new Date(clock.now()), step: "EXCHANGE" } })
      expect(await complete({ callback }, other)).toMatchObject({ code: "in_progress" })
      clock.advance(30_000)
      expect(await complete({ callback }, other)).toMatchObject({ account: { email: "lapse@example.test" } })
    } finally {
      await other.stop()
    }
  })

  test("a fault of our own ends it with a page and in the progress, and nobody waits for it", async () => {
    simulator.addAccount({ email: "fault@example.test" })
    const takeAgain = await refuseInserts(control.controlPlane.services.database, "Account", "broken here")
    try {
      const { authorizationUrl, state } = await start()
      const page = await open(await agree(authorizationUrl, "fault@example.test"))
      expect([page.status, page.headers.get("content-type")]).toEqual([500, "text/html; charset=utf-8"])
      expect(page.text).toContain("Something went wrong here")
      expect(page.text).not.toContain("broken here")
      const document = `subscription { oauthProgress(state: "${state}") { phase step code hint } }`
      const progress = await subscribe(control.url, document, { token: ADMIN_TOKEN })
      expect(await progress.next()).toEqual({
        oauthProgress: {
          phase: "FAILED",
          step: "ACCOUNT_INFO",
          code: "internal",
          hint: expect.stringContaining("Start the sign-in again"),
        },
      })
      await progress.ended
      const again = await start()
      const callback = await agree(again.authorizationUrl, "fault@example.test")
      expect(await complete({ callback })).toMatchObject({ __typename: "Refused", code: "internal" })
    } finally {
      await takeAgain()
    }
  })

  test("of one session ten are kept, the newest", async () => {
    const first = await start()
    for (let count = 0; count < 10; count++) await start()
    expect(await complete({ callback: "c", state: first.state })).toMatchObject({ code: "unknown_state" })
  })
})
