/** Time that only moves when a test says so. */
import type { Clock, Timer } from "../clock.ts"

export interface ManualClock extends Clock {
  /** Runs what falls due on the way, in order. */
  advance(ms: number): void
  /** How many timers are waiting. */
  readonly pending: number
}

export function manualClock(epoch = 1_700_000_000_000): ManualClock {
  let time = 0
  let serial = 0
  const waiting = new Map<number, { at: number; run: () => void }>()
  const after = (ms: number, run: () => void): Timer => {
    const id = ++serial
    let isCleared = false
    const set = (): void => {
      // As with Node's: what was cleared stays so.
      if (!isCleared) waiting.set(id, { at: time + ms, run })
    }
    set()
    return {
      refresh: set,
      clear() {
        isCleared = true
        waiting.delete(id)
      },
    }
  }
  return {
    now: () => epoch + time,
    monotonic: () => time,
    after,
    advance(ms) {
      const end = time + ms
      for (;;) {
        let next: { id: number; at: number; run: () => void } | undefined
        for (const [id, { at, run }] of waiting)
          if (at <= end && (next === undefined || at < next.at)) next = { id, at, run }
        if (next === undefined) break
        waiting.delete(next.id)
        time = Math.max(time, next.at)
        next.run()
      }
      time = end
    },
    get pending() {
      return waiting.size
    },
  }
}
