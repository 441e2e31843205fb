/** The package: made, installed where there is nothing else, started by its command, and asked. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startCommand } from "../support/child-process.ts"
import { firstAnswer, startInstalled } from "../support/installed.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"

const repository = new URL("../..", import.meta.url).pathname
let folder: string
let simulator: Simulator

/** Runs a command to its end; gives what it printed. */
async function run(command: readonly string[], cwd = folder): Promise<{ code: number | null; output: string }> {
  const running = startCommand(command, cwd, { NODE_ENV: "development" })
  const { code } = await running.ended
  return { code, output: running.output() }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-installed-"))
  simulator = await startSimulator({ accounts: 0 })
  const packed = await run([process.execPath, "scripts/package.mjs", folder], repository)
  expect(packed).toMatchObject({ code: 0 })
  const tarball = packed.output.match(/^.*\.tgz$/m)?.[0] ?? "no path was printed"
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
  expect(await run(["npm", "install", ...flags, tarball])).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await simulator?.close()
  await rm(folder, { recursive: true, force: true })
})

test("starts in an empty folder and streams an answer; lagrange health says that both planes turn", async () => {
  const installed = await startInstalled([join(folder, "node_modules/.bin/lagrange")], folder, simulator)
  try {
    expect(installed.password).toMatch(/^[\w-]{15,}$/)
    expect(await firstAnswer(installed, simulator)).toBe("Hello from an installation")
    const { gatewayUrl, panelUrl } = installed
    const addresses = [new URL("/live", gatewayUrl).href, new URL("/live", panelUrl).href]
    expect(await run(["npx", "lagrange", "health", ...addresses])).toEqual({
      code: 0,
      output: `${addresses[0]} 200\n${addresses[1]} 200\n`,
    })
    // The panel goes with it.
    expect(await (await fetch(panelUrl)).text()).toContain('<script type="module"')
  } finally {
    expect(await installed.running.end()).toEqual({ code: 0, signal: null })
  }
})

test("its administration is there, under its own name", async () => {
  const { code, output } = await run(["npx", "lagrange", "admin", "--help"])
  expect(output).toContain("lagrange admin COMMAND")
  expect(output).toContain("backup")
  expect(code).toBe(0)
})

test.each([
  [["--version"], 0, /^\d+\.\d+\.\d+\n$/],
  [["--help"], 0, /lagrange \[COMMAND\]/],
  [["strat"], 2, /What is "strat"\?/],
  [["data-plane", "--fast"], 2, /data-plane takes no options/],
  [["health", "127.0.0.1:1"], 2, /"127\.0\.0\.1:1" is no http address/],
  [["health", "http://127.0.0.1:1/live"], 1, /ECONNREFUSED/],
] as const)("lagrange %j", async (given, code, says) => {
  // Its command itself: npx, which the tests above go through, takes longer than all that it is asked for.
  const ran = await run([join(folder, "node_modules/.bin/lagrange"), ...given])
  expect(ran.output).toMatch(says)
  expect(ran.code).toBe(code)
})
