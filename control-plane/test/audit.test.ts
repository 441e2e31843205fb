/** The audit of a whole control plane: what is told, by whom, how it is read, and how little of it there is when there is too much. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, startTestControlPlane, type Identity, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink } from "./support/link-client.ts"
import { refuseInserts } from "./support/refuse-inserts.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

vi.setConfig({ testTimeout: 60_000 })

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const EVENTS = `query ($first: Int, $after: String, $filter: AuditFilter) { auditEvents(first: $first, after: $after, filter: $filter) {
  edges { cursor node { sequence at requestId action outcome code count hash previousHash
    actor { kind id name scope address } object { kind id label } changes { field before after } } }
  pageInfo { hasNextPage endCursor } } }`

interface Event {
  readonly sequence: string
  readonly requestId: string | null
  readonly action: string
  readonly outcome: string
  readonly code: string | null
  readonly count: number
  readonly actor: { readonly kind: string; readonly name: string | null; readonly address: string | null }
  readonly object: { readonly kind: string; readonly id: string | null; readonly label: string | null } | null
  readonly changes: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[]
}

interface Page {
  readonly auditEvents: {
    readonly edges: readonly { readonly node: Event }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

let clock: ManualClock
let simulator: Simulator
let control: TestControlPlane

beforeAll(async () => {
  clock = createManualClock()
  simulator = await startSimulator()
  control = await startTestControlPlane({ clock, simulatorUrl: simulator.url })
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

/** Newest first. */
async function events(filter: object = {}, at = control): Promise<readonly Event[]> {
  const { auditEvents } = await at.data<Page>(EVENTS, { first: 100, filter })
  return auditEvents.edges.map(({ node }) => node)
}

async function make(name: string): Promise<string> {
  const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string } } }>(
    "mutation ($name: String!) { createApiKey(input: { name: $name }) { ... on CreateApiKeySuccess { apiKey { id } } } }",
    { name },
  )
  return createApiKey.apiKey.id
}

const changesOf = (event: Event | undefined) =>
  Object.fromEntries((event?.changes ?? []).map(({ field, before, after }) => [field, [before, after]]))

describe("a change", () => {
  test("is told with what was before and after, and nothing that stayed", async () => {
    const id = await make("of the audit")
    await control.data(
      `mutation ($id: ID!) { updateApiKey(id: $id, input: { name: "renamed", tokensPerDay: "5000000000", mayExplain: true }) { __typename } }`,
      { id },
    )
    await control.data(`mutation ($id: ID!) { removeApiKey(id: $id) { __typename } }`, { id })
    const [removed, updated, created, ...more] = await events({ objectId: id })
    expect(more).toEqual([])
    expect(created).toMatchObject({
      action: "createApiKey",
      outcome: "DONE",
      actor: { kind: "ADMIN_TOKEN", id: "environment", name: "ADMIN_TOKEN", scope: "ADMIN", address: "127.0.0.1" },
      object: { kind: "API_KEY", id, label: "of the audit" },
    })
    expect(changesOf(created)).toMatchObject({ name: [null, '"of the audit"'], mayExplain: [null, "true"] })
    expect(changesOf(updated)).toEqual({ name: ['"of the audit"', '"renamed"'], tokensPerDay: [null, '"5000000000"'] })
    expect(updated?.object?.label).toBe("renamed")
    expect(changesOf(removed)).toMatchObject({ name: ['"renamed"', null], tokensPerDay: ['"5000000000"', null] })
  })

  test("of a setting tells just that one, and of a secret its fingerprint", async () => {
    await control.data(
      `mutation { updateSettings(input: { set: [{ name: MAX_ATTEMPTS, value: "3" }] }) { __typename }
        updateOAuthClient(input: { set: { clientId: "simulator-client", clientSecret: "simulator-secret" } }) { __typename } }`,
    )
    const [client, settings] = await events()
    expect(changesOf(settings)).toEqual({ MAX_ATTEMPTS: [null, '"3"'] })
    expect(client?.requestId).toBe(settings?.requestId)
    const secret = changesOf(client).clientSecret?.[1]
    expect(secret).toMatch(/^"hmac:[\w-]{12}"$/)
    await control.data(
      `mutation { updateOAuthClient(input: { set: { clientId: "simulator-client", clientSecret: "another-one" } }) { __typename } }`,
    )
    expect(changesOf((await events())[0]).clientSecret?.[1]).not.toBe(secret)
    await control.data("mutation { updateOAuthClient(input: { unset: true }) { __typename } }")
  })

  test("is named in the answer by the request's id", async () => {
    const answer = await fetch(`${control.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` },
      body: JSON.stringify({ query: "mutation { resumePool { __typename } }" }),
    })
    await answer.text()
    const [event] = await events()
    expect(event).toMatchObject({ action: "resumePool", requestId: answer.headers.get("x-request-id") })
  })
})

