/**
 * A whole gateway for a test: the simulator in this process, and the built supervisor with both planes as real processes, on
 * free ports of the loopback address, with their data in a folder of their own. `stop()` ends exactly what was started here.
 */
import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startBuilt, type Running } from "./child-process.ts"
import { addReadyAccount, createApiKey, graphqlClient, waitUntilServing, type Graphql } from "./set-up.ts"
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
  readonly graphql: Graphql
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
    ...upstreamEnvironment(simulatorUrl),
  }
}

/** What leads a gateway to the simulator in Google's place. */
export function upstreamEnvironment(simulatorUrl: string): Record<string, string> {
  return {
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
