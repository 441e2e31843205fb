/** Several people sign in, each with a role: who manages them, what ends with what, and that one owner is always left. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { FRESH_MS } from "../src/auth/fresh.ts"
import { MAX_SESSIONS } from "../src/auth/sessions.ts"
import { WATCH_MS } from "../src/graphql/subscriptions.ts"
import {
  ADMIN_TOKEN,
  PASSWORD,
  startTestControlPlane,
  type Identity,
  type TestControlPlane,
} from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { createManualClock } from "./support/manual-clock.ts"

const OWNERS_PASSWORD = "an owner's phrase 77"
const NEXT_PASSWORD = "quite another phrase 8"

const SIGN_IN = `mutation ($name: String!, $password: String!) { result: signIn(name: $name, password: $password) {
  __typename ... on SignInSuccess { viewer { name role scope administrator { id } freshUntil } } ... on Failure { code message } } }`
const CREATE = `mutation ($input: CreateAdministratorInput!) { result: createAdministrator(input: $input) {
  __typename ... on CreateAdministratorSuccess { password administrator { id name role enabled isYou } }
  ... on Failure { code message path } } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateAdministratorInput!) { result: updateAdministrator(id: $id, input: $input) {
  __typename ... on UpdateAdministratorSuccess { administrator { name role enabled } } ... on Failure { code message path } } }`
const RESET = `mutation ($id: ID!, $password: String) { result: resetPassword(id: $id, password: $password) {
  __typename ... on ResetPasswordSuccess { password administrator { id } } ... on Failure { code path } } }`
const REMOVE = `mutation ($id: ID!) { result: removeAdministrator(id: $id) { __typename ... on Failure { code } } }`
const CHANGE = `mutation ($password: String!, $newPassword: String!) { result: changePassword(password: $password, newPassword: $newPassword) {
  __typename ... on Failure { code path } } }`
const AGAIN = `mutation ($password: String!) { result: reauthenticate(password: $password) {
  __typename ... on ReauthenticateSuccess { viewer { freshUntil } } ... on Failure { code } } }`
const TOKEN = `mutation ($input: CreateAdminTokenInput!) { result: createAdminToken(input: $input) {
  __typename ... on CreateAdminTokenSuccess { secret adminToken { id prefix expiresAt isExpired administrator { name } } }
  ... on Failure { code path } } }`
const SESSIONS =
  "query ($all: Boolean) { sessions(all: $all) { id isCurrent address userAgent administrator { name } } }"
const END = `mutation ($id: ID!) { result: endSession(id: $id) { __typename ... on Failure { code } } }`
const VIEWER = "{ viewer { name role scope administrator { name } expiresAt } }"

interface Result {
  readonly __typename: string
  readonly code?: string
  readonly path?: readonly string[]
  readonly password?: string | null
  readonly secret?: string
  readonly administrator?: { readonly id: string }
  readonly adminToken?: { readonly id: string }
}

interface SessionShown {
  readonly id: string
  readonly isCurrent: boolean
  readonly address: string
  readonly administrator: { readonly name: string }
}

const clock = createManualClock()
let control: TestControlPlane
beforeAll(async () => {
  control = await startTestControlPlane({ clock, env: { ADMIN_PASSWORD: undefined, API_KEY: "a-key-of-the-tests" } })
})
afterAll(() => control.stop())

async function run(document: string, variables: object, identity: Identity = { token: ADMIN_TOKEN }): Promise<Result> {
  const { data, errors } = await control.ask<{ result: Result } | null>(document, variables, identity)
  return data?.result ?? { __typename: "Error", code: String(errors[0]?.extensions?.code) }
}

async function signIn(name: string, password: string): Promise<Identity> {
  const { cookie, data } = await control.ask(SIGN_IN, { name, password }, {})
  if (cookie === undefined) throw new Error(JSON.stringify(data))
  return { cookie }
}

const isKnown = async (identity: Identity): Promise<boolean> =>
  (await control.ask<{ viewer: object | null }>(VIEWER, {}, identity)).data.viewer !== null

let count = 0
/** Another administrator, signed in. */
async function person(
  role: "OWNER" | "OPERATOR" | "VIEWER",
): Promise<Identity & { readonly id: string; readonly name: string; readonly password: string }> {
  const name = `${role.toLowerCase()}-${++count}`
  const made = await run(CREATE, { input: { name, role } })
  const password = made.password ?? ""
  return { ...(await signIn(name, password)), id: made.administrator?.id ?? "", name, password }
}

