/** Real time, run faster: waits of minutes pass in a test's seconds, in the same order. */
import { systemClock, type Clock } from "#data-plane/clock.ts"

export function fastClock(factor: number): Clock {
  const begun = performance.now()
  const epoch = Date.now()
  const monotonic = (): number => (performance.now() - begun) * factor
  return {
    now: () => epoch + monotonic(),
    monotonic,
    after: (ms, run) => systemClock.after(ms / factor, run),
  }
}
