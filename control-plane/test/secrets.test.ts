/**
 * No secret is readable: known values are put into every place that holds one, then everything that can be read is read — all
 * fields of the schema, over an account, a request with its attempts and what else there is, the log, and the bytes of the
 * database. A subscription gives types that a query gives too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from "graphql"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { findSecrets as findIn } from "../../test/support/canaries.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { MAX_DEPTH } from "../src/graphql/limits.ts"
import { createSchema } from "../src/graphql/schema.ts"
import { runCommand } from "./support/command.ts"
import {
  ADMIN_TOKEN,
  LINK_TOKEN,
  masterKey,
  PASSWORD,
  startTestControlPlane,
  type TestControlPlane,
} from "./support/control-plane.ts"
import { connectLink } from "./support/link-client.ts"
import { readRows } from "./support/rows.ts"

vi.setConfig({ testTimeout: 60_000 })

const REFRESH_TOKEN = "canary-refresh-token-of-the-test"
const API_KEY = "canary-api-key-of-the-environment"
const CLIENT_ID = "canary-client-id"
const CLIENT_SECRET = "canary-client-secret"
const SET_CLIENT = { clientId: "canary-set-client-id", clientSecret: "canary-set-client-secret" }
const REQUEST_ID = "req_00000000000000000000000001"

/** Fields that tell a secret the once it is made, and only as the answer of that mutation. */
const SHOWN_ONCE = [
  "CreateAdministratorSuccess.password",
  "CreateAdminTokenSuccess.secret",
  "CreateApiKeySuccess.secret",
  "CreateNodeSuccess.linkToken",
  "ResetPasswordSuccess.password",
  "RotateApiKeySuccess.secret",
  "CreateWebhookSuccess.secret",
  "RotateWebhookSecretSuccess.secret",
]

/** What a query is asked with, where there is more to it than an id. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  checkRouting: '(input: { aliases: [{ name: "a", target: "b" }] })',
  explainRoute: '(model: "gemini-3-flash")',
  quotaHistory: "(bucket: GEMINI, window: FIVE_HOURS)",
  request: `(id: "${REQUEST_ID}")`,
  sessions: "(all: true)",
  termsNotice: "(kind: ANTIGRAVITY)",
  usage: '(range: { since: "2026-01-01T00:00:00Z" })',
}

const schema = createSchema()
let simulator: Simulator
let control: TestControlPlane
/** Every secret there is, by what it is. */
const secrets: Record<string, string> = {
  "refresh token": REFRESH_TOKEN,
  "admin token of the environment": ADMIN_TOKEN,
  "link token of the environment": LINK_TOKEN,
  "API key of the environment": API_KEY,
  password: PASSWORD,
  "OAuth client id": CLIENT_ID,
  "OAuth client secret": CLIENT_SECRET,
  "OAuth client id that was set": SET_CLIENT.clientId,
  "OAuth client secret that was set": SET_CLIENT.clientSecret,
  "master key": masterKey,
}

