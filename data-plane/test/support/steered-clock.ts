/** Time that stands still until a test moves it. Unlike a step through every moment, a jump runs each timer that is due once. */
import { performance } from "node:perf_hooks"
import { setTimeout as wait } from "node:timers/promises"
import type { Clock } from "#data-plane/clock.ts"

export interface SteeredClock extends Clock {
  /** Jumps; what fell due on the way runs at the new time, in order. */
  advance(ms: number): void
  /**
   * Moves on by half a second whenever only time can be waited for, until `work` is done: no socket of this process has anything
   * to say, and `isBusy` knows of nothing that goes on by itself. How fast the machine is makes no difference.
   */
  during<Result>(work: Promise<Result>, isBusy: () => boolean): Promise<Result>
}

const STEP_MS = 500

interface Waiting {
  at: number
  readonly run: () => void
}

export function steeredClock(): SteeredClock {
  const epoch = Date.now()
  let time = 0
  /** What `during` waits for now. */
  const works = new Set<Promise<unknown>>()
  let isSteering = false
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

  /** One for all works that are under way: they share the time. */
  async function steer(isBusy: () => boolean): Promise<void> {
    if (isSteering) return
    isSteering = true
    while (works.size > 0) {
      await silence()
      if (works.size > 0 && !isBusy()) advance(STEP_MS)
    }
    isSteering = false
  }

  return {
    now: () => epoch + time,
    monotonic: () => time,
    after(ms, run) {
      const timer: Waiting = { at: time + ms, run }
      let isCleared = false
      waiting.add(timer)
      return {
        refresh() {
          // As with Node's: what was cleared stays so.
          if (isCleared) return
          timer.at = time + ms
          waiting.add(timer)
        },
        clear() {
          isCleared = true
          waiting.delete(timer)
        },
      }
    },
    advance,
    during(work, isBusy) {
      works.add(work)
      void steer(isBusy)
      return work.finally(() => works.delete(work))
    },
  }
}

const TURNS = 20
const REST_MS = 2

/** Resolves when the event loop has turned many times, with a rest between, and met no event: nothing is on its way over a socket. */
async function silence(): Promise<void> {
  const events = (): number => performance.nodeTiming.uvMetricsInfo.events
  let before = -1
  while (before !== events()) {
    before = events()
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    await wait(REST_MS)
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}
