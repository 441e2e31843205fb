/** What comes with snapshots ends what is known here, or begins it, and never does so twice. */
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import { accountId } from "#shared/ids.ts"
import type { SnapshotAccount, SnapshotCooldown, SnapshotQuota } from "#shared/snapshot.ts"
import { beforeEach, describe, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, testAccount } from "../testing/snapshots.ts"
import type { CooldownScope } from "./cooldown.ts"
import { DurableCooldowns } from "./durable-cooldowns.ts"
import { Pool } from "./pool.ts"

const HOUR = 3_600_000
const A = accountId("a")
const SCOPE: CooldownScope = { type: "account-bucket", accountId: A, bucket: "gemini" }

let clock: ManualClock
let pool: Pool
let durable: DurableCooldowns
let version: number

beforeEach(() => {
  clock = manualClock()
  version = 0
  restart()
})

function restart(): void {
  pool = new Pool(clock)
  durable = new DurableCooldowns(pool, clock)
}

function adopt(more: Partial<SnapshotAccount> = {}): void {
  const account = testAccount("a", more)
  pool.adopt(compiled([account], {}, ++version))
  durable.adopt([account])
}

const restOf = (since: number, ms: number): SnapshotCooldown => {
  return { bucket: "gemini", cause: "quota", evidence: "used up", since, until: since + ms }
}
const reading = (remainingFraction: number, more: Partial<SnapshotQuota> = {}): SnapshotQuota => ({
  bucket: "gemini",
  window: "5h",
  remainingFraction,
  resetsAt: clock.now() + HOUR,
  source: "summary",
  readAt: clock.now(),
  ...more,
})
const cool = (cause: "quota" | "location", ms = HOUR): void =>
  pool.cool({ scope: SCOPE, cause, evidence: "", since: clock.now(), until: clock.now() + ms })
const known = () => ({ resting: pool.cooldowns().length, halfOpen: pool.halfOpen().length })

describe("after a restart", () => {
  test("a rest goes on to its end and no longer, then one request goes first", async () => {
    const cooldowns = [restOf(clock.now() - HOUR, 2 * HOUR)]
    adopt({ cooldowns })
    expect(pool.cooldowns()).toMatchObject([{ scope: SCOPE, until: clock.now() + HOUR }])
    clock.advance(HOUR)
    expect(known()).toEqual({ resting: 0, halfOpen: 1 })
    adopt({ cooldowns, weight: 2 })
    expect(known()).toEqual({ resting: 0, halfOpen: 1 })
    const ask = { model: MODEL, exclude: new Set<never>(), snapshot: compiled([testAccount("a")]), waitMs: 0 }
    const lease = await pool.acquire(ask, new AbortController().signal)
    lease.served()
    adopt({ cooldowns, weight: 3 })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
  })

  test("one that ended meanwhile leaves its place to one request, one of long ago to all", () => {
    adopt({ cooldowns: [restOf(clock.now() - 2 * HOUR, HOUR + 1)] })
    expect(known()).toEqual({ resting: 0, halfOpen: 1 })
    restart()
    adopt({ cooldowns: [restOf(clock.now() - 2 * HOUR, 2 * HOUR - HALF_OPEN_MS)] })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
  })
})

describe("a reading of the quota", () => {
  test("that shows room after it showed none ends a rest for it, and the same snapshot does not bring it back", () => {
    const cooldowns = [restOf(clock.now(), HOUR)]
    adopt({ cooldowns })
    clock.advance(60_000)
    const empty = clock.now()
    adopt({ cooldowns, quota: [reading(0, { emptyAt: empty })] })
    expect(known()).toEqual({ resting: 1, halfOpen: 0 })
    clock.advance(60_000)
    adopt({ cooldowns, quota: [reading(0.5, { emptyAt: empty })] })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
    adopt({ cooldowns, weight: 2 })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
    restart()
    adopt({ cooldowns, quota: [reading(0.5, { emptyAt: empty })] })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
  })

  test("ends one that only this node knows, and leaves nothing half open", () => {
    cool("quota", 60_000)
    const empty = clock.now() + 1
    clock.advance(60_000)
    expect(known()).toEqual({ resting: 0, halfOpen: 1 })
    adopt({ quota: [reading(0.5, { emptyAt: empty })] })
    expect(known()).toEqual({ resting: 0, halfOpen: 0 })
  })

  test("that never showed the exhaustion ends nothing, nor any a rest of another cause", () => {
    cool("quota")
    clock.advance(60_000)
    adopt({ quota: [reading(0.9)] })
    expect(known().resting).toBe(1)
    pool.release(SCOPE)
    cool("location")
    adopt({ quota: [reading(0.9, { emptyAt: clock.now() + 1, readAt: clock.now() + 2 })] })
    expect(known().resting).toBe(1)
  })

  test("does not end what is learnt after it", () => {
    const quota = [reading(0.5, { emptyAt: clock.now() - 1 })]
    cool("quota")
    adopt({ quota })
    expect(known().resting).toBe(1)
  })
})

test("an operator's release ends once what was learnt before it, and nothing that was learnt later, whenever it is heard", () => {
  cool("quota")
  const before = { at: clock.now() - 30_001 }
  adopt({ releases: [before] })
  expect(known().resting).toBe(1)
  const releases = [before, { at: clock.now() }]
  adopt({ releases, weight: 2 })
  expect(known()).toEqual({ resting: 0, halfOpen: 0 })
  clock.advance(1)
  cool("quota")
  adopt({ releases, weight: 3 })
  expect(known().resting).toBe(1)
})