describe("making one", () => {
  test("with a generated password that is told once, a role, and a name in small letters", async () => {
    const made = await run(CREATE, { input: { name: "  Ada@Example.test ", role: "OPERATOR" } })
    expect(made).toMatchObject({
      password: expect.stringMatching(/^[a-z0-9-]{27}$/),
      administrator: { name: "ada@example.test", role: "OPERATOR", enabled: true, isYou: false },
    })
    const { data } = await control.ask(SIGN_IN, { name: "ADA@example.test", password: made.password }, {})
    expect(data).toMatchObject({ result: { viewer: { name: "ada@example.test", role: "OPERATOR", scope: "OPERATE" } } })
    const other = await run(CREATE, { input: { name: "eve", role: "VIEWER" } })
    expect(other).toMatchObject({ administrator: { name: "eve", role: "VIEWER" } })
  })

  test("with a given password nothing is told", async () => {
    expect(await run(CREATE, { input: { name: "given", role: "VIEWER", password: NEXT_PASSWORD } })).toMatchObject({
      password: null,
    })
  })

  test.each([
    [{ name: " ", role: "VIEWER" }, "empty", ["input", "name"]],
    [{ name: "x".repeat(101), role: "VIEWER" }, "too_long", ["input", "name"]],
    [{ name: "ADMIN", role: "VIEWER" }, "name_taken", ["input", "name"]],
    [{ name: "weak", role: "VIEWER", password: "short" }, "weak_password", ["input", "password"]],
    [{ name: "weak", role: "VIEWER", password: "passwordpassword" }, "weak_password", ["input", "password"]],
    [{ name: "weak", role: "VIEWER", password: "x".repeat(1_025) }, "too_long", ["input", "password"]],
  ])("%j is refused", async (input, code, path) => {
    expect(await run(CREATE, { input })).toMatchObject({ __typename: "InvalidInput", code, path })
  })

  test("who is no owner may not, and an operator sees no other administrators", async () => {
    const operator = await person("OPERATOR")
    expect((await run(CREATE, { input: { name: "x", role: "VIEWER" } }, operator)).code).toBe("forbidden")
    expect((await run(RESET, { id: operator.id }, operator)).code).toBe("forbidden")
    const { errors } = await control.ask("{ administrators { name } }", {}, operator)
    expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN" })
  })
})

