/** A command of `npm run admin`, run in this process. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { createLogger } from "#shared/log.ts"
import { databaseEnvironment } from "../../../test/support/test-database.ts"
import type { CommandResult } from "../../src/admin/command.ts"
import { COMMANDS } from "../../src/admin/commands.ts"
import { systemClock } from "../../src/clock.ts"
import { readConfig } from "../../src/config.ts"

export interface CommandRun extends CommandResult {
  /** What it said while it worked. */
  readonly said: readonly string[]
}

export interface CommandCall {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly values?: Readonly<Record<string, string | boolean>>
  readonly arguments?: readonly string[]
  readonly input?: string
}

export async function runCommand(name: string, call: CommandCall): Promise<CommandRun> {
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) throw new Error(`no command is called ${name}`)
  const said: string[] = []
  const { DATA_DIR } = call.env
  const env = { ...(DATA_DIR === undefined ? {} : await databaseEnvironment(DATA_DIR)), ...call.env }
  const result = await command.run({
    config: readConfig(env),
    env,
    clock: systemClock,
    log: createLogger({ level: "warn", format: "json", write: (line) => void said.push(line) }),
    values: call.values ?? {},
    arguments: call.arguments ?? [],
    say: (line) => void said.push(line),
    readLine: () => Promise.resolve(call.input ?? ""),
  })
  return { ...result, said }
}

const main = fileURLToPath(new URL("../../src/admin.ts", import.meta.url))

/**
 * A command in a process of its own, with what it gives for programs: for those that write while a control plane runs in this process,
 * which could not end its own writing while SQLite waits for it in the same thread.
 */
export async function spawnCommand(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  input = "",
): Promise<unknown> {
  const { PATH, HOME } = process.env
  const { DATA_DIR } = env
  const database = DATA_DIR === undefined ? {} : await databaseEnvironment(DATA_DIR)
  const child = spawn(process.execPath, ["--import", "tsx", main, ...given, "--json"], {
    env: { PATH, HOME, ...database, ...env },
  })
  let [stdout, stderr] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  child.stdin.end(`${input}\n`)
  const code = await new Promise((resolve) => child.once("close", resolve))
  if (code !== 0) throw new Error(`${given.join(" ")} ended with ${String(code)}: ${stderr}`)
  return JSON.parse(stdout)
}
