/** A whole data plane in this process over a simulator and a link server, with a folder of its own. */
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import type { Config } from "#data-plane/config.ts"
import { startDataPlane, type DataPlane, type DataPlaneOptions } from "#data-plane/data-plane.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { LINK_TOKEN } from "./link-server.ts"
import { startSurroundings, type SnapshotChange, type Surroundings, type SurroundingsOptions } from "./surroundings.ts"

export interface System extends Pick<Surroundings, "simulator" | "link" | "directory" | "accounts" | "stop"> {
  readonly plane: DataPlane
  readonly url: string
  /** Lines of the log so far. */
  readonly lines: readonly string[]
  /** Pushes the same world with changes and waits until it is in force. */
  push(change: SnapshotChange): Promise<void>
}

export interface SystemOptions extends SurroundingsOptions {
  readonly config?: Partial<Config>
  readonly plane?: DataPlaneOptions
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const surroundings = await startSurroundings(options)
  const { link, directory, upstreamCaFile } = surroundings
  const lines: string[] = []
  const plane = await startDataPlane(
    configFor(link.url, directory, { upstreamCaFile, ...options.config }),
    createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) }),
    options.plane,
  )
  await waitFor(() => plane.store.version === 1)
  return {
    ...surroundings,
    plane,
    url: plane.url,
    lines,
    async push(change) {
      const version = surroundings.publish(change)
      await waitFor(() => plane.store.version === version)
    },
    async stop() {
      await plane.drain(0)
      await surroundings.stop()
    },
  }
}

export function configFor(controlUrl: string, directory: string, more: Partial<Config> = {}): Config {
  return {
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    trustedProxies: [],
    panelUrl: "http://127.0.0.1:1/panel",
    controlUrl,
    linkToken: new Secret(LINK_TOKEN),
    nodeName: "test-node",
    dataDirectory: directory,
    outboundProxy: undefined,
    upstreamCaFile: undefined,
    sharedStore: undefined,
    metrics: undefined,
    traces: undefined,
    logLevel: "debug",
    logFormat: "json",
    ...more,
  }
}
