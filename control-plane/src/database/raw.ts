/**
 * A database without a model: its tables as they are, whatever version made them, with values in one form for SQLite and PostgreSQL.
 * What looks after the database itself (backup, restore, keys, doctor) uses it; everything else goes through Prisma.
 */
import { createClient } from "@libsql/client"
import pg from "pg"
import { databaseKind, SQLITE_BUSY_TIMEOUT_MS, sqlitePath, type DatabaseKind } from "./open.ts"

export type ColumnType = "text" | "integer" | "bigint" | "real" | "boolean" | "datetime" | "json"

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  /** Tables that its rows belong to. */
  readonly parents: readonly string[]
}

/** As it stands in a document: bigints as decimal text, times as ISO 8601 in UTC, JSON as its text. */
export type Value = string | number | boolean | null

export type Raw = Readonly<Record<string, unknown>>

export interface RawDatabase {
  readonly kind: DatabaseKind
  /** Parameters are `$1`, `$2`, … on both. Values come as the driver has them. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Raw[]>
  /** Rows changed. */
  run(sql: string, values?: readonly unknown[]): Promise<number>
  /** A driver's value in the one form. */
  decode(value: unknown, type: ColumnType): Value
  /** The value of the one form for the driver. */
  encode(value: Value, type: ColumnType): unknown
  close(): Promise<void>
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Opens it on one connection of its own. */
export function openRaw(url: string): Promise<RawDatabase> {
  return databaseKind(url) === "sqlite" ? openRawSqlite(sqlitePath(url)) : openRawPostgresql(url)
}

async function openRawSqlite(path: string): Promise<RawDatabase> {
  const client = createClient({ url: `file:${path}`, timeout: SQLITE_BUSY_TIMEOUT_MS, intMode: "bigint" })
  const execute = (sql: string, values: readonly unknown[] = []) =>
    client.execute({ sql: sql.replace(/\$(\d+)/g, "?$1"), args: values as string[] }) // or what `encode` gives
  await execute("PRAGMA foreign_keys = ON")
  return {
    kind: "sqlite",
    query: async (sql, values) => (await execute(sql, values)).rows,
    run: async (sql, values) => (await execute(sql, values)).rowsAffected,
    decode: decodeSqlite,
    encode: encodeSqlite,
    close: () => {
      client.close()
      return Promise.resolve()
    },
  }
}

/** A driver's value that is text, or a number that can be told as such. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value
  if (typeof value === "number" || typeof value === "bigint") return value.toString()
  throw new Error(`a column holds a ${typeof value}, which raw.ts does not know`)
}

function decodeSqlite(value: unknown, type: ColumnType): Value {
  if (value === null) return null
  switch (type) {
    case "integer":
    case "real":
      return Number(value)
    case "bigint":
    case "text":
    case "json":
      return textOf(value)
    case "boolean":
      return Number(value) !== 0
    case "datetime":
      return new Date(typeof value === "bigint" ? Number(value) : textOf(value)).toISOString()
  }
}

function encodeSqlite(value: Value, type: ColumnType): unknown {
  if (value === null) return null
  switch (type) {
    case "boolean":
      return value === true ? 1 : 0
    case "bigint":
      return BigInt(String(value))
    case "datetime":
      // As Prisma's adapter writes it: times are compared as text.
      return String(value).replace("Z", "+00:00")
    case "integer":
    case "real":
    case "text":
    case "json":
      return value
  }
}

/** Text as the server writes it, for every type: no driver's idea of a time zone comes between. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

/** A connection that somebody else opens and closes. */
export function rawOver(client: pg.Client): RawDatabase {
  const execute = (sql: string, values: readonly unknown[] = []) =>
    client.query<Record<string, unknown>>({ text: sql, values: [...values], types: AS_TEXT })
  return {
    kind: "postgresql",
    query: async (sql, values) => (await execute(sql, values)).rows,
    run: async (sql, values) => (await execute(sql, values)).rowCount ?? 0,
    decode: decodePostgresql,
    encode: (value) => value,
    close: () => Promise.resolve(),
  }
}

/** What times and numbers look like as text, whatever the server's settings are. */
const AS_WE_READ = "SET datestyle = 'ISO, YMD'; SET extra_float_digits = 3; SET timezone = 'UTC'"

export async function connectPostgresql(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // One that breaks rejects what is asked next.
  client.on("error", () => undefined)
  await client.connect()
  await client.query(AS_WE_READ)
  return client
}

async function openRawPostgresql(url: string): Promise<RawDatabase> {
  const client = await connectPostgresql(url)
  return { ...rawOver(client), close: () => client.end() }
}

function decodePostgresql(value: unknown, type: ColumnType): Value {
  if (value === null) return null
  const text = textOf(value)
  switch (type) {
    case "integer":
    case "real":
      return Number(text)
    case "boolean":
      return text === "t"
    case "datetime":
      return new Date(`${text.replace(" ", "T")}Z`).toISOString()
    case "bigint":
    case "text":
    case "json":
      return text
  }
}

/** The table that migrations are recorded in; it is no part of what they made. */
export const MIGRATIONS = "_prisma_migrations"

/** All tables, those that others belong to first. */
export async function readTables(database: RawDatabase): Promise<Table[]> {
  return inOrder(await (database.kind === "sqlite" ? readSqliteTables(database) : readPostgresqlTables(database)))
}

/** Names of applied migrations, in order. */
export async function readMigrationNames(database: RawDatabase): Promise<string[]> {
  const rows = await database.query(
    `SELECT "migration_name" AS "name" FROM "${MIGRATIONS}" WHERE "finished_at" IS NOT NULL ORDER BY "migration_name"`,
  )
  return rows.map(({ name }) => String(name))
}

const SQLITE_TYPES: Readonly<Record<string, ColumnType>> = {
  TEXT: "text",
  INTEGER: "integer",
  BIGINT: "bigint",
  REAL: "real",
  BOOLEAN: "boolean",
  DATETIME: "datetime",
  JSONB: "json",
}

async function readSqliteTables(database: RawDatabase): Promise<Table[]> {
  const names = await database.query(
    `SELECT "name" FROM sqlite_schema WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite_%' AND "name" <> '${MIGRATIONS}'`,
  )
  const tables: Table[] = []
  for (const { name } of names) {
    const table = String(name)
    const columns = await database.query(`PRAGMA table_info(${quote(table)})`)
    const parents = await database.query(`PRAGMA foreign_key_list(${quote(table)})`)
    tables.push({
      name: table,
      columns: columns.map((column) => ({
        name: String(column.name),
        type: typeOf(SQLITE_TYPES, String(column.type), table),
      })),
      primaryKey: columns
        .filter(({ pk }) => Number(pk) > 0)
        .toSorted((left, right) => Number(left.pk) - Number(right.pk))
        .map((column) => String(column.name)),
      parents: parents.map((parent) => String(parent.table)),
    })
  }
  return tables
}

const POSTGRESQL_TYPES: Readonly<Record<string, ColumnType>> = {
  text: "text",
  int4: "integer",
  int8: "bigint",
  float8: "real",
  bool: "boolean",
  timestamp: "datetime",
  jsonb: "json",
  // Of an enum: kind e of pg_type.
  e: "text",
}

async function readPostgresqlTables(database: RawDatabase): Promise<Table[]> {
  const columns = await database.query(
    `SELECT c.relname AS "table", a.attname AS "column", CASE t.typtype WHEN 'e' THEN 'e' ELSE t.typname END AS "type",
            array_position(i.indkey::int2[], a.attnum) AS "pk"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> '${MIGRATIONS}'
     ORDER BY c.relname, a.attnum`,
  )
  const parents = await database.query(
    `SELECT c.relname AS "table", p.relname AS "parent" FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = current_schema()`,
  )
  const names = [...new Set(columns.map(({ table }) => String(table)))]
  return names.map((name) => {
    const own = columns.filter(({ table }) => table === name)
    return {
      name,
      columns: own.map(({ column, type }) => ({
        name: String(column),
        type: typeOf(POSTGRESQL_TYPES, String(type), name),
      })),
      primaryKey: own
        .filter(({ pk }) => pk !== null)
        .toSorted((left, right) => Number(left.pk) - Number(right.pk))
        .map(({ column }) => String(column)),
      parents: parents.filter(({ table }) => table === name).map(({ parent }) => String(parent)),
    }
  })
}

function typeOf(types: Readonly<Record<string, ColumnType>>, name: string, table: string): ColumnType {
  const type = types[name]
  if (type === undefined)
    throw new Error(`the table ${table} has a column of the type ${name}, which raw.ts does not know`)
  return type
}

function inOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = []
  const rest = new Map(tables.map((table) => [table.name, table]))
  while (rest.size > 0) {
    const next = [...rest.values()]
      .filter(({ name, parents }) => parents.every((parent) => parent === name || !rest.has(parent)))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    if (next.length === 0) throw new Error(`the tables ${[...rest.keys()].join(", ")} belong to each other in a circle`)
    for (const table of next) rest.delete(table.name)
    ordered.push(...next)
  }
  return ordered
}
