import { describe, expect, it } from "vitest"
import { FaultLot } from "./fault-lot.ts"

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `request ${index}`)

describe("a fault with a share", () => {
  it("strikes that share of the attempts, the first ones like the others", () => {
    const lot = new FaultLot(0.3, "seed")
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const struck = many(10_000).filter((contents) => lot.draw(contents)).length
      expect(struck / 10_000).toBeCloseTo(0.3, 1)
    }
  })

  it("draws each attempt for itself", () => {
    const lot = new FaultLot(0.3, "seed")
    const first = many(10_000).map((contents) => lot.draw(contents))
    const again = many(10_000).filter((contents, index) => lot.draw(contents) && first[index] === true).length
    expect(again / 10_000).toBeCloseTo(0.09, 1)
  })

  it("strikes the same ones in any order, and others with another seed", () => {
    const drawn = (lot: FaultLot, contents: readonly string[]): Map<string, boolean> =>
      new Map(contents.map((one) => [one, lot.draw(one)]))
    const requests = many(200)
    const forwards = drawn(new FaultLot(0.5, "seed"), requests)
    const backwards = drawn(new FaultLot(0.5, "seed"), requests.toReversed())
    const other = drawn(new FaultLot(0.5, "other"), requests)
    expect(requests.filter((one) => forwards.get(one) !== backwards.get(one))).toEqual([])
    expect(requests.filter((one) => forwards.get(one) !== other.get(one)).length).toBeGreaterThan(50)
  })

  it.each([
    [0, 0],
    [1, 100],
  ])("of %d strikes %d of a hundred", (share, struck) => {
    const lot = new FaultLot(share, "seed")
    expect(many(100).filter((contents) => lot.draw(contents))).toHaveLength(struck)
  })
})
