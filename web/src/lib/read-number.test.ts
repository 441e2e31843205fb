import fc from "fast-check"
import { expect, test } from "vitest"
import { readNumber } from "./read-number.ts"

const whole = { low: 1, high: 1_000_000, isWhole: true }
const share = { low: 0.001, high: 1, isWhole: false }

test.each([
  ["12", whole, { value: 12 }],
  [" 1,000 ", whole, { value: 1_000 }],
  ["60 000", whole, { value: 60_000 }],
  ["0.25", share, { value: 0.25 }],
  ["", whole, { problem: "empty" }],
  ["1,5", whole, { problem: "no-number" }],
  ["1e3", whole, { problem: "no-number" }],
  ["twelve", whole, { problem: "no-number" }],
  ["1.5", whole, { problem: "not-whole" }],
  ["0", whole, { problem: "out-of-range" }],
  ["-3", whole, { problem: "out-of-range" }],
  ["1000001", whole, { problem: "out-of-range" }],
  ["0", share, { problem: "out-of-range" }],
])("%j", (text, bounds, read) => {
  expect(readNumber(text, bounds)).toEqual(read)
})

test("what is within the bounds is read as it was written, in groups or not", () => {
  fc.assert(
    fc.property(fc.integer({ min: whole.low, max: whole.high }), (value) => {
      expect(readNumber(String(value), whole)).toEqual({ value })
      expect(readNumber(value.toLocaleString("en"), whole)).toEqual({ value })
    }),
  )
})
