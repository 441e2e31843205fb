/** What clients meet is shown as the account's state: control plane, data plane and simulator over real sockets. */
import { RENEWAL_WAIT_MS } from "#data-plane/snapshot/credentials.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { steeredClock } from "../../data-plane/test/support/steered-clock.ts"
import { leapingClock, type LeapingClock } from "../support/leaping-clock.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

let clock: LeapingClock
let planes: Planes
beforeEach(async () => {
  clock = leapingClock()
  planes = await startPlanes({ clock, env: { POOL_COOLING_WAIT_MS: "1" } })
})
afterEach(() => planes.stop())

interface Shown {
  readonly state: string
  readonly stateReason: string | null
  readonly stateSince: string
  readonly stateUntil: string | null
  readonly wayOut: string | null
}

async function shown(id: string): Promise<Shown> {
  const query = "query ($id: ID!) { account(id: $id) { state stateReason stateSince stateUntil wayOut } }"
  return (await planes.control.data<{ account: Shown }>(query, { id })).account
}

const becomes = (id: string, state: string): Promise<Shown> =>
  waitFor(async () => {
    const now = await shown(id)
    return now.state === state ? now : undefined
  })

const release = (accountId: string): Promise<unknown> =>
  planes.control.data("mutation ($accountId: ID!) { releaseCooldown(accountId: $accountId) { __typename } }", {
    accountId,
  })

test("an account that the provider refuses cools, serves again after a release, and cools by itself no longer than told", async () => {
  const id = await planes.addAccount("a@example.test")
  const before = clock.now()
  planes.simulator.script({ fault: { kind: "forbidden" }, times: 1 })
  expect((await planes.ask("refused")).status).toBe(503)
  const cooling = await becomes(id, "COOLING")
  expect(Date.parse(cooling.stateSince)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(cooling.stateUntil ?? "") - Date.parse(cooling.stateSince)).toBe(10 * 60_000)
  expect(cooling.stateReason).toContain("403")
  expect(cooling.wayOut).toContain("by itself")
  // As the data plane sees it.
  expect((await planes.ask("still refused")).status).toBe(503)
  await release(id)
  expect((await shown(id)).state).toBe("READY")
  expect((await planes.ask("served")).status).toBe(200)
  // The third one would disable it.
  planes.simulator.script({ fault: { kind: "forbidden" }, times: 1 })
  clock.leap(11 * 60_000)
  expect((await planes.ask("refused")).status).toBe(503)
  await becomes(id, "COOLING")
  clock.leap(11 * 60_000)
  expect((await shown(id)).state).toBe("READY")
  expect((await planes.ask("served")).status).toBe(200)
})

test("an account cools when the last of its quotas is used up, and not before", async () => {
  const id = await planes.addAccount("a@example.test")
  planes.simulator.script({ fault: { kind: "quota-model", delayMs: 3_600_000 } })
  for (const model of ["gemini-3-flash", "claude-sonnet-4-5"]) {
    expect((await planes.ask("used up", { model })).status).toBe(429)
  }
  const bucketsOf = async (): Promise<unknown[]> => {
    const query = "query ($id: ID!) { account(id: $id) { cooldowns { bucket } } }"
    return (await planes.control.data<{ account: { cooldowns: unknown[] } }>(query, { id })).account.cooldowns
  }
  await waitFor(async () => (await bucketsOf()).length === 2)
  // Pictures are left.
  expect((await shown(id)).state).toBe("READY")
  expect((await planes.ask("used up", { model: "gemini-3-pro-image" })).status).toBe(429)
  const cooling = await becomes(id, "COOLING")
  expect(Date.parse(cooling.stateUntil ?? "")).toBeGreaterThan(clock.now())
  await release(id)
  planes.simulator.clearFaults()
  expect((await shown(id)).state).toBe("READY")
})

test("while the pool is paused what could serve is PAUSED, until an operator resumes it", async () => {
  const walled = [await planes.addAccount("a@example.test"), await planes.addAccount("b@example.test")]
  const other = await planes.addAccount("c@example.test")
  for (const account of ["a@example.test", "b@example.test"]) {
    planes.simulator.script({ fault: { kind: "validation-required" }, match: { account } })
  }
  await waitFor(async () => {
    await planes.ask(`wall ${Math.random()}`)
    return (await shown(other)).state === "PAUSED"
  })
  expect(await shown(other)).toMatchObject({ stateReason: expect.stringContaining("2 accounts"), stateUntil: null })
  for (const id of walled) expect((await shown(id)).state).toBe("NEEDS_VERIFICATION")
  await planes.control.data("mutation { resumePool { __typename } }")
  expect((await shown(other)).state).toBe("READY")
  expect((await planes.ask("served")).status).toBe(200)
})

test("an account whose sign-in was revoked is NEEDS_LOGIN, and who waits for its token hears so without the wait's end", async () => {
  const id = await planes.addAccount("a@example.test")
  // Time stands still there: nothing but what the control plane says ends the wait.
  const still = steeredClock()
  const plane = await planes.addPlane("still", { clock: still })
  planes.simulator.expireTokens("a@example.test")
  planes.simulator.script({ fault: { kind: "invalid-grant" }, match: { method: "token", account: "a@example.test" } })
  const answer = planes.ask("revoked", { plane })
  await waitFor(() => plane.pool.facts().inFlight === 1)
  // Reports leave.
  await waitFor(async () => {
    if (still.monotonic() < RENEWAL_WAIT_MS / 2) still.advance(1)
    return (await shown(id)).state === "NEEDS_LOGIN"
  })
  expect((await answer).status).toBe(503)
})
