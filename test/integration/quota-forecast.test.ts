/** What the pool's own traffic burns is forecast: control plane, data plane and simulator over real sockets, on a clock that leaps. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { leapingClock, type LeapingClock } from "../support/leaping-clock.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const EMAIL = "a@example.test"
const SYNC = "mutation ($id: ID!) { syncQuota(accountId: $id) { ... on Failure { message } } }"
const FORECAST = `bucket window remaining accountsKnown accountsUnknown burn { perHour low high since }
  outlook reason exhaustsAt { earliest likely latest } lastResetAt confidence`
const READ = `query ($id: ID!) { quotaForecast { ${FORECAST} }
  account(id: $id) { quotaForecast { ${FORECAST} } quotaHistory(bucket: GEMINI, window: FIVE_HOURS) { at remaining resetAt source usedTokens } }
  quotaHistory(bucket: GEMINI, window: FIVE_HOURS) { at remaining accountsKnown accountsUnknown } }`

interface Forecast {
  readonly bucket: string
  readonly window: string
  readonly remaining: number
  readonly burn: { readonly perHour: number; readonly low: number; readonly high: number } | null
  readonly outlook: string
  readonly reason: string | null
  readonly exhaustsAt: { readonly earliest: string; readonly likely: string; readonly latest: string | null } | null
}

interface Read {
  readonly quotaForecast: readonly Forecast[]
  readonly account: {
    readonly quotaForecast: readonly Forecast[]
    readonly quotaHistory: readonly { readonly remaining: number; readonly usedTokens: string | null }[]
  }
  readonly quotaHistory: readonly { readonly remaining: number; readonly accountsKnown: number }[]
}

let clock: LeapingClock
let planes: Planes
let id: string
beforeEach(async () => {
  clock = leapingClock()
  // So little that some questions show.
  planes = await startPlanes({ clock, simulator: { now: () => clock.now(), quotaScale: 0.00003 } })
  id = await planes.addAccount(EMAIL)
})
afterEach(() => planes.stop())

const read = (): Promise<Read> => planes.control.data<Read>(READ, { id })
const gemini = (forecasts: readonly Forecast[]): Forecast | undefined =>
  forecasts.find(({ bucket, window }) => bucket === "GEMINI" && window === "FIVE_HOURS")

async function requestCount(): Promise<number> {
  const query = "query ($id: ID!) { account(id: $id) { requestCount } }"
  return (await planes.control.data<{ account: { requestCount: number } }>(query, { id })).account.requestCount
}

/** One question every seven minutes, each counted and then seen in a reading. */
async function burn(times: number): Promise<void> {
  const before = await requestCount()
  for (let turn = 1; turn <= times; turn += 1) {
    expect((await planes.ask(`turn ${turn} [[sim:words=60]]`)).status).toBe(200)
    await waitFor(async () => (await requestCount()) === before + turn)
    clock.leap(7 * MINUTE)
    expect(await planes.control.data(SYNC, { id })).toEqual({ syncQuota: {} })
  }
}

test("the forecast follows the traffic, over the pool and of the account", async () => {
  const idle = await waitFor(async () => gemini((await read()).quotaForecast))
  expect(idle).toMatchObject({ remaining: 1, outlook: "UNKNOWN", reason: "TOO_FEW_READINGS", burn: null })

  await burn(6)
  // A forecast is told again for two seconds, and one may have been asked for between the leap and the reading.
  clock.leap(3_000)
  const { quotaForecast, account, quotaHistory } = await read()
  const forecast = gemini(quotaForecast)
  expect(gemini(account.quotaForecast)).toMatchObject({ outlook: forecast?.outlook, accountsKnown: 1 })
  const { remaining = 0, burn: burnt, exhaustsAt } = forecast ?? {}
  expect(remaining).toBeLessThan(0.9)
  // The truth: what was used in 42 minutes, and when the rest is gone if it goes on so.
  const perHour = (1 - remaining) / 0.7
  expect(forecast).toMatchObject({ outlook: "EXHAUSTS", reason: null })
  expect(burnt?.perHour).toBeGreaterThan(0.75 * perHour)
  expect(burnt?.perHour).toBeLessThan(1.25 * perHour)
  const truth = clock.now() + (remaining / perHour) * HOUR
  expect(Date.parse(exhaustsAt?.earliest ?? "")).toBeLessThan(truth)
  expect(Date.parse(exhaustsAt?.latest ?? new Date(truth + 1).toISOString())).toBeGreaterThan(truth)

  // What was read before is there: it only falls, and what we used stands beside it.
  const left = account.quotaHistory.map((point) => point.remaining)
  expect(left).toEqual(left.toSorted((before, after) => after - before))
  expect([left[0], left.at(-1)]).toEqual([1, expect.closeTo(remaining, 6)])
  expect(account.quotaHistory.filter(({ usedTokens }) => Number(usedTokens) > 0).length).toBeGreaterThanOrEqual(6)
  expect(quotaHistory.length).toBeGreaterThan(1)
  expect(quotaHistory.at(-1)).toMatchObject({ accountsKnown: 1, accountsUnknown: 0 })

  // What others have not seen: the upstream says that nothing is left.
  const body = JSON.stringify({ email: EMAIL, bucket: "gemini", window: "fiveHours", remainingFraction: 0 })
  const headers = { "content-type": "application/json" }
  expect((await fetch(`${planes.simulator.url}/simulator/quota`, { method: "POST", headers, body })).status).toBe(200)
  clock.leap(MINUTE)
  await planes.control.data(SYNC, { id })
  expect(gemini((await read()).quotaForecast)).toMatchObject({ remaining: 0, outlook: "EXHAUSTED", exhaustsAt: null })
})

test("a history is asked for by what there is", async () => {
  const codes = async (range: string): Promise<unknown[]> => {
    const { errors } = await planes.control.ask(`{ quotaHistory(${range}) { at } }`)
    return errors.map(({ extensions }) => extensions)
  }
  expect(await codes("bucket: GEMINI, window: FIVE_HOURS, points: 2")).toEqual([])
  expect(await codes("bucket: GEMINI, window: FIVE_HOURS, points: 1001")).toMatchObject([{ code: "OUT_OF_RANGE" }])
})
