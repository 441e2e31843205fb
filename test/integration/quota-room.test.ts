/** A quota that is back before its time: control plane, two data planes and simulator over real sockets. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const EMAIL = "a@example.test"
const SYNC = `mutation ($id: ID!) { syncQuota(accountId: $id) {
  ... on SyncQuotaSuccess { account { cooldowns { bucket } } } ... on Failure { message } } }`
const READ = `query ($id: ID!) { account(id: $id) { cooldowns { bucket state } quota { bucket window remaining } } }`

let planes: Planes
beforeEach(async () => {
  planes = await startPlanes()
})
afterEach(() => planes.stop())

async function setQuota(remainingFraction: number): Promise<void> {
  const answer = await fetch(`${planes.simulator.url}/simulator/quota`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: EMAIL, bucket: "gemini", window: "fiveHours", remainingFraction }),
  })
  expect(answer.status).toBe(200)
}

interface Shown {
  readonly cooldowns: readonly { readonly bucket: string; readonly state: string }[]
  readonly quota: readonly { readonly bucket: string; readonly window: string; readonly remaining: number }[]
}

const read = async (id: string): Promise<Shown> => (await planes.control.data<{ account: Shown }>(READ, { id })).account

test("ends the rest of the account on every data plane, and no data plane that comes later knows of it", async () => {
  const other = await planes.addPlane("other")
  const id = await planes.addAccount(EMAIL)
  await setQuota(0)
  const refused = await planes.ask("used up")
  expect(refused.status).toBe(429)
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3_600)
  // The exhaustion is told, kept, and read by itself.
  await waitFor(async () => {
    const { cooldowns, quota } = await read(id)
    const five = quota.find(({ bucket, window }) => bucket === "GEMINI" && window === "FIVE_HOURS")
    return cooldowns[0]?.state === "RESTING" && five?.remaining === 0
  })
  await planes.settled()
  expect((await planes.ask("everywhere", { plane: other })).status).toBe(429)
  expect([planes.plane, other].map(({ pool }) => pool.cooldowns().length)).toEqual([1, 1])
  // Before its time: the account got another plan.
  await setQuota(0.5)
  expect(await planes.control.data(SYNC, { id })).toEqual({ syncQuota: { account: { cooldowns: [] } } })
  await planes.settled()
  const late = await planes.addPlane("late")
  for (const plane of [planes.plane, other, late]) {
    expect([plane.pool.cooldowns(), plane.pool.halfOpen()]).toEqual([[], []])
    expect((await planes.ask("back", { plane })).status).toBe(200)
  }
})
