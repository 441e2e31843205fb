import { describe, expect, it } from "vitest"
import { median, percentile, roundRatios } from "./statistics.ts"

describe("median and percentile", () => {
  it("take the middle, or the mean of the two middle ones, in any order", () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })
  it("go linearly between neighbours and end at the ends", () => {
    const values = [10, 20, 30, 40, 50]
    expect(percentile(values, 0)).toBe(10)
    expect(percentile(values, 90)).toBe(46)
    expect(percentile(values, 100)).toBe(50)
  })
  it("answer NaN for nothing", () => {
    expect(median([])).toBeNaN()
  })
})

describe("roundRatios", () => {
  it("divides within each round, so that a slow round falls on both alike", () => {
    expect(roundRatios([2, 20, 3], [1, 10, 2])).toEqual([2, 2, 1.5])
    // The ratio of the medians would say 3 / 2.
    expect(median(roundRatios([2, 20, 3], [1, 10, 2]))).toBe(2)
  })
  it("leaves out rounds without a denominator", () => {
    expect(roundRatios([1, 2, 3], [2, 0])).toEqual([0.5])
  })
})
