/** `npm run bench -- --pool`: what a choice costs by the number of accounts, printed and, with --write, kept. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runFacts } from "./facts.ts"
import { measurePool, poolTable } from "./pool-choice.ts"
import { factsText } from "./report.ts"

interface Invocation {
  readonly results: string
  readonly seed: number
  readonly isQuick: boolean
  readonly isWritten: boolean
}

const COUNTS = [10, 1_000, 100_000]

const { results, seed, isQuick, isWritten } = JSON.parse(process.argv[2] ?? "{}") as Invocation // scripts/bench.mjs wrote it
const facts = runFacts({ seed, isQuick })
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const table = poolTable(measurePool(COUNTS, isQuick ? 30 : 100, say))
const text = `${factsText(facts()).slice(0, 2).join("\n\n")}

Microseconds of CPU of one choice with its lease given back, in a pool in motion: the median over batches of 2,000, and the best batch.

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
