/**
 * Brings a database to the schema of this build: applies each `prisma/migrations/<kind>/<stamp>_<name>/migration.sql` that is not
 * yet in `_prisma_migrations` (Prisma's own table), in order. A change and its record are one transaction, several starters at
 * once are safe, and a file that changed after it was applied is refused.
 */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { createClient, type Client } from "@libsql/client"
import pg from "pg"
import { isBusy } from "./busy.ts"
import { beingRestored, databaseKind, DatabaseError, IN_USE, sqlitePath, type DatabaseKind } from "./open.ts"
import { createSqlitePeers } from "./peers.ts"
import { makePrivate } from "./private-file.ts"
import { openRaw } from "./raw.ts"

export interface Migration {
  readonly name: string
  readonly sql: string
  /** sha256 of the file in hex. */
  readonly checksum: string
}

/** The number Prisma takes for its advisory lock, so that its tools and this runner exclude each other. */
export const ADVISORY_LOCK = 72_707_369

/**
 * Other starters may hold SQLite's lock while they apply all migrations. Its own waiting blocks the thread, and with it a starter in
 * the same process; so each try is short and the waiting is ours.
 */
const SQLITE_TRY_MS = 20
const SQLITE_RETRY_MS = 50
const SQLITE_GIVE_UP_MS = 60_000

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMP,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMP,
  "started_at" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

const DONE = `SELECT "migration_name" AS "name", "checksum" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL`

/** The migrations of a folder in the order in which they apply. */
export function readMigrations(directory: string, kind: DatabaseKind): Migration[] {
  const folder = join(directory, kind)
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
  return names.map((name) => {
    const sql = readFileSync(join(folder, name, "migration.sql"), "utf8")
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") }
  })
}

/** Names that are applied and that this build does not have. */
export function unknownMigrations(migrations: readonly Migration[], done: Iterable<string>): string[] {
  const known = new Set(migrations.map(({ name }) => name))
  return [...done].filter((name) => !known.has(name))
}

/** What is still to apply. Throws `DatabaseError` when an applied file has changed or the database is of a newer build. */
function pending(migrations: readonly Migration[], done: ReadonlyMap<string, string>): Migration[] {
  const [unknown] = unknownMigrations(migrations, done.keys())
  if (unknown !== undefined) {
    throw new DatabaseError(
      `The database has the migration ${unknown}, which this version does not know; start a newer version.`,
    )
  }
  return migrations.filter((migration) => {
    const checksum = done.get(migration.name)
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new DatabaseError(
        `The migration ${migration.name} was changed after it was applied; restore the file as it was.`,
      )
    }
    return checksum === undefined
  })
}

function doneMap(rows: readonly Record<string, unknown>[]): Map<string, string> {
  return new Map(rows.map((row) => [String(row.name), String(row.checksum)]))
}

/** A connection that holds the write lock, with foreign keys off. One that met the lock taken is given up: its statement stays open. */
async function lockSqlite(path: string): Promise<Client> {
  const giveUpAt = performance.now() + SQLITE_GIVE_UP_MS
  for (;;) {
    const client = createClient({ url: `file:${path}`, timeout: SQLITE_TRY_MS })
    try {
      await client.execute("PRAGMA journal_mode = WAL")
      // Inside a transaction this pragma does nothing, and with foreign keys on the table rebuilds of a migration would cascade.
      await client.execute("PRAGMA foreign_keys = OFF")
      await client.execute("BEGIN IMMEDIATE")
      return client
    } catch (error) {
      client.close()
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
      await setTimeout(SQLITE_RETRY_MS)
    }
  }
}

async function applyToSqlite(client: Client, migration: Migration): Promise<void> {
  const sql = migration.sql.replace(/^\s*PRAGMA (?:defer_)?foreign_keys\s*=\s*\w+;\s*$/gim, "")
  for (const statement of splitStatements(sql)) await client.execute(statement)
  await client.execute({
    sql: `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count")
          VALUES (?, ?, CURRENT_TIMESTAMP, ?, 1)`,
    args: [randomUUID(), migration.checksum, migration.name],
  })
}

