/**
 * Numbers for Prometheus, in its text format. What is counted costs one look-up in a map; what can be read anyway is read when
 * somebody asks. No label may take values that a client makes up: each family holds a bounded number of series, and counts what came
 * beyond as `other`.
 */
export type MetricType = "counter" | "gauge" | "histogram"

export interface MetricDefinition {
  /** By the conventions of Prometheus: a unit at its end, `_total` for counters. */
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly labels?: readonly string[]
  /** Upper ends of a histogram's buckets, rising. */
  readonly buckets?: readonly number[]
}

/** The values of a definition's labels, in its order. */
export type LabelValues = readonly string[]

/** One number of a family. */
export type Sample = readonly [labels: LabelValues, value: number]

export interface Counter {
  add(labels: LabelValues, by?: number): void
}

export interface Histogram {
  observe(labels: LabelValues, value: number): void
}

/** Series that one family holds at most; what comes beyond is counted together. */
export const MAX_SERIES = 1_000
const OTHER = "other"
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

interface Family {
  readonly definition: MetricDefinition
  readonly lines: () => string[] | Promise<string[]>
}

interface Observed {
  readonly labels: LabelValues
  /** How many fell into each bucket alone. */
  readonly counts: number[]
  count: number
  sum: number
}

export class Metrics {
  readonly #families = new Map<string, Family>()
  #rendering: Promise<string> | undefined

  counter(definition: MetricDefinition): Counter {
    const series = new Series(definition, (labels) => ({ labels, value: 0 }))
    this.#add(definition, () => series.all().map(({ labels, value }) => line(definition, labels, value)))
    return {
      add: (labels, by = 1) => {
        series.of(labels).value += by
      },
    }
  }

  histogram(definition: MetricDefinition): Histogram {
    const { buckets = [] } = definition
    const series = new Series(definition, (labels): Observed => ({
      labels,
      counts: buckets.map(() => 0),
      count: 0,
      sum: 0,
    }))
    this.#add(definition, () => series.all().flatMap((observed) => histogramLines(definition, observed)))
    return {
      observe: (labels, value) => {
        const observed = series.of(labels)
        const bucket = buckets.findIndex((end) => value <= end)
        if (bucket >= 0) observed.counts[bucket] = (observed.counts[bucket] ?? 0) + 1
        observed.count += 1
        observed.sum += value
      },
    }
  }

  /** A gauge, or a counter that is kept elsewhere: read whenever somebody asks. */
  read(definition: MetricDefinition, samples: () => readonly Sample[] | Promise<readonly Sample[]>): void {
    this.#add(definition, async () =>
      (await samples()).slice(0, MAX_SERIES).map(([labels, value]) => line(definition, labels, value)),
    )
  }

  /** The names of all families. */
  get definitions(): readonly MetricDefinition[] {
    return [...this.#families.values()].map(({ definition }) => definition)
  }

  /** All there is, as text. Who asks while another one is being told gets the same. */
  render(): Promise<string> {
    this.#rendering ??= this.#render().finally(() => {
      this.#rendering = undefined
    })
    return this.#rendering
  }

  async #render(): Promise<string> {
    const texts: string[] = []
    for (const { definition, lines } of this.#families.values()) {
      const { name, help, type } = definition
      texts.push(`# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${(await lines()).join("")}`)
    }
    return texts.join("")
  }

  #add(definition: MetricDefinition, lines: Family["lines"]): void {
    if (this.#families.has(definition.name)) throw new Error(`the metric ${definition.name} is there twice`)
    this.#families.set(definition.name, { definition, lines })
  }
}

/** What is kept for each combination of labels, the last of them for all that are too many. */
class Series<Kept> {
  readonly #create: (labels: LabelValues) => Kept
  readonly #kept = new Map<string, Kept>()
  readonly #rest: LabelValues

  constructor({ labels = [] }: MetricDefinition, create: (labels: LabelValues) => Kept) {
    this.#create = create
    this.#rest = labels.map(() => OTHER)
    // Without labels there is one series, and it is there from the beginning.
    if (labels.length === 0) this.of([])
  }

  of(labels: LabelValues): Kept {
    const key = labels.join("\n")
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const isFull = this.#kept.size >= MAX_SERIES && labels !== this.#rest
    if (isFull) return this.of(this.#rest)
    const kept = this.#create(labels)
    this.#kept.set(key, kept)
    return kept
  }

  all(): Kept[] {
    return [...this.#kept.values()]
  }
}

function histogramLines(definition: MetricDefinition, { labels, counts, count, sum }: Observed): string[] {
  const { name, labels: names = [], buckets = [] } = definition
  const bucket = { name: `${name}_bucket`, labels: [...names, "le"] }
  let below = 0
  const lines = buckets.map((end, index) => {
    below += counts[index] ?? 0
    return line(bucket, [...labels, String(end)], below)
  })
  const total = line(bucket, [...labels, "+Inf"], count)
  const ends = [
    { name: `${name}_sum`, value: sum },
    { name: `${name}_count`, value: count },
  ] // in this order
  return [...lines, total, ...ends.map((end) => line({ name: end.name, labels: names }, labels, end.value))]
}

function line(
  { name, labels: names = [] }: Pick<MetricDefinition, "name" | "labels">,
  labels: LabelValues,
  value: number,
) {
  const pairs = names.map((label, index) => `${label}="${escapeLabel(labels[index] ?? "")}"`)
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
}
