/**
 * The way to the database; which driver stands behind it is known here and in `sqlite-connection.ts`. One Prisma client type serves SQLite and
 * PostgreSQL; where the two differ (letter case in `contains`, `skipDuplicates`) callers use what both do alike.
 */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { PrismaPg } from "@prisma/adapter-pg"
import { PrismaClient as PostgresqlClient } from "#generated/postgresql/client.ts"
import { PrismaClient } from "#generated/sqlite/client.ts"
import { SequentialClient } from "./postgresql-client.ts"
import { createPostgresqlPeers, createSqlitePeers, type Peers } from "./peers.ts"
import { makePrivate } from "./private-file.ts"
import { CONNECTION_PRAGMAS, SingleConnectionLibSql } from "./sqlite-connection.ts"

export type DatabaseKind = "sqlite" | "postgresql"

/** A Prisma client inside or outside of a transaction. */
export type Transaction = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$use" | "$extends" | "$transaction">

export interface Database {
  readonly kind: DatabaseKind
  readonly prisma: PrismaClient
  /** Other control planes on the same database. */
  readonly peers: Peers
  close(): Promise<void>
}

/** A database cannot be used; the message is one sentence without credentials. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError"
}

/** How long a statement waits for another process that holds SQLite's write lock. */
export const SQLITE_BUSY_TIMEOUT_MS = 5_000

/**
 * How long a transaction may wait for its turn, and take. With SQLite there is one at a time, and every change is one with its audit
 * event: a batch of reports that holds it must not make a change fail that has time to wait.
 */
const TRANSACTIONS = { maxWait: 15_000, timeout: 30_000 } as const

/** Whether an error says that a row with these unique values is already there. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2002"
}

/** Whether a serializable transaction met another one and may be tried again. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2034"
}

/** Which database a URL names. Throws `DatabaseError` for a scheme that is neither. */
export function databaseKind(url: string): DatabaseKind {
  if (url.startsWith("file:")) return "sqlite"
  if (url.startsWith("postgresql://") || url.startsWith("postgres://")) return "postgresql"
  throw new DatabaseError("DATABASE_URL must begin with file: or postgresql://.")
}

/** The path of a `file:` URL; relative ones count from the working directory. */
export function sqlitePath(url: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length)
}

/** Under which name everybody attends who has the database open: a restore excludes it. */
export const IN_USE = "use"

/** Throws `DatabaseError` while the database is being replaced. */
async function attend(peers: Peers): Promise<void> {
  if ((await peers.attend(IN_USE)) === undefined) throw beingRestored()
}

export function beingRestored(): DatabaseError {
  return new DatabaseError("The database is being restored; start again when that has ended.")
}

async function openSqlite(url: string): Promise<Database> {
  const path = sqlitePath(url)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const peers = createSqlitePeers(path)
  await attend(peers)
  makePrivate(path)
  const adapter = new SingleConnectionLibSql(path, SQLITE_BUSY_TIMEOUT_MS)
  const prisma = new PrismaClient({ adapter, transactionOptions: TRANSACTIONS })
  await prisma.$queryRawUnsafe("PRAGMA journal_mode = WAL")
  for (const pragma of CONNECTION_PRAGMAS) await prisma.$executeRawUnsafe(pragma)
  const close = async (): Promise<void> => {
    await peers.close()
    await prisma.$disconnect()
  }
  return { kind: "sqlite", prisma, peers, close }
}

async function openPostgresql(url: string): Promise<Database> {
  const connections = { connectionString: url, max: 10, connectionTimeoutMillis: 10_000, Client: SequentialClient }
  const adapter = new PrismaPg(connections)
  const prisma = new PostgresqlClient({ adapter, transactionOptions: TRANSACTIONS }) as unknown as PrismaClient // made of the same models
  await prisma.$queryRawUnsafe("SELECT 1")
  const peers = createPostgresqlPeers(url)
  await attend(peers)
  const close = async (): Promise<void> => {
    await peers.close()
    await prisma.$disconnect()
  }
  return { kind: "postgresql", prisma, peers, close }
}

/** Opens the database of a `file:` or `postgresql:` URL. Its tables are made by `migrate`. Throws `DatabaseError`. */
export async function openDatabase(url: string): Promise<Database> {
  const kind = databaseKind(url)
  try {
    return await (kind === "sqlite" ? openSqlite(url) : openPostgresql(url))
  } catch (error) {
    if (error instanceof DatabaseError) throw error
    const reason = error instanceof Error ? error.message.split("\n").at(-1) : String(error)
    const where = kind === "sqlite" ? sqlitePath(url) : `PostgreSQL at ${new URL(url).host}`
    throw new DatabaseError(`Cannot open the database ${where}: ${reason}`, { cause: error })
  }
}
