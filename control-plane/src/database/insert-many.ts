/**
 * Many rows in one statement whose text is always the same. SQLite runs it with each row (`each-row.ts`); to PostgreSQL they travel as one
 * JSON text that it takes apart itself. Prisma's `createMany` plans every value anew, which costs more than writing it.
 */
import { setImmediate as nextTurn } from "node:timers/promises"
import { Prisma } from "#generated/sqlite/client.ts"
import { withEachRow, type RowValue } from "./each-row.ts"
import type { DatabaseKind, Transaction } from "./open.ts"

/** A column and its type in PostgreSQL; SQLite takes a value as it is. */
export type Column = readonly [name: string, type: string]

/** SQLite writes on the thread that answers everything else: after so many rows, some milliseconds, others have their turn. */
const ROWS_A_TURN = 250

/**
 * Adds rows to a table. A `jsonb` column takes its value as JSON, a time is the text of `timeText`. `conflict` says what becomes of a row that
 * is there already: without it the statement fails.
 */
export async function insertMany(
  transaction: Pick<Transaction, "$executeRaw" | "$executeRawUnsafe">,
  kind: DatabaseKind,
  table: string,
  columns: readonly Column[],
  rows: readonly (readonly unknown[])[],
  conflict = "",
): Promise<void> {
  if (rows.length === 0) return
  const into = `INSERT INTO "${table}" (${columns.map(([name]) => `"${name}"`).join(", ")})`
  if (kind === "sqlite") {
    const sql = `${into} VALUES (${columns.map(() => "?").join(", ")}) ${conflict}`
    const execute = (text: string, name: string): Promise<number> => transaction.$executeRawUnsafe(text, name)
    for (let from = 0; from < rows.length; from += ROWS_A_TURN) {
      if (from > 0) await nextTurn()
      const some = rows.slice(from, from + ROWS_A_TURN)
      await withEachRow(
        execute,
        sql,
        some.map((row) => row.map((value, place) => bound(value, columns[place]))),
      )
    }
    return
  }
  const values = columns.map(([, type], place) =>
    type === "jsonb" ? `value -> ${place}` : `(value ->> ${place})::${type}`,
  )
  // A text: JSON's numbers end where a hash goes on.
  const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
  await transaction.$executeRaw`${Prisma.raw(into)} SELECT ${Prisma.raw(values.join(", "))}
    FROM jsonb_array_elements(${text}::jsonb) AS value WHERE true ${Prisma.raw(conflict)}`
}

/** An object whose members are named like the columns, as a row. */
export const valuesOf = (columns: readonly Column[], row: object): unknown[] =>
  columns.map(([name]): unknown => Reflect.get(row, name))

/** A value as SQLite's driver takes it. */
function bound(value: unknown, column: Column | undefined): RowValue {
  if (value === null || value === undefined) return null
  if (column?.[1] === "jsonb") return JSON.stringify(value)
  if (typeof value === "boolean") return value ? 1 : 0
  return value as RowValue // a text or a number
}

/** A time as both databases read it, and as Prisma writes it to SQLite. */
export const timeText = (time: Date): string => time.toISOString().replace("Z", "+00:00")
