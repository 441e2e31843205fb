/** What is measured: the relays, and the gateway as it is built, each a process of its own behind one address. */
import type { ChildProcess } from "node:child_process"
import { get } from "node:http"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { LINK_TOKEN_PREFIX, mintToken } from "#shared/api-key.ts"
import { type LinkServer, startLinkServer } from "./link-server.ts"
import type { Address } from "./load.ts"
import {
  type Places,
  type UpstreamProcess,
  firstMessage,
  freePort,
  logTail,
  startProcess,
  stopProcess,
} from "./processes.ts"

/** `gateway` may speak HTTP/2 to the upstream, `gateway-h1` finds one that has only HTTP/1.1. */
export const TARGET_NAMES = ["relay-tls", "relay-h2", "gateway", "gateway-h1"] as const
export type TargetName = (typeof TARGET_NAMES)[number]
/** Every ratio is to this one. */
export const DENOMINATOR: TargetName = "relay-tls"

export interface Target {
  readonly name: TargetName
  readonly address: Address
  readonly process: ChildProcess
  /** Exchange records that a gateway reported; undefined for a relay. */
  reported(): number | undefined
  stop(): Promise<void>
}

const READY_MS = 20_000
let started = 0
let profiled = 0

export function startTarget(name: TargetName, places: Places, upstream: UpstreamProcess): Promise<Target> {
  switch (name) {
    case "relay-tls":
      return startRelay(name, "tls", places, upstream.http1Port)
    case "relay-h2":
      return startRelay(name, "h2", places, upstream.port)
    case "gateway":
      return startGateway(name, places, upstream.port)
    case "gateway-h1":
      return startGateway(name, places, upstream.http1Port)
  }
}

async function startRelay(name: TargetName, mode: "tls" | "h2", places: Places, upstreamPort: number): Promise<Target> {
  const argument = JSON.stringify({ mode, upstreamPort, caFile: places.certFile })
  const child = startProcess(places, {
    name,
    file: join(places.scripts, "relay.js"),
    argument,
    nodeArguments: profiling(name, places),
  })
  const port = await firstMessage(child, (message) => (message as { port?: number }).port) // relay.ts sends nothing else
  return {
    name,
    address: { port, apiKey: "none" },
    process: child,
    reported: () => undefined,
    stop: () => stopProcess(child),
  }
}

async function startGateway(name: TargetName, places: Places, upstreamPort: number): Promise<Target> {
  const link = await startLinkServer(`https://127.0.0.1:${upstreamPort}`)
  const port = await freePort()
  started += 1
  const dataDirectory = join(places.temporary, `data-${started}`)
  mkdirSync(dataDirectory)
  const child = startProcess(places, {
    name,
    file: places.dataPlane,
    nodeArguments: ["--enable-source-maps", ...profiling(name, places)],
    environment: gatewayEnvironment(places, dataDirectory, port, link),
  })
  try {
    await becomesReady(port, child)
  } catch (error) {
    link.close()
    throw new Error(`${name} did not start; it said:\n${logTail(places, name)}`, { cause: error })
  }
  return {
    name,
    address: { port, apiKey: link.apiKey },
    process: child,
    reported: () => link.reported(),
    stop: async () => {
      await stopProcess(child)
      link.close()
    },
  }
}

/** As in production but for the limits: key check, reports and one log line per exchange are on. */
function gatewayEnvironment(
  places: Places,
  dataDirectory: string,
  port: number,
  link: LinkServer,
): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: String(port),
    CONTROL_URL: `http://127.0.0.1:${link.port}`,
    LINK_TOKEN: mintToken(LINK_TOKEN_PREFIX),
    NODE_NAME: "bench",
    DATA_DIR: dataDirectory,
    UPSTREAM_CA_FILE: places.certFile,
    LOG_LEVEL: "info",
    LOG_FORMAT: "json",
  }
}

/** Arguments that make Node leave a CPU profile when it ends. */
function profiling(name: TargetName, places: Places): string[] {
  if (places.profiles === undefined) return []
  profiled += 1
  return ["--cpu-prof", "--cpu-prof-dir", places.profiles, "--cpu-prof-name", `${name}-${profiled}.cpuprofile`]
}

async function becomesReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
    if ((await statusOf(port)) === 200) return
    if (Date.now() > deadline) throw new Error(`not ready within ${READY_MS} ms`)
    await sleep(50)
  }
}

/** Status of `GET /ready`; undefined while nobody listens. */
function statusOf(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/ready", agent: false, timeout: 2_000 }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on("timeout", () => request.destroy())
    request.on("error", () => resolve(undefined))
  })
}
