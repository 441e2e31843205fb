import fc from "fast-check"
import { expect, test } from "vitest"
import { RetryCredit } from "./retry-credit.ts"

function spendAll(credit: RetryCredit): number {
  let repeats = 0
  while (credit.spend()) repeats++
  return repeats
}

test("pays for five repeats at the start, and then for one in two successes", () => {
  const credit = new RetryCredit()
  expect(spendAll(credit)).toBe(5)
  credit.earn()
  expect(credit.spend()).toBe(false)
  credit.earn()
  expect([credit.spend(), credit.spend()]).toEqual([true, false])
})

test("saves up for no more than ten", () => {
  const credit = new RetryCredit()
  for (let success = 0; success < 1_000; success++) credit.earn()
  expect(spendAll(credit)).toBe(10)
})

test("whatever happens, repeats are at most five and half of the successes", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (events) => {
      const credit = new RetryCredit()
      let successes = 0
      let repeats = 0
      for (const isSuccess of events) {
        if (isSuccess) {
          credit.earn()
          successes++
        } else if (credit.spend()) repeats++
        expect(repeats).toBeLessThanOrEqual(5 + successes / 2)
      }
    }),
  )
})
