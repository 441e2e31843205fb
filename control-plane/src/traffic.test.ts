import { expect, test } from "vitest"
import { exchangeId } from "#shared/ids.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { createManualClock } from "../test/support/manual-clock.ts"
import { createEvents } from "./events.ts"
import { createTraffic, RECENT_SAMPLES, SAMPLE_MS } from "./traffic.ts"

test("each second is kept for who comes later, and what a client gave up is no failure", () => {
  const clock = createManualClock()
  const traffic = createTraffic(clock, createEvents(), () => 2)
  const ended = (outcome: ExchangeRecord["outcome"]): ExchangeRecord => ({
    exchangeId: exchangeId("req_any"),
    startedAt: clock.now(),
    dialect: "gemini",
    stream: false,
    status: 200,
    usage: { inputTokens: 5, outputTokens: 1 },
    durationMs: 0,
    attempts: [],
    dropped: [],
    outcome,
  })
  expect(traffic.recent()).toEqual([])
  traffic.add([ended("completed"), ended("cancelled"), ended("failed"), ended("truncated")])
  clock.advance(SAMPLE_MS)
  clock.advance(SAMPLE_MS)
  expect(traffic.recent()).toMatchObject([
    {
      requests: 4,
      failures: 2,
      inputTokens: 20n,
      outputTokens: 4n,
      inFlight: 2,
      at: new Date(clock.now() - SAMPLE_MS),
    },
    { requests: 0, failures: 0, inputTokens: 0n, at: new Date(clock.now()) },
  ])
  for (let second = 0; second < RECENT_SAMPLES; second += 1) clock.advance(SAMPLE_MS)
  expect(traffic.recent()).toHaveLength(RECENT_SAMPLES)
  expect(traffic.recent().every(({ requests }) => requests === 0)).toBe(true)
  traffic.stop()
})