beforeAll(async () => {
  simulator = await startSimulator({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    otherClients: { [SET_CLIENT.clientId]: SET_CLIENT.clientSecret },
  })
  simulator.addAccount({ email: "canary@example.test", refreshToken: REFRESH_TOKEN })
  control = await startTestControlPlane({
    simulatorUrl: simulator.url,
    env: {
      API_KEY,
      GOOGLE_OAUTH_CLIENT_ID: CLIENT_ID,
      GOOGLE_OAUTH_CLIENT_SECRET: CLIENT_SECRET,
      ALERT_WEBHOOK_HOSTS: "127.0.0.1",
      CONTROL_METRICS_PORT: "0",
    },
  })
  const made = await control.data<Record<string, { secret?: string; linkToken?: string }>>(`mutation {
    createApiKey(input: { name: "canary" }) { ... on CreateApiKeySuccess { secret } }
    createAdminToken(input: { name: "canary", scope: READ }) { ... on CreateAdminTokenSuccess { secret } }
    createNode(input: { name: "canary" }) { ... on CreateNodeSuccess { linkToken } }
    addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: "${REFRESH_TOKEN}" }) { __typename } }`)
  secrets["created API key"] = made.createApiKey?.secret ?? ""
  const { apiKeys } = await control.data<{ apiKeys: { edges: { node: { id: string; origin: string } }[] } }>(
    "{ apiKeys { edges { node { id origin } } } }",
  )
  const { rotateApiKey } = await control.data<{ rotateApiKey: { secret: string } }>(
    "mutation ($id: ID!) { rotateApiKey(id: $id, overlapMinutes: 5) { ... on RotateApiKeySuccess { secret } } }",
    { id: apiKeys.edges.find(({ node }) => node.origin === "CREATED")?.node.id },
  )
  secrets["rotated API key"] = rotateApiKey.secret
  secrets["created admin token"] = made.createAdminToken?.secret ?? ""
  secrets["created link token"] = made.createNode?.linkToken ?? ""
  secrets["session cookie"] = (await control.signIn()).split("=")[1] ?? ""
  await letPeopleIn()
  await signInToAccounts()
  await sendAlerts()
  const link = await connectLink(control.url)
  const hasToken = ({ credential }: SnapshotAccount): boolean => credential !== undefined
  const snapshot = await link.snapshot(({ accounts }) => accounts.some(hasToken))
  // A data plane that were careless enough to report what it holds would be the worst case; a sound one reports this.
  const account = snapshot.accounts.find(hasToken)
  const report = {
    id: "report-1",
    at: Date.now(),
    type: "exchange",
    exchangeId: REQUEST_ID,
    startedAt: Date.now() - 1_000,
    dialect: "openai-chat",
    stream: true,
    requestedModel: "gemini-3-flash",
    model: "gemini-3-flash",
    outcome: "completed",
    status: 200,
    usage: { inputTokens: 10 },
    durationMs: 900,
    dropped: ["seed"],
    attempts: [{ accountId: account?.id, reason: "next in turn", startedMs: 1, endedMs: 899, upstreamStatus: 200 }],
  }
  const receipt = await fetch(`${control.url}/link/reports`, {
    method: "POST",
    headers: { authorization: `Bearer ${LINK_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ node: "local", boot: "boot-1", items: [report] }),
  })
  expect(await receipt.json()).toEqual({ accepted: ["report-1"] })
  link.close()
  secrets["access token"] = account?.credential?.accessToken ?? ""
  secrets.pepper = snapshot.apiKeyPepper
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

/** Passwords that are generated, given, changed and given again, the cookies of each, and one typed where the name belongs. */
async function letPeopleIn(): Promise<void> {
  interface Made {
    readonly made: { readonly password: string | null; readonly administrator: { readonly id: string } }
  }
  const made = "password administrator { id }"
  const create = `mutation ($password: String) { made: createAdministrator(input: { name: "person", role: VIEWER, password: $password }) {
    ... on CreateAdministratorSuccess { ${made} } } }`
  const reset = `mutation ($id: ID!, $password: String) { made: resetPassword(id: $id, password: $password) {
    ... on ResetPasswordSuccess { ${made} } } }`
  const first = await control.data<Made>(create)
  const { id } = first.made.administrator
  const second = await control.data<Made>(reset, { id })
  secrets["generated password"] = first.made.password ?? ""
  secrets["generated password after a reset"] = second.made.password ?? ""
  secrets["given password"] = "canary given phrase 55"
  secrets["changed password"] = "canary changed phrase 66"
  secrets["password typed as a name"] = "canary typed as a name 77"
  await control.data(reset, { id, password: secrets["given password"] })
  const signIn = `mutation ($name: String!, $password: String!) { signIn(name: $name, password: $password) { __typename } }`
  const given = { name: "person", password: secrets["given password"] }
  await control.ask(signIn, { ...given, name: secrets["password typed as a name"] }, {})
  const { cookie } = await control.ask(signIn, given, {})
  const again = await control.ask(
    "mutation ($password: String!) { reauthenticate(password: $password) { __typename } }",
    given,
    { cookie },
  )
  const changed = await control.ask(
    "mutation ($password: String!, $next: String!) { changePassword(password: $password, newPassword: $next) { __typename } }",
    { ...given, next: secrets["changed password"] },
    { cookie: again.cookie },
  )
  const cookies = {
    "first cookie": cookie,
    "cookie after the password": again.cookie,
    "cookie after its change": changed.cookie,
  }
  for (const [name, value] of Object.entries(cookies)) secrets[name] = value?.split("=")[1] ?? ""
}

/** A webhook whose address holds a token, of two secrets; a rule that sends there, and a test that does not arrive. */
async function sendAlerts(): Promise<void> {
  secrets["token in a webhook's address"] = "canary-token-in-an-address"
  const url = `${control.url}/nothing/${secrets["token in a webhook's address"]}`
  const create = `mutation ($url: String!) { made: createWebhook(input: { name: "canary", url: $url }) {
    ... on CreateWebhookSuccess { secret webhook { id } } } }`
  const { made } = await control.data<{ made: { secret: string; webhook: { id: string } } }>(create, { url })
  const rotate = `mutation ($id: ID!) { rotated: rotateWebhookSecret(id: $id) { ... on RotateWebhookSecretSuccess { secret } } }`
  const { rotated } = await control.data<{ rotated: { secret: string } }>(rotate, { id: made.webhook.id })
  secrets["webhook secret"] = made.secret
  secrets["rotated webhook secret"] = rotated.secret
  const { data } = await control.ask(
    `mutation ($id: ID!) { testWebhook(id: $id) { ... on Failure { code message } }
      updateAlertRule(id: "alr_account_attention", input: { webhookId: $id }) { ... on Failure { message } } }`,
    { id: made.webhook.id },
  )
  expect(data).toMatchObject({ testWebhook: { code: "not_delivered" } })
  expect(findSecrets(JSON.stringify(data))).toEqual([])
}

/** One sign-in that ends well, one that the provider refuses, and one that stays open; all with a client that was set. */
async function signInToAccounts(): Promise<void> {
  simulator.addAccount({ email: "signed-in@example.test", refreshToken: "canary-signed-in-refresh-token" })
  secrets["refresh token of a sign-in"] = "canary-signed-in-refresh-token"
  await control.data(
    `mutation ($set: OAuthClientInput!) { updateOAuthClient(input: { set: $set }) { ... on Failure { message } } }`,
    { set: SET_CLIENT },
  )
  const { oAuthFlow } = control.controlPlane.services.database.prisma
  for (const end of ["well", "refused", "open"]) {
    const { startOAuth } = await control.data<{ startOAuth: { authorizationUrl: string; state: string } }>(
      `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) { ... on StartOAuthSuccess { authorizationUrl state } } }`,
    )
    const flow = await oAuthFlow.findFirstOrThrow({ where: { endedAt: null }, orderBy: { createdAt: "desc" } })
    const place = { table: "OAuthFlow", row: flow.stateHash, field: "sealedVerifier" }
    secrets[`PKCE verifier (${end})`] = control.controlPlane.vault.open(place, flow.sealedVerifier ?? "")
    secrets[`state (${end})`] = startOAuth.state
    if (end === "open") continue
    const url = new URL(startOAuth.authorizationUrl)
    url.pathname += "/allow"
    url.searchParams.set("account", "signed-in@example.test")
    url.searchParams.set("granted", "https://www.googleapis.com/auth/cloud-platform")
    const sent = await fetch(url, { redirect: "manual" })
    const callback = new URL(sent.headers.get("location") ?? "")
    if (end === "refused") callback.searchParams.set("code", "canary-code-that-nobody-gave")
    secrets[`code (${end})`] = callback.searchParams.get("code") ?? ""
    const page = await (await fetch(callback)).text()
    expect(page).toContain(end === "well" ? "signed-in@example.test" : "does not take this code")
    expect(findSecrets(page)).toEqual([])
    const { data } = await control.ask(
      `mutation ($callback: String!) { completeOAuth(input: { callback: $callback }) { ... on Failure { code message path } } }`,
      { callback: callback.href },
    )
    expect(data).toMatchObject({ completeOAuth: { code: "state_used" } })
    expect(findSecrets(JSON.stringify(data))).toEqual([])
  }
}

/** Every leaf that a selection asks for, as `Type.field`. */
const selected = new Set<string>()

/** All leaves below a type that a client may ask for at once, as a selection; a type is entered once on each way down. */
function selection(type: GraphQLNamedType, above: readonly string[] = []): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    return `{ __typename ${schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} ${selection(one, above)}`)
      .join(" ")} }`
  }
  if (!isObjectType(type) || above.includes(type.name)) return "{ __typename }"
  const way = [...above, type.name]
  const inner = fieldsOf(type).flatMap((field) => {
    const named = getNamedType(field.type)
    if (isLeafType(named)) {
      selected.add(`${type.name}.${field.name}`)
      return [field.name]
    }
    // The field of the root, those above, this one and what it selects.
    return way.length + 2 > MAX_DEPTH ? [] : [`${field.name} ${selection(named, way)}`]
  })
  return `{ __typename ${inner.join(" ")} }`
}

function fieldsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields()).filter((field) =>
    field.args.every(({ type: needed }) => !isNonNullType(needed)),
  )
}

