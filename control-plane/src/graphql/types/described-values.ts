type Values<Table extends object> = { [Name in keyof Table]: { description: string } }

/** The values of an enum, of a table that says a sentence of each. */
export function describedValues<Table extends Readonly<Record<string, string>>>(table: Table): Values<Table> {
  const values = Object.entries(table).map(([name, description]) => [name, { description }])
  return Object.fromEntries(values) as Values<Table> // every entry was just made so
}
