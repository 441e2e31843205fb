/**
 * How soon a change of the control plane is in force: the built control plane and three built data planes as processes, each data plane
 * asked again and again by a client of its own. The time of a change ends with the answer of the first request that shows it.
 */
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { Agent } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fetchAnswer, type Answer } from "../../data-plane/test/support/client.ts"
import { startBuilt, type Running } from "../support/child-process.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

export const CHANGES = ["a setting", "a key that is made", "a key that is removed"] as const
export type ChangeName = (typeof CHANGES)[number]

export interface ChangeTimes {
  readonly change: ChangeName
  readonly changes: number
  /** One a data plane and change, in milliseconds. */
  readonly fromSending: readonly number[]
  /** Of the mutation; 0 where a request showed it before. */
  readonly fromAnswer: readonly number[]
  /** From the mutation's sending to its answer. */
  readonly answered: readonly number[]
  /** What such a request takes by itself. */
  readonly requestMs: readonly number[]
  /** Requests that were begun after the mutation's answer and did not show the change. */
  readonly late: number
}

interface Plane {
  readonly running: Running
  readonly url: string
  readonly agent: Agent
}

interface World {
  readonly simulator: Simulator
  readonly planes: readonly Plane[]
  readonly graphql: (query: string, variables?: object) => Promise<unknown>
  stop(): Promise<void>
}

const START_MS = 60_000
const PLANES = 3
const PAUSE_MS = 5
const MODELS = ["gemini-3-flash", "claude-sonnet-4-6"] as const

/** So many changes of each kind. */
export async function inForce(each: number): Promise<readonly ChangeTimes[]> {
  const world = await startWorld()
  try {
    const { secret } = await makeKey(world)
    const setting = new Times("a setting")
    const made = new Times("a key that is made")
    const removed = new Times("a key that is removed")
    for (let turn = 0; turn < each; turn += 1) {
      const model = MODELS[turn % MODELS.length] ?? MODELS[0]
      await setting.take(world, {
        send: () => setDefaultModel(world, model),
        ask: (plane) => askWithoutModel(plane, secret),
        shows: ({ text }) => text.includes(`"model":"${model}"`),
      })
      let key: { readonly id: string; readonly secret: string } | undefined
      await made.take(world, {
        send: async () => {
          key = await makeKey(world)
        },
        // Before it is told nobody can use it.
        ask: async (plane) => (key === undefined ? undefined : askWithoutModel(plane, key.secret)),
        shows: ({ status }) => status === 200,
      })
      const { id, secret: gone } = key ?? { id: "", secret: "" }
      await removed.take(world, {
        send: () => removeKey(world, id),
        ask: (plane) => askWithoutModel(plane, gone),
        shows: ({ status }) => status === 401,
      })
    }
    return [setting, made, removed].map((times) => times.result())
  } finally {
    await world.stop()
  }
}

interface Change {
  readonly send: () => Promise<void>
  /** Undefined: there is nothing to ask yet. */
  readonly ask: (plane: Plane) => Promise<Answer | undefined>
  readonly shows: (answer: Answer) => boolean
}

class Times {
  readonly #change: ChangeName
  readonly #fromSending: number[] = []
  readonly #fromAnswer: number[] = []
  readonly #answered: number[] = []
  readonly #requestMs: number[] = []
  #late = 0

  constructor(change: ChangeName) {
    this.#change = change
  }

  async take({ planes }: World, { send, ask, shows }: Change): Promise<void> {
    const sentAt = performance.now()
    let answeredAt = Infinity
    const watched = planes.map(async (plane) => {
      for (;;) {
        const begunAt = performance.now()
        const answer = await ask(plane)
        const endedAt = performance.now()
        if (answer !== undefined) this.#requestMs.push(endedAt - begunAt)
        if (answer !== undefined && shows(answer)) return endedAt
        if (answer !== undefined && begunAt > answeredAt) this.#late += 1
        // So that what is measured is not a machine that is busy with this asking.
        await sleep(PAUSE_MS)
        if (performance.now() - sentAt > START_MS) throw new Error(`${this.#change}: not in force after a minute`)
      }
    })
    await send()
    answeredAt = performance.now()
    this.#answered.push(answeredAt - sentAt)
    for (const shownAt of await Promise.all(watched)) {
      this.#fromSending.push(shownAt - sentAt)
      this.#fromAnswer.push(Math.max(0, shownAt - answeredAt))
    }
  }

  result(): ChangeTimes {
    return {
      change: this.#change,
      changes: this.#answered.length,
      fromSending: this.#fromSending,
      fromAnswer: this.#fromAnswer,
      answered: this.#answered,
      requestMs: this.#requestMs,
      late: this.#late,
    }
  }
}

