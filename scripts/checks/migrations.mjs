import { readdirSync, readFileSync } from "node:fs"
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

/**
 * Migrations of PostgreSQL that add a value to an enum. Such a value cannot be used in the transaction that added it, and a restore applies
 * all migrations and fills the tables in one.
 */
export function addedEnumValues(base) {
  const folder = join(base, "prisma/migrations/postgresql")
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return files
    .map(({ name: migration }) => join(migration, "migration.sql"))
    .filter((file) => /\bADD VALUE\b/i.test(readFileSync(join(folder, file), "utf8")))
    .map(
      (file) =>
        `prisma/migrations/postgresql/${file}: make the enum anew instead of ADD VALUE, which a restore cannot use`,
    )
}

export async function run() {
  return [...addedEnumValues(root), ...(await missingMigrations(root))]
}
