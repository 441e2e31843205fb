/**
 * What a process and everything it started has used: CPU time and resident memory. Linux tells it through /proc, whichever program it
 * is; elsewhere the process is asked over its IPC channel, which `probe.ts` answers.
 */
import { execFileSync } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync, readdirSync } from "node:fs"

export interface ProcessUsage {
  readonly cpuMs: number
  readonly rssBytes: number
}

const hasProc = existsSync("/proc/self/stat")
const ticksPerSecond = hasProc ? Number(execFileSync("getconf", ["CLK_TCK"]).toString()) : 100

/** Usage of the tree under `child`. CPU time is exact to one tick of the kernel's clock (10 ms on most machines). */
export function usageOf(child: ChildProcess): Promise<ProcessUsage> {
  if (child.pid === undefined || child.exitCode !== null) throw new Error("the process is not running")
  return hasProc ? Promise.resolve(usageOfTree(child.pid)) : askProbe(child)
}

function usageOfTree(root: number): ProcessUsage {
  const all = new Map<number, ProcessStat>()
  for (const name of readdirSync("/proc")) {
    const pid = Number(name)
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined
    if (stat !== undefined) all.set(pid, stat)
  }
  let ticks = 0
  let rssBytes = 0
  for (const [pid, stat] of all) {
    if (!isUnder(root, pid, all)) continue
    ticks += stat.ticks
    rssBytes += readRss(pid)
  }
  return { cpuMs: (ticks * 1_000) / ticksPerSecond, rssBytes }
}

interface ProcessStat {
  readonly parent: number
  /** Its own and those of children that have ended. */
  readonly ticks: number
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // The second field, a name in brackets, may itself hold blanks and brackets.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number)
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15)
  return { parent: fields[1] ?? 0, ticks: user + system + childUser + childSystem }
}

function readRss(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`) ?? "")
  return Number(match?.[1] ?? 0) * 1_024
}

/** Undefined when the process ended between two looks. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1")
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === "ENOENT" || code === "ESRCH") return undefined
    throw error
  }
}

function isUnder(root: number, pid: number, all: ReadonlyMap<number, ProcessStat>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = all.get(at)?.parent)
    if (at === root) return true
  return false
}

function askProbe(child: ChildProcess): Promise<ProcessUsage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the process did not tell its usage within 5 s")), 5_000)
    const listen = (message: unknown): void => {
      if (typeof message !== "object" || message === null || !("usage" in message)) return
      clearTimeout(timer)
      child.off("message", listen)
      resolve(message.usage as ProcessUsage) // probe.ts sends nothing else under this name
    }
    child.on("message", listen)
    child.send({ ask: "usage" })
  })
}
