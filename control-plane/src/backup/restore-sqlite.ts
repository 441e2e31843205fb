import { link, open, rename, rm, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { migrate } from "../database/migrate.ts"
import { sqlitePath } from "../database/open.ts"
import { makePrivate } from "../database/private-file.ts"
import { openRaw, type RawDatabase } from "../database/raw.ts"
import type { Restored, RestoreSteps } from "./restore.ts"
import { recordRestore } from "./restore-record.ts"
import { BackupError } from "./sealed-file.ts"

/** Makes the database in a file beside the old one, and renames it into place. */
export async function restoreToSqlite(steps: RestoreSteps): Promise<Restored> {
  const path = sqlitePath(steps.databaseUrl)
  const draft = `${path}.restoring`
  const whole = `${path}.restored`
  const url = `file:${draft}`
  await removeDatabase(draft)
  await removeDatabase(whole)
  try {
    await migrate(url, steps.migrationsDirectory, steps.migrations)
    await using(url, async (database) => {
      await database.run("BEGIN IMMEDIATE")
      await steps.fill(database)
      await database.run("COMMIT")
    })
    await migrate(url, steps.migrationsDirectory)
    const epoch = await using(url, steps.settle)
    await recordRestore(url, steps)
    await using(url, (database) => finish(database, whole))
    await sync(whole)
    const keptAs = await replace(path, whole, steps.clock.now())
    return { keptAs, epoch }
  } finally {
    await removeDatabase(draft)
    await removeDatabase(whole)
  }
}

async function using<Result>(url: string, work: (database: RawDatabase) => Promise<Result>): Promise<Result> {
  const database = await openRaw(url)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Nothing is wrong with it, and all of it is in one file that no connection of this process has open. */
async function finish(database: RawDatabase, whole: string): Promise<void> {
  const [check] = await database.query("PRAGMA integrity_check")
  const orphans = await database.query("PRAGMA foreign_key_check")
  if (check?.integrity_check !== "ok" || orphans.length > 0) {
    throw new BackupError("The restored database is not whole; nothing was changed. Try again, or use another backup.")
  }
  makePrivate(whole)
  await database.query("VACUUM INTO $1", [whole])
}

/** The log becomes part of the file, and is removed. */
async function fold(database: RawDatabase): Promise<void> {
  await database.query("PRAGMA wal_checkpoint(TRUNCATE)")
  await database.query("PRAGMA journal_mode = DELETE")
}

async function replace(path: string, whole: string, now: number): Promise<string | undefined> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  const keptAs = `${path}.before-restore-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}`
  const keepLog = (): Promise<void> => rename(`${path}-wal`, `${keptAs}-wal`).catch(ifMissing)
  // A log that stayed would be taken for the new file's, also where its own file is gone.
  await (isThere ? using(`file:${path}`, fold).catch(keepLog) : keepLog())
  await rm(`${path}-shm`, { force: true })
  if (isThere) {
    // At no moment is there no database: a start would make a new one.
    await link(path, keptAs)
  }
  await rename(whole, path)
  await sync(dirname(path))
  return isThere ? keptAs : undefined
}

function ifMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r")
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function removeDatabase(path: string): Promise<void> {
  for (const end of ["", "-wal", "-shm", ".use.lock"]) await rm(`${path}${end}`, { force: true })
}
