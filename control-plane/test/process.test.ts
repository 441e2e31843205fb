import { fork, spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { createLogger } from "#shared/log.ts"
import { databaseEnvironment } from "../../test/support/test-database.ts"
import { startControlPlane } from "../src/application.ts"
import { readConfig } from "../src/config.ts"

vi.setConfig({ testTimeout: 90_000 })

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-process-"))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function environment(extra: Record<string, string>): Promise<NodeJS.ProcessEnv> {
  const { PATH, HOME } = process.env
  return {
    ...(await databaseEnvironment(folder)),
    // Prisma gives pg several statements of a transaction at once, of which Node tells on stderr that pg deprecates it.
    NODE_OPTIONS: "--no-deprecation",
    PATH,
    HOME,
    DATA_DIR: folder,
    CONTROL_PORT: "0",
    LOG_FORMAT: "json",
    ...extra,
  }
}

function collect(child: ChildProcess): Promise<Ended> {
  children.push(child)
  let stdout = ""
  let stderr = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })))
}

test("under a supervisor it tells where the panel is, and ends cleanly on SIGTERM", async () => {
  const child = fork(main, {
    env: await environment({ PANEL_URL: "https://panel.test:8443/" }),
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  const ended = collect(child)
  const message = await new Promise<{ type: string; url: string; panelUrl: string; generatedPassword?: string }>(
    (resolve) =>
      // The one message of the process; its shape is looked at below.
      child.once("message", (value) => resolve(value as { type: string; url: string; panelUrl: string })),
  )
  expect(message).toEqual({
    type: "started",
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    panelUrl: expect.stringMatching(/^https:\/\/panel\.test:8443\/?$/),
    generatedPassword: expect.stringMatching(/^[a-z0-9-]{27}$/),
  })
  expect((await fetch(`${message.url}/live`)).status).toBe(200)
  child.kill("SIGTERM")
  const { code, stdout } = await ended
  expect(code).toBe(0)
  expect(stdout).toContain("control-plane.stopped")
  expect(stdout).not.toContain(message.generatedPassword ?? "none")
})

test("alone it prints the address, and the password on the first start only; its log is as LOG_FORMAT says", async () => {
  const start = async (env: Record<string, string> = {}): Promise<Ended> => {
    const child = spawn(process.execPath, ["--import", "tsx", main], {
      env: await environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    })
    const ended = collect(child)
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (text: string) => {
        if (text.includes("Panel:")) resolve()
      })
    })
    child.kill("SIGTERM")
    return ended
  }
  const first = await start()
  expect(first.stdout).toMatch(/^Password: [a-z0-9-]{27} /m)
  expect(first.stdout).toContain('"control-plane.stopped"')
  const second = await start({ LOG_FORMAT: "pretty" })
  expect(second.stdout).not.toMatch(/^Password:/m)
  expect(second.stdout).toMatch(/^[^"]*\bcontrol-plane\.stopped\b(?!")/m)
})

test("a busy port ends with one sentence and 1; what only a first start tells is not lost with it", async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // listening on a port, not a pipe
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    env: await environment({ CONTROL_PORT: String(port) }),
    stdio: ["ignore", "pipe", "pipe"],
  })
  const { code, stdout, stderr } = await collect(child)
  server.close()
  expect(code).toBe(1)
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(`Port ${port} on 127.0.0.1 is already in use`)])
  expect(stdout).toContain('"master-key.generated"')
  const quiet = createLogger({ level: "error", format: "json", write: () => true })
  const next = await startControlPlane({ config: readConfig(await environment({})), log: quiet })
  expect(next.generatedPassword).toMatch(/^[a-z0-9-]{27}$/)
  await next.stop()
})
