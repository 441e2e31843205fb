/**
 * The one connection to the file of SQLite, as Prisma's adapter uses it. A statement of `each-row.ts` is prepared once and run with each
 * of its rows: SQLite then neither parses nor takes apart anything again, which costs it three times what the writing does.
 */
import { createRequire } from "node:module"
import type { InStatement, ResultSet } from "@libsql/client"
import { Sqlite3Client } from "@libsql/client/sqlite3"
import { PrismaLibSql } from "@prisma/adapter-libsql"
import { isBusy } from "./busy.ts"
import { rowsOf, type RowValues } from "./each-row.ts"

type LibSqlClient = ReturnType<PrismaLibSql["createClient"]>

interface PreparedStatement {
  run(values: RowValues): { readonly changes: number }
}
type NativeDatabase = ConstructorParameters<typeof Sqlite3Client>[2]

/**
 * What the client itself stands on, in the very version that it has. The client shows nobody its connection, so it is given one.
 */
const requireOfClient = createRequire(createRequire(import.meta.url).resolve("@libsql/client/sqlite3"))
const Native = requireOfClient("libsql") as new (path: string, options: { timeout: number }) => NativeDatabase // what it exports

/**
 * What SQLite keeps per connection, not in the file. The cache (32 MB) and the log of changes (16 MB until it is put into the file) are
 * wide enough that a batch of reports neither reads nor syncs pages in the middle. What is acknowledged is on the disk, even when the
 * power goes: docs/decisions/0010-synchronous-full.md.
 */
export const CONNECTION_PRAGMAS = [
  "PRAGMA synchronous = FULL",
  "PRAGMA foreign_keys = ON",
  "PRAGMA cache_size = -32768",
  "PRAGMA wal_autocheckpoint = 4096",
]

/** A native connection and libsql's client over it, which are given up together. */
class Connection {
  readonly client: Sqlite3Client
  readonly #native: NativeDatabase
  /** By their texts, of which there are a few. */
  readonly #prepared = new Map<string, PreparedStatement>()

  constructor(path: string, timeout: number) {
    this.#native = new Native(path, { timeout })
    this.client = new Sqlite3Client(path, { timeout }, this.#native, "number")
  }

  /** How many rows were changed. */
  runEach(sql: string, rows: readonly RowValues[]): number {
    const statement = this.#prepared.get(sql) ?? (this.#native.prepare(sql) as PreparedStatement) // `?` stands for what rows hold
    // One that fails is not used again.
    this.#prepared.delete(sql)
    let changes = 0
    for (const row of rows) changes += statement.run(row).changes
    this.#prepared.set(sql, statement)
    return changes
  }

  close(): void {
    this.#prepared.clear()
    this.client.close()
  }
}

/**
 * libsql's client gives each transaction its connection away and opens a new one, which loses the connection's pragmas and keeps
 * the old one until garbage collection. The adapter already lets nothing else run during a transaction, so one connection is
 * enough; it begins as a writer, because a reader that turns writer can be refused. A connection on which a statement met the
 * lock is given up: that statement stays open, and with it every later commit would be refused.
 */
export class SingleConnectionLibSql extends PrismaLibSql {
  readonly #open: () => Connection

  constructor(path: string, timeoutMs: number) {
    super({ url: `file:${path}` })
    this.#open = () => new Connection(path, timeoutMs)
  }

  override createClient(): LibSqlClient {
    let connection = this.#open()
    async function executeOnce(statement: InStatement): Promise<ResultSet> {
      const rows = typeof statement === "string" ? undefined : rowsOf(statement.sql, statement.args)
      if (typeof statement === "string" || rows === undefined) return connection.client.execute(statement)
      return { ...NO_ROWS, rowsAffected: connection.runEach(statement.sql, rows) }
    }
    const execute = async (statement: InStatement): Promise<ResultSet> => {
      try {
        return await executeOnce(statement)
      } catch (error) {
        if (isBusy(error)) {
          connection.close()
          connection = this.#open()
          for (const pragma of CONNECTION_PRAGMAS) await connection.client.execute(pragma)
        }
        throw error
      }
    }
    const transaction = async () => {
      await client.execute("BEGIN IMMEDIATE")
      let closed = false
      const end = async (statement: "COMMIT" | "ROLLBACK"): Promise<void> => {
        if (closed) return
        closed = true
        await client.execute(statement)
      }
      const inside = (statement: InStatement): Promise<ResultSet> => client.execute(statement)
      return { execute: inside, commit: () => end("COMMIT"), rollback: () => end("ROLLBACK") }
    }
    const executeMultiple = (sql: string): Promise<void> => connection.client.executeMultiple(sql)
    const close = (): void => connection.close()
    const client = { execute, executeMultiple, transaction, close }
    return client as unknown as LibSqlClient // all of it that the adapter uses
  }
}

const NO_ROWS = { columns: [], columnTypes: [], rows: [], lastInsertRowid: undefined, toJSON: () => undefined }
