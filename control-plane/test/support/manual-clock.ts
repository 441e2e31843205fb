import type { Clock } from "../../src/clock.ts"

export interface ManualClock extends Clock {
  /** Moves time on and fires what falls due, in order. */
  advance(ms: number): void
  /** Moves time on at once, as over a machine that slept: what fell due meanwhile fires once. For days and months. */
  leap(ms: number): void
}

/** A clock that stands still until it is moved. */
export function createManualClock(start = Date.UTC(2026, 0, 5, 12)): ManualClock {
  let now = start
  const timers: { readonly at: number; readonly callback: () => void }[] = []
  /** The place of the one that falls due first, of those that do so together of the oldest. */
  const firstUntil = (end: number): number => {
    let [first, least] = [-1, Infinity]
    for (const [place, { at }] of timers.entries()) if (at <= end && at < least) [first, least] = [place, at]
    return first
  }
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
        const place = timers.indexOf(timer)
        if (place !== -1) timers.splice(place, 1)
      }
    },
    advance: (ms) => {
      const end = now + ms
      for (let place = firstUntil(end); place !== -1; place = firstUntil(end)) {
        const [next] = timers.splice(place, 1)
        now = Math.max(now, next?.at ?? now)
        next?.callback()
      }
      now = end
    },
    leap: (ms) => {
      now += ms
      for (const { at, callback } of timers.toSorted((left, right) => left.at - right.at)) {
        const place = at <= now ? timers.findIndex((timer) => timer.callback === callback) : -1
        if (place === -1) continue
        timers.splice(place, 1)
        callback()
      }
    },
  }
}
