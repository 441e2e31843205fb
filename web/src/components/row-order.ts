/**
 * The order of a list that is sorted: made when the reader asks for it, and kept while values change, so that nothing moves under the
 * pointer. Who comes later is put where it belongs; `isOld` says when sorting again would change something.
 */
import { type Accessor, createMemo, createSignal, untrack } from "solid-js"
import { createNow } from "../lib/create-now.ts"

type Compare<Row> = (one: Row, other: Row) => number

interface RowOrderOptions<Row> {
  rows: Accessor<readonly Row[]>
  keyOf: (row: Row) => string
  /** Undefined: the list's own order. Another one sorts anew. */
  compare: Accessor<Compare<Row> | undefined>
  /** Another value sorts anew too: something was moved by hand. */
  mark?: Accessor<unknown>
}

export function createRowOrder<Row>({ rows, keyOf, compare, mark }: RowOrderOptions<Row>) {
  const [wish, setWish] = createSignal(0)
  const now = createNow()
  let ranks = new Map<string, number>()
  let madeFor: { compare: Compare<Row> | undefined; wish: number; mark: unknown } | undefined

  /** Those that have their place keep it; each other one stands before the first that is greater. */
  const place = (all: readonly Row[], by: Compare<Row>): Row[] => {
    const known = all.filter((row) => ranks.has(keyOf(row)))
    const rank = (row: Row) => ranks.get(keyOf(row)) ?? 0
    const placed = known.toSorted((one, other) => rank(one) - rank(other))
    for (const row of all) {
      if (ranks.has(keyOf(row))) continue
      const index = placed.findIndex((other) => by(row, other) < 0)
      placed.splice(index === -1 ? placed.length : index, 0, row)
    }
    return placed
  }
  const ordered = createMemo(() => {
    const [all, by, asked, marked] = [rows(), compare(), wish(), mark?.()]
    if (by === undefined) return all
    return untrack(() => {
      const isKept = madeFor?.compare === by && madeFor.wish === asked && madeFor.mark === marked
      const fresh = all.filter((row) => !ranks.has(keyOf(row))).length
      // Where most are new there was nothing to keep.
      const next = isKept && fresh < all.length / 2 ? place(all, by) : all.toSorted(by)
      madeFor = { compare: by, wish: asked, mark: marked }
      // Those that are not listed just now keep theirs too: they may come back.
      if (!isKept) ranks = new Map()
      next.forEach((row, index) => ranks.set(keyOf(row), index))
      return next
    })
  })
  const isOld = createMemo(() => {
    now()
    const [all, by] = [ordered(), compare()]
    if (by === undefined) return false
    return untrack(() => all.some((row, index) => index > 0 && by(all[index - 1]!, row) > 0)) // one before it is there
  })
  return { ordered, isOld, again: () => setWish((count) => count + 1) }
}
