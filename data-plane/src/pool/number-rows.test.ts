import { expect, test } from "vitest"
import { NumberRows } from "./number-rows.ts"

test("rows keep numbers and whole numbers apart while more come, and begin as 0", () => {
  const rows = new NumberRows()
  for (let row = 0; row < 100; row++) {
    rows.clear(row)
    for (let place = 0; place < 6; place++) rows.set(row, place, row + place / 16)
    for (let place = 12; place < 16; place++) rows.setWhole(row, place, row * place)
  }
  const wrong = Array.from({ length: 100 }, (_, row) => row).filter(
    (row) => rows.get(row, 5) !== row + 5 / 16 || rows.whole(row, 12) !== row * 12 || rows.whole(row, 15) !== row * 15,
  )
  expect(wrong).toEqual([])
  rows.clear(50)
  expect([rows.get(50, 0), rows.whole(50, 15), rows.get(49, 0), rows.get(51, 0)]).toEqual([0, 0, 49, 51])
})
