/**
 * `npm run demo`: the whole gateway over the simulator, with a dozen simulated accounts and live traffic, in a folder that is
 * removed at the end. Nothing leaves this machine, and nothing of a real installation is read: neither .env nor DATA_DIR.
 */
import "./lib/require-node.mjs"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addAccount, adminClient, createApiKey, until } from "./lib/admin.mjs"
import { ensureBuilt, GATEWAY_TARGETS } from "./lib/bundles.mjs"
import { startGroup } from "./lib/group.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript, say } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { printsUsage } from "./lib/usage.mjs"

const usage = `npm run demo

Shows the gateway with simulated accounts and live traffic, offline. Ctrl-C ends it and removes its data.

  DEMO_SEED=text      makes it repeatable
  DEMO_MINUTES=60     how long traffic and story last; DEMO_REQUESTS=10000 bounds the traffic too
  DEMO_PACE=1         how many times faster the story is told
  READ_ONLY=on        whoever signs in looks and changes nothing: such a demo can be published. DEMO_PASSWORD sets its password
  PORT, CONTROL_PORT  as for npm start`

const ACCOUNTS = 12
const dist = (name) => join(root, "dist", name)

/** Variables of a real installation that must not reach the demo. */
const NOT_INHERITED =
  /^(?:ADMIN_|API_KEY$|DATABASE_URL$|MASTER_KEY|LINK_TOKEN$|CONTROL_URL$|PANEL_URL$|TLS_|BEHIND_TLS$|NODE_NAME$|HOST$|CONTROL_HOST$|OUTBOUND_PROXY$|UPSTREAM_CA_FILE$|GOOGLE_|ANTIGRAVITY_|MAX_CONCURRENT|DEMO_SEED$)/

function gatewayEnvironment(simulatorUrl, folder, adminToken) {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name))
  return {
    ...Object.fromEntries(inherited),
    DATA_DIR: folder,
    ADMIN_TOKEN: adminToken,
    ...(process.env.DEMO_PASSWORD ? { ADMIN_PASSWORD: process.env.DEMO_PASSWORD } : {}),
    // A password that others are given is no key.
    API_KEY: randomBytes(24).toString("base64url"),
    ANTIGRAVITY_BASE_URLS: simulatorUrl,
    GOOGLE_OAUTH_AUTH_URL: `${simulatorUrl}/o/oauth2/v2/auth`,
    GOOGLE_OAUTH_TOKEN_URL: `${simulatorUrl}/token`,
    GOOGLE_USERINFO_URL: `${simulatorUrl}/oauth2/v2/userinfo`,
    GOOGLE_OAUTH_CLIENT_ID: "simulator-client",
    GOOGLE_OAUTH_CLIENT_SECRET: "simulator-secret",
    MAX_CONCURRENT_PER_MODEL: "8",
    LOG_LEVEL: process.env.LOG_LEVEL ?? "warn",
    LOG_FORMAT: process.env.LOG_FORMAT ?? (process.stdout.isTTY ? "pretty" : "json"),
  }
}

/** Starts a program of the group and resolves with the first message or line that `read` takes; its end is an error. */
function startAndHear(group, name, options, read) {
  return new Promise((resolve, reject) => {
    const hear = (given) => {
      const heard = read(given)
      if (heard !== undefined) resolve(heard)
    }
    const child = group.start(name, options.arguments, { env: options.env, onMessage: hear, show: options.show })
    child.stdout.on("data", (chunk) => {
      for (const line of chunk.toString().split("\n")) hear(line)
    })
    child.on("exit", () => reject(new PlainError(`The ${name} did not start.`)))
  })
}

function listeningUrl(line) {
  if (typeof line !== "string" || !line.startsWith("{")) return undefined
  return JSON.parse(line).url
}

async function startSimulator(group) {
  const env = {
    ...process.env,
    SIMULATOR_PORT: process.env.SIMULATOR_PORT ?? "0",
    SIMULATOR_SEED: process.env.DEMO_SEED ?? "demo",
    SIMULATOR_ACCOUNTS: String(ACCOUNTS),
    SIMULATOR_FIRST_BYTE_MS: "350",
    SIMULATOR_EVENT_MS: "45",
  }
  return startAndHear(group, "simulator", { arguments: [dist("simulator.js")], env, show: false }, listeningUrl)
}

async function startGateway(group, env) {
  const read = (message) => (message?.type === "started" ? message : undefined)
  return startAndHear(group, "gateway", { arguments: [dist("supervisor.js")], env, show: true }, read)
}

async function addAccounts(graphql, simulatorUrl) {
  const { accounts } = await (await fetch(`${simulatorUrl}/simulator/state`)).json()
  for (const account of accounts) await addAccount(graphql, account)
  await until("the first accounts to become ready", async () => {
    const { accounts: list } = await graphql("{ accounts(first: 50) { edges { node { state } } } }")
    return list.edges.filter(({ node }) => node.state === "READY").length >= accounts.length / 2
  })
  return accounts.map(({ email }) => email)
}

/** Of the story: what most of the clients' requests are for. */
const STORY_MODELS = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-6"]

async function demo(group, folder) {
  const simulatorUrl = await startSimulator(group)
  const adminToken = randomBytes(24).toString("base64url")
  const { panelUrl, gatewayUrl } = await startGateway(group, gatewayEnvironment(simulatorUrl, folder, adminToken))
  const graphql = adminClient(panelUrl, adminToken)
  const accounts = await addAccounts(graphql, simulatorUrl)
  const apiKey = await createApiKey(graphql, "Demo traffic")
  await until("the gateway to serve", async () => (await fetch(`${gatewayUrl}/ready`)).ok)
  const env = { ...process.env, DEMO_GATEWAY_URL: gatewayUrl, DEMO_API_KEY: apiKey }
  group.start("traffic", [dist("demo-traffic.js")], { env, endsAll: false })
  const story = {
    ...process.env,
    DEMO_SIMULATOR_URL: simulatorUrl,
    DEMO_PANEL_URL: panelUrl,
    DEMO_ADMIN_TOKEN: adminToken,
    DEMO_ACCOUNTS: accounts.join(","),
    DEMO_MODELS: STORY_MODELS.join(","),
  }
  group.start("story", [dist("demo-story.js")], { env: story, endsAll: false })
  say(
    `${accounts.length} simulated accounts are in the pool and traffic runs: open the panel at ${panelUrl}. Ctrl-C ends the demo.`,
  )
}

await runScript(async () => {
  if (printsUsage(usage)) return 0
  await ensureInstalled()
  await ensureBuilt([...GATEWAY_TARGETS, "simulator", "demo-traffic", "demo-story"])
  const folder = mkdtempSync(join(tmpdir(), "lagrange-demo-"))
  const group = startGroup()
  try {
    await Promise.race([demo(group, folder), group.ended])
    return await group.ended
  } finally {
    group.end(1)
    await group.ended
    rmSync(folder, { recursive: true, force: true })
  }
})
