/** Turns results into a table for people and a document for machines. Pure: what it says comes in as values. */
import type { Metric } from "./cell.ts"
import type { CellResult } from "./run.ts"
import { median, roundRatios } from "./statistics.ts"
import { DENOMINATOR, type TargetName } from "./targets.ts"

/** Without these a figure cannot be judged or repeated. */
export interface RunFacts {
  readonly startedAt: string
  readonly commit: string
  /** The working tree had changes that the commit does not hold. */
  readonly isDirty: boolean
  readonly seed: number
  readonly isQuick: boolean
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cpus: number
  readonly loadAverage: number
  readonly seconds: number
}

export interface TargetFigure {
  readonly target: TargetName
  readonly median: number
  /** To the denominator, round by round; undefined where the metric is compared otherwise. */
  readonly ratio?: number
  readonly difference?: number
  readonly goal?: number
  readonly isMet?: boolean
  readonly rounds: readonly number[]
}

export interface Row {
  readonly cell: string
  readonly cellTitle: string
  readonly metric: Metric
  readonly figures: readonly TargetFigure[]
}

export function rowsOf(results: readonly CellResult[]): Row[] {
  return results.flatMap(({ cell, figures }) =>
    cell.metrics.map((metric) => {
      const roundsOf = (name: TargetName): number[] =>
        (figures[name] ?? []).map((round) => round[metric.key] ?? Number.NaN)
      const below = roundsOf(DENOMINATOR)
      const present = cell.targets.filter((name) => figures[name] !== undefined)
      return {
        cell: cell.name,
        cellTitle: cell.title,
        metric,
        figures: present.map((name) => figureOf(metric, name, roundsOf(name), below)),
      }
    }),
  )
}

function figureOf(
  metric: Metric,
  target: TargetName,
  rounds: readonly number[],
  below: readonly number[],
): TargetFigure {
  const ratio = metric.comparison === "ratio" ? median(roundRatios(rounds, below)) : undefined
  const difference =
    metric.comparison === "difference"
      ? median(rounds.map((value, round) => value - (below[round] ?? Number.NaN)))
      : undefined
  const goal = metric.goals?.[target]
  const judged = ratio ?? difference ?? median(rounds)
  return {
    target,
    median: median(rounds),
    ...(ratio === undefined ? {} : { ratio }),
    ...(difference === undefined ? {} : { difference }),
    ...(goal === undefined || Number.isNaN(judged) ? {} : { goal, isMet: judged <= goal }),
    rounds,
  }
}

export function factsText(facts: RunFacts): string[] {
  return [
    `commit ${facts.commit}${facts.isDirty ? " with uncommitted changes" : ""}, seed ${facts.seed}, ${facts.startedAt}, ` +
      `${facts.isQuick ? "quick run" : "full run"} of ${Math.round(facts.seconds)} s`,
    `Node ${facts.node} on ${facts.platform}, ${facts.cpus} × ${facts.cpu}, load average ${facts.loadAverage.toFixed(2)} at the start`,
    "Everything on loopback over TLS upstream, every byte compared; limits per account and model 0 (off); key check, reports and log on.",
    `Ratios are medians of per-round ratios to ${DENOMINATOR}; trust them to about ±15 %, absolute medians only within one run.`,
  ]
}

/** A Markdown table, which is readable on a terminal too. */
export function tableOf(rows: readonly Row[], targets: readonly TargetName[]): string {
  const shown = targets.filter((name) => rows.some(({ figures }) => figures.some(({ target }) => target === name)))
  const lines = [["load", "figure", ...shown, "goal"]]
  for (const row of rows) {
    const cells = shown.map((name) =>
      cellText(
        row,
        row.figures.find(({ target }) => target === name),
      ),
    )
    lines.push([row.cellTitle, row.metric.title, ...cells, goalText(row)])
  }
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const format = (line: readonly string[]): string =>
    `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = lines
  return [format(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(format)].join("\n")
}

function cellText(row: Row, figure: TargetFigure | undefined): string {
  if (figure === undefined) return ""
  const absolute = `${short(figure.median)} ${row.metric.unit}`.trim()
  if (figure.target === DENOMINATOR) return absolute
  if (figure.ratio !== undefined) return `${short(figure.ratio)}× (${absolute})`
  if (figure.difference !== undefined)
    return `${figure.difference < 0 ? "−" : "+"}${short(Math.abs(figure.difference))} ${row.metric.unit}`
  return absolute
}

function goalText(row: Row): string {
  const judged = row.figures.filter(({ goal }) => goal !== undefined)
  return judged
    .map(({ target, goal = 0, isMet }) => {
      const sign = row.metric.comparison === "ratio" ? "×" : ` ${row.metric.unit}`.trimEnd()
      return `${judged.length > 1 ? `${target} ` : ""}≤ ${goal}${sign} ${isMet === true ? "met" : "MISSED"}`
    })
    .join(", ")
}

/** Three significant digits, a dash for what was not measured. */
function short(value: number): string {
  if (Number.isNaN(value)) return "–"
  if (value !== 0 && Math.abs(value) < 100) return String(Number(value.toPrecision(3)))
  return String(Math.round(value))
}