/** Every leaf that is somewhere below these types. */
function leavesBelow(types: readonly GraphQLNamedType[]): string[] {
  const seen = new Set<GraphQLNamedType>()
  const leaves: string[] = []
  function enter(type: GraphQLNamedType): void {
    if (isLeafType(type) || seen.has(type)) return
    seen.add(type)
    if (isUnionType(type) || isInterfaceType(type)) for (const one of schema.getPossibleTypes(type)) enter(one)
    if (!isObjectType(type)) return
    for (const field of fieldsOf(type)) {
      const named = getNamedType(field.type)
      if (isLeafType(named)) leaves.push(`${type.name}.${field.name}`)
      enter(named)
    }
  }
  for (const type of types) enter(type)
  return leaves
}

const findSecrets = (text: string): string[] => findIn(secrets, text)

test("the search finds what is there", () => {
  expect(Object.entries(secrets).filter(([, secret]) => secret.length < 12)).toEqual([])
  for (const [name, secret] of Object.entries(secrets)) {
    expect(findSecrets(`…${secret}…`)).toContain(name)
    expect(findSecrets(Buffer.from(`{"value":"${secret}"}`).toString("base64"))).toContain(name)
    expect(findSecrets(Buffer.from(`{"value":"${secret}"}`).toString("hex"))).toContain(name)
  }
})

