/** The built supervisor as a process, over stand-ins for both planes that do only what it can see of them. */
import { spawn, type ChildProcess } from "node:child_process"
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { waitFor } from "../support/wait-for.ts"

const BUILT = fileURLToPath(new URL("../../dist/supervisor.js", import.meta.url))

/** A plane that says that it started, notes what it was given and what happens to it, and ends when asked. */
const STAND_IN = `
import { appendFileSync } from "node:fs"
const { NAME, STARTED, LINK_TOKEN, CONTROL_URL, DATA_DIR } = process.env
const note = (what) => appendFileSync(DATA_DIR + "/notes", JSON.stringify({ name, what, pid: process.pid }) + "\\n")
note("started with " + LINK_TOKEN + " for " + CONTROL_URL)
const end = () => { note("ending"); setTimeout(() => { note("ended"); process.exit(0) }, 50) }
process.on("SIGTERM", end)
process.on("disconnect", end)
setInterval(() => undefined, 1000)
for (const message of messages) process.send(message)
`

interface Noted {
  readonly name: string
  readonly what: string
  readonly pid: number
}

let folder: string
let running: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-supervisor-"))
  running = []
  await copyFile(BUILT, join(folder, "supervisor.mjs"))
  await writeFile(join(folder, "package.json"), '{ "type": "module" }')
  const password = "process.env.FIRST ? 'obviously-fake' : undefined"
  const control = `[{ type: "started", url: "http://127.0.0.1:8089", panelUrl: "http://127.0.0.1:8089/", generatedPassword: ${password} }]`
  await plane("control-plane", control)
  await plane("data-plane", '[{ type: "started", url: "http://127.0.0.1:8088" }, { type: "snapshot-applied" }]')
})
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill("SIGTERM")
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

async function plane(name: string, messages: string, before = ""): Promise<void> {
  const head = `const name = "${name}"\nconst messages = ${messages}\n`
  await writeFile(join(folder, `${name}.js`), head + before + STAND_IN)
}

function start(env: Record<string, string> = {}) {
  // Both outputs into one pipe, so that what is said last is read last.
  const child = spawn("sh", ["-c", 'exec "$0" "$1" 2>&1', process.execPath, join(folder, "supervisor.mjs")], {
    env: { PATH: process.env["PATH"], DATA_DIR: folder, LOG_FORMAT: "json", ...env },
    stdio: ["ignore", "pipe", "ignore"],
  })
  const output = { text: "" }
  child.stdout.on("data", (bytes: Buffer) => (output.text += bytes.toString()))
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)))
  running.push({ child, ended })
  return { child, output, ended }
}

async function notes(): Promise<Noted[]> {
  const text = await readFile(join(folder, "notes"), "utf8").catch(() => "")
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Noted) // written by the stand-in above
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // no such process
  }
}

test("prints the whole screen at the first start, addresses alone later, and gives both planes one token", async () => {
  const first = start({ FIRST: "1" })
  await waitFor(() => first.output.text.includes("Gateway"))
  await waitFor(async () => (await notes()).length === 2)
  expect(first.output.text).toContain("obviously-fake")
  expect(first.output.text).toContain("What to do next")
  const token = (await readFile(join(folder, "link-token"), "utf8")).trim()
  expect((await stat(join(folder, "link-token"))).mode & 0o777).toBe(0o600)
  for (const note of await notes()) expect(note.what).toBe(`started with ${token} for http://127.0.0.1:8089`)
  first.child.kill("SIGTERM")
  expect(await first.ended).toBe(0)

  const second = start()
  await waitFor(() => second.output.text.includes("Gateway"))
  expect(second.output.text).not.toContain("What to do next")
  second.child.kill("SIGINT")
  expect(await second.ended).toBe(0)
})

