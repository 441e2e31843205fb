/** Sums by step and samples by second, as lines of a chart. Pure. */
import type { OverTimeQuery } from "#generated/web/graphql.ts"
import type { Sample } from "./create-samples.ts"
import { type Fault, faultOf, faults } from "./fault.ts"
import { beginOf, type Range } from "./ranges.ts"

type Point = OverTimeQuery["total"][number]

export interface Series {
  /** In milliseconds: the middle of each step. */
  readonly times: readonly number[]
  /** When it was read: the last step is known until then. */
  readonly readAt: number
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
  for (const { since, errorCode, failures } of errors) {
    const step = stepAt(since)
    if (errorCode === null || !(step in points)) continue
    const counts = byFault[faultOf(errorCode)]
    counts[step] = (counts[step] ?? 0) + failures
  }
  const times = points.map((_, index) => begin + (index + 0.5) * range.stepMs)
  return { times, readAt: nowMs, points, errors: byFault }
}

/** Without the step that goes on: beside minutes one that has just begun looks like an end. */
export function wholeSteps(series: Series, range: Range): Series {
  const times = series.times.filter((time) => time + range.stepMs / 2 <= series.readAt)
  return times.length === 0 ? series : { ...series, times, points: series.points.slice(0, times.length) }
}

export const errorLines = (series: Series) =>
  faults.map((fault) => ({ fault, values: series.errors[fault].slice(0, series.times.length) }))

/** The share of prompt tokens that came from the prompt cache; null: there were none. */
export const cacheShare = (point: Point | undefined): number | null =>
  point === undefined || Number(point.inputTokens) === 0
    ? null
    : Number(point.cachedInputTokens) / Number(point.inputTokens)

/** Both in the order of time, each second once. */
export function joinSamples(one: readonly Sample[], other: readonly Sample[]): readonly Sample[] {
  const [last, next] = [one.at(-1), other[0]]
  if (last === undefined || next === undefined || last.at < next.at) return [...one, ...other]
  const byTime = new Map([...one, ...other].map((sample) => [sample.at, sample]))
  return [...byTime.values()].toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at))
}

export interface Rates {
  readonly times: readonly number[]
  readonly requests: readonly (number | null)[]
  readonly failures: readonly (number | null)[]
  readonly input: readonly (number | null)[]
  readonly output: readonly (number | null)[]
}

/** What the rate of a moment is the mean of: a second of its own jumps, beside minutes, whatever is the matter. */
const meanSeconds = 60

/**
 * Rates a second, each the mean of the minute that ends there: of whole steps until the samples begin, then second by second. A second
 * without a sample counts as its step does.
 */
export function liveRates(series: Series, range: Range, samples: readonly Sample[]): Rates {
  const secondOf = (ms: number) => Math.floor(ms / 1_000)
  const [first] = samples
  const from = first === undefined ? Infinity : Date.parse(first.at)
  const ends = series.times.map((time) => time + range.stepMs / 2).filter((end) => end <= Math.min(from, series.readAt))
  const begin = (series.times[0] ?? 0) - range.stepMs / 2
  const bySecond = new Map(samples.map((sample) => [secondOf(Date.parse(sample.at)), sample]))
  const line = (ofPoint: (point: Point) => number, ofSample: (sample: Sample) => number): number[] => {
    const stepRate = (second: number): number => {
      const step = Math.floor((second * 1_000 - begin) / range.stepMs)
      const point = series.points[step]
      const knownMs = Math.min(range.stepMs, series.readAt - (begin + step * range.stepMs))
      return point === undefined || knownMs < 1_000 ? 0 : (ofPoint(point) / knownMs) * 1_000
    }
    const rateIn = (second: number): number => {
      const sample = bySecond.get(second)
      return sample === undefined ? stepRate(second - 1) : ofSample(sample)
    }
    const whole = ends.map((end) => stepRate(secondOf(end) - 1))
    const means: number[] = []
    let [upTo, sum] = [-Infinity, 0]
    for (const { at } of samples) {
      const second = secondOf(Date.parse(at))
      if (second - upTo >= meanSeconds) {
        upTo = second - meanSeconds
        sum = 0
        for (let one = upTo - meanSeconds + 1; one <= upTo; one += 1) sum += rateIn(one)
      }
      for (; upTo < second; upTo += 1) sum += rateIn(upTo + 1) - rateIn(upTo + 1 - meanSeconds)
      means.push(Math.max(0, sum) / meanSeconds)
    }
    return [...whole, ...means]
  }
  return {
    times: [...ends, ...samples.map(({ at }) => Date.parse(at))],
    requests: line(
      (point) => point.requests,
      (sample) => sample.requests,
    ),
    failures: line(
      (point) => point.failures,
      (sample) => sample.failures,
    ),
    input: line(
      (point) => Number(point.inputTokens),
      (sample) => Number(sample.inputTokens),
    ),
    output: line(
      (point) => Number(point.outputTokens),
      (sample) => Number(sample.outputTokens),
    ),
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