describe("who does it", () => {
  test("is who signed in, by name, and what they may", async () => {
    const cookie = await control.signIn()
    await control.ask("mutation { resumePool { __typename } }", {}, { cookie })
    await control.ask("mutation { signOut { __typename } }", {}, { cookie })
    const [signedOut, resumed, signedIn] = await events()
    const actor = { kind: "ADMINISTRATOR", id: expect.stringMatching(/^usr_/), name: "admin", scope: "ADMIN" }
    for (const event of [signedOut, resumed, signedIn]) expect(event).toMatchObject({ actor, outcome: "DONE" })
    expect([signedIn?.action, resumed?.action, signedOut?.action]).toEqual(["signIn", "resumePool", "signOut"])
  })

  test("is who began a sign-in to an account, though the browser comes back without its cookie", async () => {
    simulator.addAccount({ email: "called-back@example.test" })
    const cookie = await control.signIn()
    const { data } = await control.ask<{ startOAuth: { authorizationUrl: string } }>(
      `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) { ... on StartOAuthSuccess { authorizationUrl } } }`,
      {},
      { cookie },
    )
    const url = new URL(data.startOAuth.authorizationUrl)
    url.pathname += "/allow"
    url.searchParams.set("account", "called-back@example.test")
    for (const scope of (url.searchParams.get("scope") ?? "").split(" ")) url.searchParams.append("granted", scope)
    const sent = await fetch(url, { redirect: "manual" })
    const callback = sent.headers.get("location") ?? ""
    const pages = [
      await fetch(callback),
      await fetch(callback),
      await fetch(`${control.url}/oauth/callback?code=a&state=b`),
    ]
    expect(pages.map(({ status }) => status)).toEqual([200, 400, 400])
    const nobody = { kind: "NOBODY", name: null, address: "127.0.0.1" }
    expect(await events({ action: "completeOAuth" })).toMatchObject([
      { outcome: "REFUSED", code: "unknown_state", actor: nobody, object: null },
      { outcome: "REFUSED", code: "state_used", actor: nobody },
      {
        outcome: "DONE",
        actor: { kind: "ADMINISTRATOR", name: "admin", address: "127.0.0.1" },
        object: { kind: "ACCOUNT" },
        requestId: expect.stringMatching(/^ask_/),
      },
    ])
  })

  test("is the gateway itself where nobody asked for it, though a request set it going", async () => {
    simulator.addAccount({ email: "by-itself@example.test" })
    const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(
      `mutation { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: "sim-refresh-by-itself@example.test" }) {
        ... on AddAccountSuccess { account { id } } } }`,
    )
    const { id } = addAccount.account
    await waitFor(async () => (await events({ objectId: id, action: "changeAccountState" })).length > 0)
    const [ready, added] = await events({ objectId: id })
    expect(added).toMatchObject({ action: "addAccount", actor: { kind: "ADMIN_TOKEN" } })
    expect(changesOf(added).refreshToken?.[1]).toMatch(/^"hmac:/)
    expect(ready).toMatchObject({ actor: { kind: "SYSTEM", name: null, address: null }, requestId: null })
    expect(changesOf(ready)).toMatchObject({ state: ['"ONBOARDING"', '"READY"'] })
  })

  test("is the gateway itself for what a data plane reports: a disabled account, a paused pool", async () => {
    const { prisma } = control.controlPlane.services.database
    const ids: string[] = []
    for (const name of ["first", "second"]) {
      const email = `wall-${name}@example.test`
      simulator.addAccount({ email })
      const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(
        `mutation { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: "sim-refresh-${email}" }) {
          ... on AddAccountSuccess { account { id } } } }`,
      )
      ids.push(addAccount.account.id)
    }
    // The last thing of an onboarding, which leaves an event of its own.
    await waitFor(async () => (await prisma.account.count({ where: { id: { in: ids }, state: "READY" } })) === 2)
    clock.advance(1_000)
    const link = await connectLink(control.url)
    const fact = (accountId: string) => ({
      id: `fact-${accountId}`,
      at: clock.now(),
      type: "account-fact",
      accountId,
      failureClass: "tos_disabled",
      message: "This service has been disabled in this account.",
    })
    // As a data plane's JSON has them.
    const items = ids.map(fact) as unknown as Parameters<typeof link.report>
    await link.report(...items)
    link.close()
    const told = await events({ since: new Date(clock.now()).toISOString() })
    expect(told.map(({ action, actor }) => [action, actor.kind])).toEqual([
      ["changeAccountState", "SYSTEM"],
      ["pausePool", "SYSTEM"],
      ["changeAccountState", "SYSTEM"],
    ])
    expect(changesOf(told[0]).state).toEqual(['"READY"', '"DISABLED_BY_PROVIDER"'])
    await control.data("mutation { resumePool { __typename } }")
    expect(changesOf((await events())[0])).toMatchObject({ pausedAt: [expect.stringMatching(/^"20/), null] })
  })
})

describe("what is not done", () => {
  const refused = (some: object) => ({ outcome: "REFUSED", count: 1, ...some })

  test("is told at once, and then counted for a minute", async () => {
    const object = "key_00000000000000000000000000"
    for (let time = 0; time < 5; time++) await control.data(`mutation { removeApiKey(id: "${object}") { __typename } }`)
    const told = refused({
      action: "removeApiKey",
      code: "not_found",
      object: { kind: "API_KEY", id: object, label: null },
    })
    expect(await events({ objectId: object })).toMatchObject([told])
    clock.advance(MINUTE_MS)
    expect(await events({ objectId: object })).toMatchObject([{ ...told, count: 4 }, told])
  })

  test("is told of who may not, and of who is nobody", async () => {
    const { createAdminToken } = await control.data<{ createAdminToken: { secret: string } }>(
      `mutation { createAdminToken(input: { name: "reader", scope: READ }) { ... on CreateAdminTokenSuccess { secret } } }`,
    )
    const remove = `mutation { removeNode(id: "nod_00000000000000000000000000") { __typename } }`
    await control.ask(remove, {}, { token: createAdminToken.secret })
    await control.ask(remove, {}, { token: "not a token of ours" })
    await control.ask(remove, {}, {})
    const action = "removeNode"
    expect(await events({ action })).toMatchObject([
      refused({ code: "unauthenticated", actor: { kind: "NOBODY", name: null, address: "127.0.0.1" } }),
      refused({ code: "forbidden", actor: { kind: "ADMIN_TOKEN", name: "reader", scope: "READ" } }),
    ])
    expect(await events({ action: "authenticate" })).toMatchObject([
      refused({ code: "unknown_token", actor: { kind: "NOBODY", address: "127.0.0.1" } }),
    ])
  })

  test("a flood of wrong passwords is a handful of events, and every one of them is counted", async () => {
    const since = new Date(clock.now()).toISOString()
    const guess = (name: string) =>
      control.ask(`mutation ($name: String!) { signIn(name: $name, password: "guessed") { __typename } }`, { name }, {})
    for (let time = 0; time < 40; time++) await guess("admin")
    await guess("a password in the wrong field")
    clock.advance(MINUTE_MS)
    const told = await events({ action: "signIn", since })
    expect(told.length).toBeLessThanOrEqual(6)
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(41)
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(["wrong_password", "too_many_attempts"]))
    const labels = new Set(told.map(({ object }) => object?.label ?? null))
    expect(labels).toContain("admin")
    expect(JSON.stringify(told)).not.toContain("wrong field")
  })

  test("an event of something that went wrong says so, and what went wrong is not in it", async () => {
    const takeAgain = await refuseInserts(control.controlPlane.services.database, "Node", "broken here")
    await control.ask(`mutation { createNode(input: { name: "never" }) { __typename } }`)
    await takeAgain()
    expect((await events())[0]).toMatchObject({
      action: "createNode",
      outcome: "FAILED",
      code: "internal",
      changes: [],
    })
  })
})

describe("is read", () => {
  test("newest first, page by page, all of it once", async () => {
    const seen: string[] = []
    let after: string | null = null
    do {
      const { auditEvents }: Page = await control.data<Page>(EVENTS, { first: 4, after })
      seen.push(...auditEvents.edges.map(({ node }) => node.sequence))
      after = auditEvents.pageInfo.hasNextPage ? auditEvents.pageInfo.endCursor : null
    } while (after !== null)
    const newest = Number(seen[0])
    expect(seen).toEqual(Array.from({ length: newest }, (_, at) => String(newest - at)))
  })

  test("by actor, action, object, time and what came of it", async () => {
    const from = clock.now()
    clock.advance(1_000)
    const id = await make("to be found")
    clock.advance(1_000)
    await make("not to be found")
    const [since, until] = [from + 1, clock.now()].map((at) => new Date(at).toISOString())
    const labels = async (filter: object) => (await events(filter)).map(({ object }) => object?.label)
    expect(await labels({ since, until })).toEqual(["to be found"])
    expect(await labels({ since })).toEqual(["not to be found", "to be found"])
    expect(await labels({ objectId: id, actorName: "ADMIN_TOKEN", actorId: "environment", outcome: "DONE" })).toEqual([
      "to be found",
    ])
    expect(await events({ since, outcome: "REFUSED" })).toEqual([])
    for (const nothing of [
      { actorName: "admin" },
      { actorId: "usr_none" },
      { objectId: "key_none" },
      { sequence: "999999" },
      { since: until },
    ]) {
      expect(await events({ objectId: id, since, ...nothing })).toEqual([])
    }
    const { errors } = await control.ask(EVENTS, { filter: { since: until, until: since } })
    expect(errors[0]?.extensions).toMatchObject({ code: "OUT_OF_RANGE", inputPath: ["filter", "until"] })
    const [found] = await events({ objectId: id })
    expect(await labels({ sequence: found?.sequence })).toEqual(["to be found"])
    expect(await events({ since, action: "removeApiKey" })).toEqual([])
  })

  test("through an index, whatever is asked for", async () => {
    const { kind, prisma } = control.controlPlane.services.database
    const explain = async (query: string): Promise<string> => {
      if (kind === "sqlite") {
        const rows = await prisma.$queryRawUnsafe<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${query}`)
        return rows.map(({ detail }) => detail).join("; ")
      }
      return prisma.$transaction(async (transaction) => {
        // So few rows are read and sorted faster without; many are not.
        for (const other of ["seqscan", "bitmapscan", "sort"])
          await transaction.$executeRawUnsafe(`SET LOCAL enable_${other} = off`)
        const rows = await transaction.$queryRawUnsafe<Record<string, string>[]>(`EXPLAIN ${query}`)
        return rows.map((row) => row["QUERY PLAN"]).join("; ")
      })
    }
    const range = `"at" <= '2026-01-01' AND ("at" < '2026-01-01' OR ("at" = '2026-01-01' AND "sequence" < 5))`
    for (const column of ["", "action", "actorName", "actorId", "objectId", "outcome"]) {
      const where = column === "" ? range : `"${column}" = 'DONE' AND ${range}`
      const text = await explain(
        `SELECT * FROM "AuditEvent" WHERE ${where} ORDER BY "at" DESC, "sequence" DESC LIMIT 51`,
      )
      const index = `AuditEvent_${column === "" ? "" : `${column}_`}at_sequence_idx`
      expect(text).toMatch(new RegExp(`(USING INDEX|Index Scan Backward using) "?${index}`))
      expect(text).not.toMatch(/TEMP B-TREE|Sort/)
    }
  })

  test("fifty at a time with every field, as an export does, within what a document may cost", async () => {
    const { data, errors } = await control.ask<Page>(`{ auditEvents(first: 50) { edges { cursor node { sequence id at
      actor { kind id name scope address } requestId action object { kind id label } changes { field before after }
      outcome code count previousHash hash } } pageInfo { hasNextPage endCursor } } }`)
    expect(errors).toEqual([])
    expect(data.auditEvents.edges.length).toBeGreaterThan(20)
  })

  test("by owners only", async () => {
    const { createAdminToken } = await control.data<{ createAdminToken: { secret: string } }>(
      `mutation { createAdminToken(input: { name: "operator", scope: OPERATE }) { ... on CreateAdminTokenSuccess { secret } } }`,
    )
    const identity: Identity = { token: createAdminToken.secret }
    for (const document of [EVENTS, "{ verifyAuditChain { checked } }"]) {
      const { errors } = await control.ask(document, {}, identity)
      expect(errors[0]?.extensions?.code).toBe("FORBIDDEN")
    }
  })
})

test("the chain is proved through GraphQL, and a change past the gateway is named", async () => {
  const VERIFY = `{ verifyAuditChain { checked faults { kind from to } goOnAfter newestSequence newestHash } }`
  interface Verified {
    readonly verifyAuditChain: { readonly newestSequence: string; readonly newestHash: string }
  }
  const { verifyAuditChain } = await control.data<Verified>(VERIFY)
  expect(verifyAuditChain).toMatchObject({ faults: [], goOnAfter: null })
  const [newest] = await events()
  expect(newest).toMatchObject({ sequence: verifyAuditChain.newestSequence, hash: verifyAuditChain.newestHash })
  const { prisma } = control.controlPlane.services.database
  const row = await prisma.auditEvent.findFirstOrThrow({ where: { action: "signIn", outcome: "REFUSED" } })
  await prisma.auditEvent.update({ where: { sequence: row.sequence }, data: { address: "192.0.2.9" } })
  const sequence = String(row.sequence)
  expect(await control.data(VERIFY)).toMatchObject({
    verifyAuditChain: { faults: [{ kind: "CHANGED", from: sequence, to: sequence }] },
  })
  await prisma.auditEvent.update({ where: { sequence: row.sequence }, data: { address: row.address } })
})

test("is forgotten after the days that are set, while the rest stays proved", async () => {
  const { prisma } = control.controlPlane.services.database
  const old = await prisma.auditEvent.count()
  // The retention job looks once an hour.
  const oldest = async () => (await prisma.auditEvent.findFirst({ orderBy: { sequence: "asc" } }))?.sequence
  clock.leap(40 * DAY_MS)
  await control.data(
    `mutation { updateSettings(input: { set: [{ name: AUDIT_RETENTION_DAYS, value: "41" }] }) { __typename } }`,
  )
  const requests = await prisma.requestRecord.count()
  expect(requests).toBe(0)
  clock.advance(3_600_000)
  await waitFor(() => control.controlPlane.services.settings.current.AUDIT_RETENTION_DAYS === 41)
  expect(await oldest()).toBe(1n)
  await control.data(
    `mutation { updateSettings(input: { set: [{ name: AUDIT_RETENTION_DAYS, value: "30" }] }) { __typename } }`,
  )
  await waitFor(async () => {
    clock.advance(3_600_000)
    return (await prisma.auditEvent.count()) < old
  })
  expect(await oldest()).toBeGreaterThan(1n)
  expect(await control.data(`{ verifyAuditChain { faults { kind } forgottenUntil } }`)).toEqual({
    verifyAuditChain: { faults: [], forgottenUntil: String(Number(await oldest()) - 1) },
  })
  const tooFew = `mutation { updateSettings(input: { set: [{ name: AUDIT_RETENTION_DAYS, value: "29" }] }) { __typename ... on Failure { message } } }`
  expect(JSON.stringify(await control.data(tooFew))).toContain("from 30 to 3650")
})

test("what a start changes is told: the password, the key and the node of the environment", async () => {
  const first = await startTestControlPlane({ clock })
  const started = (await events({}, first)).map(({ action }) => action)
  expect(started).toEqual(["establishEnvironmentNode", "establishEnvironmentKey", "establishAdministrator"])
  await first.stop({ keep: true })
  const { dataDirectory } = first
  const again = await startTestControlPlane({ clock, dataDirectory })
  expect(await events({}, again)).toHaveLength(3)
  await again.stop({ keep: true })
  clock.advance(1_000)
  const env = { ADMIN_PASSWORD: "quite another phrase 7", NODE_NAME: "renamed" }
  const changed = await startTestControlPlane({ clock, dataDirectory, env })
  const [joined, left, key, password] = await events({}, changed)
  expect(password).toMatchObject({
    action: "establishAdministrator",
    actor: { kind: "SYSTEM" },
    object: { label: "admin" },
  })
  expect(Object.keys(changesOf(password))).toEqual(["passwordSetAt"])
  expect(key).toMatchObject({ action: "establishEnvironmentKey", object: { kind: "API_KEY", label: "environment" } })
  expect([left, joined].map((event) => changesOf(event).name)).toEqual([
    ['"local"', null],
    [null, '"renamed"'],
  ])
  expect(await changed.data("{ verifyAuditChain { faults { kind } } }")).toEqual({ verifyAuditChain: { faults: [] } })
  await changed.stop()
})
