/**
 * Time as the data plane sees it, passed in wherever something waits, so that tests decide how it runs.
 * Timers never keep the process alive: what is worth waiting for holds a socket.
 */
export interface Timer {
  /** Starts the full time again. */
  refresh(): void
  clear(): void
}

export interface Clock {
  /** Milliseconds since the epoch; for expiry and records, never for durations. */
  now(): number
  /** Milliseconds that only rise; for durations. */
  monotonic(): number
  after(ms: number, run: () => void): Timer
}

/** Node's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timeout = setTimeout(run, Math.min(ms, MAX_TIMEOUT_MS))
    timeout.unref()
    return {
      refresh: () => {
        timeout.refresh()
      },
      clear: () => clearTimeout(timeout),
    }
  },
}

/** The longest time that setTimeout takes without firing at once. */
const MAX_TIMEOUT_MS = 0x7fffffff

/** Waits `ms`; rejects with the signal's reason as soon as it aborts. Leaves neither timer nor listener behind. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const onAbort = (): void => {
      timer.clear()
      reject(abortReason(signal))
    }
    const timer = clock.after(ms, () => {
      signal.removeEventListener("abort", onAbort)
      resolve()
    })
    signal.addEventListener("abort", onAbort, { once: true })
  })
}

/** The reason of an aborted signal as an error, whatever was given to `abort()`. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error(String(reason))
}
