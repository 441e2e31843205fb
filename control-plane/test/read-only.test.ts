/**
 * READ_ONLY: whoever signs in changes nothing, by whatever way there is. Every mutation of the schema and every route of the control plane
 * is asked by an owner's session, and the database must be afterwards what it was before; admin tokens go on.
 */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { PASSWORD, startTestControlPlane, type Identity, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"
import { documentOf, ROOT_FIELDS } from "./support/root-documents.ts"
import { readRows } from "./support/rows.ts"

/** What a session may still do: it concerns itself alone. */
const OF_THE_SESSION = ["signIn", "signOut", "reauthenticate"]
/** Refusals and sign-ins are told there; they are no changes. */
const NO_CHANGE = ["AuditEvent", "AuditChain", "Session"]

const clock = createManualClock()
let simulator: Simulator
let shown: TestControlPlane
let cookie: string
/** Of a session that was there before. */
let earlier: string
/** Of sign-ins to an account that were begun before the installation was shown: where the provider sends the browser. */
const callbacks: Record<string, string> = {}

beforeAll(async () => {
  simulator = await startSimulator()
  const before = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
  earlier = await before.signIn()
  callbacks["a session"] = await begunSignIn(before, "session@example.test", { cookie: earlier })
  callbacks["an admin token"] = await begunSignIn(before, "token@example.test")
  const { dataDirectory } = before
  await before.stop({ keep: true })
  shown = await startTestControlPlane({
    simulatorUrl: simulator.url,
    clock,
    dataDirectory,
    env: { READ_ONLY: "on" },
  })
  cookie = await shown.signIn()
})
afterAll(async () => {
  await shown.stop()
  await simulator.close()
})

async function begunSignIn(at: TestControlPlane, email: string, identity?: Identity): Promise<string> {
  simulator.addAccount({ email })
  const { data } = await at.ask<{ startOAuth: { authorizationUrl: string } }>(
    `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) {
      ... on StartOAuthSuccess { authorizationUrl } } }`,
    {},
    identity,
  )
  const url = new URL(data.startOAuth.authorizationUrl)
  url.pathname += "/allow"
  url.searchParams.set("account", email)
  for (const scope of (url.searchParams.get("scope") ?? "").split(" ")) url.searchParams.append("granted", scope)
  const location = new URL((await fetch(url, { redirect: "manual" })).headers.get("location") ?? "")
  return location.pathname + location.search
}

/** Every row that is no trace of who came and was refused. */
async function rowsOf(control: TestControlPlane): Promise<object> {
  const rows = Object.entries(await readRows(control))
  return Object.fromEntries(rows.filter(([name]) => !NO_CHANGE.includes(name)))
}

test("whoever signs in is a viewer, who looks; an admin token goes on", async () => {
  const viewer = "{ viewer { role scope } accounts { totalCount } }"
  const { data } = await shown.ask<{ viewer: object }>(viewer, {}, { cookie })
  expect(data.viewer).toEqual({ role: "VIEWER", scope: "READ" })
  const create = `mutation { createApiKey(input: { name: "mine" }) { __typename } }`
  expect(await shown.data(create)).toEqual({ createApiKey: { __typename: "CreateApiKeySuccess" } })
})

test("under READ_ONLY no mutation of a session changes anything, not even its own password", async () => {
  const before = await rowsOf(shown)
  const mutations = ROOT_FIELDS.filter(({ root, field }) => root === "Mutation" && !OF_THE_SESSION.includes(field.name))
  const answers: Record<string, unknown> = {}
  for (const { root, field } of mutations) {
    const asked = await shown.ask<{ result: { code?: string } | null }>(documentOf(root, field), {}, { cookie })
    answers[field.name] = asked.data?.result?.code ?? asked.errors[0]?.extensions?.["code"]
  }
  const own = ["changePassword", "endSession", "endOtherSessions"]
  expect(answers).toEqual(
    Object.fromEntries(mutations.map(({ field: { name } }) => [name, own.includes(name) ? "read_only" : "forbidden"])),
  )
  const change = `mutation { changePassword(password: "${PASSWORD}", newPassword: "another long phrase 43") {
    ... on Failure { code } } }`
  expect((await shown.ask(change, {}, { cookie })).data).toEqual({ changePassword: { code: "read_only" } })
  expect(await rowsOf(shown)).toEqual(before)
})

test("no route of the control plane does either, whatever is sent there", async () => {
  const before = await rowsOf(shown)
  const table = readFileSync("test/integration/route-credentials.txt", "utf8")
  // An upgrade is offered by a data plane, and leads to its own pipe.
  const routes = [...table.matchAll(/^control plane: (GET|POST) (\/\S*)/gm)].flatMap(([, method, path]) =>
    method === undefined || path === undefined ? [] : [{ method, path }],
  )
  expect(routes.map(({ path }) => path)).toEqual(expect.arrayContaining(["/oauth/callback", "/playground/v1/messages"]))
  const body = JSON.stringify({ query: documentOf("Mutation", mutationOf("resumePool")), model: "m", node: "local" })
  for (const { method, path } of routes) {
    const abort = new AbortController()
    const headers = { cookie, "x-csrf": "1", "content-type": "application/json" }
    const init = { method, headers, signal: abort.signal, ...(method === "POST" ? { body } : {}) }
    await fetch(`${shown.url}${path}`, init)
    abort.abort()
  }
  expect(await rowsOf(shown)).toEqual(before)
})

function mutationOf(name: string) {
  const found = ROOT_FIELDS.find(({ root, field }) => root === "Mutation" && field.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found.field
}

test("a sign-in to an account that a session began before it is refused, one of an admin token ends well", async () => {
  const { account } = shown.controlPlane.services.database.prisma
  // A browser that comes from the provider's site brings no cookie; one that is asked to again does.
  for (const headers of [undefined, { cookie: earlier }]) {
    const page = await fetch(`${shown.url}${callbacks["a session"]}`, headers && { headers })
    expect([page.status, await page.text()]).toEqual([400, expect.stringContaining("may not add accounts any more")])
  }
  expect(await account.count()).toBe(0)
  const page = await fetch(`${shown.url}${callbacks["an admin token"]}`)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("token@example.test")])
  expect(await account.count()).toBe(1)
})