describe("changing one", () => {
  test("a role counts at once and ends the sessions of that one", async () => {
    const one = await person("OPERATOR")
    expect(await run(UPDATE, { id: one.id, input: { role: "VIEWER" } })).toMatchObject({
      administrator: { role: "VIEWER" },
    })
    expect(await isKnown(one)).toBe(false)
    const { data } = await control.ask(VIEWER, {}, await signIn(one.name, one.password))
    expect(data).toMatchObject({ viewer: { role: "VIEWER", scope: "READ" } })
  })

  test("a name is another one from then on, and sessions go on", async () => {
    const one = await person("VIEWER")
    expect(await run(UPDATE, { id: one.id, input: { name: "Renamed" } })).toMatchObject({
      administrator: { name: "renamed" },
    })
    expect((await control.ask(VIEWER, {}, one)).data).toMatchObject({ viewer: { name: "renamed" } })
    expect(await run(UPDATE, { id: one.id, input: { name: "admin" } })).toMatchObject({ code: "name_taken" })
  })

  test("one who is disabled does not enter, by session, password or token, until enabled", async () => {
    const one = await person("OWNER")
    const { secret } = await run(TOKEN, { input: { name: "theirs", scope: "ADMIN" } }, one)
    const streams = [one, { token: secret }].map((who) =>
      subscribe(control.url, "subscription { accountRemoved }", who),
    )
    await Promise.all(streams)
    expect(await run(UPDATE, { id: one.id, input: { enabled: false } })).toMatchObject({
      administrator: { enabled: false },
    })
    for (const stream of streams) await (await stream).ended
    expect([await isKnown(one), await isKnown({ token: secret })]).toEqual([false, false])
    expect(await run(SIGN_IN, { name: one.name, password: one.password }, {})).toMatchObject({ code: "wrong_password" })
    await run(UPDATE, { id: one.id, input: { enabled: true } })
    expect(await isKnown({ token: secret })).toBe(true)
    expect(await isKnown(await signIn(one.name, one.password))).toBe(true)
  })

  test("another password by an owner ends the sessions of that one", async () => {
    const one = await person("VIEWER")
    const made = await run(RESET, { id: one.id })
    expect(await isKnown(one)).toBe(false)
    expect((await run(SIGN_IN, { name: one.name, password: one.password }, {})).code).toBe("wrong_password")
    expect(await isKnown(await signIn(one.name, made.password ?? ""))).toBe(true)
    expect(await run(RESET, { id: one.id, password: "weak" })).toMatchObject({
      code: "weak_password",
      path: ["password"],
    })
    expect(await run(RESET, { id: one.id, password: NEXT_PASSWORD })).toMatchObject({ password: null })
  })

  test("removing one takes sessions and tokens with it", async () => {
    const one = await person("OWNER")
    const { secret } = await run(TOKEN, { input: { name: "theirs", scope: "READ" } }, one)
    expect((await run(REMOVE, { id: one.id })).__typename).toBe("RemoveAdministratorSuccess")
    expect([await isKnown(one), await isKnown({ token: secret })]).toEqual([false, false])
    expect(await run(REMOVE, { id: one.id })).toMatchObject({ code: "not_found" })
    expect(await run(UPDATE, { id: one.id, input: {} })).toMatchObject({ code: "not_found" })
  })
})

describe("the last owner", () => {
  let own: TestControlPlane
  let owners: string[]
  const ask = async (document: string, variables: object): Promise<Result> =>
    (await own.data<{ result: Result }>(document, variables)).result

  beforeAll(async () => {
    own = await startTestControlPlane({ env: { ADMIN_PASSWORD: undefined, API_KEY: "a-key-of-the-tests" } })
  })
  afterAll(() => own.stop())
  beforeEach(async () => {
    const { administrators } = await own.data<{ administrators: { id: string; role: string }[] }>(
      "{ administrators { id role } }",
    )
    owners = administrators.filter(({ role }) => role === "OWNER").map(({ id }) => id)
  })

  test("keeps role and entrance, however it is tried", async () => {
    const [id = ""] = owners
    await ask(CREATE, { input: { name: "operator", role: "OPERATOR" } })
    const disabled = await ask(CREATE, { input: { name: "disabled", role: "OWNER" } })
    await ask(UPDATE, { id: disabled.administrator?.id, input: { enabled: false } })
    expect(await ask(UPDATE, { id, input: { role: "OPERATOR" } })).toMatchObject({ code: "last_owner" })
    expect(await ask(UPDATE, { id, input: { enabled: false } })).toMatchObject({ code: "last_owner" })
    expect(await ask(REMOVE, { id })).toMatchObject({ code: "last_owner" })
    const { administrators } = await own.data<{ administrators: object[] }>("{ administrators { name role enabled } }")
    expect(administrators[0]).toEqual({ name: "admin", role: "OWNER", enabled: true })
    await ask(REMOVE, { id: disabled.administrator?.id })
  })

  test("two who are taken away at the same moment: one stays", async () => {
    const other = await ask(CREATE, { input: { name: "other", role: "OWNER" } })
    const both = [owners[0], other.administrator?.id]
    const answers = await Promise.all(both.map((id) => ask(UPDATE, { id, input: { role: "VIEWER" } })))
    expect(answers.filter(({ code }) => code === "last_owner")).toHaveLength(1)
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1)
  })
})

