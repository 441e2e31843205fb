/**
 * `npm start`: everything that a fresh clone needs, then both planes under the supervisor. With nothing to do it starts them
 * at once, in this very process: no npm, no compiler, no bundler is started on that path.
 */
import "./lib/require-node.mjs"
import { ensureBuilt, GATEWAY_TARGETS } from "./lib/bundles.mjs"
import { loadEnvironmentFile } from "./lib/environment-file.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { runScript } from "./lib/progress.mjs"
import { printsUsage } from "./lib/usage.mjs"

const usage = `npm start

Starts the gateway (control plane, panel and data plane). Installs and builds first what is missing or stale, and brings
the database up to date. Nothing needs to be configured; settings are environment variables, also read from a file named
.env (.env.example lists them all).

The gateway listens on 127.0.0.1:8088 (PORT, HOST), the panel on 127.0.0.1:8089 (CONTROL_PORT, CONTROL_HOST).`

await runScript(async () => {
  if (printsUsage(usage)) return
  loadEnvironmentFile()
  await ensureInstalled()
  await ensureBuilt(GATEWAY_TARGETS)
  await import("../dist/supervisor.js")
})
