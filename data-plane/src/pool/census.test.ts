import { accountId, apiKeyId } from "#shared/ids.ts"
import fc from "fast-check"
import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { CooldownScope } from "./cooldown.ts"
import type { Lease } from "./lease.ts"
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

const ask = (model: string, exclude: readonly string[] = []) => ({ model, exclude: new Set(exclude.map(accountId)) })

test("each account stands in one of the numbers", async () => {
  const { pool, snapshot } = poolOfAll()
  await pool.acquire({ ...ask(OTHER_MODEL), snapshot, waitMs: 0 }, new AbortController().signal)
  expect(pool.census(ask(OTHER_MODEL))).toEqual({
    known: 9,
    unusable: 1,
    notOffered: 1,
    resting: 2,
    modelOff: 2,
    // Free, busy, and the one whose token must be renewed first.
    candidates: 3,
    busy: 1,
  })
})

test("what rests on another quota or model does not count", () => {
  const { pool } = poolOfAll()
  const rest = { unusable: 1, notOffered: 0, resting: 1, modelOff: 0 }
  expect(pool.census(ask(MODEL))).toEqual({ known: 9, ...rest, candidates: 7, busy: 0 })
})

test("what is over is a candidate again", () => {
  const { pool, clock } = poolOfAll()
  clock.advance(60_000)
  expect(pool.census(ask(OTHER_MODEL))).toMatchObject({ resting: 0, modelOff: 1, candidates: 6 })
})

test("candidates on which the request has failed are told, others that it failed on are not candidates", () => {
  const { pool } = poolOfAll()
  expect(pool.census(ask(OTHER_MODEL, ["free", "model", "gone"]))).toMatchObject({ candidates: 3, tried: 1 })
})

test("limits of the model and of the key are told while they are reached", async () => {
  const NONE_AWAY = { known: 3, unusable: 0, notOffered: 0, resting: 0, modelOff: 0, candidates: 3 }
  const pool = new Pool(manualClock())
  const snapshot = compiled(
    ["a", "b", "c"].map((id) => testAccount(id)),
    { maxConcurrentPerModel: 2 },
  )
  pool.adopt(snapshot)
  const caller = { key: apiKeyId("key"), maxConcurrent: 1 }
  const { signal } = new AbortController()
  const take = (more: object = {}) => pool.acquire({ ...ask(MODEL), snapshot, waitMs: 0, ...more }, signal)
  const census = () => pool.census({ ...ask(MODEL), caller })
  const first = await take({ caller })
  expect(census()).toMatchObject({ candidates: 3, busy: 1, keyLimit: 1 })
  expect(census()).not.toHaveProperty("modelLimit")
  const second = await take()
  expect(census()).toMatchObject({ busy: 2, keyLimit: 1, modelLimit: 2 })
  expect(pool.census({ ...ask(OTHER_MODEL), caller: { key: apiKeyId("other") } })).toEqual({
    ...NONE_AWAY,
    busy: 2,
  })
  first.release()
  second.release()
  expect(census()).toEqual({ ...NONE_AWAY, busy: 0 })
})

test("whatever happens, as many are busy as have no free slot", async () => {
  const IDS = ["a", "b", "c", "d"]
  const step = fc.oneof(
    fc.record({ type: fc.constant("take" as const), model: fc.constantFrom(MODEL, OTHER_MODEL) }),
    fc.record({ type: fc.constant("return" as const), place: fc.nat({ max: 5 }) }),
    fc.record({ type: fc.constant("cool" as const), id: fc.constantFrom(...IDS), ms: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 60 }) }),
    fc.record({
      type: fc.constant("adopt" as const),
      accounts: fc.uniqueArray(
        fc.record({ id: fc.constantFrom(...IDS), maxConcurrent: fc.integer({ min: 0, max: 2 }), priority: fc.nat(1) }),
        { selector: ({ id }) => id },
      ),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const clock = manualClock()
      const pool = new Pool(clock)
      let snapshot = compiled(IDS.map((id) => testAccount(id)))
      pool.adopt(snapshot)
      const leases: Lease[] = []
      const hasRested = new Set<string>()
      for (const [index, now] of steps.entries()) {
        if (now.type === "take") {
          const taken = pool.acquire({ ...ask(now.model), snapshot, waitMs: 0 }, new AbortController().signal)
          await taken.then(
            (lease) => leases.push(lease),
            () => undefined,
          )
        } else if (now.type === "return") leases.splice(now.place, 1)[0]?.release()
        else if (now.type === "cool") {
          hasRested.add(now.id)
          const scope = { type: "account", accountId: accountId(now.id) } as const
          pool.cool({ scope, cause: "rate", evidence: "", since: clock.now(), until: clock.now() + now.ms })
        } else if (now.type === "wait") clock.advance(now.ms)
        else {
          snapshot = compiled(
            now.accounts.map(({ id, ...more }) => testAccount(id, more)),
            {},
            index + 2,
          )
          pool.adopt(snapshot)
        }
        const running = pool.inFlightByAccount()
        const full = snapshot.snapshot.accounts.filter(({ id, maxConcurrent }) => {
          const limit = maxConcurrent ?? snapshot.snapshot.settings.maxConcurrentPerAccount
          return (
            limit > 0 && (running[id] ?? 0) >= limit && pool.cooldownsOf(id).every(({ until }) => until <= clock.now())
          )
        })
        const { busy } = pool.census(ask(MODEL))
        expect(busy).toBeLessThanOrEqual(full.length)
        // One that rests is no candidate, hence not counted.
        expect(busy).toBeGreaterThanOrEqual(full.filter(({ id }) => !hasRested.has(id)).length)
      }
    }),
    { numRuns: 60 },
  )
})