describe("the password given again", () => {
  const make = (identity: Identity) => run(CREATE, { input: { name: `made-${++count}`, role: "VIEWER" } }, identity)
  const NODE = `mutation { result: createNode(input: { name: "fresh-or-not" }) { __typename ... on Failure { code } } }`

  const SET = `mutation ($name: SettingName!, $value: String!) {
    result: updateSettings(input: { set: [{ name: $name, value: $value }] }) { __typename ... on Failure { code } } }`

  test("is what lets somebody in needs, ten minutes after signing in; an admin token does not", async () => {
    const owner = await person("OWNER")
    expect((await make(owner)).__typename).toBe("CreateAdministratorSuccess")
    clock.advance(FRESH_MS)
    const refused = [
      await make(owner),
      await run(UPDATE, { id: owner.id, input: { name: "x" } }, owner),
      await run(RESET, { id: owner.id }, owner),
      await run(REMOVE, { id: owner.id }, owner),
      await run(TOKEN, { input: { name: "x", scope: "READ" } }, owner),
      await run(NODE, {}, owner),
      // The tokens of all accounts would go there.
      await run(SET, { name: "ANTIGRAVITY_BASE_URLS", value: "https://thief.test" }, owner),
    ]
    expect(refused.map(({ __typename, code }) => [__typename, code])).toEqual(
      refused.map(() => ["Refused", "reauthentication_required"]),
    )
    expect((await run(SET, { name: "MAX_ATTEMPTS", value: "3" }, owner)).__typename).toBe("UpdateSettingsSuccess")
    expect((await make({ token: ADMIN_TOKEN })).__typename).toBe("CreateAdministratorSuccess")
    expect(await run(AGAIN, { password: PASSWORD }, owner)).toMatchObject({ code: "wrong_password" })
    const { cookie, data } = await control.ask(AGAIN, { password: owner.password }, owner)
    expect(data).toMatchObject({ result: { viewer: { freshUntil: new Date(clock.now() + FRESH_MS).toISOString() } } })
    expect(await isKnown(owner)).toBe(false)
    expect((await make({ cookie })).__typename).toBe("CreateAdministratorSuccess")
  })

  test("is guessed at slowly, also with a stolen session", async () => {
    const one = await person("OWNER")
    for (let guess = 0; guess < 5; guess++) {
      expect((await run(AGAIN, { password: "wrong" }, one)).code).toBe("wrong_password")
    }
    expect((await run(AGAIN, { password: one.password }, one)).code).toBe("too_many_attempts")
    clock.advance(3_600_001)
    expect((await run(AGAIN, { password: one.password }, one)).__typename).toBe("ReauthenticateSuccess")
  })

  test("there is none of a token", async () => {
    expect(await run(AGAIN, { password: PASSWORD })).toMatchObject({ code: "session_only" })
    expect(await run(CHANGE, { password: PASSWORD, newPassword: NEXT_PASSWORD })).toMatchObject({
      code: "session_only",
    })
    expect(await run("mutation { result: endOtherSessions { __typename ... on Failure { code } } }", {})).toMatchObject(
      { code: "session_only" },
    )
  })
})

describe("one's own password", () => {
  test("is changed with the old one; the other sessions end, and this one has another cookie", async () => {
    const one = await person("VIEWER")
    const elsewhere = await signIn(one.name, one.password)
    expect(await run(CHANGE, { password: "wrong", newPassword: NEXT_PASSWORD }, one)).toMatchObject({
      code: "wrong_password",
    })
    expect(await run(CHANGE, { password: one.password, newPassword: "weak" }, one)).toMatchObject({
      code: "weak_password",
      path: ["newPassword"],
    })
    expect(await run(CHANGE, { password: one.password, newPassword: one.password }, one)).toMatchObject({
      code: "unchanged",
    })
    const { cookie } = await control.ask(CHANGE, { password: one.password, newPassword: NEXT_PASSWORD }, one)
    expect([await isKnown(one), await isKnown(elsewhere), await isKnown({ cookie })]).toEqual([false, false, true])
    expect((await run(SIGN_IN, { name: one.name, password: one.password }, {})).code).toBe("wrong_password")
    expect(await isKnown(await signIn(one.name, NEXT_PASSWORD))).toBe(true)
  })
})

