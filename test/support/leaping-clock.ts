/** The time of this machine, for both planes, that a test can make leap: what falls due on the way runs at once. */
import type { Clock as ControlPlaneClock } from "#control-plane/clock.ts"
import type { Clock as DataPlaneClock } from "#data-plane/clock.ts"

export interface LeapingClock {
  now(): number
  leap(ms: number): void
  readonly controlPlane: ControlPlaneClock
  readonly dataPlane: DataPlaneClock
}

export function leapingClock(): LeapingClock {
  let leapt = 0
  const waiting = new Set<Waiting>()
  const now = (): number => Date.now() + leapt
  const monotonic = (): number => performance.now() + leapt

  function after(ms: number, run: () => void): Waiting {
    const timer = new Waiting(ms, monotonic, () => {
      waiting.delete(timer)
      run()
    })
    waiting.add(timer)
    return timer
  }

  return {
    now,
    leap(ms) {
      leapt += ms
      for (const timer of waiting) timer.arm()
    },
    controlPlane: {
      now,
      after: (ms, run) => {
        const timer = after(ms, run)
        return () => {
          waiting.delete(timer)
          timer.clear()
        }
      },
    },
    dataPlane: {
      now,
      monotonic,
      after: (ms, run) => {
        const timer = after(ms, run)
        return {
          refresh: () => {
            if (!timer.isCleared) waiting.add(timer)
            timer.refresh()
          },
          clear: () => {
            waiting.delete(timer)
            timer.clear()
          },
        }
      },
    },
  }
}

/** One timer; like those of the planes it keeps no process alive. */
class Waiting {
  readonly #ms: number
  readonly #monotonic: () => number
  readonly #run: () => void
  #at: number
  #timeout: NodeJS.Timeout | undefined
  isCleared = false

  constructor(ms: number, monotonic: () => number, run: () => void) {
    this.#ms = ms
    this.#monotonic = monotonic
    this.#run = run
    this.#at = monotonic() + ms
    this.arm()
  }

  /** For what is left of its time. */
  arm(): void {
    if (this.isCleared) return
    clearTimeout(this.#timeout)
    this.#timeout = setTimeout(this.#run, Math.min(Math.max(0, this.#at - this.#monotonic()), 0x7fff_ffff)).unref()
  }

  refresh(): void {
    this.#at = this.#monotonic() + this.#ms
    this.arm()
  }

  clear(): void {
    this.isCleared = true
    clearTimeout(this.#timeout)
  }
}
