/**
 * A whole gateway for a test: the simulator in this process, and the built supervisor with both planes as real processes, on
 * free ports of the loopback address, with their data in a folder of their own. `stop()` ends exactly what was started here.
 */
import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startBuilt, type Running } from "./child-process.ts"
import { startSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts"
import { databaseEnvironment, isOnPostgresql, removeDatabaseOf } from "./test-database.ts"
import { waitFor } from "./wait-for.ts"

export type PlaneName = "control-plane" | "data-plane"

export interface SystemOptions {
  /** Accounts that are in the pool and ready when it resolves. Default 1. */
  readonly accounts?: number
  /** Environment of both planes, over the test's own. */
  readonly env?: Readonly<Record<string, string>>
  readonly simulator?: SimulatorOptions
}

export interface System {
  /** Without a slash at the end, as is `panelUrl`. */
  readonly gatewayUrl: string
  readonly panelUrl: string
  readonly adminPassword: string
  readonly adminToken: string
  readonly apiKey: string
  readonly dataDirectory: string
  readonly simulator: Simulator
  /** Runs a document with the admin token; rejects on any error of the server. */
  graphql<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>
  /** Adds a simulated account through GraphQL and waits until it is ready; returns its id. */
  addAccount(email: string): Promise<string>
  /** The process id of a plane, as of now; changes when the supervisor starts it again. */
  pid(name: PlaneName): Promise<number>
  /** Ends supervisor and both planes, then runs the data plane alone, with no control plane to find. */
  detachControlPlane(): Promise<void>
  /** Ends all processes, runs `meanwhile` and starts them again on the same folder; addresses may be others then. */
  restart(meanwhile: () => Promise<void>): Promise<Pick<System, "gatewayUrl" | "panelUrl" | "graphql">>
  /** After `detachControlPlane`: kills the data plane and starts it again, until `/ready` is answered for the first time. */
  restartDataPlane(): Promise<Restart>
  /** What the processes printed last. */
  output(): string
  /** Ends everything; rejects when a process did not end cleanly. */
  stop(): Promise<void>
}

export interface Restart {
  /** The first answer of `/ready`. */
  readonly status: number
  /** From the start to that answer; of use in a log only. */
  readonly readyMs: number
}

interface Facts {
  panelUrl: string
  gatewayUrl: string
  generatedPassword: string
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const simulator = await startSimulator({ accounts: 0, ...options.simulator })
  const dataDirectory = await mkdtemp(join(tmpdir(), "lagrange-system-"))
  const adminToken = `test-admin-${randomBytes(12).toString("hex")}`
  const database = await databaseEnvironment(dataDirectory)
  const env = { ...environment(simulator.url, dataDirectory, adminToken), ...database, ...options.env }
  const gateway = new Gateway(env)
  const cleanUp = async (): Promise<void> => {
    if (isOnPostgresql()) await removeDatabaseOf(dataDirectory)
    await rm(dataDirectory, { recursive: true, force: true })
    await simulator.close()
  }
  try {
    const facts = await gateway.start()
    const graphql = graphqlClient(facts.panelUrl, adminToken)
    const addAccount = (email: string) => addReadyAccount(graphql, simulator, email)
    const count = options.accounts ?? 1
    await Promise.all(Array.from({ length: count }, (_, index) => addAccount(`account-${index + 1}@example.test`)))
    const apiKey = await createApiKey(graphql)
    await waitUntilServing(facts.gatewayUrl, apiKey, count)
    return {
      gatewayUrl: facts.gatewayUrl,
      panelUrl: facts.panelUrl,
      adminPassword: facts.generatedPassword,
      adminToken,
      apiKey,
      dataDirectory,
      simulator,
      graphql,
      addAccount,
      pid: (name) => gateway.pid(name),
      detachControlPlane: () => gateway.detach(facts),
      restart: async (meanwhile) => {
        await gateway.stop()
        await meanwhile()
        const { gatewayUrl, panelUrl } = await gateway.start()
        return { gatewayUrl, panelUrl, graphql: graphqlClient(panelUrl, adminToken) }
      },
      restartDataPlane: () => gateway.restartDataPlane(facts),
      output: () => gateway.output(),
      stop: async () => {
        try {
          await gateway.stop()
        } finally {
          await cleanUp()
        }
      },
    }
  } catch (error) {
    await gateway.stop().catch(() => undefined)
    await cleanUp()
    throw new Error(`the system did not start; the processes printed:\n${gateway.output()}`, { cause: error })
  }
}

function environment(simulatorUrl: string, dataDirectory: string, adminToken: string): Record<string, string> {
  return {
    DATA_DIR: dataDirectory,
    PORT: "0",
    CONTROL_PORT: "0",
    ADMIN_TOKEN: adminToken,
    ANTIGRAVITY_BASE_URLS: simulatorUrl,
    GOOGLE_OAUTH_CLIENT_ID: "simulator-client",
    GOOGLE_OAUTH_CLIENT_SECRET: "simulator-secret",
    GOOGLE_OAUTH_AUTH_URL: `${simulatorUrl}/o/oauth2/v2/auth`,
    GOOGLE_OAUTH_TOKEN_URL: `${simulatorUrl}/token`,
    GOOGLE_USERINFO_URL: `${simulatorUrl}/oauth2/v2/userinfo`,
  }
}

/** The processes: under the supervisor first, and the data plane alone after `detach`. */
class Gateway {
  readonly #env: Readonly<Record<string, string>>
  readonly #pids = new Map<string, number>()
  #running: Running | undefined
  #isAlone = false

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env
  }

  async start(): Promise<Facts> {
    let facts: Facts | undefined
    const running = startBuilt("supervisor", this.#env, (message) => {
      const told = message as { type?: string; name?: string; pid?: number } & Partial<Facts> // of our own supervisor
      if (told.type === "child" && told.name && told.pid) this.#pids.set(told.name, told.pid)
      if (told.type === "started") facts = told as Facts // `started` holds them all
    })
    this.#running = running
    let hasEnded = false
    void running.ended.then(() => (hasEnded = true))
    await waitFor(() => facts ?? hasEnded, 60_000)
    if (facts === undefined) throw new Error("the supervisor ended before the planes had started")
    const { panelUrl, gatewayUrl, generatedPassword } = facts
    return { panelUrl: panelUrl.replace(/\/$/, ""), gatewayUrl: gatewayUrl.replace(/\/$/, ""), generatedPassword }
  }

  async pid(name: PlaneName): Promise<number> {
    return waitFor(() => this.#pids.get(name))
  }

  async detach(facts: Facts): Promise<void> {
    await this.stop()
    this.#isAlone = true
    await this.#startAlone(facts)
  }

  async restartDataPlane(facts: Facts): Promise<Restart> {
    if (!this.#isAlone) throw new Error("call detachControlPlane first")
    await this.#running?.end("SIGKILL")
    const startedAt = performance.now()
    const status = await this.#startAlone(facts)
    return { status, readyMs: performance.now() - startedAt }
  }

  /** The first answer of `/ready`. */
  async #startAlone(facts: Facts): Promise<number> {
    const linkToken = (await readFile(join(this.#env["DATA_DIR"] ?? "", "link-token"), "utf8")).trim()
    const own = { PORT: new URL(facts.gatewayUrl).port, CONTROL_URL: facts.panelUrl, LINK_TOKEN: linkToken }
    const running = startBuilt("data-plane", { ...this.#env, ...own })
    this.#running = running
    this.#pids.set("data-plane", running.pid)
    return waitFor(async () => (await fetch(`${facts.gatewayUrl}/ready`)).status, 60_000, 5)
  }

  output(): string {
    return this.#running?.output() ?? ""
  }

  async stop(): Promise<void> {
    const running = this.#running
    if (running === undefined || running.child.exitCode !== null || running.child.signalCode !== null) return
    const { code, signal } = await running.end()
    if (code !== 0) throw new Error(`the gateway ended with ${signal ?? code}:\n${running.output()}`)
  }
}

type Graphql = System["graphql"]

function graphqlClient(panelUrl: string, adminToken: string): Graphql {
  return async <T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> => {
    const response = await fetch(`${panelUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    })
    const answer = (await response.json()) as { data?: T; errors?: unknown } // GraphQL's own shape
    if (answer.errors !== undefined || !answer.data) throw new Error(`GraphQL: ${JSON.stringify(answer)}`)
    return answer.data
  }
}

interface Failed {
  readonly message?: string
}

async function addReadyAccount(graphql: Graphql, simulator: Simulator, email: string): Promise<string> {
  const { refreshToken } = simulator.addAccount({ email })
  const { addAccount } = await graphql<{ addAccount: { account?: { id: string } } & Failed }>(
    `
      mutation ($input: AddAccountInput!) {
        addAccount(input: $input) {
          ... on AddAccountSuccess {
            account {
              id
            }
          }
          ... on Failure {
            message
          }
        }
      }
    `,
    { input: { kind: "ANTIGRAVITY", email, refreshToken, acknowledgedTerms: true } },
  )
  const id = addAccount.account?.id
  if (id === undefined) throw new Error(`addAccount: ${addAccount.message ?? "no account"}`)
  const query = "query ($id: ID!) { account(id: $id) { state stateReason } }"
  await waitFor(async () => {
    const { account } = await graphql<{ account: { state: string; stateReason: string | null } }>(query, { id })
    if (account.state !== "READY") throw new Error(`${email} is ${account.state}: ${account.stateReason ?? ""}`)
    return true
  }, 30_000)
  return id
}

async function createApiKey(graphql: Graphql): Promise<string> {
  const { createApiKey: result } = await graphql<{ createApiKey: { secret?: string } & Failed }>(`
    mutation {
      createApiKey(input: { name: "test" }) {
        ... on CreateApiKeySuccess {
          secret
        }
        ... on Failure {
          message
        }
      }
    }
  `)
  if (result.secret === undefined) throw new Error(`createApiKey: ${result.message ?? "no secret"}`)
  return result.secret
}

/** Waits until the data plane serves from a snapshot that holds the key, and the accounts with their models where there are any. */
async function waitUntilServing(gatewayUrl: string, apiKey: string, accounts: number): Promise<void> {
  await waitFor(async () => {
    const response = await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${apiKey}` } })
    const text = await response.text()
    if (!response.ok) throw new Error(`/v1/models: ${response.status} ${text}`)
    if (accounts === 0) return true
    const health = (await (await fetch(`${gatewayUrl}/health`)).json()) as { accounts?: unknown } // documented shape
    if (!(await fetch(`${gatewayUrl}/ready`)).ok) throw new Error(`not ready: ${JSON.stringify(health)}`)
    return (JSON.parse(text) as { data: unknown[] }).data.length > 0 // OpenAI's list
  }, 30_000)
}
