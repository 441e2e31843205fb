import { join } from "node:path"
import { readText } from "../lib/files.mjs"
import { ensureGenerated } from "../lib/generated.mjs"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "GraphQL schema"

/** The first line in which the committed schema and the printed one differ, as a problem; empty when they are the same. */
export function difference(committed, printed) {
  if (committed === printed) return []
  const left = committed.split("\n")
  const right = printed.split("\n")
  const at = left.findIndex((line, index) => line !== right[index])
  const line = at === -1 ? left.length : at
  return [
    `control-plane/schema.graphql:${line + 1}: committed "${left[line] ?? ""}", the code prints "${right[line] ?? ""}" (node scripts/schema.mjs writes it)`,
  ]
}

export async function run() {
  await ensureGenerated("database")
  const program = join(root, "node_modules/tsx/dist/cli.mjs")
  const code = `import { printedSchema } from "#control-plane/graphql/schema.ts"
    process.stdout.write(printedSchema())`
  const printed = await runNode([program, "--input-type=module", "-e", code], { output: "capture", check: false })
  if (printed.code !== 0) return [`the schema cannot be printed: ${printed.stderr.trim()}`]
  return difference(readText("control-plane/schema.graphql"), printed.stdout)
}
