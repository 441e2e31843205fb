/** Time that stands still until a test moves it. Unlike a step through every moment, a jump runs each timer that is due once. */
import type { Clock } from "#data-plane/clock.ts"

export interface SteeredClock extends Clock {
  /** Jumps; what fell due on the way runs at the new time, in order. */
  advance(ms: number): void
  /** Moves on by half a second whenever `progress` tells the same for a moment, so that only time can be waited for, until `work` is done. */
  during<Result>(work: Promise<Result>, progress: () => unknown): Promise<Result>
}

const STEP_MS = 500
const QUIET_MS = 25

interface Waiting {
  at: number
  readonly run: () => void
}

export function steeredClock(): SteeredClock {
  const epoch = Date.now()
  let time = 0
  const waiting = new Set<Waiting>()

  function advance(ms: number): void {
    time += ms
    const due = [...waiting].filter(({ at }) => at <= time).toSorted((left, right) => left.at - right.at)
    for (const timer of due) {
      if (!waiting.has(timer) || timer.at > time) continue
      waiting.delete(timer)
      timer.run()
    }
  }

  return {
    now: () => epoch + time,
    monotonic: () => time,
    after(ms, run) {
      const timer: Waiting = { at: time + ms, run }
      waiting.add(timer)
      return {
        refresh() {
          timer.at = time + ms
          waiting.add(timer)
        },
        clear: () => void waiting.delete(timer),
      }
    },
    advance,
    async during(work, progress) {
      const state = { isOver: false }
      const over = work.finally(() => (state.isOver = true))
      let before = progress()
      while (!state.isOver) {
        await Promise.race([over.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, QUIET_MS))])
        const now = progress()
        if (!state.isOver && now === before) advance(STEP_MS)
        before = now
      }
      return over
    },
  }
}
