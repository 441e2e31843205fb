import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest"
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from "../src/auth/sessions.ts"
import { FREE_GUESSES, GUESS_EVERY_MS } from "#shared/guess-limit.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, PASSWORD, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const SIGN_IN = `mutation ($password: String!, $name: String) { signIn(password: $password, name: $name) { __typename
  ... on SignInSuccess { viewer { name scope authenticatedBy } } ... on Failure { code message } } }`

interface SignInData {
  readonly signIn: { readonly __typename: string; readonly code?: string; readonly message?: string }
}

let clock: ManualClock
let control: TestControlPlane
const folders: TestControlPlane[] = []

beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock })
})

afterEach(() => control.stop())
afterAll(() => Promise.all(folders.map((folder) => folder.stop())))

const signIn = (password: string, name?: string) => control.ask<SignInData>(SIGN_IN, { password, name }, {})
const viewer = (cookie: string) =>
  control.ask<{ viewer: unknown }>("{ viewer { name authenticatedBy } }", {}, { cookie })

describe("signing in", () => {
  test("gives a cookie that no script reads and no other site sends", async () => {
    const { data, setCookie, cookie = "" } = await signIn(PASSWORD)
    expect(data.signIn).toEqual({
      __typename: "SignInSuccess",
      viewer: { name: "admin", scope: "ADMIN", authenticatedBy: "SESSION" },
    })
    expect(setCookie).toMatch(/^lagrange=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/)
    expect((await viewer(cookie)).data).toEqual({ viewer: { name: "admin", authenticatedBy: "SESSION" } })
    const rows = await control.controlPlane.services.database.prisma.session.findMany()
    expect(JSON.stringify(rows)).not.toContain(cookie.split("=")[1])
  })

  test("a wrong password and an unknown name are told alike", async () => {
    const [wrong, unknown] = [await signIn("not the password"), await signIn(PASSWORD, "nobody")]
    expect(wrong.data.signIn).toMatchObject({ __typename: "Refused", code: "wrong_password" })
    expect(unknown.data).toEqual(wrong.data)
    expect(wrong.cookie).toBeUndefined()
  })

  test("is slowed down after five failures, also for the right password, and forgiven by a success", async () => {
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await signIn("wrong")).data.signIn.code).toBe("wrong_password")
    expect((await signIn(PASSWORD)).data.signIn).toMatchObject({
      code: "too_many_attempts",
      message: expect.stringContaining("1 s"),
    })
    clock.advance(1_001)
    expect((await signIn("wrong")).data.signIn.code).toBe("wrong_password")
    clock.advance(1_001)
    expect((await signIn(PASSWORD)).data.signIn.code).toBe("too_many_attempts")
    clock.advance(1_000)
    expect((await signIn(PASSWORD)).data.signIn.__typename).toBe("SignInSuccess")
    expect((await signIn("wrong")).data.signIn.code).toBe("wrong_password")
  })

  test("guesses at the same moment count each", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn("wrong")))
    const codes = answers.map(({ data }) => data.signIn.code)
    expect(codes.filter((code) => code === "wrong_password")).toHaveLength(5)
    expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(7)
  })
})

describe("behind a proxy that nobody named", () => {
  const through = async (address: string, password: string, name = "admin", cookie = "") => {
    const response = await fetch(`${control.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf": "1", "x-forwarded-for": address, cookie },
      body: JSON.stringify({ query: SIGN_IN, variables: { password, name } }),
    })
    const { data } = (await response.json()) as { data: SignInData } // the shape of the document asked for
    return data.signIn.code
  }

  test("a stranger keeps nobody out of the browser in which they signed in before, whoever's name is guessed", async () => {
    const { browserCookie = "", cookie = "" } = await signIn(PASSWORD)
    await control.ask("mutation { signOut { __typename } }", {}, { cookie })
    for (let guess = 0; guess < 4; guess++) {
      await through("203.0.113.7", "wrong")
      await through("203.0.113.7", "wrong", "somebody else")
      clock.advance(15 * 60_000)
    }
    expect(await through("203.0.113.7", "wrong")).toBe("wrong_password")
    expect(await through("192.0.2.1", PASSWORD)).toBe("too_many_attempts")
    expect(await through("192.0.2.1", PASSWORD, "admin", browserCookie)).toBeUndefined()
    // Neither does what the owner did there forgive the stranger.
    expect(await through("203.0.113.7", "wrong")).toBe("too_many_attempts")
  })

  test("who has that browser guesses no faster in it than others, and at no other's password", async () => {
    const { browserCookie = "" } = await signIn(PASSWORD)
    const other = "another good phrase 7"
    await control.data(
      `mutation { createAdministrator(input: { name: "other", role: VIEWER, password: "${other}" }) { __typename } }`,
    )
    for (let guess = 0; guess < 5; guess++) {
      expect(await through("192.0.2.1", "wrong", "admin", browserCookie)).toBe("wrong_password")
    }
    expect(await through("192.0.2.2", PASSWORD, "admin", browserCookie)).toBe("too_many_attempts")
    for (let guess = 0; guess < 5; guess++) await through("192.0.2.2", "wrong", "other", browserCookie)
    expect(await through("192.0.2.3", other, "other")).toBe("too_many_attempts")
  })

  test("a cookie that nobody made here changes nothing", async () => {
    for (let guess = 0; guess < 5; guess++) await through("203.0.113.7", "wrong")
    const forged = `lagrange-browser=${"A".repeat(22)}.${"A".repeat(43)}`
    expect(await through("192.0.2.1", PASSWORD, "admin", forged)).toBe("too_many_attempts")
  })

  test("is warned about once, with what to set", async () => {
    await through("203.0.113.7", PASSWORD)
    await through("203.0.113.8", PASSWORD)
    const told = control
      .log()
      .split("\n")
      .filter((line) => line.includes('"proxy.not-trusted"'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain("TRUSTED_PROXIES=127.0.0.1")
  })
})

