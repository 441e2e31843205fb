/** The data plane as a process: what it says when it starts, cannot start, and ends. */
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, fetchAnswer, open, readAll } from "./support/client.ts"
import { LINK_TOKEN, startLinkServer, type LinkServer } from "./support/link-server.ts"
import { accountsOf, snapshot } from "./support/snapshots.ts"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

let directory: string
let link: LinkServer
let simulator: Simulator
const started: ChildProcess[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lagrange-process-"))
  link = await startLinkServer()
  simulator = await startSimulator({ quotaScale: 0 })
  link.push(
    snapshot({
      accounts: accountsOf(simulator, ["a@example.com"]),
      settings: { antigravityBaseUrls: [simulator.url] },
    }),
  )
})
afterEach(async () => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill("SIGKILL")
  await link.stop()
  await simulator.close()
  await rm(directory, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly messages: { type: string; url: string }[]
  readonly code: Promise<number | null>
  output: string
}

function run(env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env["PATH"], DATA_DIR: directory, PORT: "0", CONTROL_URL: link.url, LINK_TOKEN, ...env },
  })
  started.push(child)
  const result: Run = {
    child,
    messages: [],
    output: "",
    // Not at its exit: what it printed last may still be on its way then.
    code: new Promise((resolve) => child.once("close", resolve)),
  }
  child.on("message", (message) => result.messages.push(message as Run["messages"][number])) // only `started` is sent
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (result.output += chunk.toString()))
  return result
}

test("it tells its address, serves, and ends with 0 on SIGTERM after its streams", async () => {
  const plane = run()
  const { url } = await waitFor(() => plane.messages[0], 30_000)
  expect(plane.messages[0]).toMatchObject({ type: "started" })
  await waitFor(async () => (await fetchAnswer(`${url}/ready`)).status === 200)
  const outgoing = open(`${url}/v1/chat/completions`, {
    body: chatBody("[[sim:pause=60]][[sim:words=30]][[sim:chunks=10]]", { stream: true }),
  })
  const text = new Promise<string>((resolve, reject) => {
    outgoing.on("response", (message) => void readAll(message).then(resolve, reject))
    outgoing.on("error", reject)
  })
  await waitFor(() => (simulator.seen().at(-1)?.bytesSent ?? 0) > 0)
  plane.child.kill("SIGTERM")
  expect(await text).toMatch(/data: \[DONE\]\s*$/)
  expect(answerText({ text: await text })).not.toBe("")
  expect(await plane.code).toBe(0)
  expect(link.find("exchange").at(-1)).toMatchObject({ outcome: "completed" })
})

test("killed and started again without a control plane it serves from disk", async () => {
  const first = run()
  const { url } = await waitFor(() => first.messages[0], 30_000)
  await waitFor(() => link.find("snapshot-ack")[0])
  await waitFor(async () => (await fetchAnswer(`${url}/ready`)).status === 200)
  await waitFor(() => existsSync(join(directory, "data-plane", "snapshot.sealed")))
  first.child.kill("SIGKILL")
  await first.code
  expect(first.output).toContain('"level":"info"')
  const second = run({ CONTROL_URL: "http://127.0.0.1:1", LOG_LEVEL: "warn" })
  const again = await waitFor(() => second.messages[0], 30_000)
  // Its address is told once it listens; ready it was before that.
  expect((await fetchAnswer(`${again.url}/ready`)).status).toBe(200)
  expect(
    answerText(await fetchAnswer(`${again.url}/v1/chat/completions`, { body: chatBody("[[sim:text=from disk]]") })),
  ).toBe("from disk")
  second.child.kill("SIGTERM")
  expect(await second.code).toBe(0)
  expect(second.output).not.toContain('"level":"info"')
})

test("a busy port ends with one sentence and 1", async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve))
  const { port } = holder.address() as AddressInfo // a TCP server that listens has one
  const plane = run({ PORT: String(port) })
  expect(await plane.code).toBe(1)
  expect(plane.output.trim().split("\n")).toHaveLength(1)
  expect(plane.output).toContain(`in use`)
  expect(plane.output).toContain(String(port))
  await new Promise((resolve) => holder.close(resolve))
})

test("a setting that is not allowed ends with its sentence and 1", async () => {
  const plane = run({ HOST: "0.0.0.0" })
  expect(await plane.code).toBe(1)
  expect(plane.output.trim()).toMatch(/^HOST 0\.0\.0\.0 is reachable from other machines.*BEHIND_TLS=on.*\.$/)
})
