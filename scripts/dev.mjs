/**
 * `npm run dev`: both planes from their sources, started again at every change, and the panel with hot reload. Data goes to
 * `.cache/dev` unless DATA_DIR says otherwise, so that it never touches a real installation.
 */
import "./lib/require-node.mjs"
import { mkdirSync, readFileSync, existsSync } from "node:fs"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { loadEnvironmentFile } from "./lib/environment-file.mjs"
import { ensureGenerated } from "./lib/generated.mjs"
import { startGroup } from "./lib/group.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { runScript, say } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { writeStamp } from "./lib/stamp.mjs"
import { printsUsage } from "./lib/usage.mjs"

const usage = `npm run dev

Runs both planes from their sources with restart at every change, and the panel under Vite with hot reload on
http://127.0.0.1:5173. The password is "development" unless ADMIN_PASSWORD says otherwise.`

/** The same link token over restarts, so that a restarted plane finds the other again. */
function linkToken(folder) {
  const path = join(folder, "link-token.json")
  if (!existsSync(path)) writeStamp(path, { token: randomBytes(32).toString("base64url") })
  return JSON.parse(readFileSync(path, "utf8")).token
}

await runScript(async () => {
  if (printsUsage(usage)) return 0
  loadEnvironmentFile()
  await ensureInstalled()
  await ensureGenerated("database")
  await ensureGenerated("web-types")
  const folder = process.env.DATA_DIR ?? join(root, ".cache/dev")
  mkdirSync(folder, { recursive: true })
  const env = {
    ADMIN_PASSWORD: "development",
    ...process.env,
    NODE_ENV: "development",
    GRAPHQL_DEVELOPMENT: "on",
    DATA_DIR: folder,
    LINK_TOKEN: process.env.LINK_TOKEN ?? linkToken(folder),
    LOG_FORMAT: process.env.LOG_FORMAT ?? "pretty",
  }
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs")
  const group = startGroup()
  group.start("control-plane", [tsx, "watch", "--clear-screen=false", "control-plane/src/main.ts"], { env })
  group.start("data-plane", [tsx, "watch", "--clear-screen=false", "data-plane/src/main.ts"], { env })
  group.start("web", [join(root, "node_modules/vite/bin/vite.js"), "--config", "web/vite.config.ts"], { env })
  say(`Panel with hot reload: http://127.0.0.1:5173 (password: ${env.ADMIN_PASSWORD})`)
  return group.ended
})
