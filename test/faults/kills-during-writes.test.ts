/** The long form of test/system/kills-during-writes.test.ts: five hundred kills. A quarter of an hour. */
import { expect, test } from "vitest"
import { killRounds } from "../support/kill-rounds.ts"

const SEED = 20_261_126

test(
  "500 kills of the control plane amid writes of all kinds: nothing acknowledged is missing, and the database is whole",
  { timeout: 7_200_000 },
  async () => {
    const { missing, integrity, ...figures } = await killRounds(500, SEED)
    console.log(JSON.stringify({ seed: SEED, ...figures, missing: missing.length, integrity: integrity.length }))
    expect({ missing, integrity }).toEqual({ missing: [], integrity: [] })
  },
)
