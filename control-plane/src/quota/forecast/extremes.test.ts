import { expect, test } from "vitest"
import { greatest, least } from "./extremes.ts"

test("are found among more numbers than a function takes", () => {
  const many = Array.from({ length: 500_000 }, (_, index) => (index * 7_919) % 500_000)
  expect([least(many), greatest(many)]).toEqual([0, 499_999])
  expect([least([]), greatest([])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
})
