/** What is kept of readings as they grow old, and for how long: on a clock that the test moves, against the strict simulator. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EMAIL = "a@example.test"
const ADD = `mutation ($token: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) {
  ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const SYNC = "mutation ($id: ID) { syncQuota(accountId: $id) { ... on Failure { code } } }"
const KEEP = `mutation { updateSettings(input: { set: [{ name: QUOTA_HISTORY_DAYS, value: "2" }] }) { ... on Failure { message } } }`
const HISTORY = `query ($id: ID!, $since: DateTime) {
  account(id: $id) { quotaHistory(bucket: GEMINI, window: WEEKLY, since: $since, points: 1000) { at remaining source } }
  quotaHistory(bucket: GEMINI, window: WEEKLY, since: $since, points: 1000) { at remaining accountsKnown } }`

interface Histories {
  readonly account: { readonly quotaHistory: readonly { readonly at: string; readonly remaining: number }[] }
  readonly quotaHistory: readonly { readonly at: string; readonly remaining: number }[]
}

let clock: ManualClock
let simulator: Simulator
let control: TestControlPlane
let id: string
beforeEach(async () => {
  clock = createManualClock(Date.now())
  simulator = await startSimulator({ now: () => clock.now() })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
  simulator.addAccount({ email: EMAIL })
  const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(ADD, {
    token: `sim-refresh-${EMAIL}`,
  })
  id = addAccount.account.id
  await waitFor(async () => (await histories(0)).account.quotaHistory.length > 0)
})
afterEach(async () => {
  await control.stop()
  await simulator.close()
})

const histories = (since: number): Promise<Histories> =>
  control.data<Histories>(HISTORY, { id, since: new Date(since).toISOString() })
const ages = ({ account }: Histories): number[] => account.quotaHistory.map(({ at }) => clock.now() - Date.parse(at))

/** Every ten minutes of the last days, a little less each time. */
async function past(days: number): Promise<void> {
  const { quotaPoint, quotaPoolPoint } = control.controlPlane.services.database.prisma
  const resetsAt = new Date(clock.now() + DAY)
  const times = Array.from({ length: days * 144 }, (_, index) => clock.now() - (index + 1) * 10 * MINUTE)
  const left = (at: number): number => 0.5 + (clock.now() - at) / (100 * DAY)
  const shared = { bucket: "gemini", window: "weekly" }
  await quotaPoint.createMany({
    data: times.map((at) => {
      const read = { readAt: new Date(at), remainingFraction: left(at), resetsAt, source: "summary", usedTokens: null }
      return { accountId: id, ...shared, ...read }
    }),
  })
  await quotaPoolPoint.createMany({
    data: times.map((at) => ({
      ...shared,
      at: new Date(at),
      remaining: left(at),
      accountsKnown: 1,
      accountsUnknown: 0,
    })),
  })
}

test("a history is thinned by the first reading of a day, and forgotten when QUOTA_HISTORY_DAYS are over", async () => {
  await past(3)
  expect(ages(await histories(0)).length).toBeGreaterThanOrEqual(432)
  clock.advance(DAY)
  // Not before its token was renewed.
  await waitFor(async () => ages(await histories(0)).at(-1) === 0)
  const thinned = ages(await histories(0))
  // Of two days all of the ten minutes that there are, of the two before one an hour.
  expect(thinned.filter((age) => age <= 2 * DAY).length).toBeGreaterThanOrEqual(144)
  const old = thinned.filter((age) => age > 2 * DAY).length
  expect(old).toBeGreaterThanOrEqual(2 * 24)
  expect(old).toBeLessThanOrEqual(2 * 24 + 4)
  await waitFor(async () => (await histories(0)).quotaHistory.length < 300)

  await control.data(KEEP)
  clock.advance(HOUR)
  await waitFor(async () => Math.max(...ages(await histories(0))) <= 2 * DAY + HOUR)
  const { quotaHistory } = await histories(0)
  expect(quotaHistory.length).toBeGreaterThan(100)
  expect(Date.parse(quotaHistory[0]?.at ?? "")).toBeGreaterThanOrEqual(clock.now() - 2 * DAY - HOUR)
})

test("what stays the same is kept once an hour; a failed reading leaves the history as it is", async () => {
  for (let minute = 0; minute < 60; minute += 10) {
    clock.advance(10 * MINUTE)
    await control.data(SYNC, { id })
  }
  const kept = await histories(0)
  expect(kept.account.quotaHistory.map(({ remaining }) => remaining)).toEqual([1, 1])
  simulator.script({ fault: { kind: "internal" }, match: { method: "retrieveUserQuotaSummary" } })
  clock.advance(MINUTE)
  expect(await control.data(SYNC, { id })).toEqual({ syncQuota: { code: "not_read" } })
  expect((await histories(0)).account).toEqual(kept.account)
})
