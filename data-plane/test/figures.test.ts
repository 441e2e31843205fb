/**
 * The pool's promises in their short forms: counts only, however long the machine takes. `npm run test:figures` has the long ones, with
 * times. What one key's flood, an account's limit and a poison request do stands in `pool.test.ts` and `blame.test.ts`.
 */
import { afterEach, describe, expect, test } from "vitest"
import { departuresInProcess } from "../../test/figures/departures-in-process.ts"
import { exhausted } from "../../test/figures/exhausted.ts"
import { limits } from "../../test/figures/limits.ts"
import { noise } from "../../test/figures/noise.ts"
import { outage } from "../../test/figures/outage.ts"
import { startSystem, type System } from "./support/plane.ts"

const UNLIMITED = { maxConcurrentPerAccount: 0, firstByteTimeoutMs: 60_000, streamIdleTimeoutMs: 60_000 }

let system: System | undefined
afterEach(async () => {
  await system?.stop()
  system = undefined
})

describe("a total outage", () => {
  test.each([["internal"], ["empty-answer"]])(
    "of %s is seen by the upstream with 1.1 attempts a request at the most",
    async (kind) => {
      // Nobody waits for the end of a rest: that would only make the test long.
      system = await startSystem({ accounts: 4, settings: { ...UNLIMITED, poolCoolingWaitMs: 1 } })
      const { attempts, statuses } = await outage(system, {
        fault: { kind },
        requests: 200,
        clients: 20,
        successes: 60,
      })
      expect(attempts / 200).toBeLessThanOrEqual(1.1)
      expect(statuses[200]).toBeUndefined()
    },
  )
})

test("three in ten attempts that fail leave ninety-nine in a hundred requests served", async () => {
  // The seed decides which attempts fail.
  system = await startSystem({ accounts: 24, settings: UNLIMITED, simulator: { seed: "noise" } })
  // They earn the credit that a gateway has after its first minute.
  await noise(system, { fault: { kind: "internal" }, share: 0, requests: 60, clients: 10 })
  const { succeeded, attempts } = await noise(system, {
    fault: { kind: "internal" },
    share: 0.3,
    requests: 200,
    clients: 40,
  })
  expect(succeeded).toBeGreaterThanOrEqual(198)
  expect(attempts / 200).toBeLessThanOrEqual(1.45)
  expect(attempts / 200).toBeGreaterThan(1.25)
})

test("an account's limit holds where clients leave: its slot is free when the upstream has seen the reset", async () => {
  system = await startSystem({ accounts: 6, tlsUpstream: true, settings: { ...UNLIMITED, maxConcurrentPerModel: 0 } })
  const { left, accounts } = await limits(system, { exchanges: 1_000, clients: 32, leaving: 0.5 })
  expect(left).toBeGreaterThan(400)
  expect(accounts.filter(({ limit, maximum }) => maximum > limit)).toEqual([])
})

test("accounts that are all used up are told honestly, without a call of the upstream", async () => {
  system = await startSystem({ accounts: 6, settings: UNLIMITED })
  expect(await exhausted(system, 50)).toMatchObject({ calls: 0, honest: 50 })
})

test(
  "clients that leave in any phase leave no exchange, slot, stream, socket or timer behind",
  { timeout: 120_000 },
  async () => {
    const { phases, leaked, more } = await departuresInProcess(12, 6)
    expect({ ...leaked, ...more }).toEqual({ exchanges: 0, slots: 0, streams: 0, sockets: 0, timers: 0 })
    for (const { phase, departures } of phases) expect({ phase, departures }).toEqual({ phase, departures: 12 })
  },
)
