/** The demo's upstream in motion, as a process: it plays the story's scenes on the simulator until it is stopped or its time is over. */
import { setTimeout as wait } from "node:timers/promises"
import { readStoryConfig } from "./config.ts"
import { createRandom } from "./random.ts"
import { scenes, type Stage } from "./story.ts"

const CALL_LIMIT_MS = 30_000

const config = readStoryConfig()
const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`)

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Record<string, unknown> // both sides answer with an object
}

async function graphql(query: string, variables: object): Promise<Record<string, unknown>> {
  const answer = await post(
    `${config.panelUrl}/graphql`,
    { query, variables },
    { authorization: `Bearer ${config.adminToken}` },
  )
  return answer["data"] as Record<string, unknown> // a failed query has none, and fails below
}

const FIND = "query ($search: String!) { accounts(first: 1, filter: { search: $search }) { edges { node { id } } } }"
const SYNC = "mutation ($id: ID!) { syncQuota(accountId: $id) { __typename } }"

const stage: Stage = {
  simulator: (path, body) => post(`${config.simulatorUrl}/simulator/${path}`, body),
  readQuota: async (search) => {
    const { accounts } = await graphql(FIND, { search })
    const [edge] = (accounts as { edges: { node: { id: string } }[] }).edges // as asked for
    if (edge !== undefined) await graphql(SYNC, { id: edge.node.id })
  },
}

const stop = new AbortController()
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort())
process.on("disconnect", () => stop.abort())

const random = createRandom(`${config.seed} story`)
const endsAt = performance.now() + config.minutes * 60_000
for (let round = 0; performance.now() < endsAt && !stop.signal.aborted; round++) {
  for (const scene of scenes(random, config, round)) {
    if (stop.signal.aborted) break
    await scene.play(stage)
    say(scene.says)
    await wait(scene.waitMs / config.pace, undefined, { signal: stop.signal }).catch(() => undefined)
  }
}
if (process.connected) process.disconnect()