/** Proxies tell of many addresses. */
describe("guessing from many addresses", () => {
  const LOCKED_AFTER = 10
  let behind: TestControlPlane
  beforeEach(async () => {
    behind = await startTestControlPlane({ clock, env: { TRUSTED_PROXIES: "127.0.0.1,::1" } })
  })
  afterEach(() => behind.stop())

  async function from(address: string, password: string, name = "admin"): Promise<string | undefined> {
    const response = await fetch(`${behind.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf": "1", "x-forwarded-for": address },
      body: JSON.stringify({ query: SIGN_IN, variables: { password, name } }),
    })
    const { data } = (await response.json()) as { data: SignInData } // the shape of the document asked for
    return data.signIn.code
  }

  test("locks the account, known or not, but not for where its owner signed in before, nor other accounts", async () => {
    expect(await from("192.0.2.1", PASSWORD)).toBeUndefined()
    for (let guess = 0; guess < LOCKED_AFTER; guess++) {
      expect(await from(`203.0.113.${guess}`, "wrong")).toBe("wrong_password")
      expect(await from(`2001:db8:0:${guess}::1`, "wrong", "nobody")).toBe("wrong_password")
    }
    expect(await from("203.0.113.200", PASSWORD)).toBe("too_many_attempts")
    expect(await from("203.0.113.200", "wrong", "nobody")).toBe("too_many_attempts")
    expect(await from("203.0.113.200", "wrong", "somebody else")).toBe("wrong_password")
    expect(await from("192.0.2.1", PASSWORD)).toBeUndefined()
    const rows = await behind.controlPlane.services.database.prisma.signInFailure.findMany()
    expect(JSON.stringify(rows)).not.toMatch(/nobody|somebody/)
  })

  test("a flood of them keeps nobody out where they signed in before, nor from giving their password again", async () => {
    const { cookie } = await behind.ask(SIGN_IN, { password: PASSWORD }, {})
    expect(await from("192.0.2.1", PASSWORD)).toBeUndefined()
    const lastFailureAt = new Date(clock.now())
    const flood = { failures: 60, lastFailureAt, blockedUntil: new Date(clock.now() + 10_000) }
    await behind.controlPlane.services.database.prisma.signInFailure.update({ where: { key: "global" }, data: flood })
    expect(await from("2001:db8:2::1", "wrong", "another")).toBe("too_many_attempts")
    expect(await from("192.0.2.1", PASSWORD)).toBeUndefined()
    const again = `mutation { reauthenticate(password: "${PASSWORD}") { __typename } }`
    expect((await behind.ask(again, {}, { cookie })).data).toEqual({
      reauthenticate: { __typename: "ReauthenticateSuccess" },
    })
    // What was right for these is no word about the others.
    expect(await from("2001:db8:2::1", "wrong", "another")).toBe("too_many_attempts")
  })

  test("who shares an address gets no new guesses at another's password by giving their own", async () => {
    const other = "another good phrase 7"
    await behind.data(
      `mutation { createAdministrator(input: { name: "viewer", role: VIEWER, password: "${other}" }) { __typename } }`,
    )
    const office = "192.0.2.1"
    expect(await from(office, PASSWORD)).toBeUndefined()
    for (let guess = 0; guess < 5; guess++) {
      expect(await from(office, other, "viewer")).toBeUndefined()
      expect(await from(office, "wrong")).toBe("wrong_password")
    }
    expect(await from(office, other, "viewer")).toBeUndefined()
    expect(await from(office, "wrong")).toBe("too_many_attempts")
    clock.advance(1_001)
    expect(await from(office, PASSWORD)).toBeUndefined()
  })

  test("an IPv6 customer counts as one", async () => {
    for (let guess = 0; guess < 5; guess++) expect(await from(`2001:db8::${guess}`, "wrong")).toBe("wrong_password")
    expect(await from("2001:db8::ffff", PASSWORD)).toBe("too_many_attempts")
    expect(await from("2001:db8:0:1::1", PASSWORD)).toBeUndefined()
  })

  test("sessions show the address, and the panel's examples the host, that the proxy tells", async () => {
    const { cookie = "" } = await behind.ask(SIGN_IN, { password: PASSWORD }, {})
    const response = await fetch(`${behind.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-csrf": "1",
        cookie,
        "x-forwarded-host": "evil.test, panel.test:8443",
      },
      body: JSON.stringify({ query: "{ gatewayUrl sessions { address } }" }),
    })
    expect(await response.json()).toEqual({
      data: { gatewayUrl: "http://panel.test:8088", sessions: [{ address: "127.0.0.1" }] },
    })
  })
})

