/** Background jobs: who runs them, and that nothing holds up the rest. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import { databaseUrlOf } from "../../test/support/test-database.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import type { AntigravityCalls } from "../src/accounts/antigravity/calls.ts"
import type { Credentials } from "../src/accounts/credentials.ts"
import type { Renewals } from "../src/accounts/renew.ts"
import { createCatalogueSync } from "../src/catalogue/sync.ts"
import { findRoot } from "../src/config.ts"
import type { HeldLock, Peers } from "../src/database/peers.ts"
import { migrate } from "../src/database/migrate.ts"
import { openDatabase, type Database } from "../src/database/open.ts"
import { createJob, type Job } from "../src/jobs/job.ts"
import { createSyncCatalogues } from "../src/jobs/sync-catalogues.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const log = createLogger({ level: "error", format: "json", write: () => undefined })
let clock: ManualClock
let job: Job
beforeEach(() => {
  clock = createManualClock()
})
afterEach(() => job.stop())

/** What was due in the event loop has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe("a job of several control planes", () => {
  let isElsewhere: boolean
  let held: number
  let lost: AbortController
  let peers: Pick<Peers, "tryLock">
  let signals: AbortSignal[]
  /** What each run does. */
  let work: () => Promise<number | undefined>

  beforeEach(() => {
    isElsewhere = false
    held = 0
    lost = new AbortController()
    signals = []
    work = () => Promise.resolve(undefined)
    peers = {
      tryLock: async (name): Promise<HeldLock | undefined> => {
        expect(name).toBe("job sweep")
        if (isElsewhere) return undefined
        held++
        return {
          lost: lost.signal,
          release: async () => {
            held--
          },
        }
      },
    }
    job = createJob({
      name: "sweep",
      clock,
      log,
      peers,
      everyMs: 60_000,
      run: (signal) => {
        signals.push(signal)
        expect(held).toBe(1)
        return work()
      },
    })
  })

  test("waits while another one runs it, and looks again soon", async () => {
    isElsewhere = true
    job.start()
    await settled()
    clock.advance(999)
    await settled()
    expect(signals).toHaveLength(0)
    isElsewhere = false
    clock.advance(1)
    await settled()
    expect([signals.length, held]).toEqual([1, 0])
    clock.advance(60_000)
    await settled()
    expect(signals).toHaveLength(2)
  })

  test("gives the lock back when it fails", async () => {
    work = () => Promise.reject(new Error("no"))
    job.start()
    await settled()
    expect([signals.length, held]).toEqual([1, 0])
  })

  test("ends its run when the lock is lost, and with itself", async () => {
    const ended = new Promise<undefined>((resolve) => {
      work = () => {
        signals[0]?.addEventListener("abort", () => resolve(undefined))
        return ended
      }
    })
    job.start()
    await settled()
    expect(signals[0]?.aborted).toBe(false)
    lost.abort()
    await ended
    await settled()
    lost = new AbortController()
    work = () => Promise.resolve(undefined)
    job.wake()
    await settled()
    expect(signals[1]?.aborted).toBe(false)
    await job.stop()
    expect(held).toBe(0)
  })
})

describe("on a database", () => {
  let folder: string
  let database: Database
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lagrange-jobs-"))
    const url = await databaseUrlOf(folder)
    await migrate(url, join(findRoot(), "prisma", "migrations"))
    database = await openDatabase(url)
  })
  afterEach(async () => {
    await job.stop()
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test("many jobs run at the same moment, as at a start, without a word from Node", async () => {
    const warnings: string[] = []
    const hear = ({ message }: Error): void => void warnings.push(message)
    process.on("warning", hear)
    let running = 0
    const run = async (): Promise<undefined> => {
      running += 1
      await waitFor(() => running === 20)
    }
    const jobs = Array.from({ length: 20 }, (_, index) => {
      job = createJob({ name: `sweep ${index}`, clock, log, peers: database.peers, everyMs: 60_000, run })
      job.start()
      return job
    })
    await waitFor(() => jobs.every(({ stats }) => stats.succeededAt !== undefined))
    await Promise.all(jobs.map((one) => one.stop()))
    process.off("warning", hear)
    expect(warnings).toEqual([])
  })

  async function addAccounts(prefix: string, count: number, catalogueReadAt: Date | null): Promise<void> {
    const ids = Array.from({ length: count }, (_, index) => `${prefix}_${String(index).padStart(3, "0")}`)
    const at = new Date(clock.now())
    await database.prisma.account.createMany({
      data: ids.map((id) => ({
        id,
        kind: "ANTIGRAVITY" as const,
        label: id,
        state: "READY" as const,
        stateSince: at,
        projectId: prefix,
        tags: [],
        onboardingPending: false,
        createdAt: at,
        catalogueReadAt,
      })),
    })
    const accessTokenExpiresAt = new Date(clock.now() + 10 * 3_600_000)
    await database.prisma.credential.createMany({ data: ids.map((accountId) => ({ accountId, accessTokenExpiresAt })) })
  }

  test("more accounts than fit into a run, all of which fail for ever, hold up no other", async () => {
    const HOUR = 3_600_000
    await addAccounts("failing", 120, null)
    await addAccounts("working", 3, new Date(clock.now()))
    const asked: string[] = []
    const calls: Pick<AntigravityCalls, "call"> = {
      call: (_method, _body, _token, project = "") => {
        asked.push(project)
        const json = { models: { "gemini-3-flash": {} } }
        return Promise.resolve(
          project === "working" ? { type: "answer", json, isFirst: true } : { type: "unreachable", message: "gone" },
        )
      },
    }
    const catalogueSync = createCatalogueSync({
      database,
      clock,
      log,
      audit: { record: () => Promise.resolve() },
      calls,
      // The others of their members are for what does not happen here.
      credentials: { openAccessToken: () => new Secret("token") } as unknown as Credentials,
      renewals: {} as unknown as Renewals, // as above
      quota: { take: () => Promise.resolve() },
      onChange: () => undefined,
    })
    job = createSyncCatalogues({ clock, log, database, catalogueSync, random: () => 0.5 })
    job.start()
    await waitFor(() => asked.length === 120, 30_000)
    const asksOf = (project: string): number => asked.filter((one) => one === project).length
    // Every hour the working ones are due again, beside 120 that always are.
    for (const hour of [1, 2, 3]) {
      clock.advance(HOUR)
      job.wake()
      await waitFor(() => asksOf("working") === 3 * hour && asksOf("failing") === 120 * (hour + 1), 30_000)
    }
    const read = await database.prisma.account.findMany({ where: { catalogueId: { not: null } } })
    expect(read).toHaveLength(3)
  })
})
