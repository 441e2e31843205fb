import { expect, test } from "vitest"
import { coolingError } from "./pool-error.ts"

const inMs = (wait: number) =>
  coolingError({ scope: { type: "model", model: "m" }, cause: "rate", evidence: "", since: 0, until: wait }, wait)

test("of our address the text and the number say the same", () => {
  const error = coolingError(
    { scope: { type: "egress" }, cause: "egress_block", evidence: "", since: 0, until: 20_000 },
    20_000,
  )
  expect([error.message, error.retryAfterMs]).toEqual([expect.stringContaining("try again in 20s"), 20_000])
})

test.each([
  [0, "1s"],
  [1_450, "2s"],
  [59_600, "60s"],
  [60_000, "60s"],
  [90_000, "1m 30s"],
])("a wait of %i ms is told as %s, never too short, and in seconds while clients read them", (wait, told) => {
  const { message, retryAfterMs } = inMs(wait)
  expect(message).toMatch(new RegExp(`Please try again in ${told}\\.$`))
  expect(retryAfterMs).toBe(wait)
})
