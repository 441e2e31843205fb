/** Node's own time, with the number of timers that have neither run nor been cleared. */
import { systemClock, type Clock } from "#data-plane/clock.ts"

export interface CountingClock extends Clock {
  readonly running: number
}

export function countingClock(clock: Clock = systemClock): CountingClock {
  const running = new Set<object>()
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms, run) {
      const mark = {}
      running.add(mark)
      const timer = clock.after(ms, () => {
        running.delete(mark)
        run()
      })
      return {
        refresh() {
          running.add(mark)
          timer.refresh()
        },
        clear() {
          running.delete(mark)
          timer.clear()
        },
      }
    },
    get running() {
      return running.size
    },
  }
}
