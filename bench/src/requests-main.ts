/** `npm run bench -- --requests`: pages, usage and reports with ten million records, on both databases; printed and, with --write, kept. */
import { mkdirSync, writeFileSync } from "node:fs"
import { loadavg } from "node:os"
import { join } from "node:path"
import type { Database, DatabaseKind } from "#control-plane/database/open.ts"
import { runFacts } from "./facts.ts"
import { factsText } from "./report.ts"
import { withFilled } from "./request-databases.ts"
import { measureIngest, timePages, timeUsage, type IngestRate, type Mix, type Timing } from "./request-queries.ts"

interface Invocation {
  readonly results: string
  readonly migrations: string
  readonly seed: number
  readonly isQuick: boolean
  readonly isWritten: boolean
  /** Where the databases are kept, and found again filled. */
  readonly folder?: string
  readonly rows?: number
  /** Filled, and not looked at. */
  readonly isFillOnly: boolean
}

interface Figures {
  readonly kind: DatabaseKind
  readonly rows: number
  readonly load: number
  readonly pages: readonly Timing[]
  readonly usage: readonly Timing[]
  readonly ingest: readonly IngestRate[]
}

/** A pool of a team, and one in whose batches nearly every request is a series of its own: the most work there can be. */
const MIXES: readonly Mix[] = [
  { accounts: 50, keys: 10, models: 6 },
  { accounts: 1_000, keys: 50, models: 12 },
]
const PAGE_GOAL_MS = 100
const INGEST_GOAL = 2_000

const {
  results,
  migrations,
  seed,
  isQuick,
  isWritten,
  folder,
  rows: wanted,
  isFillOnly,
} = JSON.parse(process.argv[2] ?? "{}") as Invocation // scripts/bench.mjs wrote it
const facts = runFacts({ seed, isQuick })
const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function measure(database: Database, endsAt: number): Promise<Omit<Figures, "rows">> {
  say(`${database.kind}: pages`)
  const pages = await timePages(database, endsAt, isQuick ? 5 : 25)
  const usage = await timeUsage(database, endsAt, isQuick ? 3 : 7)
  say(`${database.kind}: reports`)
  const ingest: IngestRate[] = []
  for (const mix of MIXES) ingest.push(await measureIngest(database, mix, isQuick ? 10 : 60, 500))
  return { kind: database.kind, load: loadavg()[0] ?? 0, pages, usage, ingest }
}

function table(all: readonly Figures[], of: "pages" | "usage", goalMs: number | undefined): string {
  const [head, ...others] = all
  const lines = (head?.[of] ?? []).map(({ what, rows }, place) => {
    const times = [head, ...others].map((figures) => figures?.[of][place])
    const cells = times.map((timing) => `${timing?.medianMs.toFixed(1)} (${timing?.p99Ms.toFixed(1)})`)
    const isMet = times.every((timing) => (timing?.medianMs ?? 0) <= (goalMs ?? Number.POSITIVE_INFINITY))
    const goal = goalMs === undefined ? "–" : `≤ ${goalMs} ms ${isMet ? "met" : "MISSED"}`
    return `| ${what} | ${rows} | ${cells.join(" | ")} | ${goal} |`
  })
  const names = all.map(({ kind }) => kind)
  return [`| asked | rows | ${names.join(" | ")} | goal |`, `|${" --- |".repeat(names.length + 3)}`, ...lines].join(
    "\n",
  )
}

function textOf(all: readonly Figures[]): string {
  const loads = all.map(
    ({ kind, rows, load }) =>
      `${kind}: ${rows.toLocaleString("en")} records, load average ${load.toFixed(1)} at the end`,
  )
  const ingest = all.flatMap(({ kind, ingest: rates }) =>
    rates.map(({ mix, recordsPerSecond, cpuUsPerRecord }) => {
      const isMet = recordsPerSecond >= INGEST_GOAL ? "met" : "MISSED"
      const goal = kind === "sqlite" ? `≥ ${INGEST_GOAL.toLocaleString("en")} ${isMet}` : "–"
      const of = `${mix.accounts} accounts, ${mix.keys} keys, ${mix.models} models`
      return `| ${kind} | ${of} | ${Math.round(recordsPerSecond).toLocaleString("en")} | ${Math.round(cpuUsPerRecord)} | ${goal} |`
    }),
  )
  return `${factsText(facts()).slice(0, 2).join("\n\n")}

${loads.join("; ")}.

Milliseconds of a page of 50, rows loaded: the median and, in brackets, the 99th percentile. "…" stands where a page said that it looked no further.

${table(all, "pages", PAGE_GOAL_MS)}

Milliseconds of a question about usage.

${table(all, "usage", undefined)}

Reports in batches of 500, with all that hangs on them.

| database | of | records/s | CPU µs a record, of the control plane | goal |
| --- | --- | --- | --- | --- |
${ingest.join("\n")}
`
}

const source = { migrations, folder, rows: wanted ?? (isQuick ? 200_000 : 10_000_000), say }
const all: Figures[] = []
for (const kind of ["sqlite", "postgresql"] as const) {
  if (isFillOnly) await withFilled(kind, source, () => Promise.resolve())
  else {
    const measured = await withFilled(kind, source, measure)
    all.push({ ...measured.result, rows: measured.rows })
  }
}
if (isFillOnly) process.exit(0)
const text = textOf(all)
process.stdout.write(`\n${text}`)
if (isWritten) {
  const { startedAt, commit } = facts()
  mkdirSync(results, { recursive: true })
  const file = join(results, `${startedAt.slice(0, 10)}-${commit}-requests.md`)
  writeFileSync(file, `# Requests and usage, ${startedAt.slice(0, 10)}\n\n${text}`)
  say(`written to ${file}`)
}
process.exit(0)