test("ends the data plane first, and the control plane after it", async () => {
  const { child, output, ended } = start()
  await waitFor(() => output.text.includes("Gateway"))
  child.kill("SIGINT")
  child.kill("SIGTERM")
  expect(await ended).toBe(0)
  const order = (await notes()).slice(2).map(({ name, what }) => `${name} ${what}`)
  expect(order).toEqual(["data-plane ending", "data-plane ended", "control-plane ending", "control-plane ended"])
})

test("starts a killed plane again and leaves the other alone", async () => {
  const { output } = start()
  await waitFor(() => output.text.includes("Gateway"))
  const pidsOf = async (name: string) => (await notes()).filter((note) => note.name === name).map(({ pid }) => pid)
  const [killed = 0] = await pidsOf("control-plane")
  process.kill(killed, "SIGKILL")
  await waitFor(async () => (await pidsOf("control-plane")).length === 2)
  const others = await pidsOf("data-plane")
  expect(others).toHaveLength(1)
  expect(others.map(isAlive)).toEqual([true])
})

test("a plane that refuses to start ends the whole start with its own sentence, once and last", async () => {
  const refuse = `process.stderr.write("Port 8088 is in use.\\n"); process.exit(1)\n`
  await plane("data-plane", "[]", refuse)
  const { output, ended } = start()
  expect(await ended).toBe(1)
  expect(output.text.split("Port 8088 is in use.")).toHaveLength(2)
  expect(output.text.trimEnd().split("\n").at(-1)).toBe("Port 8088 is in use.")
  expect(output.text).not.toContain("Gateway")
  for (const { pid } of await notes()) expect(isAlive(pid)).toBe(false)
})

test("tells the data plane the port that the system chose, also when PANEL_URL names another and over restarts", async () => {
  await plane("control-plane", '[{ type: "started", url: "http://127.0.0.1:4711", panelUrl: process.env.PANEL_URL }]')
  const { output } = start({ CONTROL_PORT: "0", PANEL_URL: "https://panel.test:8443" })
  await waitFor(() => output.text.includes("Gateway"))
  expect(output.text).toContain("https://panel.test:8443")
  const startsOf = async (name: string) => (await notes()).filter((note) => note.name === name)
  for (const name of ["data-plane", "control-plane"]) {
    const [first] = await startsOf(name)
    process.kill(first?.pid ?? 0, "SIGKILL")
    await waitFor(async () => (await startsOf(name)).length === 2)
    expect((await startsOf(name))[1]?.what).toMatch(/ for http:\/\/127\.0\.0\.1:4711$/)
  }
  expect((await startsOf("data-plane"))[0]?.what).toMatch(/ for http:\/\/127\.0\.0\.1:4711$/)
})

test("the data plane never holds what only the control plane reads", async () => {
  const look = `import { appendFileSync as append } from "node:fs"
append(process.env.DATA_DIR + "/seen", name + " " + String(process.env.MASTER_KEY) + "\\n")\n`
  await plane(
    "control-plane",
    '[{ type: "started", url: "http://127.0.0.1:1", panelUrl: "http://127.0.0.1:1/" }]',
    look,
  )
  await plane("data-plane", '[{ type: "started", url: "http://127.0.0.1:2" }, { type: "snapshot-applied" }]', look)
  const { output } = start({ MASTER_KEY: "obviously-fake" })
  await waitFor(() => output.text.includes("Gateway"))
  const seen = (await readFile(join(folder, "seen"), "utf8")).trim().split("\n").toSorted()
  expect(seen).toEqual(["control-plane obviously-fake", "data-plane undefined"])
})

test("a wrong setting ends the start with one sentence", async () => {
  const { output, ended } = start({ PORT: "many" })
  expect(await ended).toBe(1)
  expect(output.text.trim()).toMatch(/^PORT must be .*\.$/)
})

test("children do not outlive a killed supervisor", async () => {
  const { child, output } = start()
  await waitFor(() => output.text.includes("Gateway"))
  child.kill("SIGKILL")
  await waitFor(async () => (await notes()).every(({ pid }) => !isAlive(pid)))
})
