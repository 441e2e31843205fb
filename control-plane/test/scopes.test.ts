/**
 * Who may use which field: the table `NEEDED` against the real schema, by asking a running control plane for each field as everybody
 * there is. A field that is not in the table fails, and so does one that asks for another scope, or for the password again.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ADMIN_TOKEN_PREFIX, mintToken } from "#shared/api-key.ts"
import { FRESH_MS } from "../src/auth/fresh.ts"
import { ROLES, type Role } from "../src/auth/principal.ts"
import { ADMIN_TOKEN, startTestControlPlane, type Identity, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { createManualClock } from "./support/manual-clock.ts"
import { documentOf, ROOT_FIELDS } from "./support/root-documents.ts"

const SCOPES = ["READ", "OPERATE", "ADMIN"] as const
type Needed = (typeof SCOPES)[number] | "PUBLIC"

/** Who may use each root field: the one place where a new field has to be written down. */
const NEEDED: Record<string, Needed> = {
  "Query.account": "READ",
  "Query.accounts": "READ",
  "Query.adminTokens": "ADMIN",
  "Query.administrators": "ADMIN",
  "Query.alert": "READ",
  "Query.alertRules": "READ",
  "Query.alerts": "READ",
  "Query.apiKeys": "READ",
  "Query.auditEvents": "ADMIN",
  "Query.checkRouting": "READ",
  "Query.explainRoute": "READ",
  "Query.gatewayUrl": "READ",
  "Query.capturedApiKeys": "READ",
  "Query.models": "READ",
  "Query.nodes": "READ",
  "Query.oauthClient": "READ",
  "Query.pool": "READ",
  "Query.quotaForecast": "READ",
  "Query.recentTraffic": "READ",
  "Query.quotaHistory": "READ",
  "Query.request": "READ",
  "Query.requests": "READ",
  "Query.routing": "READ",
  "Query.sessions": "READ",
  "Query.settings": "READ",
  "Query.termsNotice": "READ",
  "Query.verifyAuditChain": "ADMIN",
  "Query.usage": "READ",
  "Query.viewer": "PUBLIC",
  "Query.webhooks": "READ",
  "Mutation.addAccount": "OPERATE",
  "Mutation.changePassword": "READ",
  "Mutation.completeOAuth": "OPERATE",
  "Mutation.createAdministrator": "ADMIN",
  "Mutation.createAdminToken": "ADMIN",
  "Mutation.createApiKey": "OPERATE",
  "Mutation.createNode": "ADMIN",
  "Mutation.removeCaptures": "ADMIN",
  "Mutation.exportAccounts": "ADMIN",
  "Mutation.importAccounts": "OPERATE",
  "Mutation.drainNode": "OPERATE",
  "Mutation.endOtherSessions": "READ",
  "Mutation.endSession": "READ",
  "Mutation.reauthenticate": "READ",
  "Mutation.releaseConversations": "OPERATE",
  "Mutation.releaseCooldown": "OPERATE",
  "Mutation.releaseCooldowns": "OPERATE",
  "Mutation.removeAccount": "OPERATE",
  "Mutation.removeAccounts": "OPERATE",
  "Mutation.removeAdministrator": "ADMIN",
  "Mutation.removeAdminToken": "ADMIN",
  "Mutation.removeApiKey": "OPERATE",
  "Mutation.removeNode": "ADMIN",
  "Mutation.replayRequest": "ADMIN",
  "Mutation.resetPassword": "ADMIN",
  "Mutation.resumeNode": "OPERATE",
  "Mutation.resumePool": "OPERATE",
  "Mutation.rotateApiKey": "OPERATE",
  "Mutation.signIn": "PUBLIC",
  "Mutation.signOut": "PUBLIC",
  "Mutation.startCapture": "ADMIN",
  "Mutation.startOAuth": "OPERATE",
  "Mutation.endCapture": "ADMIN",
  "Mutation.syncQuota": "OPERATE",
  "Mutation.testAccount": "OPERATE",
  "Mutation.updateAccount": "OPERATE",
  "Mutation.updateAccounts": "OPERATE",
  "Mutation.updateOAuthClient": "ADMIN",
  "Mutation.updateAdministrator": "ADMIN",
  "Mutation.updateApiKey": "OPERATE",
  "Mutation.updateRouting": "OPERATE",
  "Mutation.updateSettings": "ADMIN",
  "Mutation.createAlertRule": "OPERATE",
  "Mutation.createWebhook": "ADMIN",
  "Mutation.removeAlertRule": "OPERATE",
  "Mutation.removeWebhook": "ADMIN",
  "Mutation.rotateWebhookSecret": "ADMIN",
  "Mutation.testWebhook": "OPERATE",
  "Mutation.updateAlertRule": "OPERATE",
  "Mutation.updateWebhook": "ADMIN",
  "Subscription.accountChanged": "READ",
  "Subscription.accountRemoved": "READ",
  "Subscription.accountTestStep": "READ",
  "Subscription.alertChanged": "READ",
  "Subscription.nodeChanged": "READ",
  "Subscription.oauthProgress": "READ",
  "Subscription.poolChanged": "READ",
  "Subscription.requestFinished": "READ",
  "Subscription.trafficSample": "READ",
}

