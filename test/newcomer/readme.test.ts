/**
 * The README and the guide's way with the package, done to the letter on a clone of what is committed, by somebody whose machine has Node,
 * npm and git: every command, from the first one to a streamed answer and Claude Code. Only the ports are others, and the simulator stands
 * in for Google.
 */
import { readFileSync } from "node:fs"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startCommand, type Running } from "../support/child-process.ts"
import { launchChromium } from "../support/chromium.ts"
import { claudeCodeBinary } from "../support/claude-code.ts"
import { codexProgram } from "../support/codex.ts"
import { freePort } from "../support/free-port.ts"
import { firstAnswer, startInstalled } from "../support/installed.ts"
import { codeBlocks, newcomerEnvironment, type CodeBlock } from "../support/newcomer.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { upstreamEnvironment } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const repository = fileURLToPath(new URL("../..", import.meta.url))
/** Of an installation with its build, on a machine that does other things too. */
const START_LIMIT_MS = 400_000

const PAGES = [
  ["README.md", { start: "Start", first: "First request" }],
  ["README.zh-CN.md", { start: "启动", first: "第一个请求" }],
] as const

let home: string
let environment: Awaited<ReturnType<typeof newcomerEnvironment>>
let clone: string
let simulator: Simulator
let ports: { readonly gateway: number; readonly panel: number }
const running: Running[] = []

/** A command of the README with our ports in the place of its own. */
const here = (command: string): string =>
  command
    .replaceAll("127.0.0.1:8088", `127.0.0.1:${ports.gateway}`)
    .replaceAll("127.0.0.1:8089", `127.0.0.1:${ports.panel}`)

function shell(command: string, cwd: string, env: Record<string, string> = {}): Running {
  const one = startCommand(["sh", "-c", here(command)], cwd, {
    ...environment,
    PORT: String(ports.gateway),
    CONTROL_PORT: String(ports.panel),
    ...upstreamEnvironment(simulator.url),
    ...env,
  })
  running.push(one)
  return one
}

/** Waits until it prints something; fails with all that it printed when it ends before that. */
async function says(one: Running, what: RegExp): Promise<RegExpExecArray> {
  let ended: object | undefined
  void one.ended.then((how) => (ended = how))
  const found = await waitFor(() => what.exec(one.output()) ?? ended, START_LIMIT_MS)
  if (Array.isArray(found)) return found as RegExpExecArray // of the two it can be
  throw new Error(`it ended (${JSON.stringify(found)}):\n${one.output()}`)
}

const blocksUnder = (page: string, heading: string, written = "sh"): CodeBlock[] =>
  codeBlocks(readFileSync(join(repository, page), "utf8")).filter(
    ({ under, language }) => under === heading && language === written,
  )

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lagrange-newcomer-"))
  environment = await newcomerEnvironment(home)
  simulator = await startSimulator({ accounts: 0 })
  ports = { gateway: await freePort(), panel: await freePort() }
  clone = join(home, "lagrange")
})
afterAll(async () => {
  for (const one of running) await one.end()
  await simulator?.close()
  await rm(home, { recursive: true, force: true })
})

test("both languages show the same commands", () => {
  const [english, chinese] = PAGES.map(([page]) => codeBlocks(readFileSync(join(repository, page), "utf8")))
  expect(chinese?.map(({ language, text }) => [language, text])).toEqual(
    english?.map(({ language, text }) => [language, text]),
  )
})