/** Which model answers is `DEFAULT_MODEL`; the answer names it. */
function askWithoutModel({ url, agent }: Plane, key: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}` }
  return fetchAnswer(`${url}/v1/responses`, { anonymous: true, headers, agent, body: { input: "[[sim:text=ok]]" } })
}

interface Failed {
  readonly message?: string
}

async function setDefaultModel({ graphql }: World, value: string): Promise<void> {
  const mutation = `mutation ($value: String!) { updateSettings(input: { set: [{ name: DEFAULT_MODEL, value: $value }] }) {
    ... on Failure { message } } }`
  const { updateSettings } = (await graphql(mutation, { value })) as { updateSettings: Failed } // as was asked
  if (updateSettings.message !== undefined) throw new Error(updateSettings.message)
}

async function makeKey({ graphql }: World): Promise<{ readonly id: string; readonly secret: string }> {
  const mutation = `mutation { createApiKey(input: { name: "figure" }) {
    ... on CreateApiKeySuccess { apiKey { id } secret } ... on Failure { message } } }`
  const { createApiKey } = (await graphql(mutation)) as { createApiKey: { apiKey: { id: string }; secret: string } } // as was asked
  return { id: createApiKey.apiKey.id, secret: createApiKey.secret }
}

async function removeKey({ graphql }: World, id: string): Promise<void> {
  const mutation = "mutation ($id: ID!) { removeApiKey(id: $id) { ... on Failure { message } } }"
  const { removeApiKey } = (await graphql(mutation, { id })) as { removeApiKey: Failed } // as was asked
  if (removeApiKey.message !== undefined) throw new Error(removeApiKey.message)
}

async function startWorld(): Promise<World> {
  const simulator = await startSimulator({ accounts: 0 })
  const directory = await mkdtemp(join(tmpdir(), "lagrange-in-force-"))
  const adminToken = `figures-admin-${randomBytes(12).toString("hex")}`
  const control = await startProcess("control-plane", {
    CONTROL_PORT: "0",
    DATA_DIR: join(directory, "control-plane"),
    ADMIN_TOKEN: adminToken,
    ADMIN_PASSWORD: `figures-${randomBytes(12).toString("hex")}`,
    LINK_TOKEN: `figures-link-${randomBytes(12).toString("hex")}`,
    ANTIGRAVITY_BASE_URLS: simulator.url,
    GOOGLE_OAUTH_CLIENT_ID: "simulator-client",
    GOOGLE_OAUTH_CLIENT_SECRET: "simulator-secret",
    GOOGLE_OAUTH_TOKEN_URL: `${simulator.url}/token`,
    GOOGLE_USERINFO_URL: `${simulator.url}/oauth2/v2/userinfo`,
    MAX_CONCURRENT_PER_MODEL: "0",
    MAX_CONCURRENT_PER_ACCOUNT: "0",
  })
  const planes: Plane[] = []
  const graphql = (query: string, variables: object = {}): Promise<unknown> =>
    askControlPlane(control.url, adminToken, query, variables)
  const stop = async (): Promise<void> => {
    for (const { running, agent } of planes) {
      agent.destroy()
      await running.end()
    }
    await control.running.end()
    await simulator.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const { refreshToken } = simulator.addAccount({ email: "a@example.test" })
    await graphql(
      `
        mutation ($token: String!) {
          addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) {
            __typename
          }
        }
      `,
      { token: refreshToken },
    )
    for (let index = 0; index < PLANES; index += 1) {
      const name = `figures-${index}`
      const made = (await graphql(
        `
          mutation ($name: String!) {
            createNode(input: { name: $name }) {
              ... on CreateNodeSuccess {
                linkToken
              }
            }
          }
        `,
        { name },
      )) as { createNode: { linkToken: string } } // as was asked
      const { running, url } = await startProcess("data-plane", {
        PORT: "0",
        DATA_DIR: join(directory, name),
        CONTROL_URL: control.url,
        LINK_TOKEN: made.createNode.linkToken,
        NODE_NAME: name,
      })
      planes.push({ running, url, agent: new Agent({ keepAlive: true }) })
    }
    for (const { url } of planes) {
      await waitFor(async () => (await fetch(`${url}/ready`)).ok, START_MS)
    }
    return { simulator, planes, graphql, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startProcess(
  name: "control-plane" | "data-plane",
  env: Readonly<Record<string, string>>,
): Promise<{ readonly running: Running; readonly url: string }> {
  let url: string | undefined
  const running = startBuilt(name, { LOG_LEVEL: "warn", ...env }, (message) => {
    const told = message as { type?: string; url?: string } // of our own process
    if (told.type === "started") url = told.url
  })
  try {
    return { running, url: (await waitFor(() => url, START_MS)).replace(/\/$/, "") }
  } catch (error) {
    await running.end("SIGKILL")
    throw new Error(`the ${name} did not start; it said:\n${running.output()}`, { cause: error })
  }
}

async function askControlPlane(url: string, adminToken: string, query: string, variables: object): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown } // GraphQL's own shape
  if (errors !== undefined || !data) throw new Error(`GraphQL: ${JSON.stringify(errors)}`)
  return data
}
