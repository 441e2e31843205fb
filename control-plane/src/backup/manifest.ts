/** What a backup says of itself. */

/** In front of the file, for everybody to read. */
export interface FileFacts {
  /** Of Lagrange. */
  readonly version: string
  /** ISO 8601. */
  readonly createdAt: string
  /** The kind of database it was made from; it can be restored to either. */
  readonly database: string
  /** The newest applied one. */
  readonly migration: string
}

/** The first line inside. */
export interface Contents {
  /** All that were applied. */
  readonly migrations: readonly string[]
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[]
  /** Tables that were left out because it was asked for. */
  readonly without: readonly string[]
}

export interface TableSum {
  readonly rows: number
  /** Of the table's lines, in hex. */
  readonly sha256: string
}

/** The last line inside. */
export type Sums = Readonly<Record<string, TableSum>>

export interface Manifest extends FileFacts {
  readonly without: readonly string[]
  readonly tables: Sums
}

export function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Error(`${name} is no text`)
  return value
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw new Error(`${name} is no list`)
  return value.map((one) => text(one, name))
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${name} is no object`)
  return value as Record<string, unknown> // just found to be one
}

export function parseContents(line: string): Contents {
  const value = object(JSON.parse(line), "the first line")
  if (!Array.isArray(value.tables)) throw new Error("tables is no list")
  return {
    migrations: texts(value.migrations, "migrations"),
    without: texts(value.without, "without"),
    tables: value.tables.map((one) => {
      const table = object(one, "a table")
      return { name: text(table.name, "name"), columns: texts(table.columns, "columns") }
    }),
  }
}

export function parseSums(line: string): Sums {
  const { tables } = object(JSON.parse(line), "the last line")
  return Object.fromEntries(
    Object.entries(object(tables, "tables")).map(([name, one]) => {
      const sum = object(one, name)
      if (typeof sum.rows !== "number") throw new Error(`${name} has no count`)
      return [name, { rows: sum.rows, sha256: text(sum.sha256, "sha256") }]
    }),
  )
}
