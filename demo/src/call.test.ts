import { describe, expect, it } from "vitest"
import { nextCall } from "./call.ts"
import { createRandom, pick } from "./random.ts"

const calls = (seed: string) => {
  const random = createRandom(seed)
  return Array.from({ length: 2000 }, () => nextCall(random, ["model-a", "model-b"], "obviously-fake"))
}

describe("nextCall", () => {
  it("is repeatable by its seed", () => {
    expect(calls("one")).toEqual(calls("one"))
    expect(calls("one")).not.toEqual(calls("two"))
  })

  it("mixes dialects, models and manners, and few of them are bad", () => {
    const made = calls("mix")
    for (const dialect of ["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const) {
      expect(made.filter((call) => call.dialect === dialect).length).toBeGreaterThan(400)
    }
    const unknown = made.filter((call) => JSON.stringify(call).includes("model-nobody-has")).length
    expect(unknown).toBeGreaterThan(10)
    expect(unknown).toBeLessThan(100)
    expect(made.some((call) => call.leavesAfterMs !== undefined)).toBe(true)
    expect(made.every((call) => call.leavesAfterMs === undefined || call.stream)).toBe(true)
    expect(made.some((call) => !call.stream)).toBe(true)
  })
})

describe("random", () => {
  it("stays within 0 and 1 and reaches every choice", () => {
    const random = createRandom("")
    const numbers = Array.from({ length: 1000 }, random)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    expect(new Set(Array.from({ length: 100 }, () => pick(random, [1, 2, 3])))).toEqual(new Set([1, 2, 3]))
    expect(() => pick(random, [])).toThrow(RangeError)
  })
})
