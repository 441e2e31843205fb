/**
 * One background job: runs when it is due, never twice at a time over all control planes of the database, and again when woken. What is
 * due is in the database, so a job forgets nothing when the process dies, and it is the same whichever of them runs it.
 */
import type { Logger } from "#shared/log.ts"
import { asSystem } from "../audit/actor.ts"
import type { Clock } from "../clock.ts"
import type { HeldLock, Peers } from "../database/peers.ts"

/** Of the runs at this control plane since it started. */
export interface JobStats {
  readonly name: string
  /** Those that ended, the failed ones included. */
  readonly runs: number
  readonly failures: number
  /** Of all of them together, and of the last one. */
  readonly runMs: number
  readonly lastRunMs: number | undefined
  /** When the last one ended that did not fail, in milliseconds since the epoch. */
  readonly succeededAt: number | undefined
}

export interface Job {
  readonly stats: JobStats
  start(): void
  /** Something may be due now. */
  wake(): void
  /** Lets the current run end and starts no other. */
  stop(): Promise<void>
}

export interface JobOptions {
  readonly name: string
  readonly clock: Clock
  readonly log: Logger
  readonly peers: Pick<Peers, "tryLock">
  /** The longest time between two runs. */
  readonly everyMs: number
  /** Does what is due; may say when the next is (milliseconds since the epoch). */
  readonly run: (signal: AbortSignal) => Promise<number | undefined>
}

/** A failed run (the database was away) is tried again after this long. */
const RETRY_MS = 5_000
/** Another control plane runs it: it may have looked before what is due now. */
const ELSEWHERE_MS = 1_000

export function createJob({ name, clock, log, peers, everyMs, run }: JobOptions): Job {
  const stats: { -readonly [Name in keyof JobStats]: JobStats[Name] } = {
    name,
    runs: 0,
    failures: 0,
    runMs: 0,
    lastRunMs: undefined,
    succeededAt: undefined,
  }
  const abort = new AbortController()
  let cancel: () => void = () => undefined
  let current: Promise<void> | undefined
  let isStarted = false
  let isWoken = false

  async function once(): Promise<void> {
    let waitMs = everyMs
    const startedAt = clock.now()
    try {
      const held = await peers.tryLock(`job ${name}`)
      if (held === undefined) waitMs = Math.min(everyMs, ELSEWHERE_MS)
      else {
        const due = await runHolding(held)
        ended(startedAt)
        stats.succeededAt = clock.now()
        if (due !== undefined) waitMs = Math.min(everyMs, Math.max(0, due - clock.now()))
      }
    } catch (error) {
      ended(startedAt)
      stats.failures += 1
      log.error("job.failed", { job: name, reason: error instanceof Error ? error.message : String(error) })
      waitMs = Math.min(everyMs, RETRY_MS)
    }
    current = undefined
    if (abort.signal.aborted) return
    if (isWoken) begin()
    else cancel = clock.after(waitMs, begin)
  }

  function ended(startedAt: number): void {
    const ms = Math.max(0, clock.now() - startedAt)
    stats.runs += 1
    stats.runMs += ms
    stats.lastRunMs = ms
  }

  /** Ends early with the job, and when somebody else may have taken it over. */
  async function runHolding(held: HeldLock): Promise<number | undefined> {
    const ends = new AbortController()
    const end = (): void => ends.abort()
    for (const signal of [abort.signal, held.lost]) {
      if (signal.aborted) end()
      signal.addEventListener("abort", end, { once: true })
    }
    try {
      // Woken by a request or not: it is not that request's.
      return await asSystem(() => run(ends.signal))
    } finally {
      for (const signal of [abort.signal, held.lost]) signal.removeEventListener("abort", end)
      await held.release()
    }
  }

  function begin(): void {
    if (abort.signal.aborted) return
    cancel()
    isWoken = false
    current = once()
  }

  return {
    stats,
    start: () => {
      isStarted = true
      begin()
    },
    wake: () => {
      if (!isStarted) return
      if (current === undefined) begin()
      else isWoken = true
    },
    stop: async () => {
      abort.abort()
      cancel()
      await current
    },
  }
}

/** Does `work` for each item, at most `limit` at a time. */
export async function forEachLimited<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
}
