/** Cells with streams that stay open: memory of a process, and what is left upstream when the clients have gone. */
import { setTimeout as sleep } from "node:timers/promises"
import type { AnswerSpec } from "./answer.ts"
import type { Cell, CellContext, Figures, Metric } from "./cell.ts"
import { monotonicMs } from "./clock.ts"
import type { Exchange } from "./load.ts"
import { percentile } from "./statistics.ts"

const MEGABYTE = 1_048_576
/** Thousands that leave in the same moment are given more time than a hundred. */
const CROWD_MS = 2_500
const leftAfter = (text: string): Metric => ({
  key: "leftUpstream",
  title: `upstream streams left ${text} after the clients`,
  unit: "",
  comparison: "absolute",
  goals: { gateway: 0 },
})

type Shape = Partial<Omit<AnswerSpec, "seed" | "id">>

/** Opens `count` streams, `atOnce` at a time, and waits until each has its first content. */
async function openAll(context: CellContext, count: number, atOnce: number, shape: Shape): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  while (exchanges.length < count) {
    const size = Math.min(atOnce, count - exchanges.length)
    const opened = Array.from({ length: size }, () => context.loader.open(context.spec(shape)))
    await Promise.all(opened.map(({ firstContent }) => firstContent))
    exchanges.push(...opened)
  }
  return exchanges
}

/** The clients leave; answers how many streams the upstream still has open a while later. */
async function leaveAll(context: CellContext, exchanges: readonly Exchange[]): Promise<number> {
  for (const exchange of exchanges) {
    exchange.finished.catch(() => undefined)
    exchange.leave()
  }
  await sleep(CROWD_MS)
  return (await context.upstream.state()).open
}

/** Resident bytes once they have been quiet for a moment. */
async function settledRss(context: CellContext): Promise<number> {
  await sleep(700)
  return (await context.usage()).rssBytes
}

export const heldStreams: Cell = {
  name: "held-streams",
  title: "1,000, then 2,500 open streams, new process",
  targets: ["relay-tls", "relay-h2", "gateway"],
  rounds: 2,
  isFresh: true,
  metrics: [
    { key: "rssAtRestMb", title: "memory at rest", unit: "MB", comparison: "absolute", goals: { gateway: 90 } },
    { key: "idleCpuPercent", title: "CPU at rest", unit: "%", comparison: "absolute", goals: { gateway: 0.5 } },
    { key: "rssOpenMb", title: "memory with 1,000 open", unit: "MB", comparison: "absolute" },
    {
      key: "kbPerStream",
      title: "memory per further stream",
      unit: "KB",
      comparison: "absolute",
      goals: { gateway: 25 },
    },
    leftAfter("2.5 s"),
  ],
  run: async (context) => {
    await context.loader.closedLoop(30, 4, () => context.spec({ chunks: 1 }))
    const rest = await settledRss(context)
    const idleFrom = (await context.usage()).cpuMs
    await sleep(2_000)
    const idleCpuPercent = ((await context.usage()).cpuMs - idleFrom) / 20
    const shape: Shape = { chunks: 2, isHeld: true }
    const first = await openAll(context, Math.round(1_000 * context.scale), 50, shape)
    const some = await settledRss(context)
    const others = await openAll(context, Math.round(1_500 * context.scale), 50, shape)
    const all = await settledRss(context)
    return {
      rssAtRestMb: rest / MEGABYTE,
      idleCpuPercent,
      rssOpenMb: some / MEGABYTE,
      kbPerStream: (all - some) / 1_024 / others.length,
      leftUpstream: await leaveAll(context, [...first, ...others]),
    }
  },
}

export const heldPrompts: Cell = {
  name: "held-prompts",
  title: "600 open streams with prompts of 500 KB, new process",
  targets: ["relay-tls", "relay-h2", "gateway"],
  rounds: 1,
  isFresh: true,
  metrics: [
    { key: "rssOpenMb", title: "memory with all open", unit: "MB", comparison: "absolute", goals: { gateway: 250 } },
    {
      key: "kbPerStream",
      title: "memory per further stream",
      unit: "KB",
      comparison: "absolute",
      goals: { gateway: 100 },
    },
    leftAfter("2.5 s"),
  ],
  run: async (context): Promise<Figures> => {
    const half = Math.round(300 * context.scale)
    const shape: Shape = { chunks: 2, isHeld: true, promptBytes: 500_000 }
    const first = await openAll(context, half, 4, shape)
    const some = await settledRss(context)
    const others = await openAll(context, half, 4, shape)
    const all = await settledRss(context)
    return {
      rssOpenMb: all / MEGABYTE,
      kbPerStream: (all - some) / 1_024 / half,
      leftUpstream: await leaveAll(context, [...first, ...others]),
    }
  },
}

export const leavingClients: Cell = {
  name: "leaving-clients",
  title: "100 clients leave in the middle of an answer",
  targets: ["relay-tls", "relay-h2", "gateway"],
  rounds: 3,
  isFresh: false,
  metrics: [
    {
      key: "resetP50Ms",
      title: "upstream stream reset after, p50",
      unit: "ms",
      comparison: "absolute",
      goals: { gateway: 100 },
    },
    {
      key: "resetP99Ms",
      title: "upstream stream reset after, p99",
      unit: "ms",
      comparison: "absolute",
      goals: { gateway: 250 },
    },
    leftAfter("1 s"),
  ],
  run: async (context) => {
    const exchanges = await openAll(context, Math.max(20, Math.round(100 * context.scale)), 20, {
      chunks: 500,
      intervalMs: 20,
    })
    await context.upstream.state()
    const leftAt = exchanges.map((exchange) => {
      exchange.finished.catch(() => undefined)
      exchange.leave()
      return monotonicMs()
    })
    await sleep(1_000)
    const { open, cutAt } = await context.upstream.state()
    const resets = exchanges.flatMap(({ spec }, index) => {
      const at = cutAt[spec.id]
      return at === undefined ? [] : [at - (leftAt[index] ?? Number.NaN)]
    })
    return { resetP50Ms: percentile(resets, 50), resetP99Ms: percentile(resets, 99), leftUpstream: open }
  },
}
