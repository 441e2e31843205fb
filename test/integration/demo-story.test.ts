/** The demo's story as a process, on a real simulator; the control plane is a server that only answers. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startBuilt } from "../support/child-process.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

const TOKEN = "test-admin-of-the-story"

let simulator: Simulator
let asked: string[]
let url: string
let close: () => Promise<void>

beforeEach(async () => {
  simulator = await startSimulator({ accounts: 3 })
  asked = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.on("end", () => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) return response.writeHead(401).end()
      const { query, variables } = JSON.parse(body)
      asked.push(query.includes("syncQuota") ? `read ${variables.id}` : `find ${variables.search}`)
      const data = { accounts: { edges: [{ node: { id: "acc_found" } }] } }
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address
  close = () => new Promise((resolve) => server.close(() => resolve()))
})
afterEach(async () => {
  await close()
  await simulator.close()
})

const story = (env: Record<string, string> = {}) =>
  startBuilt("demo-story", {
    DEMO_SIMULATOR_URL: simulator.url,
    DEMO_PANEL_URL: url,
    DEMO_ADMIN_TOKEN: TOKEN,
    DEMO_ACCOUNTS: simulator.world.accounts
      .all()
      .map(({ email }) => email)
      .join(","),
    DEMO_MODELS: "gemini-3-flash",
    DEMO_PACE: "1000",
    ...env,
  })

test("plays its scenes on the simulator, says each, and ends when it is asked to", async () => {
  const running = story()
  await waitFor(() => running.output().match(/has used up its five hours/g)?.length === 2)
  expect(await running.end("SIGTERM")).toEqual({ code: 0, signal: null })
  const told = running.output().split("\n")
  const [first = ""] = told
  const email = first.split(" ")[0] ?? ""
  expect(told[1]).toBe(`${email} has its quota again`)
  expect(told.filter((line) => line.includes("has to be verified"))).toHaveLength(1)
  // What the quota did is read by the gateway at once.
  expect(asked.slice(0, 2)).toEqual([`find ${email}`, "read acc_found"])
  const states = simulator.world.accounts.all().map(({ state }) => state)
  expect(states.filter((state) => state === "validation-required")).toHaveLength(1)
})

test("ends by itself when its time is over", async () => {
  expect(await story({ DEMO_MINUTES: "0.001" }).ended).toEqual({ code: 0, signal: null })
  // The round that was begun was played to its end.
  expect(simulator.world.faults.all()).toEqual([])
})
