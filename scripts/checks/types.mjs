import { join } from "node:path"
import { ensureGenerated } from "../lib/generated.mjs"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "types"

/** What the compiler says about a project file; each problem is one of its lines. */
export async function typeErrors(project) {
  const compiler = join(root, "node_modules/typescript/bin/tsc")
  const result = await runNode([compiler, "--noEmit", "--pretty", "false", "-p", project], {
    output: "capture",
    check: false,
  })
  if (result.code === 0) return []
  return `${result.stdout}${result.stderr}`.split("\n").filter((line) => line.trim() !== "")
}

export async function run() {
  await ensureGenerated("database")
  await ensureGenerated("web-types")
  const projects = [join(root, "tsconfig.json"), join(root, "web/tsconfig.json")]
  return (await Promise.all(projects.map(typeErrors))).flat()
}
