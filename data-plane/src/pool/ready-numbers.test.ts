import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { DrawnNumbers } from "./drawn-numbers.ts"
import type { Numbering } from "./ranked-numbers.ts"
import { ReadyNumbers } from "./ready-numbers.ts"

const MANY = 1_500

/** Orders are not those of the numbers. */
const numbering = (): Numbering => {
  const places = new Int32Array(MANY)
  return {
    order: (number) => (number * 7_919) % MANY,
    place: (number) => places[number] ?? 0,
    setPlace: (number, place) => void (places[number] = place),
  }
}

describe("the ready ones in order of rank", () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant("turn" as const), length: fc.integer({ min: 0, max: 12 }) }),
    },
    fc.record({ type: fc.constant("put" as const), number: fc.nat(MANY - 1), rank: fc.integer({ min: -5, max: 40 }) }),
    fc.record({ type: fc.constant("remove" as const), number: fc.nat(MANY - 1) }),
    fc.record({ type: fc.constant("return" as const), rank: fc.integer({ min: -5, max: 40 }) }),
  )

  test("read as a sorted list would, whatever is put in, chosen, put back and taken out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 8 }).chain((few) =>
          fc.record({
            // Now and then more than are kept apart as near ones, and the first of them behind all others.
            filled: fc.constantFrom(few, [
              1_000,
              ...Array.from({ length: MANY - 1 }, (_, number) => (number * 31) % 97),
            ]),
            steps: fc.array(step, { maxLength: 150, size: "max" }),
            share: fc.integer({ min: 1, max: 4 }),
          }),
        ),
        ({ filled, steps, share }) => {
          const numbers = numbering()
          const ready = new ReadyNumbers(numbers)
          const ranks = new Map<number, number>()
          const out: number[] = []
          const put = (number: number, rank: number): void => {
            ready.put(number, rank)
            ranks.set(number, rank)
          }
          const remove = (number: number): void => {
            ready.remove(number)
            if (ranks.delete(number)) out.push(number)
          }
          const sorted = (): number[] =>
            [...ranks]
              .toSorted(([a, left], [b, right]) => left - right || numbers.order(a) - numbers.order(b))
              .map(([number]) => number)
          for (const [number, rank] of filled.entries()) put(number, rank)
          for (const now of steps) {
            const head = ready.peek()
            const rank = head === undefined ? undefined : ready.rankOf(head)
            if (head !== undefined) expect(rank).toBe(ranks.get(head))
            if (now.type === "put") put(now.number, now.rank)
            else if (now.type === "remove") remove(now.number)
            else if (now.type === "return") put(out.pop() ?? 0, now.rank)
            else if (head !== undefined && rank !== undefined) put(head, rank + now.length)
          }
          const order = sorted()
          const read: number[] = []
          ready.first((number, rank) => {
            expect(rank).toBe(ranks.get(number))
            read.push(number)
            return false
          })
          expect(read).toEqual(order)
          expect(ready.size).toBe(order.length)
          const places = Array.from({ length: ready.span }, (_, place) => ready.at(place))
          const found = places.filter((number) => number !== undefined)
          expect(found.length).toBe(order.length)
          expect(new Set(found)).toEqual(new Set(order))
          const isTaken = (number: number): boolean => number % share === 0
          expect(ready.first(isTaken)).toBe(order.find(isTaken))
          for (let number = 0; number < MANY; number++) expect(ready.has(number)).toBe(ranks.has(number))
          // Each in turn, to the end.
          const chosen: (number | undefined)[] = []
          for (let head = ready.peek(); head !== undefined; head = ready.peek()) {
            chosen.push(head)
            ready.remove(head)
          }
          expect(chosen).toEqual(order)
        },
      ),
      { numRuns: 30 },
    )
  })

  test("a queue outgrows its ring, and its gaps are used again", () => {
    const ready = new ReadyNumbers(numbering())
    for (let number = 0; number < 100; number++) ready.put(number, number)
    for (let turn = 100; turn < 10_000; turn++) {
      const head = ready.peek() ?? 0
      expect(ready.rankOf(head)).toBe(turn - 100)
      ready.put(head, turn)
      // One goes from the middle and comes back where it was: it leaves a gap.
      const other = ((head + 50) * 7) % 100
      const rank = ready.rankOf(other) ?? 0
      if (turn % 10 !== 0) continue
      ready.remove(other)
      ready.put(other, rank)
    }
    expect(ready.size).toBe(100)
  })

  test("one that went far back keeps the others from no queue for long: they are in order all the same", () => {
    const ready = new ReadyNumbers(numbering())
    const ranks = new Map(Array.from({ length: 100 }, (_, number) => [number, number]))
    for (const [number, rank] of ranks) ready.put(number, rank)
    for (let turn = 100; turn < 2_000; turn++) {
      const head = ready.peek() ?? -1
      const least = Math.min(...ranks.values())
      expect([ready.rankOf(head), ranks.get(head)]).toEqual([least, least])
      // Every queue has such a one at its end sooner or later; some of those in the middle go back too.
      const moved = turn % 3 === 0 ? (turn * 31) % 100 : head
      const rank = (ranks.get(moved) ?? 0) + (turn % 50 === 0 ? 1_000 + turn : 100)
      ready.put(moved, rank)
      ranks.set(moved, rank)
    }
  })
})

test("the ready ones that are drawn: each place has one", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(40))), (steps) => {
      const drawn = new DrawnNumbers(numbering())
      const known = new Set<number>()
      for (const [isPut, number] of steps) {
        if (isPut) {
          drawn.put(number)
          known.add(number)
        } else {
          drawn.remove(number)
          known.delete(number)
        }
      }
      const places = Array.from({ length: drawn.size }, (_, place) => drawn.at(place))
      expect(places.length).toBe(known.size)
      expect(new Set(places)).toEqual(known)
      expect(drawn.at(drawn.size)).toBeUndefined()
      expect(drawn.first((number) => number % 3 === 0)).toBe(places.find((number) => (number ?? 1) % 3 === 0))
      for (let number = 0; number <= 40; number++) expect(drawn.has(number)).toBe(known.has(number))
    }),
  )
})
