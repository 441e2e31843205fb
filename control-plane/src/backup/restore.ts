/**
 * Puts a backup in the place of the database. Everything in the file is looked at first; the new database is made whole beside the old
 * one, and one step puts it in its place (a rename; on PostgreSQL the end of a transaction). What was there is kept aside. The epoch of
 * snapshots rises, so that data planes take the older state for the newer word.
 */
import { existsSync } from "node:fs"
import type { Logger } from "#shared/log.ts"
import { SealError } from "#shared/sealing.ts"
import type { Actor } from "../audit/actor.ts"
import type { Clock } from "../clock.ts"
import { epochAt } from "../database/meta.ts"
import { readMigrations, unknownMigrations } from "../database/migrate.ts"
import { databaseKind, IN_USE, sqlitePath, type DatabaseKind } from "../database/open.ts"
import { createPostgresqlPeers, createSqlitePeers } from "../database/peers.ts"
import { openRaw, quote, readTables, type RawDatabase, type Table, type Value } from "../database/raw.ts"
import { unwrapKey, wrapKey, type WrappedKey } from "../data-keys/keyring.ts"
import type { Manifest } from "./manifest.ts"
import { readBackup, type Backup, type TableRows } from "./read.ts"
import { restoreToPostgresql } from "./restore-postgresql.ts"
import { recordRestore } from "./restore-record.ts"
import { restoreToSqlite } from "./restore-sqlite.ts"
import { BackupError } from "./sealed-file.ts"

export interface RestoreOptions {
  readonly databaseUrl: string
  readonly migrationsDirectory: string
  /** What the restored database is opened with from now on. */
  readonly masterKey: Buffer
  /** Of the time of the backup, where it was another one. */
  readonly backupKey?: Buffer | undefined
  readonly path: string
  readonly clock: Clock
  readonly log: Logger
  /** For the audit of the restored database. */
  readonly by: Actor
}

/** What is in the backup and in the database, before anything is done. */
export interface RestorePlan {
  readonly manifest: Manifest
  readonly into: DatabaseKind
  /** Migrations that the backup does not have yet. */
  readonly toMigrate: readonly string[]
  /** What is there now. */
  readonly present: Present
}

export type Present =
  | { readonly state: "none" }
  | { readonly state: "readable"; readonly rows: Readonly<Record<string, number>>; readonly epoch: number }
  | { readonly state: "unreadable"; readonly reason: string }

export interface Restored {
  /** Where what was there is kept: a file, or a schema of PostgreSQL. */
  readonly keptAs: string | undefined
  readonly epoch: number
}

/** Reads the whole backup and looks at the database; changes nothing. Throws `BackupError` when it could not be restored. */
export async function planRestore(options: RestoreOptions): Promise<RestorePlan> {
  const { path, migrationsDirectory, databaseUrl } = options
  const into = databaseKind(databaseUrl)
  const backup = await readBackup(path, keyOfBackup(options))
  const migrations = readMigrations(migrationsDirectory, into)
  const [unknown] = unknownMigrations(migrations, backup.contents.migrations)
  if (unknown !== undefined) {
    await backup.rows.return(undefined)
    throw new BackupError(
      `The backup ${path} has the migration ${unknown}, which this version does not know: restore it with a newer version.`,
    )
  }
  for await (const page of backup.rows) openDataKeys(page, options)
  const has = new Set(backup.contents.migrations)
  return {
    manifest: backup.manifest(),
    into,
    toMigrate: migrations.map(({ name }) => name).filter((name) => !has.has(name)),
    present: await lookAt(databaseUrl),
  }
}

/** Throws `BackupError` when something uses the database, or the backup is not what it was when it was planned. */
export async function restore(options: RestoreOptions, plan: RestorePlan): Promise<Restored> {
  const { databaseUrl } = options
  const peers = plan.into === "sqlite" ? createSqlitePeers(sqlitePath(databaseUrl)) : createPostgresqlPeers(databaseUrl)
  let restored: Restored
  try {
    const alone = await peers.exclude(IN_USE)
    if (alone === undefined) {
      throw new BackupError(
        "The database is in use: stop the control plane first (data planes that run on their own go on serving).",
      )
    }
    const backup = await readBackup(options.path, keyOfBackup(options))
    const target = plan.into === "sqlite" ? restoreToSqlite : restoreToPostgresql
    restored = await target({
      ...options,
      plan,
      fill: (database) => fill(database, backup),
      migrations: new Set(backup.contents.migrations),
      settle: (database) => settle(database, options, plan),
    })
  } finally {
    await peers.close()
  }
  // On SQLite it is part of the file that was put in place; here others may come before it, and it is written all the same.
  if (plan.into === "postgresql") await recordRestore(databaseUrl, { ...options, plan })
  return restored
}

