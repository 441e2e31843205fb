/** All that is sealed in a database: every column whose name begins with `sealed`, in whatever table. */
import { quote, readTables, type RawDatabase } from "../database/raw.ts"
import type { Place } from "../vault.ts"

export interface SealedColumn {
  readonly table: string
  /** Whose value is the row of a `Place`. */
  readonly key: string
  readonly column: string
}

export interface SealedValue {
  /** As the database has it. */
  readonly key: unknown
  readonly place: Place
  readonly sealed: string
}

export async function readSealedColumns(database: RawDatabase): Promise<SealedColumn[]> {
  return (await readTables(database)).flatMap(({ name, columns, primaryKey }) => {
    const sealed = columns.filter((column) => /^sealed[A-Z]/.test(column.name))
    const [key] = primaryKey
    if (sealed.length > 0 && (key === undefined || primaryKey.length > 1)) {
      throw new Error(`${name} has sealed columns and no key of one column, so they have no place`)
    }
    return sealed.map((column) => ({ table: name, key: key ?? "", column: column.name }))
  })
}

/** What a page may hold: values are mostly short, and captured bodies are not. */
const MAX_PAGE_BYTES = 32 * 1_048_576

/** Its values, at most `pageRows` at a time and fewer where they are long, in the order of their rows; with `notUnder` only those that another data key sealed. */
export async function* readSealedValues(
  database: RawDatabase,
  { table, key, column }: SealedColumn,
  pageRows: number,
  notUnder?: string,
): AsyncGenerator<readonly SealedValue[]> {
  const named = [quote(key), quote(column)] as const
  const beginning = notUnder === undefined ? "" : `AND substr(${named[1]}, 1, ${notUnder.length + 1}) <> '${notUnder}.'`
  const [longest] = await database.query(`SELECT max(length(${named[1]})) AS "length" FROM ${quote(table)}`)
  const limit = Math.max(1, Math.min(pageRows, Math.floor(MAX_PAGE_BYTES / Math.max(1, Number(longest?.length ?? 0)))))
  let after: unknown
  for (;;) {
    const rows = await database.query(
      `SELECT ${named[0]} AS "key", ${named[1]} AS "sealed" FROM ${quote(table)}
       WHERE ${named[1]} IS NOT NULL ${beginning} ${after === undefined ? "" : `AND ${named[0]} > $1`}
       ORDER BY ${named[0]} LIMIT ${limit}`,
      after === undefined ? [] : [after],
    )
    if (rows.length > 0) {
      yield rows.map((row) => ({
        key: row.key,
        place: { table, row: String(row.key), field: column },
        sealed: String(row.sealed),
      }))
    }
    if (rows.length < limit) return
    after = rows.at(-1)?.key
  }
}
