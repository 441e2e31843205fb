/** The data plane as a process: what it says when it starts, cannot start, and ends. */
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createTestAuthority } from "#shared/testing/certificate.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { freePort } from "../../test/support/free-port.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, fetchAnswer, open, readAll } from "./support/client.ts"
import { startCollector } from "./support/collector.ts"
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

test("it serves, tells its numbers and sends its traces where and as the environment says", async () => {
  const authority = createTestAuthority()
  const { certificate, key } = authority.issue("localhost")
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(directory, "cert.pem"), join(directory, "key.pem")]
  await writeFile(TLS_CERT_FILE, certificate)
  await writeFile(TLS_KEY_FILE, key)
  const collector = await startCollector()
  const metricsPort = await freePort()
  const plane = run({
    HOST: "localhost",
    TLS_CERT_FILE,
    TLS_KEY_FILE,
    METRICS_HOST: "localhost",
    METRICS_PORT: String(metricsPort),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-collector-token=a%20token",
  })
  const { url } = await waitFor(() => plane.messages[0], 30_000)
  expect(url).toMatch(/^https:\/\/localhost:/)
  const call = { ca: authority.certificate }
  await waitFor(async () => (await fetchAnswer(`${url}/ready`, call)).status === 200)
  const answer = await fetchAnswer(`${url}/v1/chat/completions`, { ...call, body: chatBody("[[sim:text=over TLS]]") })
  expect(answerText(answer)).toBe("over TLS")
  const metricsUrl = `http://localhost:${metricsPort}/metrics`
  expect((await fetchAnswer(metricsUrl)).text).toContain("lagrange_")
  expect(plane.output).toContain(metricsUrl)
  plane.child.kill("SIGTERM")
  expect(await plane.code).toBe(0)
  await collector.stop()
  expect(collector.spans.length).toBeGreaterThan(0)
  expect(collector.batches[0]).toMatchObject({ "x-collector-token": "a token" })
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
