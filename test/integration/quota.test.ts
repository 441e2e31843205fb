/** What the upstream meters reaches the choice of accounts: control plane, data plane and simulator over real sockets. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { leapingClock, type LeapingClock } from "../support/leaping-clock.ts"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const RESERVE = `mutation ($id: ID!, $reserve: Float) { updateAccount(id: $id, input: { reserve: $reserve }) {
  ... on UpdateAccountSuccess { account { id } } ... on Failure { message } } }`
const SYNC = `mutation ($id: ID!) { syncQuota(accountId: $id) {
  ... on SyncQuotaSuccess { account { quota { bucket window remaining resetAt source readAt } } } ... on Failure { code message } } }`

let behindMs: number
let clock: LeapingClock
let planes: Planes
beforeEach(async () => {
  behindMs = 0
  clock = leapingClock()
  planes = await startPlanes({
    clock,
    simulator: { now: () => clock.now() - behindMs },
    env: { POOL_STRATEGY: "most-quota", POOL_COOLING_WAIT_MS: "1" },
  })
})
afterEach(() => planes.stop())

async function setQuota(email: string, remainingFraction: number, window = "fiveHours"): Promise<void> {
  const answer = await fetch(`${planes.simulator.url}/simulator/quota`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, bucket: "gemini", window, remainingFraction }),
  })
  expect(answer.status).toBe(200)
}

interface Shown {
  readonly bucket: string
  readonly window: string
  readonly remaining: number
  readonly resetAt: string
}

/** Reads an account's quota and waits until the data plane has it. */
async function sync(id: string): Promise<readonly Shown[]> {
  const { syncQuota } = await planes.control.data<{ syncQuota: { account: { quota: Shown[] } } }>(SYNC, { id })
  await planes.settled()
  return syncQuota.account.quota
}

/** Who serves so many conversations, one after the other; the status where nobody does. */
async function served(count: number): Promise<string[]> {
  const who: string[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const answer = await planes.ask(`Hello, ${turn} ${Math.random()}`)
    who.push(answer.status === 200 ? accountOf(answer) : `${answer.status} ${answer.text}`)
  }
  return who
}

test("an account that is nearly used up is no longer chosen by most-quota", async () => {
  const nearly = await planes.addAccount("nearly@example.test")
  await planes.addAccount("full@example.test")
  await setQuota("nearly@example.test", 0.05)
  const quota = await sync(nearly)
  expect(quota.find(({ bucket, window }) => bucket === "GEMINI" && window === "FIVE_HOURS")?.remaining).toBe(0.05)
  expect(new Set(await served(6))).toEqual(new Set(["full@example.test"]))
})

test("an account under its reserve is not chosen at all, and is again after the reset, which is read by itself", async () => {
  const id = await planes.addAccount("a@example.test")
  await planes.control.data(RESERVE, { id, reserve: 0.2 })
  // The window opened so long ago that it ends in ten minutes.
  behindMs = 5 * HOUR - 10 * MINUTE
  await setQuota("a@example.test", 0.1)
  behindMs = 0
  const quota = await sync(id)
  const five = quota.find(({ bucket, window }) => bucket === "GEMINI" && window === "FIVE_HOURS")
  expect(five?.remaining).toBe(0.1)
  expect(await served(1)).toEqual([expect.stringMatching(/^429 .*quota of all accounts .* is used up/)])
  clock.leap(Date.parse(five?.resetAt ?? "") - clock.now())
  await waitFor(async () => (await served(1))[0] === "a@example.test")
  // It is read when the upstream has had a moment to begin the new one.
  clock.leap(MINUTE)
  const document = "query ($id: ID!) { account(id: $id) { quota { bucket window remaining } } }"
  await waitFor(async () => {
    const { account } = await planes.control.data<{ account: { quota: Shown[] } }>(document, { id })
    return account.quota.some((one) => one.bucket === "GEMINI" && one.window === "FIVE_HOURS" && one.remaining > 0.9)
  })
})
