/** What priority an account gets where it is put. Pure. */

const most = 1_000
const step = 10

const within = (priority: number) => Math.max(-most, Math.min(most, priority))

/**
 * Between what serves before it and what serves after it; undefined: nothing does. Between two that are alike it becomes the same, and
 * where there is no room it serves together with those before it.
 */
export function priorityBetween(before: number | undefined, after: number | undefined): number {
  if (before === undefined) return after === undefined ? 0 : within(after + step)
  if (after === undefined) return within(before - step)
  return before - after < 2 ? before : Math.floor((before + after) / 2)
}

/** One level up (1) or down (-1) among the priorities that there are; at either end a level of its own, unless it has that. */
export function nextPriority(own: number, all: readonly number[], direction: 1 | -1): number {
  const further = all.filter((priority) => (priority - own) * direction > 0)
  if (further.length > 0) return direction === 1 ? Math.min(...further) : Math.max(...further)
  const isAlone = all.filter((priority) => priority === own).length <= 1
  return isAlone ? own : within(own + direction * step)
}
