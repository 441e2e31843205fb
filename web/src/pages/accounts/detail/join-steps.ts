/** A value from a moment on, in milliseconds. */
export interface Step {
  readonly at: number
  readonly value: number
}

/**
 * Several histories on one line of time: at each moment at which one of them has a value, the others have the one that they had
 * last; before its first one a history has none. Each history is in the order of time. Pure.
 */
export function joinSteps(histories: readonly (readonly Step[])[]): {
  readonly times: readonly number[]
  readonly values: readonly (readonly (number | null)[])[]
} {
  const times = [...new Set(histories.flatMap((history) => history.map(({ at }) => at)))].toSorted(
    (one, other) => one - other,
  )
  const values = histories.map((history) => {
    let next = 0
    let value: number | null = null
    return times.map((time) => {
      for (let step = history[next]; step !== undefined && step.at <= time; step = history[next]) {
        value = step.value
        next++
      }
      return value
    })
  })
  return { times, values }
}