describe("README.md", () => {
  const [[page, headings]] = PAGES
  const [start = "", demo = ""] = blocksUnder(page, headings.start).map(({ text }) => text)
  const calls = blocksUnder(page, headings.first).map(({ text }) => text)
  let gateway: Running
  let key = ""

  test("its blocks are those that are tried here", () => {
    expect(start).toBe("git clone <this repository> lagrange && cd lagrange\nnpm start")
    expect(demo).toBe("npm run demo")
    expect(calls.map((call) => call.split(" ")[0])).toEqual(["curl", "curl", "export"])
  })

  test("the two commands of the start lead to the screen with addresses and password", async () => {
    gateway = shell(start.replace("<this repository>", repository), home)
    await says(gateway, /Password +\S+/)
    const [, address] = await says(gateway, /Gateway +(\S+)/)
    expect(address).toBe(`http://127.0.0.1:${ports.gateway}`)
  })

  test("an account and a key are made in the panel, as it says", async () => {
    const [, password = ""] = await says(gateway, /Password +(\S+)/)
    const account = simulator.addAccount({ email: "newcomer@example.test" })
    const browser = await launchChromium()
    try {
      const view = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 } })
      view.setDefaultTimeout(60_000)
      await view.goto(`http://127.0.0.1:${ports.panel}/accounts`)
      await view.getByLabel("Password").fill(password)
      await view.getByRole("button", { name: "Sign in" }).click()
      await view.getByRole("button", { name: "Add account" }).first().click()
      const adding = view.getByRole("dialog")
      await adding.getByRole("button", { name: "Refresh token" }).click()
      await adding.getByLabel("Refresh token").fill(account.refreshToken)
      await adding.getByRole("checkbox", { name: /I have read this/ }).click({ force: true })
      await adding.getByRole("button", { name: "Add account" }).click()
      await view.getByText("Ready", { exact: true }).first().waitFor()
      await view.goto(`http://127.0.0.1:${ports.panel}/keys`)
      await view.getByRole("button", { name: "Create key" }).first().click()
      const making = view.getByRole("dialog")
      await making.getByLabel("Name").fill("newcomer")
      await making.getByRole("button", { name: "Create key" }).click()
      key = (
        await making
          .getByText(/^lag_[\w-]{40,}$/)
          .first()
          .innerText()
      ).trim()
    } finally {
      await browser.close()
    }
    expect(key).toMatch(/^lag_/)
  })

  test.each([0, 1])("its curl line %i answers, whole and streamed", async (index) => {
    const line = calls[index] ?? ""
    const whole = shell(line, clone, { LAGRANGE_KEY: key })
    expect(await whole.ended).toMatchObject({ code: 0 })
    expect(whole.output()).toContain("to: Hello!")
    const streamed = shell(line.replace('{"model"', '{"stream": true,"model"'), clone, { LAGRANGE_KEY: key })
    expect(await streamed.ended).toMatchObject({ code: 0 })
    expect(streamed.output()).toMatch(/^(?:event: \w+\n)?data: \{/m)
  })

  test("Claude Code answers with the lines it gives", async () => {
    const said = shell(calls[2] ?? "", clone, {
      LAGRANGE_KEY: key,
      PATH: `${dirname(claudeCodeBinary())}:${environment["PATH"] ?? ""}`,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    })
    expect(await said.ended).toMatchObject({ code: 0 })
    expect(said.output()).toMatch(/^Simulated answer/)
  })

  test("Codex answers with the settings it gives", async () => {
    await mkdir(join(home, ".codex"))
    const [settings] = blocksUnder(page, headings.first, "toml")
    await writeFile(join(home, ".codex/config.toml"), here(settings?.text ?? ""))
    const said = shell(`node "${codexProgram()}" exec "Say hello"`, clone, { LAGRANGE_KEY: key })
    expect(await said.ended, said.output()).toMatchObject({ code: 0 })
    expect(said.output()).toContain("Simulated answer")
  })

  test("OpenAI's SDK streams an answer with the lines it gives", async () => {
    const [program] = blocksUnder(page, headings.first, "js")
    // The clone has the package, as a folder has after npm install.
    await writeFile(join(clone, "hello.mjs"), here(program?.text ?? ""))
    const said = shell("node hello.mjs", clone, { LAGRANGE_KEY: key })
    expect(await said.ended, said.output()).toMatchObject({ code: 0 })
    expect(said.output()).toMatch(/^Simulated answer \w+ to: Hello!$/)
  })

  test("Ctrl-C ends it, and the demo runs in its place", async () => {
    await gateway.end("SIGTERM")
    const shown = shell(demo, clone, { SIMULATOR_PORT: "0" })
    await says(shown, /12 simulated accounts are in the pool and traffic runs/)
    await says(shown, /has used up its five hours/)
    await shown.end("SIGTERM")
  })
})

describe("docs/guides/install.md, the package", () => {
  const [pack = "", install = "", atOnce = ""] = blocksUnder("docs/guides/install.md", "The package").map(
    ({ text }) => text,
  )
  const started = install.split("\n").at(-1) ?? ""
  const [tarball = ""] = /\S+\.tgz/.exec(install) ?? []
  let packed: string

  beforeAll(async () => {
    packed = join(home, "packed")
    const packing = shell(pack.replace(dirname(tarball), packed), clone)
    expect(await packing.ended, packing.output()).toMatchObject({ code: 0 })
  })

  test.each([
    ["installed in an empty folder", install],
    ["without anything installed", atOnce],
  ])("%s it starts and streams an answer", async (title, lines) => {
    const folder = join(home, title.replaceAll(" ", "-"))
    await mkdir(folder)
    const typed = lines.replace(tarball, join(packed, basename(tarball)))
    const installed = await startInstalled(["sh", "-ec", typed], folder, simulator, environment)
    try {
      expect(installed.password).toMatch(/^[\w-]{15,}$/)
      expect(await firstAnswer(installed, simulator)).toBe("Hello from an installation")
      expect(await readdir(folder)).toContain("data")
    } finally {
      await installed.running.end()
    }
  })

  test("its blocks are those that are tried here", () => {
    expect([pack, started]).toEqual(["npm run package -- /tmp", "npx lagrange"])
    expect(atOnce).toContain(tarball)
  })
})