/** Which of them a session may use only shortly after its password was given: what lets somebody in, or shows a secret. */
const NEEDS_PASSWORD = [
  "Mutation.createAdministrator",
  "Mutation.createAdminToken",
  "Mutation.createNode",
  "Mutation.exportAccounts",
  "Mutation.removeAdministrator",
  "Mutation.replayRequest",
  "Mutation.resetPassword",
  "Mutation.startCapture",
  "Mutation.updateAdministrator",
]

/** What each may do; undefined: nobody we know. */
const HELD = {
  nobody: undefined,
  "a wrong token": undefined,
  "an expired token": undefined,
  "a removed token": undefined,
  "a session that was signed out": undefined,
  "a session that is over": undefined,
  "a viewer": "READ",
  "an operator": "OPERATE",
  "an owner": "ADMIN",
  "an owner who signed in long ago": "ADMIN",
  "a token for READ": "READ",
  "a token for OPERATE": "OPERATE",
  "a token for ADMIN": "ADMIN",
  ADMIN_TOKEN: "ADMIN",
} as const satisfies Record<string, (typeof SCOPES)[number] | undefined>
type Holder = keyof typeof HELD
const HOLDERS = Object.keys(HELD) as Holder[] // the table's own keys

const PASSWORD_OF_ALL = "the phrase of everybody 5"
const clock = createManualClock()
let control: TestControlPlane
const identities = new Map<Holder, Identity>()
const identityOf = (holder: Holder): Identity => identities.get(holder) ?? {}

/** An administrator of their own, signed in: ending sessions and tokens concerns nobody else. */
async function enter(name: string, role: Role): Promise<Identity> {
  const input = { name, role, password: PASSWORD_OF_ALL }
  const create = `mutation ($input: CreateAdministratorInput!) { createAdministrator(input: $input) { __typename ... on Failure { message } } }`
  expect(await control.data(create, { input })).toEqual({
    createAdministrator: { __typename: "CreateAdministratorSuccess" },
  })
  const signIn = `mutation ($name: String!, $password: String!) { signIn(name: $name, password: $password) { __typename } }`
  const { cookie } = await control.ask(signIn, { name, password: PASSWORD_OF_ALL }, {})
  return { cookie }
}

async function token(scope: string, expiresAt?: Date): Promise<{ readonly id: string; readonly token: string }> {
  const document = `mutation ($input: CreateAdminTokenInput!) { createAdminToken(input: $input) {
    ... on CreateAdminTokenSuccess { secret adminToken { id } } } }`
  const { createAdminToken } = await control.data<{ createAdminToken: { secret: string; adminToken: { id: string } } }>(
    document,
    { input: { name: "test", scope, expiresAt } },
  )
  return { id: createAdminToken.adminToken.id, token: createAdminToken.secret }
}

