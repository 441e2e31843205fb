import fc from "fast-check"
import { expect, test } from "vitest"
import { ConversationRows, FIRST_COLUMN, NONE } from "./conversation-rows.ts"

const inOrder = (rows: ConversationRows): number[] => {
  const found: number[] = []
  for (let row = rows.first; row !== NONE; row = rows.after(row)) found.push(row)
  return found
}

test("rows are found, kept in order and forgotten as in a map of names, whatever comes in whatever order", () => {
  const name = fc.oneof(fc.nat(60).map(String), fc.bigInt({ min: -4n, max: 4n }).map(String))
  const step = fc.record({ type: fc.constantFrom("add", "add", "remove", "end"), name })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const rows = new ConversationRows()
      const known = new Map<string, number>()
      for (const [turn, now] of steps.entries()) {
        const row = rows.find(now.name)
        expect(row === NONE).toBe(!known.has(now.name))
        if (row === NONE) {
          if (now.type !== "add") continue
          rows.set(rows.add(now.name), FIRST_COLUMN, turn)
          known.set(now.name, turn)
          continue
        }
        const value = known.get(now.name) ?? -1
        if (now.type === "remove") rows.remove(row)
        else rows.moveToEnd(row)
        known.delete(now.name)
        if (now.type !== "remove") known.set(now.name, value)
      }
      expect(rows.size).toBe(known.size)
      expect(inOrder(rows).map((row) => rows.get(row, FIRST_COLUMN))).toEqual([...known.values()])
      for (const [one, value] of known) expect(rows.get(rows.find(one), FIRST_COLUMN)).toBe(value)
    }),
  )
})

test("many names are told apart, and room is found for them and used again", () => {
  const rows = new ConversationRows()
  const names = Array.from({ length: 5_000 }, (_, index) => String(BigInt.asIntN(64, BigInt(index) * 0x9e37_79b9n)))
  const places = names.map((name) => rows.add(name))
  expect(new Set(places).size).toBe(names.length)
  expect(names.map((name) => rows.find(name))).toEqual(places)
  for (const place of places.slice(0, 2_500)) rows.remove(place)
  expect(names.map((name) => rows.find(name))).toEqual(places.map((place, index) => (index < 2_500 ? NONE : place)))
  const again = names.slice(0, 2_500).map((name) => rows.add(name))
  expect(Math.max(...again)).toBeLessThan(names.length)
  expect(inOrder(rows)).toEqual([...places.slice(2_500), ...again])
})

/** Of each pair one hash is the same, and of the other one all that a slot of a large table says. */
const ALIKE = [
  ["42254057671k", "181433769056k"],
  ["54901104540k", "139784881378k"],
  ["12976944503k", "103534217620k"],
  ["25910675010k", "135612289007k"],
] as const

test("names are told apart of which only the rows say that they are not the same", () => {
  const rows = new ConversationRows()
  for (let index = 0; index < 27_000; index++) rows.add(`other ${index}`)
  const ofHashes = (row: number): number[] => [rows.get(row, 0), rows.get(row, 1)]
  for (const pair of ALIKE) {
    for (const [first, second] of [pair, pair.toReversed()]) {
      if (first === undefined || second === undefined) throw new Error("no pair")
      const one = rows.add(first)
      expect(rows.find(second)).toBe(NONE)
      const other = rows.add(second)
      expect(ofHashes(one).filter((hash, index) => hash === ofHashes(other)[index])).toHaveLength(1)
      expect([rows.find(first), rows.find(second)]).toEqual([one, other])
      rows.remove(other)
      expect([rows.find(first), rows.find(second)]).toEqual([one, NONE])
      const again = rows.add(second)
      rows.remove(one)
      expect([rows.find(first), rows.find(second)]).toEqual([NONE, again])
      rows.remove(again)
    }
  }
})

test("thousands come and go in any order, while the table of slots grows and when it is full and thin again", () => {
  const NAMES = Array.from({ length: 4_000 }, (_, index) => String(index * 7_919))
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(NAMES.length - 1)), fc.infiniteStream(fc.nat(9)), (picks, chances) => {
      const rows = new ConversationRows()
      const known = new Map<string, number>()
      const differing: string[] = []
      // Mostly they come, then mostly they go, then they come again.
      for (const [turns, goes] of [
        [7_000, 1],
        [7_000, 8],
        [4_000, 2],
      ] as const) {
        for (let turn = 0; turn < turns; turn++) {
          const name = NAMES[picks.next().value ?? 0] ?? ""
          const isGoing = (chances.next().value ?? 0) < goes
          const row = rows.find(name)
          if (row !== (known.get(name) ?? NONE)) differing.push(name)
          if (row === NONE && !isGoing) known.set(name, rows.add(name))
          else if (row !== NONE && isGoing) {
            rows.remove(row)
            known.delete(name)
          }
        }
        for (const name of NAMES) if (rows.find(name) !== (known.get(name) ?? NONE)) differing.push(name)
        expect([differing, rows.size]).toEqual([[], known.size])
        expect(inOrder(rows)).toEqual([...known.values()])
      }
    }),
    { numRuns: 3 },
  )
})
