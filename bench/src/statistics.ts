/** The few sums that turn rounds into figures. All of them answer NaN for an empty list, which the report prints as a dash. */

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** Linear between the two nearest values; `percent` from 0 to 100. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((first, second) => first - second)
  const place = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** Each round's value divided by the denominator's value in the same round; rounds without both, or with a zero below, are left out. */
export function roundRatios(values: readonly number[], denominators: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const ratio = value / (denominators[round] ?? Number.NaN)
    return Number.isFinite(ratio) ? [ratio] : []
  })
}
