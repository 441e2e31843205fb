/** Sums by step and samples by second, as lines of a chart. Pure. */
import type { OverTimeQuery } from "#generated/web/graphql.ts"
import type { Sample } from "./create-samples.ts"
import { type Fault, faultOf, faults } from "./fault.ts"
import { beginOf, type Range } from "./ranges.ts"

type Point = OverTimeQuery["total"][number]

export interface Series {
  /** In milliseconds: the middle of each step. */
  readonly times: readonly number[]
  readonly points: readonly (Point | undefined)[]
  readonly errors: Readonly<Record<Fault, readonly number[]>>
}

/** Every step of the range, those too in which nothing was used. */
export function seriesOf({ total, errors }: OverTimeQuery, range: Range, nowMs: number): Series {
  const begin = beginOf(range, nowMs)
  const count = Math.max(1, Math.ceil((nowMs - begin) / range.stepMs))
  const stepAt = (since: string) => Math.floor((Date.parse(since) - begin) / range.stepMs)
  const points = Array.from({ length: count }, (): Point | undefined => undefined)
  for (const point of total) if (stepAt(point.since) in points) points[stepAt(point.since)] = point
  const none = () => Array.from({ length: count }, () => 0)
  const byFault: Record<Fault, number[]> = { client: none(), pool: none(), upstream: none(), us: none() }
  for (const { since, errorCode, requests } of errors) {
    const step = stepAt(since)
    if (errorCode === null || !(step in points)) continue
    const counts = byFault[faultOf(errorCode)]
    counts[step] = (counts[step] ?? 0) + requests
  }
  return { times: points.map((_, index) => begin + (index + 0.5) * range.stepMs), points, errors: byFault }
}

export const errorLines = (series: Series) => faults.map((fault) => ({ fault, values: series.errors[fault] }))

/** The share of prompt tokens that came from the prompt cache; null: there were none. */
export const cacheShare = (point: Point | undefined): number | null =>
  point === undefined || Number(point.inputTokens) === 0
    ? null
    : Number(point.cachedInputTokens) / Number(point.inputTokens)

export interface Rates {
  readonly times: readonly number[]
  readonly requests: readonly (number | null)[]
  readonly failures: readonly (number | null)[]
  readonly input: readonly (number | null)[]
  readonly output: readonly (number | null)[]
}

/** Rates a second: of the sums until the samples begin, then second by second. */
export function liveRates(series: Series, range: Range, samples: readonly Sample[]): Rates {
  const [first] = samples
  const from = first === undefined ? Infinity : Date.parse(first.at)
  const before = series.times.flatMap((time, index) =>
    time + range.stepMs / 2 <= from ? [{ time, point: series.points[index] }] : [],
  )
  const seconds = range.stepMs / 1_000
  const rate = (of: (point: Point) => number) =>
    before.map(({ point }) => (point === undefined ? 0 : of(point) / seconds))
  return {
    times: [...before.map(({ time }) => time), ...samples.map(({ at }) => Date.parse(at))],
    requests: [...rate((point) => point.requests), ...samples.map(({ requests }) => requests)],
    failures: [...rate((point) => point.failures), ...samples.map(({ failures }) => failures)],
    input: [...rate((point) => Number(point.inputTokens)), ...samples.map(({ inputTokens }) => Number(inputTokens))],
    output: [
      ...rate((point) => Number(point.outputTokens)),
      ...samples.map(({ outputTokens }) => Number(outputTokens)),
    ],
  }
}

/** Sums of each step. */
export function stepSums(series: Series): Rates {
  const sum = (of: (point: Point) => number) => series.points.map((point) => (point === undefined ? 0 : of(point)))
  return {
    times: series.times,
    requests: sum(({ requests }) => requests),
    failures: sum(({ failures }) => failures),
    input: sum(({ inputTokens }) => Number(inputTokens)),
    output: sum(({ outputTokens }) => Number(outputTokens)),
  }
}
