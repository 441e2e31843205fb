/**
 * Many rows in one statement whose text is always the same: they travel as one JSON text that the database itself takes apart. Prisma's
 * `createMany` plans every value anew, which costs more than writing it.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { DatabaseKind, Transaction } from "./open.ts"

/** A column and its type in PostgreSQL; SQLite takes a value as it is. */
export type Columns<Row> = { readonly [Name in keyof Row & string]: string }

/**
 * Adds rows to a table. A `jsonb` column takes its value as JSON, a time is the text of `timeText`. `conflict` says what becomes of a row that
 * is there already: without it the statement fails.
 */
export async function insertMany<Row extends object>(
  transaction: Pick<Transaction, "$executeRaw">,
  kind: DatabaseKind,
  table: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  conflict = "",
): Promise<void> {
  if (rows.length === 0) return
  const entries = Object.entries<string>(columns)
  const names = entries.map(([name]) => `"${name}"`).join(", ")
  const text = JSON.stringify(rows.map((row) => entries.map(([name]) => Reflect.get(row, name) ?? null)))
  const values = entries.map(([, type], place) =>
    kind === "sqlite" ? `value ->> ${place}` : type === "jsonb" ? `value -> ${place}` : `(value ->> ${place})::${type}`,
  )
  const source =
    kind === "sqlite" ? Prisma.sql`json_each(${text})` : Prisma.sql`jsonb_array_elements(${text}::jsonb) AS value`
  await transaction.$executeRaw`INSERT INTO ${Prisma.raw(`"${table}" (${names})`)}
    SELECT ${Prisma.raw(values.join(", "))} FROM ${source} WHERE true ${Prisma.raw(conflict)}`
}

/** A time as both databases read it, and as Prisma writes it to SQLite. */
export const timeText = (time: Date): string => time.toISOString().replace("Z", "+00:00")
