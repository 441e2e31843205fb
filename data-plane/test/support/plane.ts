/** A whole data plane in this process over a simulator and a link server, with a folder of its own. */
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import type { SnapshotAccount, SnapshotPool, SnapshotSettings } from "#shared/snapshot.ts"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Config } from "#data-plane/config.ts"
import { startDataPlane, type DataPlane, type DataPlaneOptions } from "#data-plane/data-plane.ts"
import { startSimulator, type Simulator, type SimulatorOptions } from "../../../test/support/simulator.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { LINK_TOKEN, startLinkServer, type LinkServer } from "./link-server.ts"
import { accountsOf, snapshot } from "./snapshots.ts"

export interface System {
  readonly simulator: Simulator
  readonly link: LinkServer
  readonly plane: DataPlane
  readonly url: string
  readonly directory: string
  readonly accounts: readonly SnapshotAccount[]
  /** Lines of the log so far. */
  readonly lines: readonly string[]
  /** Pushes the same world with changes and waits until it is in force. */
  push(change: {
    accounts?: readonly SnapshotAccount[]
    settings?: Partial<SnapshotSettings>
    pool?: SnapshotPool
  }): Promise<void>
  stop(): Promise<void>
}

export interface SystemOptions {
  readonly accounts?: number
  readonly simulator?: SimulatorOptions
  readonly settings?: Partial<SnapshotSettings>
  readonly config?: Partial<Config>
  /** Upstream over TLS with the simulator's own authority, hence HTTP/2. */
  readonly tlsUpstream?: boolean
  readonly plane?: DataPlaneOptions
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const simulator = await startSimulator({
    seed: "data-plane",
    quotaScale: 0,
    ...(options.tlsUpstream === true ? { tlsPort: 0 } : {}),
    ...options.simulator,
  })
  const link = await startLinkServer()
  const directory = await mkdtemp(join(tmpdir(), "lagrange-data-plane-"))
  const emails = Array.from({ length: options.accounts ?? 1 }, (_, index) => `account-${index + 1}@example.com`)
  const accounts = accountsOf(simulator, emails)
  const upstream = options.tlsUpstream === true ? simulator.httpsUrl : simulator.url
  let settings: Partial<SnapshotSettings> = { antigravityBaseUrls: [upstream ?? ""], ...options.settings }
  let current = accounts
  let pool: SnapshotPool = {}
  let version = 1
  link.push(snapshot({ version, accounts, settings }))
  if (options.tlsUpstream === true) await writeFile(join(directory, "ca.pem"), simulator.ca ?? "")
  const lines: string[] = []
  const plane = await startDataPlane(
    configFor(link.url, directory, {
      ...(options.tlsUpstream === true ? { upstreamCaFile: join(directory, "ca.pem") } : {}),
      ...options.config,
    }),
    createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) }),
    options.plane,
  )
  await waitFor(() => plane.store.version === version)
  return {
    simulator,
    link,
    plane,
    url: plane.url,
    directory,
    accounts,
    lines,
    async push(change) {
      current = [...(change.accounts ?? current)]
      settings = { ...settings, ...change.settings }
      pool = change.pool ?? pool
      version += 1
      link.push(snapshot({ version, accounts: current, settings, pool }))
      await waitFor(() => plane.store.version === version)
    },
    async stop() {
      await plane.drain(0)
      await link.stop()
      await rm(directory, { recursive: true, force: true })
      await simulator.close()
    },
  }
}

export function configFor(controlUrl: string, directory: string, more: Partial<Config> = {}): Config {
  return {
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    panelUrl: "http://127.0.0.1:1/panel",
    controlUrl,
    linkToken: new Secret(LINK_TOKEN),
    nodeName: "test-node",
    dataDirectory: directory,
    outboundProxy: undefined,
    upstreamCaFile: undefined,
    logLevel: "debug",
    logFormat: "json",
    ...more,
  }
}
