/** Starting and ending the bench's child processes: each by its own handle, each wait with a bound, none left behind. */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, openSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { UpstreamMessage, UpstreamState } from "./upstream.ts"

const START_MS = 15_000
const STOP_MS = 8_000
const running = new Set<ChildProcess>()

/** Where a run finds its scripts and keeps its files. */
export interface Places {
  /** Bundles of `upstream.ts`, `relay.ts` and `probe.ts`. */
  readonly scripts: string
  readonly dataPlane: string
  /** Removed after the run. */
  readonly temporary: string
  readonly certFile: string
  readonly keyFile: string
  /** When set, targets leave their CPU profiles there. */
  readonly profiles?: string
}

export interface StartOptions {
  readonly name: string
  readonly file: string
  readonly argument?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly nodeArguments?: readonly string[]
}

/** Starts a Node program with an IPC channel; what it prints goes to a file, as it would with a service manager. */
export function startProcess(places: Places, options: StartOptions): ChildProcess {
  const log = openSync(logFile(places, options.name), "a")
  const probe = existsSync("/proc/self/stat") ? [] : ["--import", `file://${join(places.scripts, "probe.js")}`]
  const child = spawn(
    process.execPath,
    [
      ...probe,
      ...(options.nodeArguments ?? []),
      options.file,
      ...(options.argument === undefined ? [] : [options.argument]),
    ],
    { env: { ...options.environment }, stdio: ["ignore", log, log, "ipc"] },
  )
  closeSync(log)
  running.add(child)
  child.once("exit", () => running.delete(child))
  return child
}

export function logFile(places: Places, name: string): string {
  return join(places.temporary, `${name}.log`)
}

/** The last lines a process printed, for an error message. */
export function logTail(places: Places, name: string): string {
  return readFileSync(logFile(places, name), "utf8").split("\n").slice(-12).join("\n")
}

/** The first IPC message that `read` makes something of. Rejects when the process ends or says nothing in time. */
export function firstMessage<Value>(
  child: ChildProcess,
  read: (message: unknown) => Value | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      child.off("message", listen)
      child.off("exit", ended)
      settle()
    }
    const listen = (message: unknown): void => {
      const value = read(message)
      if (value !== undefined) finish(() => resolve(value))
    }
    const ended = (code: number | null): void => finish(() => reject(new Error(`the process ended with code ${code}`)))
    const timer = setTimeout(
      () => finish(() => reject(new Error(`the process said nothing in ${START_MS} ms`))),
      START_MS,
    )
    child.on("message", listen)
    child.on("exit", ended)
  })
}

/** SIGTERM, and SIGKILL when that was not enough. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  child.kill("SIGTERM")
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS)
  await ended
  clearTimeout(timer)
}

/** For the way out, whatever happened. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL")
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo // a TCP listener has a port
      server.close(() => resolve(port))
    })
  })
}

export interface UpstreamProcess {
  readonly port: number
  readonly http1Port: number
  /** What it counted since the last question. */
  state(): Promise<UpstreamState>
  /** Lets held answers with a rhythm begin it. */
  go(): void
  stop(): Promise<void>
}

export async function startUpstream(places: Places): Promise<UpstreamProcess> {
  const argument = JSON.stringify({ certFile: places.certFile, keyFile: places.keyFile })
  const child = startProcess(places, { name: "upstream", file: join(places.scripts, "upstream.js"), argument })
  const message = <Type extends UpstreamMessage["type"]>(
    type: Type,
  ): Promise<Extract<UpstreamMessage, { type: Type }>> =>
    firstMessage(child, (value) => {
      const told = value as Extract<UpstreamMessage, { type: Type }> // upstream.ts sends nothing else
      return told.type === type ? told : undefined
    })
  const { port, http1Port } = await message("ready")
  return {
    port,
    http1Port,
    state: async () => {
      const answer = message("state")
      child.send("state")
      return (await answer).state
    },
    go: () => void child.send("go"),
    stop: () => stopProcess(child),
  }
}