beforeAll(async () => {
  control = await startTestControlPlane({ clock })
  identities.set("a session that is over", await enter("over", "OWNER"))
  identities.set("an expired token", await token("ADMIN", new Date(clock.now() + 1_000)))
  clock.leap(7 * 24 * 3_600_000)
  identities.set("an owner who signed in long ago", await enter("stale", "OWNER"))
  clock.advance(FRESH_MS)
  for (const role of ["VIEWER", "OPERATOR", "OWNER"] as const) {
    identities.set(
      role === "VIEWER" ? "a viewer" : role === "OPERATOR" ? "an operator" : "an owner",
      await enter(role, role),
    )
    identities.set(`a token for ${ROLES[role]}`, await token(ROLES[role]))
  }
  const out = await enter("out", "OWNER")
  await control.ask("mutation { signOut { __typename } }", {}, out)
  identities.set("a session that was signed out", out)
  const removed = await token("ADMIN")
  await control.data("mutation ($id: ID!) { removeAdminToken(id: $id) { __typename } }", { id: removed.id })
  identities.set("a removed token", removed)
  identities.set("a wrong token", { token: mintToken(ADMIN_TOKEN_PREFIX) })
  identities.set("ADMIN_TOKEN", { token: ADMIN_TOKEN })
})

afterAll(() => control.stop())

test("every root field is in the table and no other", () => {
  expect(ROOT_FIELDS.map(({ root, field }) => `${root}.${field.name}`).toSorted()).toEqual(
    Object.keys(NEEDED).toSorted(),
  )
})

function isAllowed(held: (typeof SCOPES)[number] | undefined, needed: Needed): boolean {
  if (needed === "PUBLIC") return true
  return held !== undefined && SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}

interface Result {
  readonly result: { readonly code?: string } | null
}

/** How somebody hears that they may not. */
const REFUSALS = ["unauthenticated", "forbidden", "reauthentication_required"]

/** The code of a refusal for who asks, wherever it stands in an answer. */
async function refusalOf(document: string, identity: Identity): Promise<string | undefined> {
  const { data, errors } = await control.ask<Result | null>(document, {}, identity)
  const codes = [data?.result?.code, ...errors.map(({ extensions }) => String(extensions?.code))]
  return codes.map((code) => code?.toLowerCase()).find((code) => code !== undefined && REFUSALS.includes(code))
}

function expectedRefusal(name: string, holder: Holder): string | undefined {
  const held = HELD[holder]
  if (!isAllowed(held, NEEDED[name] ?? "ADMIN")) return held === undefined ? "unauthenticated" : "forbidden"
  const isStale = holder === "an owner who signed in long ago" && NEEDS_PASSWORD.includes(name)
  return isStale ? "reauthentication_required" : undefined
}

describe.each(HOLDERS)("held by %s", (holder) => {
  // Signing out comes last: the session is needed until then.
  const operations = ROOT_FIELDS.filter(({ root }) => root !== "Subscription")
    .map(({ root, field }) => ({ name: `${root}.${field.name}`, document: documentOf(root, field) }))
    .toSorted((left, right) => Number(left.name === "Mutation.signOut") - Number(right.name === "Mutation.signOut"))

  test.each(ROOT_FIELDS.filter(({ root }) => root === "Subscription"))("$field.name", async ({ root, field }) => {
    const identity = identityOf(holder)
    const opened = subscribe(control.url, documentOf(root, field), identity)
    if (HELD[holder] === undefined) {
      await expect(opened.then((stream) => stream.next())).rejects.toThrow()
      return
    }
    const stream = await opened
    stream.close()
    await stream.ended
  })

  test.each(operations)("$name", async ({ name, document }) => {
    expect(await refusalOf(document, identityOf(holder))).toBe(expectedRefusal(name, holder))
  })
})
