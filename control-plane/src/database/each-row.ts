/**
 * One statement of SQLite for many rows: its text goes through Prisma, and with it the transaction it belongs to, the rows wait here until it
 * reaches the connection (`sqlite-connection.ts`). Prisma would write them as JSON and read them again, and SQLite once more.
 */

/** What the driver takes for a parameter; a boolean is 0 or 1. */
export type RowValue = string | number | bigint | null
export type RowValues = readonly RowValue[]

const MARK = "/* with each of its rows */ "
const waiting = new Map<string, readonly RowValues[]>()
let last = 0

/** Runs a statement with `?` for each value of a row. `execute` is that of a transaction, or of the database. */
export async function withEachRow(
  execute: (sql: string, rows: string) => Promise<number>,
  sql: string,
  rows: readonly RowValues[],
): Promise<number> {
  const name = String(++last)
  waiting.set(name, rows)
  try {
    return await execute(MARK + sql, name)
  } finally {
    waiting.delete(name)
  }
}

/** The rows of a statement that came through `withEachRow`; undefined for any other. */
export function rowsOf(sql: string, values: unknown): readonly RowValues[] | undefined {
  if (!sql.startsWith(MARK) || !Array.isArray(values)) return undefined
  return waiting.get(String(values[0]))
}