describe("sessions", () => {
  const list = async (identity: Identity, all = false) =>
    (await control.ask<{ sessions: SessionShown[] }>(SESSIONS, { all }, identity)).data.sessions

  test("are listed with where they come from, and ended one by one", async () => {
    const one = await person("VIEWER")
    const elsewhere = await signIn(one.name, one.password)
    const mine = await list(one)
    expect(mine).toHaveLength(2)
    expect(mine.find(({ isCurrent }) => isCurrent)).toMatchObject({
      address: "127.0.0.1",
      userAgent: "node",
      administrator: { name: one.name },
    })
    const other = mine.find(({ isCurrent }) => !isCurrent)
    expect((await run(END, { id: other?.id }, one)).__typename).toBe("EndSessionSuccess")
    expect([await isKnown(one), await isKnown(elsewhere)]).toEqual([true, false])
  })

  test("of others are an owner's to see and to end", async () => {
    const [viewer, other] = [await person("VIEWER"), await person("OPERATOR")]
    const [foreign] = await list(other)
    expect(await run(END, { id: foreign?.id }, viewer)).toMatchObject({ code: "not_found" })
    expect((await control.ask(SESSIONS, { all: true }, viewer)).errors[0]?.extensions).toMatchObject({
      code: "FORBIDDEN",
    })
    const owner = await person("OWNER")
    expect((await list(owner, true)).map(({ administrator }) => administrator.name)).toContain(other.name)
    expect((await run(END, { id: foreign?.id }, owner)).__typename).toBe("EndSessionSuccess")
    expect(await isKnown(other)).toBe(false)
  })

  test("all others end at once", async () => {
    const one = await person("VIEWER")
    const others = [await signIn(one.name, one.password), await signIn(one.name, one.password)]
    const { data } = await control.ask(
      "mutation { endOtherSessions { ... on EndOtherSessionsSuccess { ended } } }",
      {},
      one,
    )
    expect(data).toEqual({ endOtherSessions: { ended: 2 } })
    expect([await isKnown(one), ...(await Promise.all(others.map(isKnown)))]).toEqual([true, false, false])
  })

  test("signing in again ends the one that the browser had", async () => {
    const one = await person("VIEWER")
    const { cookie } = await control.ask(SIGN_IN, { name: one.name, password: one.password }, one)
    expect([await isKnown(one), await isKnown({ cookie })]).toEqual([false, true])
  })

  test("of one administrator are bounded: the one idle longest ends", async () => {
    const one = await person("VIEWER")
    const { services } = control.controlPlane
    const at = new Date(clock.now() + 1)
    const expiresAt = new Date(clock.now() + 1_000)
    await services.database.prisma.session.createMany({
      data: Array.from({ length: MAX_SESSIONS - 1 }, (_, index) => ({
        id: `ses_${index}`,
        userId: one.id,
        tokenHash: `hash-${index}`,
        createdAt: at,
        lastSeenAt: at,
        expiresAt,
      })),
    })
    clock.advance(2)
    expect(await isKnown(one)).toBe(true)
    const newest = await signIn(one.name, one.password)
    expect([await isKnown(one), await isKnown(newest)]).toEqual([false, true])
  })

  test("what one has open closes when it runs out, though nobody looks", async () => {
    const one = await person("OWNER")
    const made = await run(
      TOKEN,
      { input: { name: "short", scope: "READ", expiresAt: new Date(clock.now() + WATCH_MS).toISOString() } },
      one,
    )
    const stream = await subscribe(control.url, "subscription { accountRemoved }", { token: made.secret })
    clock.advance(WATCH_MS)
    await stream.ended
    expect(await isKnown({ token: made.secret })).toBe(false)
  })
})

