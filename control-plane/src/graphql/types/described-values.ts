type Values<Table extends object> = { [Name in keyof Table]: { description: string } }

/** The values of an enum, of a table that says a sentence of each. */
export function describedValues<Table extends Readonly<Record<string, string>>>(table: Table): Values<Table> {
  const values = Object.entries(table).map(([name, description]) => [name, { description }])
  return Object.fromEntries(values) as Values<Table> // every entry was just made so
}

/** The name among those of an enum. The query of its row asks for no other, so that another one is a fault of ours. */
export function oneOf<Name extends string>(names: readonly Name[], name: string): Name {
  const known = names.find((candidate) => candidate === name)
  if (known === undefined) throw new TypeError(`${name} is none of ${names.join(", ")}`)
  return known
}
