import { spawn, type ChildProcess, type StdioOptions } from "node:child_process"
import { fileURLToPath } from "node:url"

const MOST_OUTPUT = 64 * 1024

/** A process of ours that a test started, with the end of what it printed. */
export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  /** The newest output of both streams, for the message of a failing test. */
  output(): string
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Ends it with a signal, and with SIGKILL when it still runs after `graceMs`. */
  end(signal?: NodeJS.Signals, graceMs?: number): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Only what a process needs to run at all: no setting of the person who runs the tests may reach it. */
function bareEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env
  return { PATH, HOME, TMPDIR, SystemRoot, NODE_ENV: "production", LOG_FORMAT: "json" }
}

/** Starts `dist/<name>.js` under the Node of the test, with a message channel. Source maps cost as much of its start as all else. */
export function startBuilt(
  name: string,
  env: Readonly<Record<string, string>>,
  onMessage: (message: unknown) => void = () => undefined,
  nodeArguments: readonly string[] = ["--enable-source-maps"],
): Running {
  const script = fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url))
  const child = spawn(process.execPath, [...nodeArguments, script], {
    env: { ...bareEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  child.on("message", onMessage)
  return watch(child)
}

/**
 * Starts any command in a folder, with what a process needs at all and `env`, where undefined takes a variable out. What it starts itself
 * gets its signals too, as from a terminal.
 */
export function startCommand(
  [command = "", ...given]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Running {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe"]
  const child = spawn(command, given, { cwd, env: { ...bareEnvironment(), ...env }, stdio, detached: true })
  return watch(child, (signal) => killGroup(child.pid, signal))
}

/** Signals all processes that one started as the first of its group; none is left where all have ended. */
function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
  }
}

function watch(child: ChildProcess, kill = (signal: NodeJS.Signals): void => void child.kill(signal)): Running {
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT)
    })
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    async end(signal = "SIGTERM", graceMs = 30_000) {
      if (child.exitCode === null && child.signalCode === null) kill(signal)
      const timer = setTimeout(() => kill("SIGKILL"), graceMs)
      try {
        return await ended
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
