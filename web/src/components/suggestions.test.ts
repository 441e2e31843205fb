import { expect, test } from "vitest"
import { fitting } from "./suggestions.ts"

const options = ["gemini-3-flash", "gemini-3.1-pro", "claude-sonnet-4-6", "flash"].map((value) => ({ value }))
const found = (typed: string) => fitting(options, typed).map(({ value }) => value)

test("what begins as it is typed comes first, then what holds every word, in any case of letters", () => {
  expect(found("FLASH")).toEqual(["flash", "gemini-3-flash"])
  expect(found("gem pro")).toEqual(["gemini-3.1-pro"])
  expect(found("")).toHaveLength(4)
  expect(found("nothing")).toEqual([])
})

test("a label is what is searched, and never are there more than one reads", () => {
  expect(fitting([{ value: "id-1", label: "Laptop" }], "lap")).toHaveLength(1)
  expect(fitting([{ value: "id-1", label: "Laptop" }], "id-1")).toEqual([])
  const many = Array.from({ length: 5_000 }, (_, index) => ({ value: `model-${index}` }))
  expect(fitting(many, "model")).toHaveLength(50)
  expect(fitting(many, "4999")).toEqual([{ value: "model-4999" }])
})
