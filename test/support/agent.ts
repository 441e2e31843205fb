import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** After that an agent hangs; on a busy machine one may take a minute for what takes it seconds. */
export const AGENT_LIMIT_MS = 150_000

/** A new home and working directory for an agent. */
export function makeHome(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `lagrange-${name}-`))
}

/** Agents leave helpers behind that write for a moment after they have ended. */
export function removeHome(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

/** What every agent is told, whatever it calls it. */
export interface AgentRun {
  /** Of the gateway, without a slash at the end. */
  readonly url: string
  readonly key: string
  readonly model: string
  readonly prompt: string
  /** Its home and working directory. */
  readonly home: string
}

/** Where an agent's program is: as `npm test` says in `variable`, else the last installed one, a path under the tools' folder. */
export function agentProgram(name: string, variable: string, installed: string): string {
  const path = process.env[variable] ?? fileURLToPath(new URL(`../../.cache/tools/${installed}`, import.meta.url))
  if (!existsSync(path)) throw new Error(`no ${name} found: run these tests with npm run test:conformance`)
  return path
}

/** Runs a program once in its home, with nothing of this machine's environment but the search path; ended after `timeoutMs`. */
export async function runProgram(
  [program = "", ...options]: readonly string[],
  { home, env, timeoutMs }: { home: string; env: Readonly<Record<string, string>>; timeoutMs: number },
) {
  const child = spawn(program, options, {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, TMPDIR: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
  })
  let output = ""
  let errors = ""
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  return { code, output: output.trim(), errors }
}
