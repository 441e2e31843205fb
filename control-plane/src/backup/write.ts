/**
 * Makes a backup while the gateway runs: all tables as they were at one moment (a read transaction; nobody waits for it), as lines,
 * packed and sealed. Only a page of rows is in memory at a time.
 */
import { createHash } from "node:crypto"
import { chmod, open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { Readable } from "node:stream"
import { createGzip } from "node:zlib"
import { VERSION } from "#shared/version.ts"
import {
  openRaw,
  quote,
  readMigrationNames,
  readTables,
  type Raw,
  type RawDatabase,
  type Table,
} from "../database/raw.ts"
import type { FileFacts, Manifest, Sums, TableSum } from "./manifest.ts"
import { readBackup } from "./read.ts"
import { BackupError, sealFile } from "./sealed-file.ts"

export interface BackupOptions {
  readonly databaseUrl: string
  readonly masterKey: Buffer
  readonly path: string
  /** Leave out the records of requests, and what belongs to them. */
  readonly withoutRequests: boolean
  readonly now: number
  /** Take the place of a file that is there. */
  readonly force?: boolean
}

const PAGE_ROWS = 500
/** Of a table whose rows may have megabytes each. */
const PAGE_LONG_ROWS = 4
/** The table that grows with traffic. */
const REQUESTS = "RequestRecord"
/** Bodies of requests: not the requests themselves, and nothing without them. */
const CAPTURES = "Capture"

/** The file is there whole and read back once when it resolves, or not at all. Throws `BackupError`. */
export async function writeBackup(options: BackupOptions): Promise<Manifest> {
  const { path, masterKey } = options
  const temporary = `${path}.${process.pid}.unfinished`
  const database = await openRaw(options.databaseUrl)
  try {
    const { facts, lines } = await beginReading(database, options)
    // An AsyncIterable of Buffers is what a stream of bytes gives.
    const packed: AsyncIterable<Buffer> = Readable.from(lines).pipe(createGzip())
    await writeFile(temporary, sealFile(masterKey, facts, packed))
    const manifest = await readBack(temporary, masterKey)
    await place(temporary, path, options.force === true)
    return manifest
  } catch (error) {
    await rm(temporary, { force: true })
    throw plainly(error, path)
  } finally {
    await database.close()
  }
}

function plainly(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error
  if (error.code === "ENOSPC")
    return new BackupError(`There is no room for the backup ${path}: free some and try again.`)
  if (["ENOENT", "EACCES", "EPERM", "EROFS"].includes(String(error.code))) {
    return new BackupError(`The backup ${path} cannot be written: ${error.message}`, { cause: error })
  }
  return error
}

async function writeFile(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, "wx", 0o600)
  try {
    for await (const chunk of bytes) await file.writeFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function place(temporary: string, path: string, force: boolean): Promise<void> {
  if (!force) {
    // Whoever makes it first keeps it.
    const file = await open(path, "wx", 0o600).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
      throw new BackupError(`${path} is there already: choose another name, or give --force.`)
    })
    await file.close()
  }
  await rename(temporary, path)
  await chmod(path, 0o600)
  const folder = await open(dirname(path), "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function readBack(path: string, masterKey: Buffer): Promise<Manifest> {
  const backup = await readBackup(path, masterKey)
  for await (const page of backup.rows) void page
  return backup.manifest()
}

interface Reading {
  readonly facts: FileFacts
  readonly lines: AsyncGenerator<Buffer>
}

async function beginReading(database: RawDatabase, options: BackupOptions): Promise<Reading> {
  const isSqlite = database.kind === "sqlite"
  await database.query(isSqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  // On both, the first statement is the moment that all others see.
  const migrations = await readMigrationNames(database).catch((error: unknown) => {
    throw new BackupError("There is nothing to back up yet: the database has no tables.", { cause: error })
  })
  const all = await readTables(database)
  const without = options.withoutRequests ? belongingTo([REQUESTS, CAPTURES], all) : new Set<string>()
  const tables = all.filter(({ name }) => !without.has(name))
  const facts: FileFacts = {
    version: VERSION,
    createdAt: new Date(options.now).toISOString(),
    database: database.kind,
    migration: migrations.at(-1) ?? "",
  }
  return { facts, lines: writeLines(database, tables, migrations, [...without]) }
}

/** The tables and those whose rows cannot be without theirs. */
function belongingTo(names: readonly string[], tables: readonly Table[]): Set<string> {
  const found = new Set(tables.filter((table) => names.includes(table.name)).map((table) => table.name))
  // Parents come first in the list.
  for (const table of tables) if (table.parents.some((parent) => found.has(parent))) found.add(table.name)
  return found
}

async function* writeLines(
  database: RawDatabase,
  tables: readonly Table[],
  migrations: readonly string[],
  without: readonly string[],
): AsyncGenerator<Buffer> {
  const described = tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) }))
  yield Buffer.from(`${JSON.stringify({ migrations, tables: described, without })}\n`)
  const sums: Record<string, TableSum> = {}
  for (const [index, table] of tables.entries()) {
    const hash = createHash("sha256")
    let rows = 0
    for await (const page of readPages(database, table)) {
      const lines = Buffer.from(
        page
          .map((row) => {
            const values = table.columns.map(({ name, type }) => database.decode(row[name] ?? null, type))
            return `${JSON.stringify([index, ...values])}\n`
          })
          .join(""),
      )
      hash.update(lines)
      rows += page.length
      yield lines
    }
    sums[table.name] = { rows, sha256: hash.digest("hex") }
  }
  yield Buffer.from(`${JSON.stringify({ tables: sums satisfies Sums })}\n`)
}

function readPages(database: RawDatabase, table: Table): AsyncGenerator<readonly Raw[]> {
  const columns = table.columns.map(({ name }) => quote(name)).join(", ")
  const pageRows = table.name === CAPTURES ? PAGE_LONG_ROWS : PAGE_ROWS
  return database.kind === "sqlite"
    ? readSqlitePages(database, quote(table.name), columns, pageRows)
    : readPostgresqlPages(database, quote(table.name), columns, pageRows)
}

async function* readSqlitePages(
  database: RawDatabase,
  table: string,
  columns: string,
  pageRows: number,
): AsyncGenerator<readonly Raw[]> {
  let after: unknown = -1n
  for (;;) {
    const page = await database.query(
      `SELECT rowid AS "rowid of sqlite", ${columns} FROM ${table} WHERE rowid > $1 ORDER BY rowid LIMIT ${pageRows}`,
      [after],
    )
    if (page.length > 0) yield page
    if (page.length < pageRows) return
    after = page.at(-1)?.["rowid of sqlite"]
  }
}

async function* readPostgresqlPages(
  database: RawDatabase,
  table: string,
  columns: string,
  pageRows: number,
): AsyncGenerator<readonly Raw[]> {
  await database.query(`DECLARE pages NO SCROLL CURSOR FOR SELECT ${columns} FROM ${table}`)
  for (;;) {
    const page = await database.query(`FETCH ${pageRows} FROM pages`)
    if (page.length > 0) yield page
    if (page.length < pageRows) break
  }
  await database.query("CLOSE pages")
}
