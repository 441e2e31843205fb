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
