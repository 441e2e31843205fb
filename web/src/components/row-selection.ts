/** Which rows of a list are chosen, by their keys. What is chosen and not listed any more does not count, and counts again when it is back. */
import { type Accessor, createMemo, createSignal } from "solid-js"

export interface RowSelection<Row> {
  /** Of the rows that are listed, in their order. */
  chosen: Accessor<readonly Row[]>
  has: (row: Row) => boolean
  extent: Accessor<"none" | "some" | "all">
  /** Chooses a row or gives it up; with `shown`, the same for all between it and the row that was last touched, in that order. */
  toggle: (row: Row, shown?: readonly Row[]) => void
  /** All that are listed; none when they are chosen already. */
  toggleAll: () => void
  clear: () => void
}

export function createRowSelection<Row>(
  rows: Accessor<readonly Row[]>,
  keyOf: (row: Row) => string,
): RowSelection<Row> {
  const [keys, setKeys] = createSignal<ReadonlySet<string>>(new Set())
  let touched: string | undefined

  const has = (row: Row) => keys().has(keyOf(row))
  const chosen = createMemo(() => (keys().size === 0 ? [] : rows().filter(has)))
  const extent = () => (chosen().length === 0 ? "none" : chosen().length === rows().length ? "all" : "some")

  const between = (row: Row, shown: readonly Row[]): readonly Row[] => {
    const [from, to] = [shown.findIndex((one) => keyOf(one) === touched), shown.indexOf(row)]
    return from === -1 || to === -1 ? [row] : shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  }
  const toggle = (row: Row, shown?: readonly Row[]) => {
    const next = new Set(keys())
    const isWanted = !has(row)
    for (const one of shown === undefined ? [row] : between(row, shown)) {
      if (isWanted) next.add(keyOf(one))
      else next.delete(keyOf(one))
    }
    touched = keyOf(row)
    setKeys(next)
  }
  const clear = () => setKeys(new Set<string>())
  const toggleAll = () => (extent() === "all" ? clear() : setKeys(new Set(rows().map(keyOf))))
  return { chosen, has, extent, toggle, toggleAll, clear }
}
