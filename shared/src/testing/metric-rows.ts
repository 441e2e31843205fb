import { readFileSync } from "node:fs"
import type { MetricDefinition } from "../metrics/metrics.ts"

/** The rows of docs/reference/metrics.md below a heading, as they stand there. */
export function documentedMetrics(heading: string): string[] {
  const text = readFileSync(new URL("../../../docs/reference/metrics.md", import.meta.url), "utf8")
  const section = text.split(`\n### ${heading}\n`)[1]?.split("\n#")[0] ?? ""
  return section.split("\n").filter((line) => line.startsWith("| `"))
}

/** The row that a definition has there. */
export function metricRow({ name, type, labels = [], help }: MetricDefinition): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ") || "–"} | ${help} |`
}
