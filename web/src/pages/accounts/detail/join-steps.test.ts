import { expect, test } from "vitest"
import { joinSteps } from "./join-steps.ts"

test("each history keeps its last value where another one has a moment, and has none before its first", () => {
  const one = [
    { at: 1, value: 0.9 },
    { at: 5, value: 0.4 },
  ]
  const other = [
    { at: 3, value: 0.7 },
    { at: 5, value: 0.6 },
  ]
  expect(joinSteps([one, other])).toEqual({
    times: [1, 3, 5],
    values: [
      [0.9, 0.9, 0.4],
      [null, 0.7, 0.6],
    ],
  })
})

test("of nothing there is nothing", () => {
  expect(joinSteps([])).toEqual({ times: [], values: [] })
  expect(joinSteps([[]])).toEqual({ times: [], values: [[]] })
})