test("nobody's word about address and host counts by default", async () => {
  const headers = {
    "content-type": "application/json",
    "x-csrf": "1",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-host": "panel.test",
  }
  const post = async (body: object, more: Record<string, string> = {}) =>
    fetch(`${control.url}/graphql`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(body) })
  const entered = await post({ query: SIGN_IN, variables: { password: PASSWORD } })
  const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? ""
  const { data } = await (await post({ query: "{ gatewayUrl sessions { address } }" }, { cookie })).json()
  expect(data).toEqual({ gatewayUrl: "http://127.0.0.1:8088", sessions: [{ address: "127.0.0.1" }] })
})

test("wrong admin tokens are guessed at slowly too, and one that was made here is never slowed down", async () => {
  const made = await control.data<{ createAdminToken: { secret: string } }>(
    `mutation { createAdminToken(input: { name: "x", scope: READ }) { ... on CreateAdminTokenSuccess { secret } } }`,
  )
  const tries = async (token: string) => (await control.ask("{ viewer { name } }", {}, { token })).status
  for (let guess = 0; guess < FREE_GUESSES; guess++) expect(await tries("wrong")).toBe(200)
  expect([await tries(ADMIN_TOKEN), await tries(made.createAdminToken.secret)]).toEqual([429, 200])
  clock.advance(GUESS_EVERY_MS)
  expect(await tries(ADMIN_TOKEN)).toBe(200)
})

