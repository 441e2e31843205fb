/** Collects the ids asked for within one tick into one query; each id is loaded once in its life. */
export function createBatchLoader<Row extends { readonly id: string }>(
  load: (ids: string[]) => Promise<Row[]>,
): (id: string) => Promise<Row | null> {
  const known = new Map<string, Promise<Row | null>>()
  let next: { readonly ids: string[]; readonly rows: Promise<Map<string, Row>> } | undefined
  return (id) => {
    const existing = known.get(id)
    if (existing !== undefined) return existing
    if (next === undefined) {
      const ids: string[] = []
      const rows = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
        next = undefined
        return new Map((await load(ids)).map((row) => [row.id, row]))
      })
      next = { ids, rows }
    }
    next.ids.push(id)
    const row = next.rows.then((found) => found.get(id) ?? null)
    known.set(id, row)
    return row
  }
}
