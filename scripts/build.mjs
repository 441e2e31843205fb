import "./lib/require-node.mjs"
import { ensureBuilt, TARGETS } from "./lib/bundles.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript, say } from "./lib/progress.mjs"
import { showUsage } from "./lib/usage.mjs"

const usage = `npm run build [-- TARGET… --force]

Builds what is stale into dist/. Targets: ${Object.keys(TARGETS).join(", ")}; without one, all of them.`

await runScript(async () => {
  const given = process.argv.slice(2)
  if (given.includes("--help")) return showUsage(usage)
  const force = given.includes("--force")
  const names = given.filter((name) => name !== "--force")
  const unknown = names.find((name) => TARGETS[name] === undefined)
  if (unknown !== undefined) throw new PlainError(`There is no target "${unknown}".\n\n${usage}`)
  await ensureInstalled()
  const built = await ensureBuilt(names.length > 0 ? names : Object.keys(TARGETS), { force })
  if (built.length === 0) say("Everything is built.")
})