describe("admin tokens", () => {
  const inAnHour = (): string => new Date(clock.now() + 3_600_000).toISOString()

  test("say whose they are, and end when it was said", async () => {
    const owner = await person("OWNER")
    const made = await run(TOKEN, { input: { name: "ci", scope: "OPERATE", expiresAt: inAnHour() } }, owner)
    expect(made.adminToken).toMatchObject({
      prefix: expect.stringMatching(/^lagadm_.{4}…/),
      isExpired: false,
      administrator: { name: owner.name },
    })
    expect((await control.ask(VIEWER, {}, { token: made.secret })).data).toMatchObject({
      viewer: { name: "ci", role: "OPERATOR", administrator: { name: owner.name }, expiresAt: expect.any(String) },
    })
    clock.advance(3_600_000)
    expect(await isKnown({ token: made.secret })).toBe(false)
    const { adminTokens } = await control.data<{ adminTokens: { id: string; isExpired: boolean }[] }>(
      "{ adminTokens { id isExpired } }",
    )
    expect(adminTokens.find(({ id }) => id === made.adminToken?.id)).toMatchObject({ isExpired: true })
  })

  test("are over when they are removed, and no other is", async () => {
    const [removed, kept] = [
      await run(TOKEN, { input: { name: "removed", scope: "READ" } }),
      await run(TOKEN, { input: { name: "kept", scope: "READ" } }),
    ]
    const remove = `mutation ($id: ID!) { result: removeAdminToken(id: $id) { __typename ... on Failure { code } } }`
    expect((await run(remove, { id: removed.adminToken?.id })).__typename).toBe("RemoveAdminTokenSuccess")
    expect([await isKnown({ token: removed.secret }), await isKnown({ token: kept.secret })]).toEqual([false, true])
    expect(await run(remove, { id: removed.adminToken?.id })).toMatchObject({ code: "not_found" })
  })

  test("may no more than whose they are may now", async () => {
    const owner = await person("OWNER")
    const { secret } = await run(TOKEN, { input: { name: "strong", scope: "ADMIN" } }, owner)
    await run(UPDATE, { id: owner.id, input: { role: "VIEWER" } })
    expect((await control.ask(VIEWER, {}, { token: secret })).data).toMatchObject({ viewer: { scope: "READ" } })
    expect((await run(CREATE, { input: { name: "x", role: "OWNER" } }, { token: secret })).code).toBe("forbidden")
  })

  test("that end let nobody in who does not", async () => {
    const { id } = await person("VIEWER")
    const { secret: token } = await run(TOKEN, { input: { name: "ends", scope: "ADMIN", expiresAt: inAnHour() } })
    const reset = `mutation ($id: ID!) { result: resetPassword(id: $id) { __typename ... on Failure { code } } }`
    const node = `mutation { result: createNode(input: { name: "other" }) { __typename ... on Failure { code } } }`
    const refused = { code: "outlives_its_maker" }
    expect(await run(CREATE, { input: { name: "lasting", role: "OWNER" } }, { token })).toMatchObject(refused)
    expect(await run(UPDATE, { id, input: { role: "OWNER" } }, { token })).toMatchObject(refused)
    expect(await run(reset, { id }, { token })).toMatchObject(refused)
    expect(await run(node, {}, { token })).toMatchObject(refused)
    const { secret } = await run(TOKEN, { input: { name: "stays", scope: "ADMIN" } })
    expect((await run(UPDATE, { id, input: { role: "OWNER" } }, { token: secret })).code).toBeUndefined()
  })

  test("that were made with ADMIN_TOKEN end with it, and so do those that were made with them", async () => {
    const made = await run(TOKEN, { input: { name: "of the environment", scope: "ADMIN" } })
    const child = await run(TOKEN, { input: { name: "its child", scope: "ADMIN" } }, { token: made.secret })
    const owner = await person("OWNER")
    const own = await run(TOKEN, { input: { name: "of a person", scope: "READ" } }, owner)
    expect([await isKnown({ token: made.secret }), await isKnown({ token: child.secret })]).toEqual([true, true])
    const { dataDirectory } = control
    const next = "another-admin-token-for-tests-only"
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory, env: { ADMIN_TOKEN: next } })
    expect([await isKnown({ token: made.secret }), await isKnown({ token: child.secret })]).toEqual([false, false])
    expect(await isKnown({ token: own.secret })).toBe(true)
    const { data } = await control.ask<{ adminTokens: { name: string; isExpired: boolean }[] }>(
      "{ adminTokens { name isExpired } }",
      {},
      { token: next },
    )
    expect(Object.fromEntries(data.adminTokens.map(({ name, isExpired }) => [name, isExpired]))).toMatchObject({
      "of the environment": true,
      "its child": true,
      "of a person": false,
    })
    await control.stop({ keep: true })
    control = await startTestControlPlane({ clock, dataDirectory })
    expect(await isKnown({ token: child.secret })).toBe(true)
  })

  test("make none that outlives them", async () => {
    const made = await run(TOKEN, { input: { name: "ends", scope: "ADMIN", expiresAt: inAnHour() } })
    const child = (expiresAt?: string) =>
      run(TOKEN, { input: { name: "child", scope: "ADMIN", expiresAt } }, { token: made.secret })
    expect(await child()).toMatchObject({ code: "outlives_its_maker", path: ["input", "expiresAt"] })
    expect(await child(new Date(clock.now() + 3_600_001).toISOString())).toMatchObject({ code: "outlives_its_maker" })
    expect((await child(inAnHour())).__typename).toBe("CreateAdminTokenSuccess")
    expect(
      await run(TOKEN, { input: { name: "late", scope: "READ", expiresAt: new Date(clock.now()).toISOString() } }),
    ).toMatchObject({ code: "in_the_past" })
  })
})

