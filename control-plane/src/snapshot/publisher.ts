/**
 * Keeps the newest snapshot: builds it after a change, gives it a version when it says something new, writes the version down,
 * and only then shows it. Versions rise over restarts; a world that did not change keeps its version and its bytes.
 */
import { createHash } from "node:crypto"
import { encodeDownFrame } from "#shared/link-frames.ts"
import type { Logger } from "#shared/log.ts"
import { checkSnapshot, encodeSnapshotFrame } from "#shared/snapshot-check.ts"
import type { Clock } from "../clock.ts"
import type { Credentials } from "../accounts/credentials.ts"
import { poolState } from "../accounts/pool-pause.ts"
import type { Meta } from "../database/meta.ts"
import type { Database } from "../database/open.ts"
import { routingOf, routingReads, rowsOf } from "../routing/rows.ts"
import { snapshotSettings } from "../settings/table.ts"
import type { Settings } from "../settings/settings.ts"
import { buildSnapshot, type SnapshotRows, type Stamp } from "./build.ts"

/** Changes within this time become one snapshot. */
export const COALESCE_MS = 50
/** Waits before a build that failed (the database was away) is tried again. */
const RETRY_MS = 1_000

export interface Published {
  readonly epoch: number
  readonly version: number
  readonly hash: string
  /** The frame as it goes out, with its line end; encoded once for all nodes. */
  readonly line: string
}

export interface Publisher {
  /** The newest snapshot; undefined before the first build. */
  readonly current: Published | undefined
  /** Something changed that data planes may have to know. */
  touch(): void
  /** Builds now; resolves when the result is current. */
  flush(): Promise<void>
  /** Calls `listener` with every new snapshot. The returned function ends that. */
  onPublish(listener: (published: Published) => void): () => void
  stop(): Promise<void>
}

export interface PublisherOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly meta: Meta
  readonly credentials: Credentials
  readonly settings: Settings
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { database, clock, log, meta, credentials, settings } = options
  const listeners = new Set<(published: Published) => void>()
  let current: Published | undefined
  /** Of what `current` says. */
  let currentHash: string | undefined
  let cancel: (() => void) | undefined
  let building: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined
  let stopped = false

  async function readRows(): Promise<SnapshotRows> {
    const { prisma } = database
    const [accounts, apiKeys, catalogues, settingRows, metaRow, ...routing] = await prisma.$transaction([
      prisma.account.findMany({ include: { credential: true, cooldowns: true, cooldownReleases: true, quota: true } }),
      prisma.apiKey.findMany({ include: { replaced: true } }),
      prisma.catalogue.findMany(),
      prisma.setting.findMany(),
      prisma.meta.findUniqueOrThrow({ where: { id: 1 } }),
      ...routingReads(prisma),
    ])
    const inForce = settings.inForce(settingRows)
    const openAccessToken: SnapshotRows["openAccessToken"] = (row) => credentials.openAccessToken(row)?.reveal()
    return {
      accounts,
      apiKeys,
      catalogues,
      settings: snapshotSettings(inForce),
      routing: routingOf(rowsOf(routing)),
      pool: poolState(metaRow, inForce.POOL_PAUSE_ON_WALLS),
      apiKeyPepper: meta.apiKeyPepper,
      openAccessToken,
    }
  }

  /**
   * The stamp for this content: the one written down when the content is the same, else the next. Undefined: it is what we have shown
   * already. Then another control plane, of other settings or another version, sees the world otherwise, and to answer it with a new
   * version would be answered in turn, without end.
   */
  async function stamp(contentHash: string): Promise<Stamp | undefined> {
    const row = await database.prisma.meta.findUniqueOrThrow({ where: { id: 1 } })
    if (row.snapshotContentHash === contentHash && row.snapshotVersion > 0n) {
      return {
        epoch: row.snapshotEpoch,
        version: Number(row.snapshotVersion),
        issuedAt: row.snapshotIssuedAt.getTime(),
      }
    }
    if (contentHash === currentHash) return undefined
    const next = await database.prisma.meta.update({
      where: { id: 1 },
      data: {
        snapshotVersion: { increment: 1 },
        snapshotContentHash: contentHash,
        snapshotIssuedAt: new Date(clock.now()),
      },
    })
    return {
      epoch: next.snapshotEpoch,
      version: Number(next.snapshotVersion),
      issuedAt: next.snapshotIssuedAt.getTime(),
    }
  }

  async function build(): Promise<void> {
    const rows = await readRows()
    const content = buildSnapshot(rows, { epoch: 1, version: 1, issuedAt: 1 })
    const check = checkSnapshot(content)
    if (!check.ok) {
      // What is not consistent is never sent: the nodes go on with the last good one.
      log.error("snapshot.inconsistent", { reason: check.reason })
      return
    }
    const contentHash = createHash("sha256").update(JSON.stringify(content)).digest("hex")
    const next = await stamp(contentHash)
    if (next === undefined || (current?.epoch === next.epoch && current.version === next.version)) return
    const { epoch, version, issuedAt } = next
    const frame = encodeSnapshotFrame({ ...content, epoch, version, issuedAt })
    current = { epoch, version, hash: frame.hash, line: encodeDownFrame(frame) }
    currentHash = contentHash
    log.info("snapshot.published", {
      epoch,
      version,
      accounts: content.accounts.length,
      apiKeys: content.apiKeys.length,
      bytes: frame.body.length,
    })
    for (const listener of listeners) listener(current)
  }

  /** A build that has not begun to read yet serves everybody who asks meanwhile. */
  function enqueue(): Promise<void> {
    cancel?.()
    cancel = undefined
    if (queued !== undefined) return queued
    const next = building.then(() => {
      queued = undefined
      return build()
    })
    queued = next
    building = next.catch((error: unknown) => {
      log.error("snapshot.failed", { reason: error instanceof Error ? error.message : String(error) })
      schedule(RETRY_MS)
    })
    return next
  }

  function schedule(ms: number): void {
    if (stopped || cancel !== undefined) return
    cancel = clock.after(ms, () => void enqueue().catch(() => undefined))
  }

  return {
    get current() {
      return current
    },
    touch: () => schedule(COALESCE_MS),
    flush: enqueue,
    onPublish: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {
      stopped = true
      cancel?.()
      await building
    },
  }
}
