import pg from "pg"
import { ADVISORY_LOCK, applyAllToPostgresql, readMigrations, type Migration } from "../database/migrate.ts"
import { connectPostgresql, MIGRATIONS, quote, rawOver } from "../database/raw.ts"
import type { Restored, RestoreSteps } from "./restore.ts"

/** Moves the old tables into a schema of their own and makes the new ones, all in one transaction. */
export async function restoreToPostgresql(steps: RestoreSteps): Promise<Restored> {
  const client = await connectPostgresql(steps.databaseUrl)
  let keptAs: string | undefined
  let epoch: number
  try {
    // A control plane that starts meanwhile waits here.
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK])
    const migrations = readMigrations(steps.migrationsDirectory, "postgresql")
    const database = rawOver(client)
    await client.query("BEGIN")
    keptAs = await setAside(client, migrations, steps.clock.now())
    await applyAllToPostgresql(
      client,
      migrations.filter(({ name }) => steps.migrations.has(name)),
    )
    await steps.fill(database)
    await applyAllToPostgresql(
      client,
      migrations.filter(({ name }) => !steps.migrations.has(name)),
    )
    epoch = await steps.settle(database)
    await client.query("COMMIT")
  } finally {
    // Leaving undoes what was not committed.
    await client.end()
  }
  return { keptAs, epoch }
}

/** Only what our migrations made: others may have tables in the same schema. */
async function setAside(client: pg.Client, migrations: readonly Migration[], now: number): Promise<string | undefined> {
  const made = (kind: "TABLE" | "TYPE"): string[] =>
    migrations.flatMap(({ sql }) =>
      [...sql.matchAll(new RegExp(`CREATE ${kind} "(\\w+)"`, "g"))].map(([, name = ""]) => name),
    )
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = ANY($1)",
    [[...made("TABLE"), MIGRATIONS]],
  )
  if (tables.length === 0) return undefined
  const { rows: types } = await client.query<{ name: string }>(
    "SELECT typname AS name FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e' AND typname = ANY($1)",
    [made("TYPE")],
  )
  const schema = `before_restore_${new Date(now).toISOString().replace(/\D/g, "")}`
  await client.query(`CREATE SCHEMA ${quote(schema)}`)
  for (const { name } of tables) await client.query(`ALTER TABLE ${quote(name)} SET SCHEMA ${quote(schema)}`)
  for (const { name } of types) await client.query(`ALTER TYPE ${quote(name)} SET SCHEMA ${quote(schema)}`)
  return schema
}
