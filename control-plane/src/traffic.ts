/** Counts what data planes reported, one sample a second while somebody listens. */
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

export interface Traffic {
  /** Counts exchanges that ended just now, each once. */
  add(records: readonly ExchangeRecord[]): void
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

  function tick(): void {
    cancel = clock.after(SAMPLE_MS, tick)
    if (events.listeners("trafficSample") > 0) {
      const at = new Date(clock.now())
      const tokens = { inputTokens, cachedInputTokens, outputTokens }
      events.publish("trafficSample", { at, requests, failures, ...tokens, inFlight: inFlight() })
    }
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
    stop: () => cancel(),
  }
}
