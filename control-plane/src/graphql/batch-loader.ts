/**
 * Collects the ids asked for within one tick into one query. What was asked before is asked again: who follows what happens has one
 * context for hours.
 */
export function createBatchLoader<Row extends { readonly id: string }>(
  load: (ids: string[]) => Promise<readonly Row[]>,
): (id: string) => Promise<Row | null> {
  let next: { readonly ids: Set<string>; readonly rows: Promise<Map<string, Row>> } | undefined
  return (id) => {
    if (next === undefined) {
      const ids = new Set<string>()
      const rows = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
        next = undefined
        return new Map((await load([...ids])).map((row) => [row.id, row]))
      })
      next = { ids, rows }
    }
    next.ids.add(id)
    return next.rows.then((found) => found.get(id) ?? null)
  }
}

/** A loader for each of the arguments that a field was asked with. */
export function createLoadersBy<Arguments, Load>(create: (args: Arguments) => Load): (args: Arguments) => Load {
  const loaders = new Map<string, Load>()
  return (args) => {
    const key = JSON.stringify(args)
    const load = loaders.get(key) ?? create(args)
    loaders.set(key, load)
    return load
  }
}
