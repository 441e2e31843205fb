/** What the rule of errors counts: sums that reports were added up to, so that a look costs the same however many requests there were. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { accountId, exchangeId } from "#shared/ids.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import { findNow } from "../src/alerts/findings.ts"
import { addToRollUps } from "../src/usage/roll-up.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

const MINUTE = 60_000
const NOW = Date.UTC(2026, 0, 5, 12) + 30_000

let control: TestControlPlane
beforeEach(async () => {
  control = await startTestControlPlane({ clock: createManualClock(NOW) })
})
afterEach(() => control.stop())

type Ended = Pick<ExchangeRecord, "outcome" | "errorCode"> & {
  readonly attempts?: readonly (FailureClass | undefined)[]
}

async function addUp(count: number, minutesAgo: number, { attempts = [], ...ended }: Ended): Promise<void> {
  const { kind, prisma } = control.controlPlane.services.database
  const record: ExchangeRecord = {
    exchangeId: exchangeId("req_any"),
    startedAt: NOW - minutesAgo * MINUTE,
    dialect: "gemini",
    stream: false,
    status: 200,
    usage: {},
    durationMs: 1,
    attempts: attempts.map((failureClass, index) => ({
      accountId: accountId(`acc_${index}`),
      reason: "next in turn",
      startedMs: 0,
      endedMs: 1,
      ...(failureClass === undefined ? {} : { failureClass }),
    })),
    dropped: [],
    ...ended,
  }
  const records = Array.from({ length: count }, () => record)
  await prisma.$transaction((transaction) => addToRollUps(transaction, kind, records, "nod_a"))
}

const find = (of: { readonly errorCode?: string; readonly failureClass?: FailureClass } = {}) => {
  const { errorCode = null, failureClass = null } = of
  const rule = { kind: "ERROR_RATE", threshold: 0.2, windowMinutes: 5, errorCode, failureClass, bucket: null } as const
  const { prisma } = control.controlPlane.services.database
  const pool = { pausedAt: undefined, reason: undefined, resumedAt: undefined }
  return findNow(rule, { prisma, now: NOW, pool, isRaised: false })
}

test("errors are counted of whole minutes, without those of clients and what was cancelled", async () => {
  await addUp(20, 1, { outcome: "completed" })
  await addUp(90, 1, { outcome: "cancelled" })
  await addUp(9, 2, { outcome: "failed", errorCode: "model_not_found" })
  await addUp(50, 7, { outcome: "failed", errorCode: "upstream_failed" })
  expect(await find()).toEqual([])
  await addUp(10, 5, { outcome: "failed", errorCode: "upstream_failed" })
  await addUp(1, 0, { outcome: "truncated" })
  const since = "2026-01-05T11:55:00.000Z"
  expect(await find()).toEqual([
    { subject: "upstream_failed", label: "upstream_failed", detail: `10 of 40 requests since ${since}.` },
    { subject: "truncated", label: "truncated", detail: `1 of 40 requests since ${since}.` },
  ])
  expect(await find({ errorCode: "model_not_found" })).toMatchObject([{ subject: "model_not_found" }])
})

test("attempts are counted by how they failed, also where another one served", async () => {
  await addUp(8, 1, { outcome: "completed", attempts: [undefined] })
  await addUp(1, 1, { outcome: "completed", attempts: ["quota", "server", undefined] })
  await addUp(1, 1, { outcome: "failed", errorCode: "upstream_failed", attempts: ["server"] })
  await addUp(50, 7, { outcome: "completed", attempts: ["quota", undefined] })
  expect(await find({ failureClass: "server" })).toEqual([])
  await addUp(1, 5, { outcome: "completed", attempts: ["server", undefined] })
  // Whoever is refused before an attempt counts among requests alone.
  await addUp(90, 1, { outcome: "failed", errorCode: "pool_busy" })
  expect(await find({ failureClass: "server" })).toEqual([
    { subject: "server", label: "server", detail: "3 of 14 attempts since 2026-01-05T11:55:00.000Z." },
  ])
  expect(await find({ failureClass: "quota" })).toEqual([])
  expect(await find({ failureClass: "egress_block" })).toEqual([])
})
