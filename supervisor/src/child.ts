import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"

/** A running child, as much of it as the supervisor uses. */
export interface Child {
  readonly pid: number | undefined
  signal(name: NodeJS.Signals): void
  /** Sends it a message; one that no longer listens does not get it. */
  send(message: object): void
}

export interface ChildListener {
  readonly onMessage: (message: unknown) => void
  /** Called once, when all it wrote was read: with the exit code, or with the signal that ended it. */
  readonly onExit: (code: number | undefined, signal: NodeJS.Signals | undefined) => void
}

export interface SpawnOptions {
  readonly script: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Written before each line of the child's output; undefined lets its output through as it is. */
  readonly prefix: string | undefined
  readonly onErrorLine: (line: string) => void
}

/**
 * Starts a script under this Node with a message channel. It leads a process group of its own, so that a Ctrl-C on the terminal
 * reaches the supervisor alone, which then ends its children in order.
 */
export function spawnChild(options: SpawnOptions, listener: ChildListener): Child {
  const output = options.prefix === undefined ? ("inherit" as const) : ("pipe" as const)
  const child = spawn(process.execPath, ["--enable-source-maps", options.script], {
    env: options.environment,
    stdio: ["ignore", output, "pipe", "ipc"],
    detached: true,
  })
  const { prefix, onErrorLine } = options
  if (prefix !== undefined) readLines(child.stdout, (line) => void process.stdout.write(`${prefix}${line}\n`))
  readLines(child.stderr, onErrorLine)
  let hasEnded = false
  const end = (code: number | undefined, signal: NodeJS.Signals | undefined): void => {
    if (hasEnded) return
    hasEnded = true
    listener.onExit(code, signal)
  }
  child.on("message", listener.onMessage)
  child.on("error", () => end(undefined, undefined))
  child.on("close", (code, signal) => end(code ?? undefined, signal ?? undefined))
  return {
    pid: child.pid,
    signal: (name) => void child.kill(name),
    send: (message) => {
      if (child.connected) child.send(message, () => undefined)
    },
  }
}

function readLines(from: Readable | null, onLine: (line: string) => void): void {
  if (from !== null) createInterface({ input: from, crlfDelay: Infinity }).on("line", onLine)
}