describe("ADMIN_PASSWORD", () => {
  test("keeps its administrator as it says, and brings one back who was removed or shut out", async () => {
    let own = await startTestControlPlane({ env: { ADMIN_PASSWORD: undefined, API_KEY: "a-key-of-the-tests" } })
    const { dataDirectory } = own
    const again = async (env: Readonly<Record<string, string | undefined>>): Promise<void> => {
      await own.stop({ keep: true })
      own = await startTestControlPlane({ dataDirectory, env: { API_KEY: "a-key-of-the-tests", ...env } })
    }
    const named = async (name: string) =>
      (
        await own.data<{ administrators: { id: string; name: string; role: string; enabled: boolean }[] }>(
          "{ administrators { id name role enabled } }",
        )
      ).administrators.find((one) => one.name === name)
    await own.data(CREATE, { input: { name: "owner", role: "OWNER", password: OWNERS_PASSWORD } })
    await own.data(UPDATE, { id: (await named("admin"))?.id, input: { role: "VIEWER", enabled: false } })
    await again({ ADMIN_PASSWORD: PASSWORD })
    const admin = await named("admin")
    expect(admin).toMatchObject({ role: "OWNER", enabled: true })
    for (const [document, more] of [
      [UPDATE, { input: { name: "x" } }],
      [RESET, {}],
      [REMOVE, {}],
    ] as const) {
      expect(await own.data(document, { id: admin?.id, ...more })).toMatchObject({
        result: { code: "set_by_environment" },
      })
    }
    const cookie = await own.signIn()
    const change = { password: PASSWORD, newPassword: NEXT_PASSWORD }
    expect((await own.ask(CHANGE, change, { cookie })).data).toMatchObject({ result: { code: "set_by_environment" } })
    await again({ ADMIN_PASSWORD: undefined })
    expect(await own.data(REMOVE, { id: admin?.id })).toMatchObject({
      result: { __typename: "RemoveAdministratorSuccess" },
    })
    await again({ ADMIN_PASSWORD: undefined })
    expect(own.controlPlane.generatedPassword).toBeUndefined()
    expect(await named("admin")).toBeUndefined()
    await again({ ADMIN_PASSWORD: PASSWORD })
    expect(await named("admin")).toMatchObject({ role: "OWNER" })
    await own.stop()
  })
})
