/** The commands a newcomer types, as processes: what they print, and what answers then. */
import { spawn, type ChildProcess } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { freePort } from "../support/free-port.ts"
import { waitFor } from "../support/wait-for.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const running: ChildProcess[] = []
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lagrange-commands-"))
})
afterEach(async () => {
  for (const child of running.splice(0)) await end(child)
  await rm(directory, { recursive: true, force: true })
})

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = new Promise((resolve) => child.once("close", resolve))
    child.kill("SIGTERM")
    await closed
  }
  return child.exitCode
}

/** Starts `node scripts/<script>` with nothing configured but ports of the system's choice and, where given, the data directory. */
function start(script: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, "scripts", script)], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: directory,
      PORT: "0",
      CONTROL_PORT: "0",
      LOG_LEVEL: "error",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  running.push(child)
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()))
  const says = (what: RegExp, timeoutMs = 120_000) =>
    waitFor(() => what.exec(output), timeoutMs).catch((cause: unknown) => {
      throw new Error(`${script} did not print ${String(what)}; it printed:\n${output}`, { cause })
    })
  /** An address on the screen, under its name. */
  const addressOf = async (name: string): Promise<string> =>
    (await says(new RegExp(`${name}\\s+(http://127\\.0\\.0\\.1:\\d+)`)))[1] ?? ""
  return { child, says, output: () => output, addressOf }
}

test("npm start prints one screen: addresses, the password once, and what to do next", async () => {
  const first = start("start.mjs", { DATA_DIR: directory })
  await first.says(/Ctrl-C/)
  expect(first.output()).toMatch(/Password\s+\S{12,}/)
  expect(first.output()).toMatch(/terms/i)
  for (const name of ["Panel", "Gateway"]) {
    expect((await fetch(`${await first.addressOf(name)}/live`)).status).toBe(200)
  }
  expect(await end(first.child)).toBe(0)

  const begun = performance.now()
  const second = start("start.mjs", { DATA_DIR: directory })
  await second.says(/Gateway\s+http/)
  console.log(`second start: ${Math.round(performance.now() - begun)} ms`)
  expect(second.output()).not.toMatch(/Password\s+\S{12,}/)
  for (const name of ["Panel", "Gateway"]) {
    expect((await fetch(`${await second.addressOf(name)}/live`)).status).toBe(200)
  }
})

test("npm run demo shows accounts and live traffic", async () => {
  const simulatorPort = await freePort()
  const demo = start("demo.mjs", {
    DEMO_SEED: "test",
    SIMULATOR_PORT: String(simulatorPort),
    LOG_LEVEL: "info",
    LOG_FORMAT: "json",
  })
  await demo.says(/accounts are in the pool and traffic runs/)
  const health = (await (await fetch(`${await demo.addressOf("Gateway")}/health`)).json()) as {
    accounts: { total: number }
  } // the seed's shape
  expect(health.accounts.total).toBe(12)
  await demo.says(/"event":"exchange".*"outcome":"completed"/)
  const state = (await (await fetch(`http://127.0.0.1:${simulatorPort}/simulator/state`)).json()) as {
    refusals: object
  } // the simulator's own
  expect(state.refusals).toEqual({})
  expect(demo.output()).toMatch(/Password\s+\S{12,}/)
  expect(await end(demo.child)).toBe(0)
})
