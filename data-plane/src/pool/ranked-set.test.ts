import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { RankedSet, type Ranked } from "./ranked-set.ts"

interface Thing extends Ranked {
  readonly name: string
}

const thing = (order: number): Thing => ({ name: `t${order}`, order, slot: -1 })

describe("a ranked set", () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant("put" as const), thing: fc.nat(30), rank: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ type: fc.constant("remove" as const), thing: fc.nat(30) }),
  )

  test("whatever is put in and taken out, it reads as a sorted list would", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), fc.integer({ min: 1, max: 4 }), (steps, share) => {
        const things = Array.from({ length: 31 }, (_, order) => thing(order))
        const set = new RankedSet<Thing>()
        const ranks = new Map<Thing, number>()
        for (const now of steps) {
          const one = things[now.thing]
          if (one === undefined) continue
          if (now.type === "put") {
            set.put(one, now.rank)
            ranks.set(one, now.rank)
          } else {
            set.remove(one)
            ranks.delete(one)
          }
        }
        const sorted = [...ranks].toSorted(([a, left], [b, right]) => left - right || a.order - b.order)
        const read: Thing[] = []
        set.first((one, rank) => {
          expect(rank).toBe(ranks.get(one))
          read.push(one)
          return false
        })
        expect(read).toEqual(sorted.map(([one]) => one))
        expect(set.size).toBe(ranks.size)
        expect(set.peek()).toBe(read[0])
        const isTaken = (one: Thing): boolean => one.order % share === 0
        expect(set.first(isTaken)).toBe(read.find(isTaken))
        for (const one of things) expect(set.has(one)).toBe(ranks.has(one))
      }),
    )
  })

  test("an empty one has no first", () => {
    expect(new RankedSet<Thing>().first(() => true)).toBeUndefined()
  })
})
