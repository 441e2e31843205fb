/**
 * `npm run bench -- --pool`: what a choice costs by the number of accounts, printed and, with --write, kept. Each row is measured in a process
 * of its own, as a data plane has one pool: in one for all a row would pay for the garbage and the many shapes of those before it.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runFacts } from "./facts.ts"
import { measureRow, poolTable, ROW_NAMES, type PoolFigure } from "./pool-choice.ts"
import { factsText } from "./report.ts"

interface Invocation {
  readonly results: string
  readonly seed: number
  readonly isQuick: boolean
  readonly isWritten: boolean
  /** This one alone, to standard output. */
  readonly row?: string
}

const COUNTS = [10, 1_000, 100_000]

const program = process.argv[1] ?? ""
const invocation = JSON.parse(process.argv[2] ?? "{}") as Invocation // scripts/bench.mjs wrote it, or this program
const { results, seed, isQuick, isWritten, row } = invocation
const say = (line: string): void => void process.stderr.write(`${line}\n`)

function measured(what: string): PoolFigure[] {
  const { status, stdout } = spawnSync(process.execPath, [program, JSON.stringify({ ...invocation, row: what })], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`"${what}" could not be measured`)
  const figures = JSON.parse(stdout) as PoolFigure[] // of this program
  for (const { accounts, medianUs } of figures) say(`${what}, ${accounts} accounts: ${medianUs.toFixed(2)} µs`)
  return figures
}

if (row !== undefined) {
  process.stdout.write(JSON.stringify(measureRow(row, COUNTS, isQuick ? 30 : 100)))
  process.exit()
}
const facts = runFacts({ seed, isQuick })
const table = poolTable(ROW_NAMES.flatMap(measured))
const text = `${factsText(facts()).slice(0, 2).join("\n\n")}

Microseconds of CPU of one choice with its lease given back, in a pool in motion: the median over batches of 2,000, and the best batch. Each row in a process of its own.

${table}
`
process.stdout.write(`\n${text}`)
if (isWritten) {
  const { startedAt, commit } = facts()
  mkdirSync(results, { recursive: true })
  const file = join(results, `${startedAt.slice(0, 10)}-${commit}-pool.md`)
  writeFileSync(file, `# Choosing an account, ${startedAt.slice(0, 10)}\n\n${text}`)
  say(`written to ${file}`)
}
