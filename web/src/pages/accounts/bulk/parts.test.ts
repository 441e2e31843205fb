import { expect, test } from "vitest"
import { mostListed, partsOf } from "./parts.ts"

const ids = (count: number) => Array.from({ length: count }, (_, index) => `acc_${index}`)

test("few are named, also where they are all that is listed", () => {
  expect(partsOf(["a", "b"], false, { search: "x" })).toEqual([{ filter: { ids: ["a", "b"] }, expectedCount: 2 }])
  expect(partsOf(["a", "b"], true, { search: "x" })).toEqual([{ filter: { ids: ["a", "b"] }, expectedCount: 2 }])
})

test("a whole list that is too long to be named is its filter", () => {
  expect(partsOf(ids(mostListed + 1), true, { search: "x" })).toEqual([
    { filter: { search: "x" }, expectedCount: mostListed + 1 },
  ])
})

test("many of a longer list are named in parts, each once", () => {
  const all = ids(2 * mostListed + 1)
  const parts = partsOf(all, false, {})
  expect(parts.map(({ expectedCount }) => expectedCount)).toEqual([mostListed, mostListed, 1])
  expect(parts.flatMap(({ filter }) => filter.ids)).toEqual(all)
})

test("none is no part", () => {
  expect(partsOf([], true, {})).toEqual([])
})
