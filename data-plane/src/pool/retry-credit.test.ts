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

test("pays for no more than ten without a success between them, however much was saved up", () => {
  const credit = new RetryCredit()
  for (let success = 0; success < 1_000; success++) credit.earn()
  expect(spendAll(credit)).toBe(10)
  credit.earn()
  expect(spendAll(credit)).toBe(10)
})

test("saves up for no more than thirty", () => {
  const credit = new RetryCredit()
  for (let success = 0; success < 1_000; success++) credit.earn()
  expect(credit.left).toBe(30)
})

test("where three in ten attempts fail, ninety-nine in a hundred requests succeed with 1.45 attempts each at the most", () => {
  const credit = new RetryCredit()
  const REQUESTS = 50_000
  const AT_ONCE = 64
  let state = 7
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
  /** Tries so far of each request under way, whose attempts end in any order. */
  const tries = Array.from({ length: AT_ONCE }, () => 0)
  let [ended, succeeded, attempts] = [0, 0, 0]
  while (ended < REQUESTS) {
    const lane = Math.floor(random() * AT_ONCE)
    const made = (tries[lane] ?? 0) + 1
    attempts++
    const isSuccess = random() >= 0.3
    if (isSuccess) {
      credit.earn()
      succeeded++
    }
    const isOver = isSuccess || made === 4 || !credit.spend()
    tries[lane] = isOver ? 0 : made
    if (isOver) ended++
  }
  expect(succeeded / REQUESTS).toBeGreaterThanOrEqual(0.99)
  expect(attempts / REQUESTS).toBeLessThanOrEqual(1.45)
})

test("whatever happens, repeats are at most five and half of the successes", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200, size: "max" }), (events) => {
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
