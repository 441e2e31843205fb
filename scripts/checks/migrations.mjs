import { join } from "node:path"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "migrations"

/** What `scripts/migration.mjs --check` says in a tree; empty when the migrations lead to the Prisma schema. */
export async function missingMigrations(base) {
  const script = join(base, "scripts/migration.mjs")
  const result = await runNode([script, "--check"], { output: "capture", check: false, cwd: base })
  return result.code === 0 ? [] : [`${result.stdout}${result.stderr}`.trim()]
}

export function run() {
  return missingMigrations(root)
}
