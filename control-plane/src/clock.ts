/** Time as the control plane sees it: injected, so that a test decides when an hour has passed. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `callback` once after `ms`; the returned function cancels. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, 0x7fff_ffff))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms` on this clock, or at once when `signal` aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const cancel = clock.after(ms, finish)
    function finish(): void {
      signal?.removeEventListener("abort", finish)
      cancel()
      resolve()
    }
    signal?.addEventListener("abort", finish, { once: true })
  })
}
