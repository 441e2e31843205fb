import fc from "fast-check"
import { expect, test } from "vitest"
import { largest } from "./largest.ts"

test("it is what sorting all of them would give", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 })), fc.nat(12), (counts, limit) => {
      const found = largest(new Map(counts.map((count, name) => [name, count])), limit)
      expect(found.map(([, count]) => count).toSorted()).toEqual(
        counts.toSorted().toReversed().slice(0, limit).toSorted(),
      )
      for (const [name, count] of found) expect(counts[name]).toBe(count)
      expect(new Set(found.map(([name]) => name)).size).toBe(found.length)
    }),
  )
})
