/** The guide to automation, run as it stands: its commands in order, and its script twice, through both planes. */
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startWebhookReceiver, type WebhookReceiver } from "../../control-plane/test/support/webhook-receiver.ts"
import { ADMIN_TOKEN } from "../../control-plane/test/support/control-plane.ts"
import { startPlanes, type Planes } from "../support/planes.ts"

const run = promisify(execFile)
const guide = fileURLToPath(new URL("../../docs/guides/automation.md", import.meta.url))
const script = fileURLToPath(new URL("../../docs/guides/automation.mjs", import.meta.url))
const EMAILS = ["first@example.test", "second@example.test"]

const tokenOf = (email: string): string => `simulated-refresh-${email.split("@")[0]}`

let planes: Planes
let receiver: WebhookReceiver
let directory: string
let env: Record<string, string>
beforeEach(async () => {
  planes = await startPlanes()
  receiver = await startWebhookReceiver()
  directory = await mkdtemp(join(tmpdir(), "lagrange-automation-"))
  for (const email of EMAILS) planes.simulator.addAccount({ email, refreshToken: tokenOf(email) })
  const accounts = join(directory, "accounts.txt")
  await writeFile(accounts, EMAILS.map((email) => `${tokenOf(email)} ${email}\n`).join(""))
  env = {
    PATH: process.env["PATH"] ?? "",
    PANEL: planes.control.url,
    GATEWAY: planes.plane.url,
    ADMIN_TOKEN,
    WEBHOOK_URL: receiver.url,
    ACCOUNTS: accounts,
  }
})
afterEach(async () => {
  await planes.stop()
  await receiver.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Step {
  readonly commands: string
  /** What the guide shows of their answer. */
  readonly shown: unknown
}

/** The guide's bash, each with the JSON that stands behind it. */
async function readSteps(): Promise<Step[]> {
  const blocks = [...(await readFile(guide, "utf8")).matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  return blocks.flatMap(([, language, text = ""], at) => {
    const next = blocks[at + 1]
    if (language !== "bash") return []
    return [{ commands: text, shown: next?.[1] === "json" ? JSON.parse(next[2] ?? "") : undefined }]
  })
}

/**
 * Says where an answer is not of the shown form: other fields, another type, another word of the API, another number that is small. A
 * list may be longer than shown. Of what is shown as an example `…` stands for any text, and a count of tokens for any other.
 */
function difference(shown: unknown, found: unknown, path = "$"): string | undefined {
  if (Array.isArray(shown) && Array.isArray(found)) {
    if (found.length < shown.length) return `${path}: ${found.length} of ${shown.length}`
    return shown.map((one, at) => difference(one, found[at], `${path}[${at}]`)).find((one) => one !== undefined)
  }
  if (typeof shown === "object" && shown !== null && typeof found === "object" && found !== null) {
    const [wanted, got] = [Object.keys(shown), Object.keys(found)].map((keys) => keys.toSorted().join())
    if (wanted !== got) return `${path}: ${got}, not ${wanted}`
    const fields = found as Record<string, unknown> // an object, which was just seen
    return Object.entries(shown)
      .map(([name, value]) => difference(value, fields[name], `${path}.${name}`))
      .find((one) => one !== undefined)
  }
  const isExample = typeof shown === "string" && typeof found === "string" && isLike(shown, found)
  if (isExample || shown === found) return undefined
  return `${path}: ${JSON.stringify(found)}, not ${JSON.stringify(shown)}`
}

function isLike(shown: string, found: string): boolean {
  const [before = "", after] = shown.split("…")
  if (after === undefined) return /^\d+$/.test(shown) && found !== ""
  return found.length > before.length + after.length && found.startsWith(before) && found.endsWith(after)
}

async function needs(...programs: string[]): Promise<void> {
  for (const program of programs) {
    await run(program, ["--version"]).catch(() => {
      throw new Error(`This test needs ${program}, which is not on PATH.`)
    })
  }
}

test("every command of the guide answers as the guide shows", async () => {
  await needs("bash", "curl", "jq")
  const steps = await readSteps()
  expect(steps.filter(({ commands }) => /curl|graphql|chat/.test(commands)).length).toBeGreaterThan(15)
  const mark = "--- end of a step ---"
  const commands = steps.map((step) => `${step.commands}\necho '${mark}'\n`).join("")
  const { stdout, stderr } = await run("bash", ["--norc", "-euo", "pipefail", "-c", commands], { env, cwd: directory })
  expect(stderr).toBe("")
  const answers = stdout.split(`${mark}\n`)
  expect(answers.pop()).toBe("")
  expect(answers).toHaveLength(steps.length)
  const wrong = steps.flatMap(({ shown, commands: asked }, at) => {
    if (shown === undefined) return answers[at]?.trim() === "" ? [] : [`${asked} printed ${answers[at]}`]
    return difference(shown, JSON.parse(answers[at] ?? "")) ?? []
  })
  expect(wrong).toEqual([])
  expect(receiver.taken.map(({ type }) => type)).toEqual(["test"])
})

const STATE = `{
  accounts { edges { node { id email state enabled tags } } }
  apiKeys(filter: { name: "build" }) { edges { node { id name tags maxConcurrent requestsPerMinute tokensPerDay replaced { prefix } } } }
  settings { revision entries { name value origin } }
  routing { aliases { name target } rules { name enabled match { keyTags } action { model } } fallbacks { model } }
  webhooks { id name origin enabled }
  alertRules { id kind forSeconds webhook { id } }
}`

test("the script leaves the same state when it runs again, and its key is answered", async () => {
  const keyFile = join(directory, "key.txt")
  const setUp = () => run(process.execPath, [script, env["ACCOUNTS"] ?? "", keyFile], { env })
  expect(await setUp()).toEqual({ stdout: "account 1: ADDED \naccount 2: ADDED \n", stderr: "" })
  const [state, secret] = [await planes.control.data(STATE), await readFile(keyFile, "utf8")]
  expect(state).toMatchObject({
    accounts: { edges: EMAILS.map((email) => ({ node: { email, state: "READY" } })) },
    apiKeys: { edges: [{ node: { name: "build", tags: ["build"], maxConcurrent: 8, requestsPerMinute: 60 } }] },
    routing: { rules: [{ name: "builds are quick", enabled: true }] },
  })
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600)

  await setUp()
  expect(await planes.control.data(STATE)).toEqual(state)
  expect(await readFile(keyFile, "utf8")).toBe(secret)

  const answer = await fetch(`${planes.plane.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": secret, "content-type": "application/json" },
    body: JSON.stringify({
      model: "claude-sonnet-4-6",
      max_tokens: 50,
      messages: [{ role: "user", content: "Hello" }],
    }),
  })
  expect(await answer.json()).toMatchObject({ type: "message", stop_reason: "end_turn" })
  expect(answer.status).toBe(200)
})

test("the script says what is wrong, and does nothing more", async () => {
  await writeFile(env["ACCOUNTS"] ?? "", "")
  const failed = run(process.execPath, [script, env["ACCOUNTS"] ?? "", join(directory, "key.txt")], { env })
  await expect(failed).rejects.toThrow(/input,document: /)
  expect(
    await planes.control.data(`{ apiKeys(filter: { name: "build" }) { totalCount } routing { rules { name } } }`),
  ).toEqual({
    apiKeys: { totalCount: 0 },
    routing: { rules: [] },
  })
})
