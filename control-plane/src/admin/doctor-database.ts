/** The doctor's look at the database: whether it is whole, of this version, opened by the key, and what data planes said last. */
import { existsSync, statSync } from "node:fs"
import { SealError } from "#shared/sealing.ts"
import type { Config } from "../config.ts"
import { hasDatabase, pendingMigrations } from "../database/migrate.ts"
import { databaseKind, sqlitePath } from "../database/open.ts"
import { openRaw, readTables, type RawDatabase } from "../database/raw.ts"
import { unwrapKey } from "../data-keys/keyring.ts"
import { fail, note, ok, reasonOf, warn, type Finding } from "./finding.ts"
import { requireMasterKey } from "./open.ts"

const MEGABYTE = 1024 * 1024
const LARGE_LOG = 256 * MEGABYTE
/** A data plane that is there is seen at least this often. */
const SEEN_MS = 120_000

export async function checkDatabase(config: Config, now: number): Promise<Finding[]> {
  const url = config.databaseUrl.reveal()
  try {
    if (!(await hasDatabase(url))) return [note("database", "there is none yet; the first start makes it")]
    const database = await openRaw(url)
    try {
      return [
        await checkWhole(database),
        ...checkLog(url),
        ...(await checkVersion(config)),
        ...(await checkKey(config, database)),
        ...(await checkNodes(database, now)),
      ]
    } finally {
      await database.close()
    }
  } catch (error) {
    return [fail("database", `cannot be read (${reasonOf(error)}): see DATABASE_URL, or restore a backup.`)]
  }
}

async function checkWhole(database: RawDatabase): Promise<Finding> {
  const tables = await readTables(database)
  if (database.kind === "postgresql") return ok("database", `PostgreSQL answers, ${tables.length} tables`)
  const found = (await database.query("PRAGMA integrity_check")).map((row) => String(row.integrity_check))
  if (found.join() !== "ok") {
    return fail(
      "database",
      `SQLite finds it damaged (${found.slice(0, 3).join("; ")}): stop the gateway and restore a backup.`,
    )
  }
  const orphans = await database.query("PRAGMA foreign_key_check")
  if (orphans.length > 0) {
    return fail("database", `${orphans.length} rows belong to rows that are not there: restore a backup.`)
  }
  return ok("database", `SQLite is whole, ${tables.length} tables`)
}

function checkLog(url: string): Finding[] {
  const log = databaseKind(url) === "sqlite" ? `${sqlitePath(url)}-wal` : undefined
  if (log === undefined || !existsSync(log)) return []
  const { size } = statSync(log)
  if (size < LARGE_LOG) return []
  return [
    warn(
      "database",
      `its log ${log} has grown to ${Math.floor(size / MEGABYTE)} MiB: something reads for very long; starting the control plane again folds it in.`,
    ),
  ]
}

async function checkVersion(config: Config): Promise<Finding[]> {
  try {
    const pending = await pendingMigrations(config.databaseUrl.reveal(), config.migrationsDirectory)
    if (pending.length === 0) return [ok("schema", "as this version has it")]
    return [
      warn("schema", `${pending.length} migrations are to be applied; the next start of the control plane does it.`),
    ]
  } catch (error) {
    return [fail("schema", reasonOf(error))]
  }
}

async function checkKey(config: Config, database: RawDatabase): Promise<Finding[]> {
  try {
    const { key } = requireMasterKey(config)
    const rows = await database.query(`SELECT "id", "number", "wrappedKey" FROM "DataKey"`)
    for (const { id, number, wrappedKey } of rows) {
      unwrapKey(key, { id: String(id), number: Number(number), wrappedKey: String(wrappedKey) })
    }
    return [
      ok("data keys", `${rows.length}, opened by the master key (npm run admin -- verify-secrets opens everything)`),
    ]
  } catch (error) {
    if (error instanceof SealError) {
      return [fail("data keys", "the master key does not open them: give the one the database was made with.")]
    }
    return [note("data keys", "not looked at: the database is of an older version")]
  }
}

async function checkNodes(database: RawDatabase, now: number): Promise<Finding[]> {
  const rows = await database.query(`SELECT "name", "lastSeenAt", "refusal" FROM "Node" ORDER BY "name"`)
  if (rows.length === 0) return [note("link", "no data plane has linked yet")]
  return rows.map((row) => {
    const about = `link of ${String(row.name)}`
    if (row.refusal !== null)
      return fail(about, `refused the newest snapshot: ${String(database.decode(row.refusal, "text"))}`)
    const seen = database.decode(row.lastSeenAt ?? null, "datetime")
    if (seen === null) return warn(about, "was never here: start it with its LINK_TOKEN and CONTROL_URL.")
    const ago = Math.round((now - Date.parse(String(seen))) / 1_000)
    if (ago * 1_000 > SEEN_MS) return warn(about, `was last here ${ago} s ago; where it should run, see its log.`)
    return ok(about, `was here ${ago} s ago`)
  })
}
