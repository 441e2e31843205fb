/** Prints the path of a tool of `test/tools/`, installing it first where needed: `node scripts/lib/ensure-tool.mjs node-24`. */
import { runScript } from "./progress.mjs"
import { ensureTool } from "./tools.mjs"

await runScript(async () => {
  console.log(await ensureTool(process.argv[2]))
})
