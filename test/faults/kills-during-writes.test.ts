/** The long form of test/system/kills-during-writes.test.ts: five hundred kills, of four control planes side by side. */
import { expect, test } from "vitest"
import { killRounds } from "../support/kill-rounds.ts"

const SEED = 20_261_126
const SIDE_BY_SIDE = 4
const ROUNDS = 125

test(
  "500 kills of the control plane amid writes of all kinds: nothing acknowledged is missing, and the database is whole",
  { timeout: 7_200_000 },
  async () => {
    const seeds = Array.from({ length: SIDE_BY_SIDE }, (_, index) => SEED + index)
    const runs = await Promise.all(seeds.map((seed) => killRounds(ROUNDS, seed)))
    const sum = (of: (figures: (typeof runs)[number]) => number): number =>
      runs.reduce((total, figures) => total + of(figures), 0)
    const missing = runs.flatMap((figures) => figures.missing)
    const integrity = runs.flatMap((figures) => figures.integrity)
    console.log(
      JSON.stringify({
        seeds,
        killsAmidWrites: sum(({ rounds }) => rounds),
        killsWhileStarting: sum(({ killedWhileStarting }) => killedWhileStarting),
        acknowledged: sum(({ acknowledged }) => acknowledged),
        unansweredDone: sum(({ unansweredDone }) => unansweredDone),
        unansweredNotDone: sum(({ unansweredNotDone }) => unansweredNotDone),
        missing: missing.length,
        integrity: integrity.length,
      }),
    )
    expect({ missing, integrity }).toEqual({ missing: [], integrity: [] })
  },
)
