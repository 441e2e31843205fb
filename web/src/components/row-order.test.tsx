import { createRoot, createSignal } from "solid-js"
import { createStore } from "solid-js/store"
import { afterEach, expect, test, vi } from "vitest"
import { createRowOrder } from "./row-order.ts"

interface Row {
  id: string
  count: number
}

const rows = (counts: Record<string, number>): Row[] => Object.entries(counts).map(([id, count]) => ({ id, count }))
const byCount = (one: Row, other: Row) => one.count - other.count
let end = () => {}
afterEach(() => {
  end()
  vi.useRealTimers()
})

function start(counts: Record<string, number>) {
  const [store, setStore] = createStore({ rows: rows(counts) })
  const [compare, setCompare] = createSignal<typeof byCount | undefined>(byCount)
  const order = createRoot((dispose) => {
    end = dispose
    return createRowOrder<Row>({ rows: () => store.rows, keyOf: ({ id }) => id, compare })
  })
  const set = (all: Record<string, number>) => setStore("rows", rows(all))
  const setCount = (index: number, count: number) => setStore("rows", index, "count", count)
  return { ...order, set, setCount, setCompare, ids: () => order.ordered().map(({ id }) => id) }
}

test("a value that changes moves nothing until it is sorted again, and that it would move is seen", () => {
  vi.useFakeTimers()
  const { ids, isOld, setCount, again } = start({ a: 1, b: 2, c: 3 })
  expect(ids()).toEqual(["a", "b", "c"])
  setCount(0, 9)
  expect(ids()).toEqual(["a", "b", "c"])
  expect(isOld()).toBe(false)
  vi.advanceTimersByTime(5_000)
  expect(isOld()).toBe(true)
  again()
  expect(ids()).toEqual(["b", "c", "a"])
  expect(isOld()).toBe(false)
})

test("who comes is put where it belongs, and the others stay", () => {
  const { ids, set } = start({ a: 1, c: 3, d: 4 })
  set({ a: 9, c: 3, d: 4, b: 2 })
  expect(ids()).toEqual(["b", "a", "c", "d"])
})

test("who goes and comes back is where it was", () => {
  const { ids, set } = start({ a: 1, b: 2, c: 3, d: 4 })
  set({ a: 1, c: 3, d: 4 })
  set({ a: 1, b: 99, c: 3, d: 4 })
  expect(ids()).toEqual(["a", "b", "c", "d"])
})

test("another order sorts anew, and none is the list's own", () => {
  const { ids, setCompare, setCount } = start({ b: 2, a: 1 })
  expect(ids()).toEqual(["a", "b"])
  setCount(0, 0)
  setCompare(() => (one: Row, other: Row) => byCount(other, one))
  expect(ids()).toEqual(["a", "b"])
  setCompare(undefined)
  expect(ids()).toEqual(["b", "a"])
})

test("many that come at once are sorted with the rest", () => {
  const { ids, set, setCount } = start({ a: 5, b: 6 })
  setCount(0, 8)
  set({ a: 8, b: 6, c: 1, d: 7, e: 2 })
  expect(ids()).toEqual(["c", "e", "b", "d", "a"])
})
