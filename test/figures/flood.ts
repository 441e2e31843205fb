/** One key sends fifty times as much as each of two others: what share of the answers those still get. */
import { API_KEY, OTHER_API_KEY, THIRD_API_KEY } from "../../data-plane/test/support/snapshots.ts"
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface FloodCounts {
  /** Answers of the time in which all three had requests waiting. */
  readonly answers: number
  /** Of the two others, the one that got fewer. */
  readonly fewest: number
  /** Requests of the two others that were not served. */
  readonly refused: number
  /** What the one that got fewer has of its fair share, a third of all. */
  readonly share: number
}

const TIMES = 50
const OTHERS = [OTHER_API_KEY, THIRD_API_KEY]

/** `each` clients of either other key, and fifty times as many of the flood; until both others have `answers`. Slots must be few. */
export async function flood(stage: Stage, each: number, answers: number): Promise<FloodCounts> {
  const clients = new Clients(stage)
  const served = new Map<string, number>([API_KEY, ...OTHERS].map((key) => [key, 0]))
  let refused = 0
  let number = 0
  let isOver = false
  let counts: FloodCounts | undefined
  /** What was answered before all had begun to wait does not count. */
  let begins: ReadonlyMap<string, number> | undefined
  const since = (key: string): number => (served.get(key) ?? 0) - (begins?.get(key) ?? 0)
  const client = async (key: string): Promise<void> => {
    while (!isOver) {
      number += 1
      const { status } = await clients.ask(`${number} [[sim:text=ok]][[sim:delay=10]]`, { key })
      if (isOver) return
      if (status === 200) served.set(key, (served.get(key) ?? 0) + 1)
      else if (key !== API_KEY) refused += 1
      if (begins === undefined && OTHERS.every((other) => (served.get(other) ?? 0) >= each)) begins = new Map(served)
      if (begins === undefined || !OTHERS.every((other) => since(other) >= answers)) continue
      isOver = true
      const total = [...served.keys()].reduce((sum, one) => sum + since(one), 0)
      const fewest = Math.min(...OTHERS.map(since))
      counts = { answers: total, fewest, refused, share: fewest / (total / served.size) }
    }
  }
  try {
    const floods = Array.from({ length: TIMES * each }, () => client(API_KEY))
    await Promise.all([...floods, ...OTHERS.flatMap((key) => Array.from({ length: each }, () => client(key)))])
  } finally {
    clients.close()
  }
  if (counts === undefined) throw new Error("the flood ended without a count")
  return counts
}
