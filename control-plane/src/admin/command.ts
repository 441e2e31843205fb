import type { ParseArgsConfig } from "node:util"
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"

/** What a command of `npm run admin` is. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What follows the name in its usage, e.g. `FILE [--dry-run]`. */
  readonly usage: string
  /** Everything a person has to know, in lines of at most 100 characters. */
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig["options"]>
  /** How many arguments without a name it takes, at most. */
  readonly arguments: number
  run(input: CommandInput): Promise<CommandResult>
}

export interface CommandInput {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly arguments: readonly string[]
  /** Tells a person what goes on; it is no part of the result. */
  readonly say: (line: string) => void
  /** The first line of standard input. */
  readonly readLine: () => Promise<string>
}

export interface CommandResult {
  /** For a person. */
  readonly text: string
  /** The same for a program, with --json. */
  readonly data: object
  /** Left out: it did what it was asked for. */
  readonly hasFailed?: boolean
}

/** It cannot be done; the message is one sentence that says what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError"
}

/** It was called wrongly. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

export function textOption({ values }: Pick<CommandInput, "values">, name: string): string | undefined {
  const value = values[name]
  return typeof value === "string" ? value : undefined
}
