/** Runs one process alone (`npm run control-plane`, `npm run data-plane`, `npm run simulator`), building it when stale. */
import "./lib/require-node.mjs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { ensureBuilt } from "./lib/bundles.mjs"
import { loadEnvironmentFile } from "./lib/environment-file.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { showUsage } from "./lib/usage.mjs"

/** What each process needs built. */
const PROCESSES = {
  "control-plane": ["control-plane", "web"],
  "data-plane": ["data-plane"],
  simulator: ["simulator"],
}

const usage = `node scripts/run.mjs PROCESS

Runs one process of Lagrange alone, in production mode: ${Object.keys(PROCESSES).join(", ")}.`

await runScript(async () => {
  const [name, ...more] = process.argv.slice(2)
  if (name === undefined || name === "--help") {
    showUsage(usage)
    return name === undefined ? 1 : 0
  }
  if (more.length > 0) throw new PlainError(`What is "${more.join(" ")}"?\n\n${usage}`, 2)
  const targets = PROCESSES[name]
  if (targets === undefined) throw new PlainError(`There is no process "${name}".\n\n${usage}`)
  loadEnvironmentFile()
  process.env.NODE_ENV ??= "production"
  await ensureInstalled()
  await ensureBuilt(targets)
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(join(root, "dist", `${name}.js`)).href)
  return undefined
})
