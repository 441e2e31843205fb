/** The two databases that requests are measured in: filled once in a folder, and used again as they were filled. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { migrate } from "#control-plane/database/migrate.ts"
import { openDatabase, sqlitePath, type Database, type DatabaseKind } from "#control-plane/database/open.ts"
import { COUNTERS } from "#control-plane/usage/counters.ts"
import { askServer, databaseOfServer, startPostgresServer } from "../../test/support/postgres.ts"
import { fillPostgresql, fillSqlite } from "./request-rows.ts"

export interface Source {
  readonly migrations: string
  /** Where they are kept; undefined: in a temporary folder, which is removed. */
  readonly folder: string | undefined
  readonly rows: number
  readonly say: (line: string) => void
}

/** Beside a database that is whole: how many records it was filled with, and when the newest of them began. */
interface Filled {
  readonly rows: number
  readonly endsAt: number
}

export interface Measured<Result> extends Filled {
  readonly result: Result
}

/** A filled database, while `measure` looks at it. */
export async function withFilled<Result>(
  kind: DatabaseKind,
  source: Source,
  measure: (database: Database, endsAt: number) => Promise<Result>,
): Promise<Measured<Result>> {
  const folder = source.folder ?? mkdtempSync(join(tmpdir(), "lagrange-bench-requests-"))
  mkdirSync(folder, { recursive: true })
  const server = kind === "postgresql" ? await startPostgresServer(join(folder, "postgresql")) : undefined
  try {
    const url = server === undefined ? `file:${join(folder, "sqlite.db")}` : databaseOfServer(server.url, "bench")
    const filled = await fillOnce(kind, url, server?.url, join(folder, `${kind}.filled`), source)
    const database = await openDatabase(url)
    try {
      const result = await measure(database, filled.endsAt)
      await forgetAfter(database, filled.endsAt)
      return { ...filled, result }
    } finally {
      await database.close()
    }
  } finally {
    await server?.stop()
    if (source.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

async function fillOnce(
  kind: DatabaseKind,
  url: string,
  server: string | undefined,
  mark: string,
  { migrations, rows, say }: Source,
): Promise<Filled> {
  if (existsSync(mark)) {
    await migrate(url, migrations)
    return JSON.parse(readFileSync(mark, "utf8")) as Filled // written below
  }
  // What a run that was stopped has left is no month of anything.
  if (server === undefined) for (const end of ["", "-wal", "-shm"]) rmSync(sqlitePath(url) + end, { force: true })
  else {
    await askServer(server, "DROP DATABASE IF EXISTS bench")
    await askServer(server, "CREATE DATABASE bench")
  }
  await migrate(url, migrations)
  const filled = { rows, endsAt: Date.now() }
  const filling = { ...filled, say: (line: string) => say(`${kind}: ${line}`) }
  await (kind === "sqlite" ? fillSqlite(sqlitePath(url), filling, COUNTERS) : fillPostgresql(url, filling, COUNTERS))
  writeFileSync(mark, JSON.stringify(filled))
  return filled
}

/** The next run finds what this one found. */
async function forgetAfter({ prisma }: Database, endsAt: number): Promise<void> {
  const startedAt = { gt: new Date(endsAt) }
  await prisma.earlierAttempt.deleteMany({ where: { startedAt } })
  await prisma.requestRecord.deleteMany({ where: { startedAt } })
  await prisma.usageRollUp.deleteMany({ where: { start: { gt: Math.floor(endsAt / 60_000) } } })
}
