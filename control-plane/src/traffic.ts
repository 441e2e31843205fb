/** Counts what data planes reported, one sample a second. */
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { Clock } from "./clock.ts"
import type { Events } from "./events.ts"

export interface TrafficSample {
  readonly at: Date
  readonly requests: number
  readonly failures: number
  readonly inputTokens: bigint
  /** Part of `inputTokens`. */
  readonly cachedInputTokens: bigint
  readonly outputTokens: bigint
  readonly inFlight: number
}

export const SAMPLE_MS = 1_000
/** What ended longer ago comes from a node that could not report for a while: it is in the records, but not of this second. */
const LATE_MS = 5_000
/** So many samples are kept, for who begins to listen. */
export const RECENT_SAMPLES = 90

export interface Traffic {
  /** Counts exchanges that ended just now, each once. */
  add(records: readonly ExchangeRecord[]): void
  /** The last minute and a half, oldest first. */
  recent(): readonly TrafficSample[]
  stop(): void
}

/** `inFlight` gives the exchanges that run now over all data planes. */
export function createTraffic(clock: Clock, events: Events, inFlight: () => number): Traffic {
  let requests = 0
  let failures = 0
  let inputTokens = 0n
  let cachedInputTokens = 0n
  let outputTokens = 0n
  let cancel = clock.after(SAMPLE_MS, tick)
  const recent: TrafficSample[] = []

  function tick(): void {
    cancel = clock.after(SAMPLE_MS, tick)
    const tokens = { inputTokens, cachedInputTokens, outputTokens }
    const sample = { at: new Date(clock.now()), requests, failures, ...tokens, inFlight: inFlight() }
    recent.push(sample)
    if (recent.length > RECENT_SAMPLES) recent.shift()
    events.publish("trafficSample", sample)
    requests = failures = 0
    inputTokens = cachedInputTokens = outputTokens = 0n
  }

  return {
    add: (records) => {
      for (const record of records) {
        if (clock.now() - (record.startedAt + record.durationMs) > LATE_MS) continue
        requests += 1
        if (record.outcome === "failed" || record.outcome === "truncated") failures += 1
        inputTokens += BigInt(record.usage.inputTokens ?? 0)
        cachedInputTokens += BigInt(record.usage.cachedInputTokens ?? 0)
        outputTokens += BigInt(record.usage.outputTokens ?? 0)
      }
    },
    recent: () => [...recent],
    stop: () => cancel(),
  }
}