async function migrateSqlite(url: string, migrations: readonly Migration[]): Promise<string[]> {
  const path = sqlitePath(url)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const peers = createSqlitePeers(path)
  if ((await peers.attend(IN_USE)) === undefined) throw beingRestored()
  try {
    makePrivate(path)
    return await migrateFile(path, migrations)
  } finally {
    await peers.close()
  }
}

async function migrateFile(path: string, migrations: readonly Migration[]): Promise<string[]> {
  const client = await lockSqlite(path)
  try {
    await client.execute(MIGRATIONS_TABLE)
    // Read under the write lock: another starter may have finished while we waited for it.
    const missing = pending(migrations, doneMap((await client.execute(DONE)).rows))
    for (const migration of missing) await applyToSqlite(client, migration)
    const orphans = (await client.execute("PRAGMA foreign_key_check")).rows.length
    if (orphans > 0) throw new DatabaseError(`A migration would leave ${orphans} rows without the row they belong to.`)
    await client.execute("COMMIT")
    return missing.map(({ name }) => name)
  } catch (error) {
    await rollBack(client)
    throw error
  } finally {
    client.close()
  }
}

/** Closing alone does not: what failed on a connection keeps it, and with it the lock, until the collector comes by. */
async function rollBack(client: Client): Promise<void> {
  try {
    await client.execute("ROLLBACK")
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error
  }
}

async function applyToPostgresql(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(migration.sql)
  await client.query(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count")
     VALUES ($1, $2, now(), $3, 1)`,
    [randomUUID(), migration.checksum, migration.name],
  )
}

/** Makes the tables anew inside a transaction of the caller, who keeps every control plane from starting meanwhile. */
export async function applyAllToPostgresql(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await client.query(MIGRATIONS_TABLE)
  for (const migration of migrations) await applyToPostgresql(client, migration)
}

async function migratePostgresql(url: string, migrations: readonly Migration[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK])
    await client.query(MIGRATIONS_TABLE)
    const applied: string[] = []
    for (const migration of pending(migrations, doneMap((await client.query<Record<string, unknown>>(DONE)).rows))) {
      await client.query("BEGIN")
      try {
        await applyToPostgresql(client, migration)
        await client.query("COMMIT")
      } catch (error) {
        await client.query("ROLLBACK")
        throw error
      }
      applied.push(migration.name)
    }
    return applied
  } finally {
    // Leaving ends the session and with it the advisory lock.
    await client.end()
  }
}

/** The statements of a migration file: our generator ends each with a semicolon at a line's end and writes none inside a text. */
export function splitStatements(sql: string): string[] {
  return sql
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, "").trim())
    .filter((statement) => statement !== "")
}

/** Whether there is a database that any version has begun to make; looking makes none. Throws `DatabaseError`. */
export async function hasDatabase(url: string): Promise<boolean> {
  if (databaseKind(url) === "sqlite") return existsSync(sqlitePath(url))
  return (await appliedMigrations(url)) !== undefined
}

/** What this build has and the database has not. Throws `DatabaseError` as `migrate` does. */
export async function pendingMigrations(url: string, directory: string): Promise<string[]> {
  const done = (await appliedMigrations(url)) ?? new Map()
  return pending(readMigrations(directory, databaseKind(url)), done).map(({ name }) => name)
}

/** Names and checksums; undefined: nothing was ever applied. */
async function appliedMigrations(url: string): Promise<Map<string, string> | undefined> {
  const database = await openRaw(url)
  try {
    return doneMap(await database.query(DONE))
  } catch (error) {
    if (/no such table|does not exist/.test(String(error))) return undefined
    throw new DatabaseError(`Cannot read the database: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  } finally {
    await database.close()
  }
}

/**
 * Applies what is missing from `directory`, or only those of it that `wanted` names, and returns the names. Throws `DatabaseError` with
 * one sentence.
 */
export async function migrate(url: string, directory: string, wanted?: ReadonlySet<string>): Promise<string[]> {
  const kind = databaseKind(url)
  const migrations = readMigrations(directory, kind).filter(({ name }) => wanted?.has(name) ?? true)
  try {
    return await (kind === "sqlite" ? migrateSqlite(url, migrations) : migratePostgresql(url, migrations))
  } catch (error) {
    if (error instanceof DatabaseError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatabaseError(`Cannot bring the database up to date: ${reason}`, { cause: error })
  }
}
