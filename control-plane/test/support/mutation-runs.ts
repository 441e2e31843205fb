/** How each mutation of the schema is really done, against a control plane and a simulator; what it needs is made first. */
import type { Simulator } from "../../../test/support/simulator.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { captureBytes, connectReplayingNode, postCapture } from "./captures.ts"
import { PASSWORD, type Identity, type TestControlPlane } from "./control-plane.ts"
import { connectObeyingNode } from "./obeying-node.ts"

export interface Run {
  /** What stands behind the name of the mutation. */
  readonly given: string
  /** Left out: the admin token. */
  readonly identity?: Identity
}

export interface MutationRuns {
  /** By mutation. */
  readonly runs: Readonly<Record<string, () => Promise<Run>>>
  /** Resolves when nothing that an earlier one set going is under way any more. */
  settled(): Promise<void>
}

const TERMS = "kind: ANTIGRAVITY, acknowledgedTerms: true"
const PHRASE = "another long phrase 17"
const of = (id: string): string => `(id: "${id}")`

/** Where a mutation is missing here, nobody knows that it is told of: add it. How it tells its change is said in `src/audit/audit.ts`. */
export function createMutationRuns(control: TestControlPlane, simulator: Simulator): MutationRuns {
  const { prisma } = control.controlPlane.services.database
  let made = 0
  const next = (): number => (made += 1)
  /** Others would wait for it. */
  let connected: { leave(): Promise<void> } | undefined

  /** Makes a row with the admin token. */
  async function make(mutation: string, success: string, member: string): Promise<string> {
    const { it } = await control.data<{ it: Readonly<Record<string, { id: string }>> }>(
      `mutation { it: ${mutation} { ... on ${success} { ${member} { id } } ... on Failure { code message } } }`,
    )
    const row = it[member]
    if (row === undefined) throw new Error(JSON.stringify(it))
    return row.id
  }

  const makeKey = () => make(`createApiKey(input: { name: "key ${next()}" })`, "CreateApiKeySuccess", "apiKey")
  const withNode = async () => {
    const node = await connectObeyingNode(control)
    connected = node
    return { given: of(node.id) }
  }
  const makeNode = () => make(`createNode(input: { name: "node ${next()}" })`, "CreateNodeSuccess", "node")
  const makeToken = () =>
    make(`createAdminToken(input: { name: "token ${next()}", scope: READ })`, "CreateAdminTokenSuccess", "adminToken")
  const makeAdministrator = (name = `person ${next()}`) =>
    make(
      `createAdministrator(input: { name: "${name}", role: VIEWER, password: "${PHRASE}" })`,
      "CreateAdministratorSuccess",
      "administrator",
    )

  const makeAlertRule = () =>
    make("createAlertRule(input: { kind: POOL_PAUSED })", "CreateAlertRuleSuccess", "alertRule")
  /** What is posted there is answered with 200, and nothing else comes of it. */
  const webhook = () => `name: "webhook ${next()}", url: "${control.url}/live"`
  const makeWebhook = () => make(`createWebhook(input: { ${webhook()} })`, "CreateWebhookSuccess", "webhook")

  function newEmail(): string {
    const email = `account-${next()}@example.test`
    simulator.addAccount({ email })
    return email
  }

  /** One that is ready. */
  async function makeAccount(): Promise<string> {
    const add = `addAccount(input: { ${TERMS}, refreshToken: "sim-refresh-${newEmail()}" })`
    const id = await make(add, "AddAccountSuccess", "account")
    await settled()
    return id
  }

  async function settled(): Promise<void> {
    const where = { NOT: { state: "READY", onboardingStep: null } } as const
    await waitFor(async () => (await prisma.account.count({ where })) === 0)
    await control.controlPlane.services.publisher.flush()
  }

  /** Where the provider sends the browser at the end of a sign-in. */
  async function makeCallback(): Promise<string> {
    const email = newEmail()
    const { startOAuth } = await control.data<{ startOAuth: { authorizationUrl: string } }>(
      `mutation { startOAuth(input: { ${TERMS} }) { ... on StartOAuthSuccess { authorizationUrl } } }`,
    )
    const url = new URL(startOAuth.authorizationUrl)
    url.pathname += "/allow"
    url.searchParams.set("account", email)
    for (const scope of (url.searchParams.get("scope") ?? "").split(" ")) url.searchParams.append("granted", scope)
    const sent = await fetch(url, { redirect: "manual" })
    return sent.headers.get("location") ?? ""
  }

  /** An administrator of that name and password, signed in. */
  async function signedInAs(name: string): Promise<Identity> {
    await makeAdministrator(name)
    const { cookie } = await control.ask(
      `mutation { signIn(name: "${name}", password: "${PHRASE}") { __typename } }`,
      {},
      {},
    )
    return { cookie }
  }

  const runs: MutationRuns["runs"] = {
    addAccount: async () => ({ given: `(input: { ${TERMS}, refreshToken: "sim-refresh-${newEmail()}" })` }),
    changePassword: async () => ({
      given: `(password: "${PHRASE}", newPassword: "and yet another one ${next()}")`,
      identity: await signedInAs(`person ${next()}`),
    }),
    completeOAuth: async () => ({ given: `(input: { callback: "${await makeCallback()}" })` }),
    createAdminToken: async () => ({ given: `(input: { name: "made", scope: READ })` }),
    createAdministrator: async () => ({ given: `(input: { name: "made ${next()}", role: VIEWER })` }),
    createAlertRule: async () => ({ given: "(input: { kind: ERROR_RATE })" }),
    createApiKey: async () => ({ given: `(input: { name: "made" })` }),
    drainNode: withNode,
    resumeNode: withNode,
    createNode: async () => ({ given: `(input: { name: "made ${next()}" })` }),
    createWebhook: async () => ({ given: `(input: { ${webhook()} })` }),
    endOtherSessions: async () => {
      await control.signIn()
      return { given: "", identity: { cookie: await control.signIn() } }
    },
    endSession: async () => {
      await control.signIn()
      const { sessions } = await control.data<{ sessions: { id: string }[] }>("{ sessions(all: true) { id } }")
      return { given: of(sessions[0]?.id ?? "") }
    },
    removeCaptures: async () => ({ given: of(await makeKey()) }),
    exportAccounts: async () => {
      await makeAccount()
      return { given: `(input: { passphrase: "${PHRASE}" })` }
    },
    importAccounts: async () => {
      const refreshToken = `fake-token-of-a-list-${next()}`
      simulator.addAccount({ email: `listed-${next()}@example.test`, refreshToken })
      return { given: `(input: { document: "${refreshToken}", acknowledgedTerms: true })` }
    },
    reauthenticate: async () => ({ given: `(password: "${PASSWORD}")`, identity: { cookie: await control.signIn() } }),
    releaseConversations: async () => ({ given: `(input: { apiKeyId: "${await makeKey()}" })` }),
    releaseCooldown: async () => ({ given: `(accountId: "${await makeAccount()}")` }),
    releaseCooldowns: async () => ({ given: `(filter: { ids: ["${await makeAccount()}"] }, expectedCount: 1)` }),
    removeAccount: async () => ({ given: of(await makeAccount()) }),
    removeAccounts: async () => ({ given: `(filter: { ids: ["${await makeAccount()}"] }, expectedCount: 1)` }),
    removeAdminToken: async () => ({ given: of(await makeToken()) }),
    removeAdministrator: async () => ({ given: of(await makeAdministrator()) }),
    removeAlertRule: async () => ({ given: of(await makeAlertRule()) }),
    startCapture: async () => {
      const until = new Date(control.controlPlane.services.clock.now() + 60_000).toISOString()
      return { given: `(id: "${await makeKey()}", until: "${until}")` }
    },
    endCapture: async () => ({ given: of(await makeKey()) }),
    replayRequest: async () => {
      const key = await makeKey()
      const until = new Date(control.controlPlane.services.clock.now() + 60_000).toISOString()
      await control.data(`mutation { startCapture(id: "${key}", until: "${until}") { __typename } }`)
      const id = `req_captured_${next()}`
      await postCapture(
        control.url,
        captureBytes({ id, apiKeyId: key, startedAt: control.controlPlane.services.clock.now(), text: "hello" }),
      )
      connected = await connectReplayingNode(control)
      return { given: `(id: "${id}", input: { target: TRANSLATION })` }
    },
    removeApiKey: async () => ({ given: of(await makeKey()) }),
    removeNode: async () => ({ given: of(await makeNode()) }),
    removeWebhook: async () => ({ given: of(await makeWebhook()) }),
    resetPassword: async () => ({ given: of(await makeAdministrator()) }),
    resumePool: async () => ({ given: "" }),
    rotateApiKey: async () => ({ given: of(await makeKey()) }),
    rotateWebhookSecret: async () => ({ given: of(await makeWebhook()) }),
    signIn: async () => ({ given: `(password: "${PASSWORD}")`, identity: {} }),
    signOut: async () => ({ given: "", identity: { cookie: await control.signIn() } }),
    startOAuth: async () => ({ given: `(input: { ${TERMS} })` }),
    syncQuota: async () => ({ given: `(accountId: "${await makeAccount()}")` }),
    testAccount: async () => ({ given: `(id: "${await makeAccount()}", models: [])` }),
    testWebhook: async () => ({ given: of(await makeWebhook()) }),
    updateAccount: async () => ({ given: `(id: "${await makeAccount()}", input: { label: "another" })` }),
    updateAccounts: async () => ({
      given: `(filter: { ids: ["${await makeAccount()}"] }, input: { weight: 7 }, expectedCount: 1)`,
    }),
    updateAdministrator: async () => ({ given: `(id: "${await makeAdministrator()}", input: { role: OPERATOR })` }),
    updateAlertRule: async () => ({ given: `(id: "${await makeAlertRule()}", input: { name: "another" })` }),
    updateApiKey: async () => ({ given: `(id: "${await makeKey()}", input: { note: "another" })` }),
    updateOAuthClient: async () => ({
      given: `(input: { set: { clientId: "simulator-client", clientSecret: "simulator-secret" } })`,
    }),
    updateRouting: async () => ({
      given: `(input: { aliases: [{ name: "name ${next()}", target: "gemini-3-flash" }] })`,
    }),
    updateSettings: async () => ({ given: `(input: { set: [{ name: MAX_ATTEMPTS, value: "${2 + (next() % 8)}" }] })` }),
    updateWebhook: async () => ({ given: `(id: "${await makeWebhook()}", input: { name: "another" })` }),
  }
  /** Each begins when nobody is connected. */
  const alone = Object.entries(runs).map(([name, run]) => [
    name,
    async () => {
      await connected?.leave()
      connected = undefined
      return run()
    },
  ])
  return { runs: Object.fromEntries(alone) as MutationRuns["runs"], settled } // the same names
}
