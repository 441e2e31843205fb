import fc from "fast-check"
import { expect, test } from "vitest"
import { Counts, type Count } from "./counts.ts"

/** More than are kept without any, which are a thousand. */
const NAMES = Array.from({ length: 1_500 }, (_, index) => `name ${index}`)

test("of each name there are as many as were taken and not given back, whoever is forgotten meanwhile", () => {
  // Few of them again and again, and all of them in turn, so that those without any are forgotten between.
  const pick = fc.oneof(fc.nat(3), fc.nat(NAMES.length - 1))
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ take: pick }) },
    { weight: 4, arbitrary: fc.record({ giveBack: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 990, max: 1_010 }) }) },
    { weight: 2, arbitrary: fc.record({ again: fc.constant(true) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const counts = new Counts()
      const taken: [name: string, count: Count][] = []
      let last = ""
      const take = (name: string): void => void taken.push([(last = name), counts.take(name)])
      for (const now of steps) {
        if ("take" in now) take(NAMES[now.take] ?? "")
        else if ("again" in now) take(last)
        else if ("giveBack" in now) {
          const [given] = taken.splice(now.giveBack % Math.max(1, taken.length), 1)
          given?.[1].giveBack()
        } else for (const name of NAMES.slice(0, now.pass)) counts.take((last = name)).giveBack()
        const known = new Map<string, number>()
        for (const [name] of taken) known.set(name, (known.get(name) ?? 0) + 1)
        for (const name of [...known.keys(), ...NAMES.slice(0, 5)]) expect(counts.of(name)).toBe(known.get(name) ?? 0)
      }
    }),
    { numRuns: 50 },
  )
})
