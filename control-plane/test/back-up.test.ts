/** Backups that are made by themselves: when, how many, and who hears of one that fails. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { readExposition, valueOf } from "#shared/testing/exposition.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { readBackup } from "../src/backup/read.ts"
import { masterKey, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const HOUR_MS = 3_600_000
let clock: ManualClock
let folder: string
let control: TestControlPlane

beforeEach(() => {
  clock = createManualClock()
  folder = join(mkdtempSync(join(tmpdir(), "lagrange-backups-")), "backups")
})
afterEach(async () => {
  await control.stop()
  rmSync(join(folder, ".."), { recursive: true, force: true })
})

async function begin(env: Record<string, string> = {}, dataDirectory?: string): Promise<void> {
  control = await startTestControlPlane({
    clock,
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    env: { BACKUP_INTERVAL_HOURS: "24", BACKUP_FOLDER: folder, CONTROL_METRICS_PORT: "0", ...env },
  })
}

const row = () => control.controlPlane.services.database.prisma.scheduledBackup.findUnique({ where: { id: 1 } })
const files = (): string[] => readdirSync(folder).toSorted()
const madeAt = (time: number) => waitFor(async () => (await row())?.succeededAt?.getTime() === time)
const failedAt = (time: number) => waitFor(async () => (await row())?.failedAt?.getTime() === time)
const metric = async (name: string) => valueOf(await readExposition(control.controlPlane.metricsUrl ?? ""), name)
const lastEvent = () =>
  control.controlPlane.services.database.prisma.auditEvent.findFirst({ orderBy: { sequence: "desc" } })

test("are made when they are due, whole and under the master key, the newest few kept, and told of", async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "lagrange-20200101T000000Z.backup"), "made by a person")
  writeFileSync(join(folder, "scheduled-20200101T000000Z.backup.1.unfinished"), "of a process that was killed")
  await begin({ BACKUP_KEEP: "2" })
  await madeAt(clock.now())
  const [byPerson, first = ""] = files()
  expect([byPerson, files().length]).toEqual(["lagrange-20200101T000000Z.backup", 2])
  const backup = await readBackup(join(folder, first), Buffer.from(masterKey, "base64"))
  for await (const page of backup.rows) void page
  expect(backup.manifest().tables["AdminUser"]?.rows).toBe(1)
  expect(await metric("lagrange_backup_last_success_timestamp_seconds")).toBe(clock.now() / 1000)
  expect(await metric("lagrange_backup_failing")).toBe(0)
  expect(await lastEvent()).toMatchObject({ action: "makeBackup", actorKind: "SYSTEM", outcome: "DONE" })
  expect(control.log()).toContain('"backup.made"')

  // Neither before its time nor because of a start.
  const { dataDirectory } = control
  clock.advance(23 * HOUR_MS)
  await control.stop({ keep: true })
  await begin({ BACKUP_KEEP: "2" }, dataDirectory)
  for (let times = 0; times < 2; times++) {
    clock.advance(HOUR_MS)
    await madeAt(clock.now())
    clock.advance(23 * HOUR_MS)
  }
  const kept = files()
  expect(kept).toHaveLength(3)
  expect(kept).not.toContain(first)
})

test("that fail raise an alert until one is made, and are tried again sooner", async () => {
  // A file stands where the folder should be.
  writeFileSync(folder, "in the way")
  await begin()
  await failedAt(clock.now())
  expect(await metric("lagrange_backup_failing")).toBe(1)
  expect(await lastEvent()).toMatchObject({ action: "makeBackup", outcome: "FAILED", code: "backup_failed" })
  const alert = () =>
    control.controlPlane.services.database.prisma.alert.findFirst({ where: { kind: "BACKUP_FAILING", until: null } })
  control.controlPlane.services.alerts.jobs[0]?.wake()
  await waitFor(async () => (await alert()) !== null)
  expect(JSON.stringify((await alert())?.evidence)).toContain("There is none yet.")

  rmSync(folder)
  clock.advance(15 * 60_000)
  await madeAt(clock.now())
  expect((await row())?.failure).toBeNull()
  control.controlPlane.services.alerts.jobs[0]?.wake()
  await waitFor(async () => (await alert()) === null)
})

test("are none where nobody asked for them, and then nothing is missing", async () => {
  await begin({ BACKUP_INTERVAL_HOURS: "0" })
  const { prisma } = control.controlPlane.services.database
  await prisma.scheduledBackup.create({ data: { id: 1, failedAt: new Date(0), failure: "before" } })
  clock.advance(HOUR_MS)
  await waitFor(async () => (await row())?.failedAt === null)
  expect(await row()).toMatchObject({ succeededAt: null })
  expect(() => files()).toThrow("ENOENT")
})
