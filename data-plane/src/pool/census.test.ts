import { accountId } from "#shared/ids.ts"
import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { CooldownScope } from "./cooldown.ts"
import { Pool } from "./pool.ts"

const EVERY = ["free", "busy", "off", "elsewhere", "whole", "bucket", "model", "expired", "taken"]

/** One account for each thing that can keep it from the model. */
function poolOfAll() {
  const clock = manualClock()
  const pool = new Pool(clock)
  const expired = { accessToken: "t", expiresAt: clock.now() - 1, generation: 1 }
  const special = {
    off: { usable: false, state: "DISABLED" },
    elsewhere: { catalogue: "one" },
    expired: { credential: expired },
    taken: { disabledModels: [OTHER_MODEL] },
  }
  const accounts = EVERY.map((id) => testAccount(id, special[id as keyof typeof special])) // undefined for the others
  const snapshot = compiled(accounts)
  pool.adopt(snapshot)
  const cool = (scope: CooldownScope): void =>
    pool.cool({ scope, cause: "rate", evidence: "", since: clock.now(), until: clock.now() + 60_000 })
  cool({ type: "account", accountId: accountId("whole") })
  cool({ type: "account-bucket", accountId: accountId("bucket"), bucket: "third_party" })
  cool({ type: "account-model", accountId: accountId("model"), model: OTHER_MODEL })
  return { pool, snapshot, clock }
}

test("each account stands in one of the numbers", async () => {
  const { pool, snapshot } = poolOfAll()
  await pool.acquire({ model: OTHER_MODEL, exclude: new Set(), snapshot, waitMs: 0 }, new AbortController().signal)
  expect(pool.census(OTHER_MODEL)).toEqual({
    known: 9,
    unusable: 1,
    notOffered: 1,
    resting: 2,
    modelOff: 2,
    // Free, busy, and the one whose token must be renewed first.
    candidates: 3,
  })
})

test("what rests on another quota or model does not count", () => {
  const { pool } = poolOfAll()
  expect(pool.census(MODEL)).toEqual({ known: 9, unusable: 1, notOffered: 0, resting: 1, modelOff: 0, candidates: 7 })
})

test("what is over is a candidate again", () => {
  const { pool, clock } = poolOfAll()
  clock.advance(60_000)
  expect(pool.census(OTHER_MODEL)).toMatchObject({ resting: 0, modelOff: 1, candidates: 6 })
})
