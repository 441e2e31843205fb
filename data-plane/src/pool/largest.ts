/** The `limit` entries with the largest counts, in time that grows with their number and not faster: there may be very many. */
export function largest<Name>(counts: ReadonlyMap<Name, number>, limit: number): [Name, number][] {
  if (counts.size <= limit) return [...counts]
  const { least, spare } = borderOf(counts, limit)
  let left = spare
  const found: [Name, number][] = []
  for (const [name, count] of counts) {
    if (count < least || (count === least && left-- <= 0)) continue
    found.push([name, count])
  }
  return found
}

/** The smallest count that is among the largest, and how many entries with just this count fit in. */
function borderOf(counts: ReadonlyMap<unknown, number>, limit: number): { least: number; spare: number } {
  const entriesWith = new Map<number, number>()
  for (const count of counts.values()) entriesWith.set(count, (entriesWith.get(count) ?? 0) + 1)
  let spare = limit
  for (const [count, entries] of [...entriesWith].toSorted(([one], [other]) => other - one)) {
    if (entries >= spare) return { least: count, spare }
    spare -= entries
  }
  return { least: 0, spare: 0 }
}
