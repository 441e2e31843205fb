/**
 * Backups that are made by themselves: what `npm run admin -- backup` makes, every so many hours, the newest few kept. How the newest try
 * ended is in the database: a start does not make another at once, another control plane goes on where this one stopped, and an alert is
 * raised of one that failed.
 */
import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import type { Logger } from "#shared/log.ts"
import { loadMasterKey } from "#shared/sealing.ts"
import type { Audit } from "../audit/audit.ts"
import { writeBackup } from "../backup/write.ts"
import type { Clock } from "../clock.ts"
import { masterKeySource, type Config } from "../config.ts"
import type { Database } from "../database/open.ts"
import { createJob, type Job } from "./job.ts"

export interface BackUpOptions {
  readonly config: Pick<Config, "backups" | "databaseUrl" | "masterKey" | "masterKeyFile" | "dataDirectory">
  readonly clock: Clock
  readonly log: Logger
  readonly database: Database
  readonly audit: Pick<Audit, "record">
}

const HOUR_MS = 3_600_000
/** One that failed is tried again after this long. */
const RETRY_MS = 15 * 60_000
/** No other file in the folder is ever removed, those that a person made included. */
const MADE_HERE = /^scheduled-\d{8}T\d{6}Z\.backup$/
const UNFINISHED = /^scheduled-\d{8}T\d{6}Z\.backup\.\d+\.unfinished$/
const MAX_REASON_LENGTH = 500
const ROW = { id: 1 }
const action = "makeBackup"

export function createBackUp({ config, clock, log, database, audit }: BackUpOptions): Job {
  const { intervalHours, keep, folder } = config.backups
  const intervalMs = intervalHours * HOUR_MS

  async function remove(fits: (names: readonly string[]) => readonly string[]): Promise<void> {
    for (const name of fits(await readdir(folder))) await rm(join(folder, name), { force: true })
  }

  async function make(now: number): Promise<{ readonly file: string; readonly bytes: number }> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Of a process that was killed meanwhile.
    await remove((names) => names.filter((name) => UNFINISHED.test(name)))
    const file = `scheduled-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}.backup`
    const path = join(folder, file)
    await writeBackup({
      databaseUrl: config.databaseUrl.reveal(),
      // Read anew: it may have been changed while the gateway runs.
      masterKey: loadMasterKey({ ...masterKeySource(config), mustExist: true }).key,
      path,
      withoutRequests: false,
      now,
      force: true,
    })
    await chmod(path, 0o600)
    // Their names are in the order of their times.
    await remove((names) =>
      names
        .filter((name) => MADE_HERE.test(name))
        .toSorted()
        .slice(0, -keep),
    )
    return { file, bytes: (await stat(path)).size }
  }

  async function succeeded({ file, bytes }: { readonly file: string; readonly bytes: number }): Promise<void> {
    const data = { succeededAt: new Date(clock.now()), file, bytes: BigInt(bytes), failedAt: null, failure: null }
    await database.prisma.$transaction(async (transaction) => {
      await transaction.scheduledBackup.upsert({ where: ROW, create: { ...ROW, ...data }, update: data })
      await audit.record(transaction, { action, after: { file, bytes } })
    })
    log.info("backup.made", { file, bytes })
  }

  async function failed(error: unknown): Promise<void> {
    const failure = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_LENGTH)
    log.error("backup.failed", { folder, reason: failure })
    const data = { failedAt: new Date(clock.now()), failure }
    await database.prisma.$transaction(async (transaction) => {
      await transaction.scheduledBackup.upsert({ where: ROW, create: { ...ROW, ...data }, update: data })
      await audit.record(transaction, { action, outcome: "FAILED", code: "backup_failed" })
    })
  }

  return createJob({
    name: "back-up",
    clock,
    log,
    peers: database.peers,
    everyMs: HOUR_MS,
    run: async () => {
      const { scheduledBackup } = database.prisma
      if (intervalHours === 0) {
        // Nobody waits for one any more.
        await scheduledBackup.updateMany({
          where: { failedAt: { not: null } },
          data: { failedAt: null, failure: null },
        })
        return undefined
      }
      const row = await scheduledBackup.findUnique({ where: ROW })
      const ofLast = row === null || row.succeededAt === null ? 0 : row.succeededAt.getTime() + intervalMs
      const due =
        row === null || row.failedAt === null ? ofLast : row.failedAt.getTime() + Math.min(RETRY_MS, intervalMs)
      if (due > clock.now()) return due
      try {
        await succeeded(await make(clock.now()))
        return clock.now() + intervalMs
      } catch (error) {
        await failed(error)
        return clock.now() + RETRY_MS
      }
    },
  })
}
