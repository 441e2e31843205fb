/**
 * `npm run admin -- COMMAND`: what looks after an installation from its machine, with the environment of its control plane. The result
 * goes to standard output, what goes on to standard error. Ends with 0, with 1 when it could not be done or something was found, with 2
 * when it was called wrongly.
 */
import { basename } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { EnvironmentError } from "#shared/environment.ts"
import { createLogger } from "#shared/log.ts"
import { SealError } from "#shared/sealing.ts"
import { CommandError, UsageError, type Command } from "./admin/command.ts"
import { COMMANDS } from "./admin/commands.ts"
import { goOnAsOwnerOf } from "./admin/owner.ts"
import { BackupError } from "./backup/sealed-file.ts"
import { systemClock } from "./clock.ts"
import { environment, readConfig } from "./config.ts"
import { DatabaseError } from "./database/open.ts"
import { InvalidInputError, RefusedError } from "./failure.ts"

const EXPECTED = [
  BackupError,
  CommandError,
  DatabaseError,
  EnvironmentError,
  InvalidInputError,
  RefusedError,
  SealError,
]

/** How it was called: by the command of the package, or by npm in a clone. */
const called = /^lagrange(?:\.mjs)?$/.test(basename(process.argv[1] ?? "")) ? "lagrange admin" : "npm run admin --"

function list(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `${called} COMMAND [options]

${lines.join("\n")}

Each has --help and --json. They read the same settings as the gateway (the environment and .env).`
}

function usageOf({ name, usage, help }: Command): string {
  return `${called} ${name}${usage === "" ? "" : ` ${usage}`} [--json]

${help}`
}

async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line
  throw new UsageError("Standard input is empty.")
}

function parse(command: Command, given: readonly string[]) {
  const options = { ...command.options, json: { type: "boolean" }, help: { type: "boolean" } } as const
  try {
    const parsed = parseArgs({ args: [...given], options, allowPositionals: true, strict: true })
    if (parsed.positionals.length > command.arguments) throw new Error(`What is "${parsed.positionals.at(-1)}"?`)
    const values = parsed.values as Record<string, string | boolean | undefined> // no option of ours may be given twice
    return { values, positionals: parsed.positionals }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function run(given: readonly string[]): Promise<number> {
  const [name, ...rest] = given
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(`${list()}\n`)
    return name === undefined ? 2 : 0
  }
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) throw new UsageError(`There is no command "${name}".\n\n${list()}`)
  const { values, positionals } = parse(command, rest)
  if (values.help === true) {
    process.stdout.write(`${usageOf(command)}\n`)
    return 0
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const config = readConfig(environment(), command.name === "doctor" ? undefined : say)
  const owner = goOnAsOwnerOf(config.dataDirectory)
  if (owner !== undefined) say(`${config.dataDirectory} belongs to user ${owner}: going on as that one.`)
  const result = await command.run({
    config,
    env: environment(),
    clock: systemClock,
    log: createLogger({ level: "warn", format: "pretty", write: (line) => void process.stderr.write(line) }),
    values,
    arguments: positionals,
    say,
    readLine,
  })
  process.stdout.write(values.json === true ? `${JSON.stringify(result.data, undefined, 2)}\n` : `${result.text}\n`)
  return result.hasFailed === true ? 1 : 0
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const isExpected = error instanceof UsageError || EXPECTED.some((kind) => error instanceof kind)
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