/** What `restore-sqlite.ts` and `restore-postgresql.ts` are given. */
export interface RestoreSteps extends RestoreOptions {
  readonly plan: RestorePlan
  /** Those of the backup: its rows fit to what these make. */
  readonly migrations: ReadonlySet<string>
  readonly fill: (database: RawDatabase) => Promise<void>
  /** After all migrations. Gives the epoch. */
  readonly settle: (database: RawDatabase) => Promise<number>
}

function keyOfBackup({ masterKey, backupKey }: RestoreOptions): Buffer {
  return backupKey ?? masterKey
}

/** What is sealed in the backup is of use only with these. */
function openDataKeys({ table, columns, rows }: TableRows, options: RestoreOptions): void {
  if (table !== "DataKey") return
  for (const row of rows) {
    const values = Object.fromEntries(columns.map((name, index) => [name, row[index]]))
    try {
      unwrapKey(keyOfBackup(options), values as unknown as WrappedKey) // text and number alike in file and row
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      throw new BackupError(
        "The master key does not open what is sealed in this backup: give the one of then with --backup-key-file.",
        { cause: error },
      )
    }
  }
}

async function lookAt(url: string): Promise<Present> {
  // To open it would make it.
  if (databaseKind(url) === "sqlite" && !existsSync(sqlitePath(url))) return { state: "none" }
  let database: RawDatabase | undefined
  try {
    database = await openRaw(url)
    const rows: Record<string, number> = {}
    for (const { name } of await readTables(database)) {
      rows[name] = Number((await database.query(`SELECT count(*) AS "count" FROM ${quote(name)}`))[0]?.count)
    }
    if (Object.keys(rows).length === 0) return { state: "none" }
    const [meta] = rows.Meta === undefined ? [] : await database.query(`SELECT "snapshotEpoch" AS "epoch" FROM "Meta"`)
    return { state: "readable", rows, epoch: Number(meta?.epoch ?? 0) }
  } catch (error) {
    return { state: "unreadable", reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await database?.close()
  }
}

async function fill(database: RawDatabase, backup: Backup): Promise<void> {
  const tables = new Map((await readTables(database)).map((table) => [table.name, table]))
  for await (const page of backup.rows) {
    const table = tables.get(page.table)
    if (table === undefined) throw new Error(`the backup has the table ${page.table}, which its migrations do not make`)
    await insert(database, table, page)
  }
}

async function insert(database: RawDatabase, table: Table, { columns, rows }: TableRows): Promise<void> {
  const types = columns.map((name) => {
    const column = table.columns.find((one) => one.name === name)
    if (column === undefined) throw new Error(`the backup has ${table.name}.${name}, which its migrations do not make`)
    return column.type
  })
  const values = rows.flatMap((row) => types.map((type, index) => database.encode(row[index] as Value, type))) // counted when it was read
  const places = rows.map(
    (_row, at) => `(${types.map((_type, index) => `$${at * types.length + index + 1}`).join(", ")})`,
  )
  await database.run(
    `INSERT INTO ${quote(table.name)} (${columns.map(quote).join(", ")}) VALUES ${places.join(", ")}`,
    values,
  )
}

async function settle(database: RawDatabase, options: RestoreOptions, { present }: RestorePlan): Promise<number> {
  const { masterKey, backupKey, clock } = options
  const [meta] = await database.query(`SELECT "snapshotEpoch" AS "epoch" FROM "Meta"`)
  const before = Math.max(Number(meta?.epoch ?? 0), present.state === "readable" ? present.epoch : 0)
  const epoch = Math.max(before + 1, epochAt(clock.now()))
  await database.run(`UPDATE "Meta" SET "snapshotEpoch" = $1`, [epoch])
  // Who was signed out since then must not be signed in again.
  await database.run(`DELETE FROM "Session"`)
  await database.run(`DELETE FROM "SignInFailure"`)
  if (backupKey === undefined || backupKey.equals(masterKey)) return epoch
  for (const row of await database.query(`SELECT "id", "number", "wrappedKey" FROM "DataKey"`)) {
    const key = { id: String(row.id), number: Number(row.number), wrappedKey: String(row.wrappedKey) }
    const wrapped = wrapKey(masterKey, key.id, key.number, unwrapKey(backupKey, key))
    await database.run(`UPDATE "DataKey" SET "wrappedKey" = $1 WHERE "id" = $2`, [wrapped, key.id])
  }
  return epoch
}
