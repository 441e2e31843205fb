/** A total outage: what the upstream sees of it while every one of its answers fails. */
import { many } from "../support/many.ts"
import type { Fault } from "#simulator/prompt-language.ts"
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface OutageOptions {
  readonly fault: Fault
  readonly requests: number
  /** At once. */
  readonly clients: number
  /** Successes before it, so that it begins with as much credit as there can be. */
  readonly successes: number
}

export interface OutageCounts {
  readonly requests: number
  /** Calls that the simulator got. */
  readonly attempts: number
  /** The same of what ended later than thirty seconds after the begin. */
  readonly late: { readonly requests: number; readonly attempts: number }
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
}

const EARLY_MS = 30_000

export async function outage(stage: Stage, options: OutageOptions): Promise<OutageCounts> {
  const { fault, requests, clients: width, successes } = options
  const { simulator } = stage
  const clients = new Clients(stage)
  try {
    await many(successes, 8, async (index) => {
      const { status } = await clients.ask(`before ${index} [[sim:text=ok]]`)
      if (status !== 200) throw new Error(`before the outage: ${status}`)
    })
    simulator.script({ fault })
    const before = simulator.traffic().generations
    const begunAt = performance.now()
    const statuses: Record<number, number> = {}
    let ended = 0
    /** When thirty seconds were over. */
    let early: { readonly requests: number; readonly attempts: number } | undefined
    const attempts = (): number => simulator.traffic().generations - before
    await many(requests, width, async (index) => {
      const { status } = await clients.ask(`during ${index} [[sim:text=ok]]`)
      statuses[status] = (statuses[status] ?? 0) + 1
      ended += 1
      if (early === undefined && performance.now() - begunAt >= EARLY_MS) {
        early = { requests: ended, attempts: attempts() }
      }
    })
    const late = {
      requests: ended - (early?.requests ?? ended),
      attempts: attempts() - (early?.attempts ?? attempts()),
    }
    return { requests, attempts: attempts(), late, statuses }
  } finally {
    simulator.clearFaults()
    clients.close()
  }
}
