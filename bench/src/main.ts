/**
 * `npm run bench`: our gateway against a plain relay of the same bytes. `scripts/bench.mjs` builds and starts this with an
 * `Invocation`; it starts every process on loopback, runs the cells, prints the figures, writes them when asked, ends everything.
 * Exit code 1 and no figures when one byte of one answer was wrong.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeCertificate } from "#simulator/certificate.ts"
import { CELLS } from "./cells.ts"
import { runFacts } from "./facts.ts"
import { type Places, killAll, startUpstream } from "./processes.ts"
import { factsText, rowsOf, tableOf } from "./report.ts"
import { runCells } from "./run.ts"
import { TARGET_NAMES } from "./targets.ts"

/** What the command line asks for, as `scripts/bench.mjs` hands it over. */
interface Invocation {
  readonly scripts: string
  readonly dataPlane: string
  readonly results: string
  readonly seed: number
  readonly isQuick: boolean
  readonly isWritten: boolean
  readonly cells?: readonly string[]
  readonly targets?: readonly string[]
  readonly rounds?: number
  readonly profiles?: string
}

/** No run takes longer, whatever hangs. */
const LONGEST_RUN_MS = 15 * 60_000

async function bench(invocation: Invocation): Promise<void> {
  const cells = chosen(invocation.cells, CELLS, ({ name }) => name, "cell")
  const targets = chosen(invocation.targets, TARGET_NAMES, (name) => name, "target")
  const temporary = mkdtempSync(join(tmpdir(), "lagrange-bench-"))
  process.once("exit", () => {
    killAll()
    rmSync(temporary, { recursive: true, force: true })
  })
  if (invocation.profiles !== undefined) mkdirSync(invocation.profiles, { recursive: true })
  const places: Places = { ...invocation, temporary, ...writeCertificate(temporary) }
  const factsOf = runFacts(invocation)
  const upstream = await startUpstream(places)
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const results = await runCells({ ...invocation, cells, targets, say }, places, upstream)
  await upstream.stop()
  const facts = factsOf()
  const rows = rowsOf(results)
  const text = `${factsText(facts).join("\n\n")}\n\n${tableOf(rows, TARGET_NAMES)}\n`
  process.stdout.write(`\n${text}`)
  if (!invocation.isWritten) return
  mkdirSync(invocation.results, { recursive: true })
  const file = join(invocation.results, `${facts.startedAt.slice(0, 10)}-${facts.commit}`)
  writeFileSync(`${file}.md`, `# Bench of ${facts.startedAt.slice(0, 10)}\n\n${text}`)
  writeFileSync(`${file}.json`, `${JSON.stringify({ facts, rows }, null, 2)}\n`)
  say(`written to ${file}.md and .json`)
}

/** A throw-away certificate for loopback, which is its own authority. */
function writeCertificate(directory: string): Pick<Places, "certFile" | "keyFile"> {
  const { cert, key } = makeCertificate(Date.now())
  const certFile = join(directory, "certificate.pem")
  const keyFile = join(directory, "key.pem")
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key, { mode: 0o600 })
  return { certFile, keyFile }
}

function chosen<Item>(
  names: readonly string[] | undefined,
  all: readonly Item[],
  nameOf: (item: Item) => string,
  kind: string,
): Item[] {
  if (names === undefined) return [...all]
  const unknown = names.find((name) => !all.some((item) => nameOf(item) === name))
  if (unknown !== undefined)
    throw new Error(`There is no ${kind} "${unknown}". There are ${all.map(nameOf).join(", ")}.`)
  return all.filter((item) => names.includes(nameOf(item)))
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130))
setTimeout(() => {
  process.stderr.write(`The bench did not end within ${LONGEST_RUN_MS / 60_000} minutes.\n`)
  process.exit(1)
}, LONGEST_RUN_MS).unref()

try {
  await bench(JSON.parse(process.argv[2] ?? "{}") as Invocation) // scripts/bench.mjs wrote it
  process.exit(0)
} catch (error) {
  process.stderr.write(`\nThe run is void. ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
