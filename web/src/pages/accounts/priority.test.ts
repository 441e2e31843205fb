import { expect, test } from "vitest"
import { nextPriority, priorityBetween } from "./priority.ts"

test.each([
  ["first of all", undefined, 5, 15],
  ["last of all", 5, undefined, -5],
  ["alone", undefined, undefined, 0],
  ["among alike", 5, 5, 5],
  ["where there is room", 20, 10, 15],
  ["where there is none", 6, 5, 6],
  ["at the upper end", undefined, 995, 1_000],
  ["at the lower end", -1_000, undefined, -1_000],
  ["where the list is out of order", 1, 9, 1],
])("%s", (_where, before, after, priority) => {
  expect(priorityBetween(before, after)).toBe(priority)
})

test("one level up or down, and at the ends a level of its own, once", () => {
  expect(nextPriority(0, [0, 0, 10, 20], 1)).toBe(10)
  expect(nextPriority(10, [0, 0, 10, 20], -1)).toBe(0)
  expect(nextPriority(20, [0, 20, 20], 1)).toBe(30)
  expect(nextPriority(30, [0, 20, 30], 1)).toBe(30)
  expect(nextPriority(1_000, [1_000, 1_000], 1)).toBe(1_000)
})
