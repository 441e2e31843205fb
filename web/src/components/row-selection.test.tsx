import { createRoot, createSignal } from "solid-js"
import { afterEach, expect, test } from "vitest"
import { createRowSelection } from "./row-selection.ts"

interface Row {
  id: string
}

const [a, b, c, d]: [Row, Row, Row, Row] = [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }]
let end = () => {}
afterEach(() => end())

function start() {
  const [rows, setRows] = createSignal<readonly Row[]>([a, b, c, d])
  const selection = createRoot((dispose) => {
    end = dispose
    return createRowSelection<Row>(rows, ({ id }) => id)
  })
  return { setRows, ...selection, ids: () => selection.chosen().map(({ id }) => id) }
}

test("one is chosen and given up", () => {
  const { toggle, ids, extent } = start()
  expect(extent()).toBe("none")
  toggle(b)
  expect([ids(), extent()]).toEqual([["b"], "some"])
  toggle(b)
  expect(ids()).toEqual([])
})

test("a range is what is between the last one and this one in the order that is shown, and becomes what this one becomes", () => {
  const { toggle, ids } = start()
  const shown = [d, b, a, c]
  toggle(d)
  toggle(a, shown)
  expect(ids()).toEqual(["a", "b", "d"])
  toggle(b, shown)
  expect(ids()).toEqual(["d"])
})

test("a range from a row that is gone is the row alone", () => {
  const { setRows, toggle, ids } = start()
  toggle(a)
  setRows([b, c, d])
  toggle(d, [b, c, d])
  expect(ids()).toEqual(["d"])
})

test("all that are listed, and none again", () => {
  const { toggleAll, ids, extent, toggle } = start()
  toggle(c)
  toggleAll()
  expect([ids(), extent()]).toEqual([["a", "b", "c", "d"], "all"])
  toggleAll()
  expect([ids(), extent()]).toEqual([[], "none"])
})

test("what is not listed does not count, and counts again when it is back", () => {
  const { setRows, toggle, ids, extent } = start()
  toggle(a)
  toggle(b)
  setRows([b])
  expect([ids(), extent()]).toEqual([["b"], "all"])
  setRows([a, b, c])
  expect(ids()).toEqual(["a", "b"])
})
