/** What stands round a data plane, in the test's process or in one of its own: simulator, link, accounts, snapshots, a folder. */
import type { ReportItem } from "#shared/link-protocol.ts"
import { NO_ROUTING, type Routing } from "#shared/routing.ts"
import type { SnapshotAccount, SnapshotPool, SnapshotSettings } from "#shared/snapshot.ts"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startSimulator, type Simulator, type SimulatorOptions } from "../../../test/support/simulator.ts"
import { startLinkServer, type LinkServer } from "./link-server.ts"
import { accountsOf, snapshot } from "./snapshots.ts"

export interface SnapshotChange {
  readonly accounts?: readonly SnapshotAccount[]
  readonly settings?: Partial<SnapshotSettings>
  readonly pool?: SnapshotPool
  /** Absent: as before. */
  readonly routing?: Routing
  /** Of `API_KEY`; 0: the bodies of its requests are not captured. */
  readonly captureUntil?: number
}

export interface Surroundings {
  readonly simulator: Simulator
  readonly link: LinkServer
  readonly directory: string
  readonly accounts: readonly SnapshotAccount[]
  /** Of the authority of an upstream over TLS; undefined: it is in clear text. */
  readonly upstreamCaFile: string | undefined
  /** Sends the same world with changes; its version. */
  publish(change: SnapshotChange): number
  stop(): Promise<void>
}

export interface SurroundingsOptions {
  readonly accounts?: number
  readonly simulator?: SimulatorOptions
  readonly settings?: Partial<SnapshotSettings>
  /** Upstream over TLS with the simulator's own authority, hence HTTP/2. */
  readonly tlsUpstream?: boolean
  /** Which reports the link remembers; all by default. */
  readonly keepsReport?: (item: ReportItem) => boolean
}

/** The first snapshot has version 1. */
export async function startSurroundings(options: SurroundingsOptions = {}): Promise<Surroundings> {
  const isTls = options.tlsUpstream === true
  const simulator = await startSimulator({
    seed: "data-plane",
    quotaScale: 0,
    ...(isTls ? { tlsPort: 0 } : {}),
    ...options.simulator,
  })
  const link = await startLinkServer(options.keepsReport)
  const directory = await mkdtemp(join(tmpdir(), "lagrange-data-plane-"))
  const emails = Array.from({ length: options.accounts ?? 1 }, (_, index) => `account-${index + 1}@example.com`)
  const accounts = accountsOf(simulator, emails)
  const upstream = isTls ? simulator.httpsUrl : simulator.url
  let settings: Partial<SnapshotSettings> = { antigravityBaseUrls: [upstream ?? ""], ...options.settings }
  let current: readonly SnapshotAccount[] = accounts
  let pool: SnapshotPool = {}
  let routing: Routing = NO_ROUTING
  let captureUntil = 0
  let version = 1
  link.push(snapshot({ version, accounts, settings }))
  const upstreamCaFile = isTls ? join(directory, "ca.pem") : undefined
  if (upstreamCaFile !== undefined) await writeFile(upstreamCaFile, simulator.ca ?? "")
  return {
    simulator,
    link,
    directory,
    accounts,
    upstreamCaFile,
    publish(change) {
      current = change.accounts ?? current
      settings = { ...settings, ...change.settings }
      pool = change.pool ?? pool
      routing = change.routing ?? routing
      captureUntil = change.captureUntil ?? captureUntil
      version += 1
      link.push(snapshot({ version, accounts: current, settings, pool, routing, captureUntil }))
      return version
    },
    async stop() {
      await link.stop()
      await rm(directory, { recursive: true, force: true })
      await simulator.close()
    },
  }
}
