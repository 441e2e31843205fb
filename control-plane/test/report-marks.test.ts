/** A report counts once: sent again after its records were pruned, and when only a part of it became durable. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { exchangeId } from "#shared/ids.ts"
import type { ReportItem } from "#shared/link-protocol.ts"
import type { PrismaClient } from "#generated/sqlite/client.ts"
import type { NodeModel } from "#generated/sqlite/models.ts"
import type { Transaction } from "../src/database/open.ts"
import { createIngest, type Ingest, type IngestOptions } from "../src/link/ingest.ts"
import { sequenceOf } from "../src/link/report-marks.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const DAY_MS = 86_400_000

let control: TestControlPlane
let clock: ManualClock
let ingest: Ingest
let node: NodeModel
let prisma: PrismaClient
/** Begun so far; that of this number does not happen. */
let transactions = 0
let failing = 0

beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock })
  const { services } = control.controlPlane
  prisma = services.database.prisma
  node = await prisma.node.findFirstOrThrow()
  transactions = 0
  failing = 0
  const transact = (work: (transaction: Transaction) => Promise<unknown>): Promise<unknown> =>
    ++transactions === failing ? Promise.reject(new Error("the process ended")) : prisma.$transaction(work)
  const get = (target: PrismaClient, name: string | symbol): unknown =>
    name === "$transaction" ? transact : Reflect.get(target, name)
  const options: Partial<IngestOptions> = {
    ...services,
    database: { ...services.database, prisma: new Proxy(prisma, { get }) },
    traffic: { add: () => undefined } as unknown as IngestOptions["traffic"], // nothing else of it is used
    onKeyUsedUp: () => undefined,
    onChange: () => undefined,
  }
  ingest = createIngest(options as IngestOptions) // the rest is not met by a record
})
afterEach(() => control.stop())

/** What a process reports as its items `first` to `last`. */
function items(boot: string, first: number, last: number): ReportItem[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    type: "exchange",
    id: `${boot}-${first + index}`,
    at: clock.now(),
    exchangeId: exchangeId(`req_${boot}_${first + index}`),
    startedAt: clock.now(),
    dialect: "gemini",
    stream: false,
    model: "model-a",
    outcome: "completed",
    status: 200,
    usage: { inputTokens: 2 },
    durationMs: 1,
    attempts: [],
    dropped: [],
  }))
}

const take = (boot: string, list: readonly ReportItem[]): Promise<void> =>
  ingest.take(node, { node: "local", boot, items: list })
const prune = (): Promise<unknown> => prisma.requestRecord.deleteMany()

/** Of all minutes. */
async function counted(): Promise<number> {
  const { _sum: sum } = await prisma.usageRollUp.aggregate({ where: { stepMinutes: 1 }, _sum: { requests: true } })
  return sum.requests ?? 0
}

test("records that were pruned count nothing when they are sent again", async () => {
  await take("one", items("one", 1, 3))
  await prune()
  await take("one", items("one", 1, 5))
  expect(await counted()).toBe(5)
  expect(await prisma.requestRecord.count()).toBe(2)
  // Its mark is where the last of them was.
  await prune()
  await take("one", items("one", 2, 5))
  expect(await counted()).toBe(5)
})

test("each process has its own mark, of which long forgotten ones go", async () => {
  await take("one", items("one", 1, 3))
  await take("two", items("two", 1, 2))
  expect(await counted()).toBe(5)
  clock.leap(91 * DAY_MS)
  await take("two", items("two", 3, 3))
  await take("three", items("three", 1, 1))
  const marks = await prisma.reportMark.findMany({ orderBy: { boot: "asc" } })
  expect(marks.map(({ boot, sequence }) => [boot, Number(sequence)])).toEqual([
    ["three", 1],
    ["two", 3],
  ])
})

test("a long batch is many transactions, and counts once when it ends between them", async () => {
  const list = items("one", 1, 1_100)
  failing = 2
  await expect(take("one", list)).rejects.toThrow("the process ended")
  expect(await prisma.requestRecord.count()).toBe(500)
  await prune()
  transactions = 0
  failing = 0
  await take("one", list)
  expect(transactions).toBe(3)
  expect(await prisma.requestRecord.count()).toBe(600)
  expect(await counted()).toBe(1_100)
})

test("an id without a number of its process has no place", () => {
  expect(sequenceOf("boot-1", "boot-1-27")).toBe(27)
  for (const id of ["boot-1", "boot-1-", "boot-1-0", "boot-1-1x", "boot-1-01", "boot-27", "other-1-27"]) {
    expect(sequenceOf("boot-1", id), id).toBeUndefined()
  }
})