test.each([
  ["POST", "/graphql"],
  ["POST", "/playground/v1/messages"],
  ["GET", "/oauth/callback?code=c&state=s"],
])(
  "who guesses admin tokens at %s %s is in the audit, with the guesses that were not looked at",
  async (method, path) => {
    const headers = { authorization: "Bearer guessed", "content-type": "application/json", "x-csrf": "1" }
    const body = method === "POST" ? { body: JSON.stringify({ query: "{ viewer { name } }" }) } : {}
    for (let guess = 0; guess <= FREE_GUESSES; guess++)
      await fetch(`${control.url}${path}`, { method, headers, ...body })
    const told = () =>
      control.controlPlane.services.database.prisma.auditEvent.findMany({
        where: { action: "authenticate" },
        orderBy: { sequence: "asc" },
      })
    const [wrong, tooMany] = await waitFor(async () => {
      const rows = await told()
      return rows.length === 2 && rows
    })
    expect(wrong).toMatchObject({
      actorKind: "NOBODY",
      outcome: "REFUSED",
      code: "unknown_token",
      address: "127.0.0.1",
    })
    expect(tooMany).toMatchObject({ actorKind: "NOBODY", code: "too_many_attempts", address: "127.0.0.1" })
  },
)

describe("a session", () => {
  test("ends after twelve idle hours", async () => {
    const cookie = await control.signIn()
    clock.advance(SESSION_IDLE_MS - 1)
    expect((await viewer(cookie)).data.viewer).not.toBeNull()
    clock.advance(SESSION_IDLE_MS)
    expect((await viewer(cookie)).data.viewer).toBeNull()
  })

  test("ends after seven days, however busy", async () => {
    const cookie = await control.signIn()
    for (let passed = 0; passed < SESSION_ABSOLUTE_MS - SESSION_IDLE_MS; passed += SESSION_IDLE_MS / 2) {
      clock.advance(SESSION_IDLE_MS / 2)
      expect((await viewer(cookie)).data.viewer).not.toBeNull()
    }
    clock.advance(SESSION_IDLE_MS)
    expect((await viewer(cookie)).data.viewer).toBeNull()
  })

  test("ends with signOut, which takes the cookie away", async () => {
    const cookie = await control.signIn()
    const { setCookie, data } = await control.ask(
      "mutation { signOut { ... on SignOutSuccess { signedOut } } }",
      {},
      { cookie },
    )
    expect(data).toEqual({ signOut: { signedOut: true } })
    expect(setCookie).toContain("lagrange=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    expect((await viewer(cookie)).data.viewer).toBeNull()
  })

  test("ends when ADMIN_PASSWORD is another at the next start; with the same it goes on", async () => {
    const cookie = await control.signIn()
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory })
    expect((await viewer(cookie)).data.viewer).not.toBeNull()
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { ADMIN_PASSWORD: "quite another phrase 7" } })
    expect((await viewer(cookie)).data.viewer).toBeNull()
    expect((await signIn(PASSWORD)).data.signIn.code).toBe("wrong_password")
    expect((await signIn("quite another phrase 7")).data.signIn.__typename).toBe("SignInSuccess")
  })
})

describe("the password", () => {
  test("is generated when none is set, told once, and stays", async () => {
    const first = await startTestControlPlane({ env: { ADMIN_PASSWORD: undefined } })
    const password = first.controlPlane.generatedPassword ?? ""
    expect(password).toMatch(/^[a-z0-9-]{27}$/)
    expect(first.log()).not.toContain(password)
    await first.stop({ keep: true })
    const second = await startTestControlPlane({
      dataDirectory: first.dataDirectory,
      env: { ADMIN_PASSWORD: undefined },
    })
    folders.push(second)
    expect(second.controlPlane.generatedPassword).toBeUndefined()
    expect((await second.ask<SignInData>(SIGN_IN, { password }, {})).data.signIn.__typename).toBe("SignInSuccess")
  })

  test.each([
    [{ ADMIN_PASSWORD: undefined }, "is not set"],
    [{ ADMIN_PASSWORD: "short one" }, "is shorter than 12 characters"],
    [{ ADMIN_PASSWORD: "Password123456" }, "is one of the most common"],
    [{ ADMIN_PASSWORD: "aaaaaaaaaaaaaa" }, "repeats few characters"],
  ])("a listener for others does not start with %j", async (env, why) => {
    const start = startTestControlPlane({ env: { CONTROL_HOST: "0.0.0.0", ...env } })
    await expect(start).rejects.toThrow(why)
    await start.catch((error: Error) => expect(error.message.split("\n")).toHaveLength(1))
  })

  test("a listener for others starts with a good one", async () => {
    folders.push(await startTestControlPlane({ env: { CONTROL_HOST: "0.0.0.0" } }))
    expect(folders.at(-1)?.log()).toContain("listener.clear-text")
  })
})

