/** What was acknowledged is there after a kill -9; the long form is in test/faults. */
import { expect, test } from "vitest"
import { killRounds } from "../support/kill-rounds.ts"

test("ten kills of the control plane amid writes of all kinds: nothing acknowledged is missing, and the database is whole", async () => {
  const { missing, integrity, acknowledged, killedWhileStarting } = await killRounds(9, 11)
  expect({ missing, integrity, killedWhileStarting }).toEqual({ missing: [], integrity: [], killedWhileStarting: 1 })
  expect(acknowledged).toBeGreaterThanOrEqual(9)
})
