/** Control plane, data planes and simulator in this process, over real sockets, each with a folder of its own. */
import type { ClientRequest } from "node:http"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startDataPlane, type DataPlane, type DataPlaneOptions } from "#data-plane/data-plane.ts"
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import {
  LINK_TOKEN,
  startTestControlPlane,
  type TestControlPlane,
} from "../../control-plane/test/support/control-plane.ts"
import { chatBody, fetchAnswer, open, type Answer, type Call } from "../../data-plane/test/support/client.ts"
import { configFor } from "../../data-plane/test/support/plane.ts"
import type { LeapingClock } from "./leaping-clock.ts"
import { startSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts"
import { waitFor } from "./wait-for.ts"

export interface Planes {
  readonly simulator: Simulator
  readonly control: TestControlPlane
  /** The data plane of the environment's node, named `local`. */
  readonly plane: DataPlane
  /** Of a client. */
  readonly key: string
  /** Where each data plane keeps what outlives it. */
  readonly directories: readonly string[]
  /** All that the data planes logged, as one text. */
  log(): string
  /** Another data plane, by a token of its own; `directory` brings one back that was drained. */
  addPlane(name: string, options?: DataPlaneOptions): Promise<DataPlane>
  /** Adds a simulated account and waits until it serves and its quota was read; its id. */
  addAccount(email: string): Promise<string>
  /** Through `updateSettings`; in force when it resolves. */
  set(name: string, value: string): Promise<void>
  /** Waits until all data planes serve from the control plane's newest snapshot. */
  settled(): Promise<void>
  /** One chat with the key, of a conversation of its own unless it is named. */
  ask(prompt: string, options?: AskOptions): Promise<Answer>
  /** The same, for tests that break it off: how it ends is of no interest. */
  open(prompt: string, options?: AskOptions): ClientRequest
  stop(): Promise<void>
}

export interface AskOptions {
  readonly plane?: DataPlane
  readonly model?: string
  readonly conversation?: string
}

export interface PlanesOptions {
  /** Of all of them; the machine's own by default. */
  readonly clock?: LeapingClock
  readonly env?: Readonly<Record<string, string>>
  readonly simulator?: SimulatorOptions
  /** Data planes tell their numbers, and log all there is to say. */
  readonly isWatched?: boolean
}

const ADD = `mutation ($token: String!, $email: String!) {
  addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email, label: $email }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const KEY = `mutation { createApiKey(input: { name: "test" }) { ... on CreateApiKeySuccess { secret } } }`
const NODE = `mutation ($name: String!) { createNode(input: { name: $name }) {
  ... on CreateNodeSuccess { linkToken } ... on Failure { message } } }`
const SET = `mutation ($name: SettingName!, $value: String!) { updateSettings(input: { set: [{ name: $name, value: $value }] }) {
  ... on UpdateSettingsSuccess { settings { revision } } ... on Failure { message } } }`

export async function startPlanes(given: PlanesOptions = {}): Promise<Planes> {
  const { clock, env, simulator: simulated, isWatched = false } = given
  const simulator = await startSimulator({ accounts: 0, ...(clock && { now: () => clock.now() }), ...simulated })
  const control = await startTestControlPlane({
    simulatorUrl: simulator.url,
    ...(clock && { clock: clock.controlPlane }),
    env: { MAX_CONCURRENT_PER_MODEL: "0", ...env },
  })
  const planes: { readonly plane: DataPlane; readonly directory: string }[] = []
  let lines = ""

  async function start(nodeName: string, linkToken: string, more: DataPlaneOptions = {}): Promise<DataPlane> {
    const directory = await mkdtemp(join(tmpdir(), "lagrange-planes-"))
    const trustedProxies = env?.["TRUSTED_PROXIES"]?.split(",") ?? []
    const config = configFor(control.url, directory, {
      linkToken: new Secret(linkToken),
      nodeName,
      trustedProxies,
      ...(isWatched ? { metrics: { host: "127.0.0.1", port: 0 } } : {}),
    })
    const plane = await startDataPlane(
      config,
      createLogger({ level: isWatched ? "debug" : "error", format: "json", write: (line) => void (lines += line) }),
      { ...(clock && { clock: clock.dataPlane }), ...more },
    )
    planes.push({ plane, directory })
    return plane
  }

  const plane = await start("local", LINK_TOKEN)
  const { createApiKey } = await control.data<{ createApiKey: { secret: string } }>(KEY)
  const { publisher } = control.controlPlane.services

  async function settled(): Promise<void> {
    await publisher.flush()
    const version = publisher.current?.version
    // Another may have followed by itself.
    await waitFor(() => planes.every((one) => (one.plane.store.version ?? 0) >= (version ?? 0)))
  }

  function call(prompt: string, options: AskOptions = {}): [url: string, call: Call] {
    const { plane: asked = plane, model = "gemini-3-flash", conversation } = options
    const headers = {
      authorization: `Bearer ${createApiKey.secret}`,
      "x-lagrange-explain": "1",
      ...(conversation === undefined ? {} : { "x-session-id": conversation }),
    }
    return [`${asked.url}/v1/chat/completions`, { headers, body: chatBody(prompt, { model }) }]
  }

  return {
    simulator,
    control,
    plane,
    key: createApiKey.secret,
    get directories() {
      return planes.map(({ directory }) => directory)
    },
    log: () => lines,
    addPlane: async (name, more) => {
      const { createNode } = await control.data<{ createNode: { linkToken: string } }>(NODE, { name })
      const added = await start(name, createNode.linkToken, more)
      await settled()
      return added
    },
    addAccount: async (email) => {
      simulator.addAccount({ email })
      const variables = { token: `sim-refresh-${email}`, email }
      const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(ADD, variables)
      const { id } = addAccount.account
      const query = "query ($id: ID!) { account(id: $id) { state quota { bucket } } }"
      await waitFor(async () => {
        const { account } = await control.data<{ account: { state: string; quota: object[] } }>(query, { id })
        return account.state === "READY" && account.quota.length >= 5
      }, 30_000)
      await settled()
      return id
    },
    set: async (name, value) => {
      const { updateSettings } = await control.data<{ updateSettings: { message?: string } }>(SET, { name, value })
      if (updateSettings.message !== undefined) throw new Error(updateSettings.message)
      await settled()
    },
    settled,
    ask: (prompt, options) => fetchAnswer(...call(prompt, options)),
    open: (prompt, options) => open(...call(prompt, options)).on("error", () => undefined),
    stop: async () => {
      for (const one of planes) await one.plane.drain(0)
      await control.stop()
      await simulator.close()
      for (const { directory } of planes) await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The label of the account that an answer came from. */
export function accountOf({ headers }: Pick<Answer, "headers">): string {
  return decodeURIComponent(String(headers["x-lagrange-account"]))
}
