/** A strict reader of Prometheus' text format: it takes what the format's description allows, and throws at anything else. */
export interface ExposedFamily {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: readonly ExposedSample[]
}

export interface ExposedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/

export function parseExposition(text: string): readonly ExposedFamily[] {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const families: (ExposedFamily & { samples: ExposedSample[] })[] = []
  let help: readonly [name: string, text: string] | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === "HELP") {
      if (families.some((family) => family.name === name)) throw new Error(`${name} is there twice`)
      help = [name, rest]
    } else if (kind === "TYPE") {
      if (help?.[0] !== name) throw new Error(`${name} has a type and no help before it`)
      if (!/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`${name} is no ${rest}`)
      families.push({ name, help: help[1], type: rest, samples: [] })
    } else families.at(-1)?.samples.push(sampleOf(line, families.at(-1)))
  }
  for (const family of families) checkFamily(family)
  return families
}

function sampleOf(line: string, family: ExposedFamily | undefined): ExposedSample {
  const [, name = "", labels, value] = SAMPLE.exec(line) ?? []
  if (family === undefined || value === undefined) throw new Error(`no sample: ${line}`)
  const suffix = name.slice(family.name.length)
  const allowed = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]
  if (!name.startsWith(family.name) || !allowed.includes(suffix)) throw new Error(`${name} is not of ${family.name}`)
  const number = value === "+Inf" ? Infinity : value === "-Inf" ? -Infinity : Number(value)
  return { name, labels: labelsOf(labels ?? "", line), value: number }
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let rest = text; rest !== "";) {
    const [whole, name = "", value = ""] = LABEL.exec(rest) ?? []
    if (whole === undefined || Object.hasOwn(labels, name)) throw new Error(`no labels: ${line}`)
    labels[name] = value.replace(/\\(.)/g, (_all, mark: string) => (mark === "n" ? "\n" : mark))
    rest = rest.slice(whole.length)
  }
  return labels
}

function checkFamily({ name, type, samples }: ExposedFamily): void {
  const keys = samples.map((sample) => `${sample.name} ${JSON.stringify(sample.labels)}`)
  if (new Set(keys).size !== keys.length) throw new Error(`${name} has one series twice`)
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} counts below nothing`)
  if (type === "histogram") checkHistogram(name, samples)
}

function checkHistogram(name: string, samples: readonly ExposedSample[]): void {
  const bySeries = new Map<string, { ends: number[]; counts: number[]; count?: number; sum?: number }>()
  for (const sample of samples) {
    const { le, ...labels } = sample.labels
    const key = JSON.stringify(labels)
    const one = bySeries.get(key) ?? { ends: [], counts: [] }
    bySeries.set(key, one)
    if (sample.name === `${name}_sum`) one.sum = sample.value
    else if (sample.name === `${name}_count`) one.count = sample.value
    else {
      one.ends.push(le === "+Inf" ? Infinity : Number(le))
      one.counts.push(sample.value)
    }
  }
  for (const { ends, counts, count, sum } of bySeries.values()) {
    const rises = (numbers: readonly number[]): boolean =>
      numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0))
    if (!rises(ends) || !rises(counts)) throw new Error(`the buckets of ${name} do not rise`)
    if (ends.at(-1) !== Infinity || counts.at(-1) !== count) throw new Error(`${name} lacks its last bucket`)
    if (sum === undefined) throw new Error(`${name} has no sum`)
  }
}

/** The number of one series; 0 where there is none. */
export function valueOf(
  families: readonly ExposedFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const samples = families.flatMap((family) => family.samples).filter((sample) => sample.name === name)
  const found = samples.filter(
    (sample) =>
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )
  if (found.length > 1) throw new Error(`${name} is there ${found.length} times`)
  return found[0]?.value ?? 0
}

export async function readExposition(url: string): Promise<readonly ExposedFamily[]> {
  const answer = await fetch(url)
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  if (answer.headers.get("content-type") !== "text/plain; version=0.0.4; charset=utf-8")
    throw new Error(`${url} is ${answer.headers.get("content-type")}`)
  return parseExposition(await answer.text())
}