describe("through GraphQL", () => {
  test("no field's name promises a secret but those shown once", () => {
    const suspicious = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith("__")
        ? Object.keys(type.getFields())
            .filter((name) => /secret|password|token|digest|hash|sealed|pepper|credential/i.test(name))
            .map((name) => `${type.name}.${name}`)
        : [],
    )
    const harmless = [
      "Account.tokenExpiresAt",
      // Numbers of tokens.
      ...["tokensPerMinute", "tokensPerDay", "tokensPerMonth", "tokensToday", "tokensThisMonth"].map(
        (name) => `ApiKey.${name}`,
      ),
      // Of the chain of audit events: HMACs under a key of the master key's.
      "AuditEvent.hash",
      "AuditEvent.previousHash",
      "AuditVerification.newestHash",
      ...["createAdminToken", "removeAdminToken", "changePassword", "resetPassword", "rotateWebhookSecret"].map(
        (name) => `Mutation.${name}`,
      ),
      // A time.
      "Administrator.passwordSetAt",
    ]
    const counts = [
      "inputTokens",
      "outputTokens",
      "cachedInputTokens",
      "reasoningTokens",
      "usedTokens",
      "perMillionTokens",
      "maxInputTokens",
      "maxOutputTokens",
    ]
    const rest = suspicious.filter((name) => !counts.includes(name.split(".")[1] ?? "") && !harmless.includes(name))
    const named = ["CreateAdminTokenSuccess.adminToken", "Query.adminTokens", "RemoveAdminTokenSuccess.adminTokenId"]
    expect(rest.toSorted()).toEqual([...SHOWN_ONCE, ...named].toSorted())
  })

  test("every field that can be read gives none", async () => {
    const query = schema.getQueryType()
    const { accounts } = await control.data<{ accounts: { edges: { node: { id: string } }[] } }>(
      "{ accounts { edges { node { id } } } }",
    )
    const id = accounts.edges[0]?.node.id ?? ""
    let read = ""
    for (const field of Object.values(query?.getFields() ?? {})) {
      const named = getNamedType(field.type)
      const takesId = field.args.some(({ name }) => name === "id")
      const given = ARGUMENTS[field.name] ?? (takesId ? `(id: "${id}")` : "")
      const document = `{ ${field.name}${given} ${isLeafType(named) ? "" : selection(named)} }`
      const { data, errors } = await control.ask(document)
      expect(errors).toEqual([])
      read += JSON.stringify(data)
    }
    // What is too deep below one field was read below another.
    const types = Object.values(query?.getFields() ?? {}).map((field) => getNamedType(field.type))
    expect(leavesBelow(types).filter((leaf) => !selected.has(leaf))).toEqual([])
    expect(read).toContain("canary@example.test")
    expect(read).toContain("READY")
    expect(read).toContain("next in turn")
    // The audit tells of what was done with secrets.
    for (const action of ["signIn", "addAccount", "rotateApiKey", "completeOAuth", "updateOAuthClient", "createNode"]) {
      expect(read).toContain(`"action":"${action}"`)
    }
    expect(read).toContain("hmac:")
    expect(findSecrets(read)).toEqual([])
  })

  test("no failure repeats what was given", async () => {
    const { data, errors } = await control.ask(
      `mutation ($token: String!, $password: String!) {
        signIn(password: $password) { __typename ... on Failure { code message path } }
        addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) { __typename ... on Failure { code message path } } }`,
      { token: "canary-not-known-to-anybody", password: "canary-not-the-password" },
    )
    expect(JSON.stringify({ data, errors })).not.toContain("canary-not")
    expect(control.log()).not.toContain("canary-not")
  })

  test("nor does one about passwords", async () => {
    const cookie = await control.signIn()
    const wrong = "canary-not-the-password-1"
    const { data, errors } = await control.ask(
      `mutation ($wrong: String!, $weak: String!) {
        create: createAdministrator(input: { name: "weak", role: VIEWER, password: $weak }) { ... on Failure { code message path } }
        reauthenticate(password: $wrong) { ... on Failure { code message path } }
        changePassword(password: $wrong, newPassword: $wrong) { ... on Failure { code message path } } }`,
      { wrong, weak: "canary-not" },
      { cookie },
    )
    const codes = { create: "weak_password", reauthenticate: "wrong_password", changePassword: "wrong_password" }
    expect(data).toMatchObject(Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, { code }])))
    expect(JSON.stringify({ data, errors })).not.toContain("canary-not")
    expect(control.log()).not.toContain("canary-not")
  })

  test("nor does any entrance that a wrong credential is brought to", async () => {
    const wrong = "canary-not-a-credential"
    const headers = {
      authorization: `Bearer ${wrong}`,
      cookie: `lagrange=${wrong}`,
      "x-csrf": "1",
      "content-type": "application/json",
    }
    const asked = [
      ["POST", "/graphql", JSON.stringify({ query: "{ accounts { totalCount } }" })],
      ["GET", `/graphql?query=${wrong}`, undefined],
      ["GET", "/link/snapshots", undefined],
      ["POST", "/link/reports", "{}"],
      ["GET", `/oauth/callback?code=${wrong}&state=${wrong}`, undefined],
      ["GET", `/nothing/${wrong}?key=${wrong}`, undefined],
    ] as const
    for (const [method, path, body] of asked) {
      const response = await fetch(`${control.url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      })
      expect({ path, text: await response.text() }).toEqual({ path, text: expect.not.stringContaining(wrong) })
    }
    expect(control.log()).not.toContain(wrong)
  })
})

describe("at rest and in the log", () => {
  test("no file of the data directory holds one, plain or as base64", async () => {
    const { kind, prisma } = control.controlPlane.services.database
    if (kind === "sqlite") await prisma.$queryRawUnsafe("PRAGMA wal_checkpoint(TRUNCATE)")
    const files = readdirSync(control.dataDirectory)
    expect(files.includes("lagrange.db")).toBe(kind === "sqlite")
    for (const file of files) {
      const bytes = readFileSync(join(control.dataDirectory, file)).toString("latin1")
      expect({ file, found: findSecrets(bytes) }).toEqual({ file, found: [] })
    }
  })

  test("no row of the database holds one, plain or as base64", async () => {
    const tables = await readRows(control)
    expect(tables["Credential"]).not.toEqual([])
    for (const [name, rows] of Object.entries(tables)) {
      expect({ name, found: findSecrets(rows.join("\n")) }).toEqual({ name, found: [] })
    }
  })

  test("no backup holds one, plain or as base64", async () => {
    const to = join(control.dataDirectory, "canary.backup")
    const env = { DATA_DIR: control.dataDirectory, MASTER_KEY: masterKey }
    await runCommand("backup", { env, values: { to } })
    expect(findSecrets(readFileSync(to).toString("latin1"))).toEqual([])
  })

  test("the metrics hold none", async () => {
    const text = await (await fetch(control.controlPlane.metricsUrl ?? "")).text()
    expect(text).toContain("lagrange_database_size_bytes")
    expect(findSecrets(text)).toEqual([])
  })

  test("the log holds none", async () => {
    await waitFor(() => control.log().includes("account.onboarded"))
    expect(findSecrets(control.log())).toEqual([])
  })

  test("a sealed text opens in its own place only", async () => {
    const { vault, services } = control.controlPlane
    const row = await services.database.prisma.credential.findFirstOrThrow()
    const place = { table: "Credential", row: row.accountId, field: "sealedRefreshToken" }
    expect(vault.open(place, row.sealedRefreshToken ?? "")).toBe(REFRESH_TOKEN)
    for (const other of [{ table: "Meta" }, { row: "acc_other" }, { field: "sealedAccessToken" }]) {
      expect(() => vault.open({ ...place, ...other }, row.sealedRefreshToken ?? "")).toThrow()
    }
  })

  test("another master key is refused with one sentence", async () => {
    const other = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")
    const start = startTestControlPlane({ dataDirectory: control.dataDirectory, env: { MASTER_KEY: other } })
    await expect(start).rejects.toThrow("The master key does not open this database")
  })

  test("a lost master key is missed, and no other one laid in its place", async () => {
    const place = join(control.dataDirectory, "master.key")
    const start = startTestControlPlane({ dataDirectory: control.dataDirectory, env: { MASTER_KEY: "" } })
    await expect(start).rejects.toThrow(`There is no master key: put its file at ${place}`)
    expect(existsSync(place)).toBe(false)
  })
})