describe("behind TLS", () => {
  test("the cookie is __Host- and Secure", async () => {
    const behind = await startTestControlPlane({ env: { BEHIND_TLS: "on" } })
    folders.push(behind)
    const { setCookie } = await behind.ask(SIGN_IN, { password: PASSWORD }, {})
    expect(setCookie).toMatch(/^__Host-lagrange=[\w-]{43}; Path=\/; .*Secure$/)
  })
})

describe("the key of the environment", () => {
  const KEYS = "{ apiKeys { edges { node { id origin prefix name } } } }"
  const origins = async (): Promise<unknown> =>
    (await control.data<{ apiKeys: { edges: { node: { origin: string } }[] } }>(KEYS)).apiKeys.edges.map(
      ({ node }) => node.origin,
    )

  test("is the admin password when that is set and API_KEY is not, with a warning", async () => {
    expect(await control.data(KEYS)).toEqual({
      apiKeys: {
        edges: [{ node: { id: expect.any(String), origin: "ENVIRONMENT", prefix: null, name: "environment" } }],
      },
    })
    expect(control.log()).toContain("api-key.is-password")
  })

  const keyRow = () => control.controlPlane.services.database.prisma.apiKey.findFirstOrThrow()
  const startAgain = async (env: Readonly<Record<string, string | undefined>>): Promise<void> => {
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env })
  }

  test("keeps its lineage when it is rotated, so that its signatures stay its own", async () => {
    const before = await keyRow()
    await startAgain({ API_KEY: "another key of my own" })
    const after = await keyRow()
    expect(after.digest).not.toBe(before.digest)
    expect([after.id, after.lineage]).toEqual([before.id, before.lineage])
  })

  test("keeps the lineage of the key that it was made from", async () => {
    await startAgain({ ADMIN_PASSWORD: undefined })
    const create = `mutation { createApiKey(input: { name: "made here" }) { ... on CreateApiKeySuccess { secret } } }`
    const { createApiKey } = await control.data<{ createApiKey: { secret: string } }>(create)
    const before = await keyRow()
    await startAgain({ ADMIN_PASSWORD: undefined, API_KEY: createApiKey.secret })
    expect(await origins()).toEqual(["ENVIRONMENT"])
    const { id, digest, lineage } = before
    expect(await keyRow()).toMatchObject({ id, digest, lineage, prefix: null, name: "environment" })
  })

  test("is API_KEY when set, none when neither is, and cannot be removed here", async () => {
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { API_KEY: "a key of my own" } })
    expect(await origins()).toEqual(["ENVIRONMENT"])
    expect(control.log()).not.toContain("api-key.is-password")
    const [edge] = (await control.data<{ apiKeys: { edges: { node: { id: string } }[] } }>(KEYS)).apiKeys.edges
    const remove = `mutation ($id: ID!) { removeApiKey(id: $id) { __typename ... on Failure { code } } }`
    expect(await control.data(remove, { id: edge?.node.id })).toEqual({
      removeApiKey: { __typename: "Refused", code: "set_by_environment" },
    })
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { ADMIN_PASSWORD: undefined } })
    expect(await origins()).toEqual([])
  })
})
