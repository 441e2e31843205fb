import { afterEach, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { createRetention } from "../src/jobs/retention.ts"
import { createRecords } from "../src/requests/records.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let control: TestControlPlane
let clock: ManualClock
afterEach(() => control.stop())

async function start(env: Record<string, string> = {}): Promise<void> {
  clock = createManualClock()
  control = await startTestControlPlane({ clock, env })
}

/** What the hourly job has done for requests and usage, done now. */
async function forget(): Promise<void> {
  for (const { prune } of createRecords(control.controlPlane.services).forgetters) {
    await prune(new AbortController().signal)
  }
}

const tables = () => control.controlPlane.services.database.prisma

const record = (id: string, ageMs: number) => ({
  id,
  startedAt: new Date(clock.now() - ageMs),
  dialect: "gemini",
  stream: false,
  outcome: "COMPLETED" as const,
  status: 200,
  durationMs: 1,
  attempts: [],
  dropped: [],
})

const set = async (name: string, value: string): Promise<void> => {
  const document = `mutation { updateSettings(input: { set: [{ name: ${name}, value: "${value}" }] }) { ... on Failure { message } } }`
  expect(await control.data(document)).toEqual({ updateSettings: {} })
}

test("sessions that are over are forgotten", async () => {
  await start()
  const { database, auth, log } = control.controlPlane.services
  await control.signIn()
  const job = createRetention({ clock, log, database, forgetters: [auth] })
  job.start()
  await job.stop()
  expect(await tables().session.count()).toBe(1)
  clock.leap(30 * DAY_MS)
  const later = createRetention({ clock, log, database, forgetters: [auth] })
  later.start()
  await later.stop()
  expect(await tables().session.count()).toBe(0)
})

test("requests are forgotten after REQUEST_RETENTION_DAYS, with what is known of their earlier attempts", async () => {
  await start({ REQUEST_RETENTION_DAYS: "3" })
  const { requestRecord, earlierAttempt } = tables()
  const ages = { req_new: 1_000, req_day: 1.5 * DAY_MS, req_border: 3 * DAY_MS - 2 * HOUR_MS, req_old: 3 * DAY_MS + 1 }
  await requestRecord.createMany({ data: Object.entries(ages).map(([id, age]) => record(id, age)) })
  await earlierAttempt.createMany({
    data: Object.keys(ages).map((requestId) => ({
      requestId,
      number: 0,
      startedAt: new Date(0),
      accountId: "acc_1",
    })),
  })
  const kept = async () => {
    const rows = await tables().requestRecord.findMany({ orderBy: { startedAt: "desc" } })
    const attempts = await tables().earlierAttempt.findMany()
    const ids = rows.map(({ id }) => id)
    return attempts.every((one) => ids.includes(one.requestId)) ? ids : undefined
  }
  // The job looks when a control plane starts.
  const { dataDirectory } = control
  await control.stop({ keep: true })
  control = await startTestControlPlane({ clock, dataDirectory, env: { REQUEST_RETENTION_DAYS: "3" } })
  await waitFor(async () => (await tables().requestRecord.count()) === 3)
  expect(await kept()).toEqual(["req_new", "req_day", "req_border"])
  await set("REQUEST_RETENTION_DAYS", "1")
  await forget()
  expect(await kept()).toEqual(["req_new"])
})

test("of more than REQUEST_RETENTION_COUNT requests the oldest are forgotten", async () => {
  await start()
  const { requestRecord } = tables()
  const data = Array.from({ length: 1_203 }, (_, index) => record(`req_${index}`, index * 1_000))
  await requestRecord.createMany({ data })
  await set("REQUEST_RETENTION_COUNT", "1000")
  await forget()
  expect(await requestRecord.count()).toBe(1_000)
  const oldest = await requestRecord.findFirstOrThrow({ orderBy: { startedAt: "asc" } })
  expect(oldest.id).toBe("req_999")
})

test("usage is forgotten by the minute, the hour and the day, and a series with its last day", async () => {
  await start()
  const { usageSeries, usageRollUp } = tables()
  const zeros = Object.fromEntries(Array.from({ length: 14 }, (_, bucket) => [`duration${bucket}`, 0]))
  const firsts = Object.fromEntries(Array.from({ length: 14 }, (_, bucket) => [`first${bucket}`, 0]))
  const counts = {
    requests: 1,
    attempts: 1,
    retried: 0,
    usageTold: 1,
    inputTokens: 1,
    cachedInputTokens: 0,
    outputTokens: 1,
    reasoningTokens: 0,
    durationMs: 1,
    contentful: 0,
    firstContentMs: 0,
    waited: 0,
    waitedMs: 0,
    overheadTold: 0,
    overheadUs: 0,
    ...zeros,
    ...firsts,
  }
  const series = { model: "m", apiKeyId: "", dialect: "", nodeId: "", outcome: "", errorCode: "", failureClass: "" }
  await usageSeries.createMany({
    data: [
      { id: 1n, accountId: "", ...series },
      { id: 2n, accountId: "acc_1", ...series },
    ],
  })
  const minuteOf = (ageMs: number): number => Math.floor((clock.now() - ageMs) / 60_000)
  const rows = [1, 3].flatMap((days) =>
    [1, 60, 1_440, -1, -60, -1_440].map((stepMinutes) => ({
      stepMinutes,
      start: minuteOf(days * DAY_MS) - (minuteOf(days * DAY_MS) % Math.abs(stepMinutes)),
      seriesId: stepMinutes < 0 ? 2n : 1n,
      ...counts,
    })),
  )
  const addHour = (ageMs: number) => {
    const hour = minuteOf(ageMs) - (minuteOf(ageMs) % 60)
    return usageRollUp.create({ data: { stepMinutes: 60, start: hour, seriesId: 1n, ...counts } as never }) // as below
  }
  await usageRollUp.createMany({ data: rows as never }) // the histogram's columns are named by their number
  const left = async (stepMinutes: number): Promise<number> => usageRollUp.count({ where: { stepMinutes } })
  const leftOfEach = () => Promise.all([1, 60, 1_440, -1, -60, -1_440].map(left))
  await forget()
  expect(await leftOfEach()).toEqual([1, 2, 2, 1, 2, 2])
  // Half of that hour is still within two days.
  clock.advance(HOUR_MS / 2)
  await addHour(2 * DAY_MS)
  await set("USAGE_HOUR_DAYS", "2")
  await forget()
  expect(await leftOfEach()).toEqual([1, 2, 2, 1, 1, 2])
  clock.advance(HOUR_MS)
  await forget()
  expect(await leftOfEach()).toEqual([1, 1, 2, 1, 1, 2])
  await set("USAGE_MINUTE_DAYS", "1")
  clock.advance(HOUR_MS)
  await forget()
  expect(await leftOfEach()).toEqual([0, 1, 2, 0, 1, 2])
  expect(await usageSeries.count()).toBe(2)
  await set("USAGE_DAY_DAYS", "1")
  clock.advance(DAY_MS)
  await forget()
  expect(await usageSeries.count()).toBe(0)
  expect(await usageRollUp.count()).toBe(0)
})
