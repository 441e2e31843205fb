import { setTimeout as wait } from "node:timers/promises"

type Truthy<T> = Exclude<T, false | null | undefined | 0 | "">

/**
 * Calls `condition` until it gives something truthy and returns that; rejects after `timeoutMs` with the last error it threw,
 * if any. A condition that throws counts as not met yet.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  timeoutMs = 30_000,
  everyMs = 20,
): Promise<Truthy<Awaited<T>>> {
  const endsAt = performance.now() + timeoutMs
  let cause: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value as Truthy<Awaited<T>> // just found to be truthy
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() >= endsAt) throw new Error(`the condition was not met within ${timeoutMs} ms`, { cause })
    await wait(everyMs)
  }
}
