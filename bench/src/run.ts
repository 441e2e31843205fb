/**
 * Runs cells in alternating rounds: within a round every target gets the same load one after another, and each second round takes them
 * in the opposite order, so that a slow drift of the machine falls on all alike. One warm-up round of each target is thrown away.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { AnswerSpec } from "./answer.ts"
import type { Cell, CellContext, Figures } from "./cell.ts"
import { Loader } from "./load.ts"
import type { Places, UpstreamProcess } from "./processes.ts"
import { logTail } from "./processes.ts"
import { usageOf } from "./process-usage.ts"
import { type Target, type TargetName, startTarget } from "./targets.ts"

export interface RunOptions {
  readonly seed: number
  readonly cells: readonly Cell[]
  readonly targets: readonly TargetName[]
  /** Instead of each cell's own count. */
  readonly rounds?: number
  readonly isQuick: boolean
  readonly say: (line: string) => void
}

/** Figures of one cell, by target, one entry a round. */
export interface CellResult {
  readonly cell: Cell
  readonly figures: Readonly<Partial<Record<TargetName, readonly Figures[]>>>
}

const QUICK_SCALE = 0.25
const QUICK_ROUNDS = 2
const WARM_UP_SCALE = 0.3

interface Standing {
  readonly target: Target
  readonly loader: Loader
  /** Requests of one-answer cells that a gateway must have reported. */
  requests: number
}

export async function runCells(options: RunOptions, places: Places, upstream: UpstreamProcess): Promise<CellResult[]> {
  const standing = new Map<TargetName, Standing>()
  let lastId = 0
  const contextOf = (entry: Standing, scale: number): CellContext => ({
    target: entry.target,
    loader: entry.loader,
    upstream,
    scale,
    spec: (shape): AnswerSpec => {
      lastId += 1
      entry.requests += 1
      const plain = { chunks: 1, size: 64, intervalMs: 0, isHeld: false, promptBytes: 0 }
      return { ...plain, ...shape, seed: options.seed, id: lastId }
    },
    usage: () => usageOf(entry.target.process),
  })
  const start = async (name: TargetName): Promise<Standing> => {
    const target = await startTarget(name, places, upstream)
    return { target, loader: new Loader(target.address), requests: 0 }
  }
  const runOne = async (cell: Cell, name: TargetName, scale: number): Promise<Figures> => {
    const known = cell.isFresh ? undefined : standing.get(name)
    const entry = known ?? (await start(name))
    if (!cell.isFresh) standing.set(name, entry)
    try {
      return await cell.run(contextOf(entry, scale))
    } catch (error) {
      throw new Error(`${cell.name} on ${name}: ${String(error)}\nlast lines of its log:\n${logTail(places, name)}`, {
        cause: error,
      })
    } finally {
      if (cell.isFresh) await end(entry)
    }
  }
  try {
    const results: CellResult[] = []
    for (const cell of options.cells) results.push(await runCell(cell, options, runOne))
    for (const entry of standing.values()) await everythingReported(entry)
    return results
  } finally {
    await Promise.all([...standing.values()].map(end))
  }
}

async function runCell(
  cell: Cell,
  options: RunOptions,
  runOne: (cell: Cell, name: TargetName, scale: number) => Promise<Figures>,
): Promise<CellResult> {
  const scale = options.isQuick ? QUICK_SCALE : 1
  const rounds = options.rounds ?? (options.isQuick ? Math.min(QUICK_ROUNDS, cell.rounds) : cell.rounds)
  const targets = cell.targets.filter((name) => options.targets.includes(name))
  options.say(`${cell.name}: ${cell.title}; ${rounds} rounds of ${targets.join(", ")}`)
  if (!cell.isFresh) for (const name of targets) await runOne(cell, name, scale * WARM_UP_SCALE)
  const figures: Partial<Record<TargetName, Figures[]>> = {}
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? targets : targets.toReversed()) {
      await sleep(150)
      const list = (figures[name] ??= [])
      list.push(await runOne(cell, name, scale))
    }
  }
  return { cell, figures }
}

async function end(entry: Standing): Promise<void> {
  entry.loader.close()
  await entry.target.stop()
}

/** A gateway that was quick because it kept no record would be no gateway: each request must have been reported. */
async function everythingReported(entry: Standing): Promise<void> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const reported = entry.target.reported()
    if (reported === undefined || reported >= entry.requests) return
    if (Date.now() > deadline) {
      throw new Error(`${entry.target.name} reported ${reported} of ${entry.requests} exchanges`)
    }
    await sleep(100)
  }
}
