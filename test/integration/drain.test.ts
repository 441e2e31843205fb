/** A data plane that is told to drain: control plane, data plane and simulator over real sockets. */
import { Agent, request, type IncomingMessage } from "node:http"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
beforeAll(async () => {
  planes = await startPlanes()
  await planes.addAccount("a@example.test")
})
afterAll(() => planes.stop())

interface Told {
  readonly inFlight?: number
  readonly node?: { readonly name: string }
  readonly code?: string
  readonly path?: readonly string[]
}

const tell = async (mutation: "drainNode" | "resumeNode", id: string): Promise<Told> => {
  const success = mutation === "drainNode" ? "DrainNodeSuccess { inFlight" : "ResumeNodeSuccess {"
  const document = `mutation ($id: ID!) { told: ${mutation}(id: $id) { ... on ${success} node { name } } ... on Failure { code path } } }`
  return (await planes.control.data<{ told: Told }>(document, { id })).told
}

interface Node {
  readonly id: string
  readonly name: string
  readonly ready: boolean
  readonly reasons: readonly string[]
  readonly inFlight: number
}

const node = async (name = "local"): Promise<Node> => {
  const { nodes } = await planes.control.data<{ nodes: Node[] }>("{ nodes { id name ready reasons inFlight } }")
  const found = nodes.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no node ${name}`)
  return found
}

/** Over a connection that is kept where the data plane keeps it. */
async function ready(
  agent: Agent,
): Promise<{ status: number | undefined; body: unknown; connection: string | undefined }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${planes.plane.url}/ready`, { agent }, resolve).on("error", reject).end(),
  )
  let text = ""
  for await (const chunk of answer.setEncoding("utf8")) text += chunk
  return { status: answer.statusCode, body: JSON.parse(text), connection: answer.headers.connection }
}

test("a data plane that drains is not ready, serves what comes, and is ready again", async () => {
  const agent = new Agent({ keepAlive: true })
  const { id } = await node()
  expect(await ready(agent)).toMatchObject({ status: 200, connection: "keep-alive" })
  const running = planes.open("[[sim:text=one two]][[sim:chunks=2]][[sim:pause=600000]]")
  running.on("response", (answer) => answer.resume())
  await waitFor(async () => (await node()).inFlight === 1)
  expect(await tell("drainNode", id)).toEqual({ inFlight: 1, node: { name: "local" } })
  expect(await ready(agent)).toEqual({
    status: 503,
    body: { status: "not_ready", reasons: ["told_to_drain"] },
    connection: "close",
  })
  await waitFor(async () => {
    const { ready: isReady, reasons } = await node()
    return !isReady && reasons.includes("told_to_drain")
  })
  // What was under way goes on, and its account is its own; what comes besides is served by another.
  expect((await node()).inFlight).toBe(1)
  await planes.addAccount("b@example.test")
  const answer = await planes.ask("[[sim:text=still served]]")
  expect(answer).toMatchObject({ status: 200, headers: { connection: "close" } })
  running.destroy()
  await waitFor(async () => (await node()).inFlight === 0)

  expect(await tell("resumeNode", id)).toEqual({ node: { name: "local" } })
  expect(await ready(agent)).toMatchObject({ status: 200, connection: "keep-alive" })
  await waitFor(async () => (await node()).ready)
  agent.destroy()
})

test("who is not there is not told", async () => {
  expect(await tell("drainNode", "nod_nobody")).toEqual({ code: "not_found", path: ["id"] })
  await planes.control.data(`mutation { createNode(input: { name: "away" }) { ... on Failure { message } } }`)
  expect(await tell("drainNode", (await node("away")).id)).toEqual({ code: "node_silent", path: [] })
})
