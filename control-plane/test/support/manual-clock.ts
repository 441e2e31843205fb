import type { Clock } from "../../src/clock.ts"

export interface ManualClock extends Clock {
  /** Moves time on and fires what falls due, in order. */
  advance(ms: number): void
}

/** A clock that stands still until it is moved. */
export function createManualClock(start = Date.UTC(2026, 0, 5, 12)): ManualClock {
  let now = start
  let timers: { readonly at: number; readonly callback: () => void }[] = []
  return {
    now: () => now,
    after: (ms, callback) => {
      if (ms <= 0) {
        const soon = setImmediate(callback)
        return () => clearImmediate(soon)
      }
      const timer = { at: now + ms, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: (ms) => {
      const end = now + ms
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).toSorted((left, right) => left.at - right.at)[0]
        if (next === undefined) break
        timers = timers.filter((other) => other !== next)
        now = Math.max(now, next.at)
        next.callback()
      }
      now = end
    },
  }
}
