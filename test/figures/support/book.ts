/** The figures of a run: printed as a table, and kept in `bench/results/` when all of them were taken. */
import { mkdirSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { join } from "node:path"
import { runFacts } from "../../../bench/src/facts.ts"

export interface Figure {
  /** What was promised. */
  readonly promise: string
  /** How often it was put to the test. */
  readonly n: string
  readonly figure: string
  /** A dash where nothing was promised: printed for its own sake. */
  readonly goal: string
  readonly isMet?: boolean
}

const RESULTS = fileURLToPath(new URL("../../../bench/results", import.meta.url))

export interface BookCover {
  /** The end of its file's name. */
  readonly name: string
  /** Before the day. */
  readonly title: string
  /** What ran, in a paragraph. */
  readonly about: string
}

export class Book {
  readonly #figures: Figure[] = []
  readonly #cover: BookCover
  readonly #facts = runFacts({ seed: 0, isQuick: false })

  constructor(cover: BookCover) {
    this.#cover = cover
  }

  /** Also printed at once: a long run shows how it goes. */
  add(figure: Figure): void {
    this.#figures.push(figure)
    process.stdout.write(`${figure.promise} (n = ${figure.n}): ${figure.figure}, goal ${goalText(figure)}\n`)
  }

  /** Prints all; `isWhole` also writes them. */
  close(isWhole: boolean): void {
    const facts = this.#facts()
    const load = loadavg().map((one) => one.toFixed(1))
    const begun = `load average ${facts.loadAverage.toFixed(1)} at the begin and ${load.join(", ")} at the end`
    const text = `Commit ${facts.commit}${facts.isDirty ? " with uncommitted changes" : ""}, ${facts.startedAt}, a run of ${Math.round(facts.seconds / 60)} minutes.

Node ${facts.node} on ${facts.platform}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}, ${begun}: above the number of
cores the machine was busy with other work, and times are longer for it.

${this.#cover.about}

${tableOf(this.#figures)}
`
    process.stdout.write(`\n${text}`)
    if (!isWhole) return
    mkdirSync(RESULTS, { recursive: true })
    const day = facts.startedAt.slice(0, 10)
    const file = `${day}-${facts.commit}-${this.#cover.name}.md`
    writeFileSync(join(RESULTS, file), `# ${this.#cover.title}, ${day}\n\n${text}`)
    process.stdout.write(`written to bench/results/${file}\n`)
  }
}

/** A Markdown table, which is readable on a terminal too. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = [
    ["promise", "n", "figure", "goal"],
    ["---", "---", "---", "---"],
    ...figures.map((figure) => [figure.promise, figure.n, figure.figure, goalText(figure)]),
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function goalText({ goal, isMet }: Figure): string {
  return isMet === undefined ? goal : `${goal} ${isMet ? "met" : "MISSED"}`
}
