/** `npm run admin -- COMMAND`: looks after an installation; see control-plane/src/admin.ts. Builds it when it is stale. */
import "./lib/require-node.mjs"
import { ensureBuilt } from "./lib/bundles.mjs"
import { loadEnvironmentFile } from "./lib/environment-file.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { runScript } from "./lib/progress.mjs"

await runScript(async () => {
  loadEnvironmentFile()
  process.env.NODE_ENV ??= "production"
  await ensureInstalled()
  await ensureBuilt(["admin"])
  await import("../dist/admin.js")
})
