/** A command of `npm run admin`, run in this process. */
import { createLogger } from "#shared/log.ts"
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
  const result = await command.run({
    config: readConfig(call.env),
    env: call.env,
    clock: systemClock,
    log: createLogger({ level: "warn", format: "json", write: (line) => void said.push(line) }),
    values: call.values ?? {},
    arguments: call.arguments ?? [],
    say: (line) => void said.push(line),
    readLine: () => Promise.resolve(call.input ?? ""),
  })
  return { ...result, said }
}
