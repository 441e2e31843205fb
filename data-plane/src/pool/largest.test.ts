import fc from "fast-check"
import { expect, test } from "vitest"
import { largest } from "./largest.ts"

const byCount = (one: number, other: number): number => other - one

test("it is what sorting all of them would give", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 })), fc.nat(12), (counts, limit) => {
      const found = largest(new Map(counts.map((count, name) => [name, count])), limit)
      const best = counts.toSorted(byCount).slice(0, limit)
      expect(found.map(([, count]) => count).toSorted(byCount)).toEqual(best)
      for (const [name, count] of found) expect(counts[name]).toBe(count)
      expect(new Set(found.map(([name]) => name)).size).toBe(found.length)
    }),
  )
})
