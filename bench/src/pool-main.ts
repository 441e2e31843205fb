/**
 * `npm run bench -- --pool`: what a choice costs by the number of accounts, printed and, with --write, kept. Each row is measured in a process
 * of its own, as a data plane has one pool: in one for all a row would pay for the garbage and the many shapes of those before it. And in
 * several, as the same row differs by a fifth from one to the next: a choice among many is the wait for memory, which each has elsewhere.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runFacts } from "./facts.ts"
import { measureRow, poolTable, ROW_NAMES, type PoolFigure } from "./pool-choice.ts"
import { factsText } from "./report.ts"
import { median } from "./statistics.ts"

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
/** Of each row. */
const processes = isQuick ? 1 : 5
const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** In the process that is the middle one of all. */
function measured(what: string): PoolFigure[] {
  const runs = Array.from({ length: processes }, () => measuredOnce(what))
  return COUNTS.map((accounts) => {
    const figures = runs.flatMap((figure) => figure.filter((one) => one.accounts === accounts))
    const medianUs = median(figures.map((figure) => figure.medianUs))
    say(`${what}, ${accounts} accounts: ${medianUs.toFixed(2)} µs`)
    return { what, accounts, medianUs, bestUs: Math.min(...figures.map((figure) => figure.bestUs)) }
  })
}

function measuredOnce(what: string): PoolFigure[] {
  const { status, stdout } = spawnSync(process.execPath, [program, JSON.stringify({ ...invocation, row: what })], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`"${what}" could not be measured`)
  return JSON.parse(stdout) as PoolFigure[] // of this program
}

if (row !== undefined) {
  process.stdout.write(JSON.stringify(measureRow(row, COUNTS, isQuick ? 30 : 100)))
  process.exit()
}
const facts = runFacts({ seed, isQuick })
const table = poolTable(ROW_NAMES.flatMap(measured))
const text = `${factsText(facts()).slice(0, 2).join("\n\n")}

Microseconds of CPU of one choice with its lease given back, in a pool in motion: the median over batches of 2,000, and the best batch. Processes of each row: ${processes}; the middle one of them counts.

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
