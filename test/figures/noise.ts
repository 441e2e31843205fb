/** Transient errors, spread evenly: the simulator draws for each attempt whether it fails. */
import { many } from "../support/many.ts"
import type { Fault } from "#simulator/prompt-language.ts"
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface NoiseOptions {
  readonly fault: Fault
  /** Of the attempts that fail, 0 to 1. */
  readonly share: number
  readonly requests: number
  /** At once. */
  readonly clients: number
}

export interface NoiseCounts {
  readonly requests: number
  readonly succeeded: number
  /** Calls that the simulator got. */
  readonly attempts: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
}

export async function noise(stage: Stage, options: NoiseOptions): Promise<NoiseCounts> {
  const { fault, share, requests, clients: width } = options
  const { simulator } = stage
  const clients = new Clients(stage)
  try {
    simulator.script({ fault, share })
    const before = simulator.traffic().generations
    const statuses: Record<number, number> = {}
    await many(requests, width, async (index) => {
      const { status } = await clients.ask(`noise ${index} [[sim:text=ok]]`)
      statuses[status] = (statuses[status] ?? 0) + 1
    })
    const attempts = simulator.traffic().generations - before
    return { requests, succeeded: statuses[200] ?? 0, attempts, statuses }
  } finally {
    simulator.clearFaults()
    clients.close()
  }
}
