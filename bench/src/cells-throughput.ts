/** Cells that measure CPU time and waiting: requests, chunks, a large prompt, low load. */
import { setTimeout as sleep } from "node:timers/promises"
import type { AnswerSpec } from "./answer.ts"
import type { Cell, CellContext, Figures, Metric } from "./cell.ts"
import type { Exchange, Finished } from "./load.ts"
import { monotonicMs } from "./clock.ts"
import { percentile } from "./statistics.ts"
import { TARGET_NAMES } from "./targets.ts"

const firstByte: Metric = { key: "firstContentP50Ms", title: "first content p50", unit: "ms", comparison: "ratio" }
const cpuPerRequest: Metric = { key: "cpuMsPerRequest", title: "CPU per request", unit: "ms", comparison: "ratio" }

interface ClosedLoop {
  readonly count: number
  readonly connections: number
  readonly shape: Partial<Omit<AnswerSpec, "seed" | "id">>
}

/** Requests one after another on some connections; CPU time is that of the target's process tree. */
async function closedLoop(context: CellContext, load: ClosedLoop): Promise<Figures> {
  const count = Math.max(load.connections, Math.round(load.count * context.scale))
  const before = await context.usage()
  const startedAt = monotonicMs()
  const results = await context.loader.closedLoop(count, load.connections, () => context.spec(load.shape))
  const seconds = (monotonicMs() - startedAt) / 1_000
  const after = await context.usage()
  return {
    cpuMsPerRequest: (after.cpuMs - before.cpuMs) / count,
    requestsPerSecond: count / seconds,
    ...waiting(results),
  }
}

function waiting(results: readonly Finished[]): Figures {
  const times = results.map(({ firstContentMs }) => firstContentMs)
  return { firstContentP50Ms: percentile(times, 50), firstContentP99Ms: percentile(times, 99) }
}

export const oneChunk: Cell = {
  name: "one-chunk",
  title: "answers of one chunk, 16 connections",
  targets: TARGET_NAMES,
  rounds: 5,
  isFresh: false,
  metrics: [
    { ...cpuPerRequest, goals: { gateway: 1.5 } },
    { key: "requestsPerSecond", title: "requests per second", unit: "/s", comparison: "ratio" },
  ],
  run: (context) => closedLoop(context, { count: 1_500, connections: 16, shape: { chunks: 1 } }),
}

export const twentyChunks: Cell = {
  name: "twenty-chunks",
  title: "answers of 20 chunks at once, 16 connections",
  targets: TARGET_NAMES,
  rounds: 5,
  isFresh: false,
  metrics: [cpuPerRequest],
  run: (context) => closedLoop(context, { count: 800, connections: 16, shape: { chunks: 20 } }),
}

export const largePrompt: Cell = {
  name: "large-prompt",
  title: "prompts of 500 KB, 2 connections",
  targets: ["relay-tls", "relay-h2", "gateway"],
  rounds: 5,
  isFresh: false,
  metrics: [
    { ...cpuPerRequest, goals: { gateway: 6.5 } },
    { ...firstByte, goals: { gateway: 3.5 } },
  ],
  run: (context) => closedLoop(context, { count: 100, connections: 2, shape: { chunks: 1, promptBytes: 500_000 } }),
}

export const lowLoad: Cell = {
  name: "low-load",
  title: "one request at a time, 5 ms apart",
  targets: ["relay-tls", "relay-h2", "gateway"],
  rounds: 5,
  isFresh: false,
  metrics: [
    { ...firstByte, goals: { gateway: 1.5 } },
    { ...firstByte, title: "added first-byte time", comparison: "difference" },
    { key: "firstContentP99Ms", title: "first content p99", unit: "ms", comparison: "ratio" },
  ],
  run: async (context) => {
    const results: Finished[] = []
    for (let left = Math.round(150 * context.scale); left > 0; left -= 1) {
      results.push(await context.loader.open(context.spec({ chunks: 1 })).finished)
      await sleep(5)
    }
    return waiting(results)
  },
}

const INTERVAL_MS = 20
const STREAMS = 64

export const pacedStreams: Cell = {
  name: "paced-streams",
  title: `${STREAMS} streams, a chunk of 64 bytes each ${INTERVAL_MS} ms`,
  targets: TARGET_NAMES,
  rounds: 5,
  isFresh: false,
  metrics: [
    {
      key: "cpuUsPerChunk",
      title: "CPU per chunk",
      unit: "µs",
      comparison: "ratio",
      goals: { gateway: 0.65, "gateway-h1": 1 },
    },
    { key: "transitP50Ms", title: "chunk transit p50", unit: "ms", comparison: "ratio", goals: { gateway: 1.3 } },
    { key: "transitP99Ms", title: "chunk transit p99", unit: "ms", comparison: "ratio", goals: { gateway: 1.5 } },
  ],
  run: paced,
}

/** CPU time and chunks are counted in a window in which every stream is open and no request begins or ends. */
async function paced(context: CellContext): Promise<Figures> {
  const windowMs = Math.max(600, 2_400 * context.scale)
  const chunks = Math.ceil(windowMs / INTERVAL_MS) + 20
  await context.upstream.state()
  const exchanges = Array.from({ length: STREAMS }, () =>
    context.loader.open(context.spec({ chunks, intervalMs: INTERVAL_MS, isHeld: true })),
  )
  await Promise.all(exchanges.map(({ firstContent }) => firstContent))
  context.upstream.go()
  await sleep(100)
  const before = { ...(await context.usage()), chunks: chunksOf(exchanges), at: monotonicMs() }
  const isNearTheEnd = (exchange: Exchange): boolean => exchange.chunks() > chunks - 5
  while (monotonicMs() - before.at < windowMs && !exchanges.some(isNearTheEnd)) await sleep(20)
  const after = { ...(await context.usage()), chunks: chunksOf(exchanges), at: monotonicMs() }
  const finished = await Promise.all(exchanges.map((exchange) => exchange.finished))
  const { sent } = await context.upstream.state()
  const transits = finished.flatMap(({ arrivals }, stream) => {
    const left = sent[exchanges[stream]?.spec.id ?? -1] ?? []
    return arrivals.flatMap((at, index) => (at > before.at && at < after.at ? [at - (left[index] ?? Number.NaN)] : []))
  })
  return {
    cpuUsPerChunk: ((after.cpuMs - before.cpuMs) * 1_000) / (after.chunks - before.chunks),
    transitP50Ms: percentile(transits, 50),
    transitP99Ms: percentile(transits, 99),
  }
}

function chunksOf(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((sum, exchange) => sum + exchange.chunks(), 0)
}
