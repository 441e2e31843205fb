/**
 * A request that the upstream refuses for its own text, sent again and again among normal ones. Rounds with it alternate with rounds in
 * which an ordinary request stands in its place, so that what the machine does else is in both.
 */
import { median } from "../../bench/src/statistics.ts"
import type { AttemptRecord } from "#shared/link-protocol.ts"
import { waitFor } from "../support/wait-for.ts"
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface PoisonOptions {
  readonly rounds: number
  /** Poison requests of a round. */
  readonly each: number
  /** Normal requests at the same time, after each poison one. */
  readonly width: number
}

export interface PoisonCounts {
  readonly poison: number
  readonly normal: number
  /** Poison requests that were not answered with the refusal. */
  readonly notRefused: number
  /** Normal requests that were not served. */
  readonly notServed: number
  /** Calls beyond one for each request. */
  readonly extraCalls: number
  /** Normal requests that found an account resting. */
  readonly rests: number
  /** Of normal requests: the median beside poison to the median beside ordinary ones, the median of the rounds. */
  readonly slowdown: number
}

const SYSTEM = "You are a certain product."
const RECORDS_MS = 60_000

/** The stage must keep the reports of exchanges. */
export async function poison(stage: Stage, { rounds, each, width }: PoisonOptions): Promise<PoisonCounts> {
  const clients = new Clients(stage)
  const { simulator } = stage
  let [number, notRefused, notServed] = [0, 0, 0]
  const normal = async (): Promise<number> => {
    number += 1
    const begunAt = performance.now()
    const { status } = await clients.ask(`normal ${number} [[sim:text=ok]][[sim:delay=5]]`)
    if (status !== 200) notServed += 1
    return performance.now() - begunAt
  }
  const poisoned = async (): Promise<void> => {
    number += 1
    const { status } = await clients.ask(`poison ${number} [[sim:fault=bare-429]]`, { system: SYSTEM })
    if (status !== 429) notRefused += 1
  }
  const round = async (odd: () => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let turn = 0; turn < each; turn += 1) {
      const [, ...taken] = await Promise.all([odd(), ...Array.from({ length: width }, normal)])
      times.push(...taken)
    }
    return median(times)
  }
  try {
    await round(normal)
    const before = simulator.traffic().generations - number
    // Of the first one nobody knows yet what it is: a second account is asked, and one rests until that has answered.
    await poisoned()
    const ratios: number[] = []
    for (let index = 0; index < rounds; index += 1) {
      // Every second round in the opposite order.
      const first = await round(index % 2 === 0 ? poisoned : normal)
      const second = await round(index % 2 === 0 ? normal : poisoned)
      ratios.push(index % 2 === 0 ? first / second : second / first)
    }
    const refused = 1 + rounds * each
    const records = await waitFor(() => {
      const ended = stage.link.find("exchange")
      return ended.length >= number ? ended : undefined
    }, RECORDS_MS)
    return {
      poison: refused,
      normal: number - refused,
      notRefused,
      notServed,
      extraCalls: simulator.traffic().generations - before - number,
      rests: records.filter(({ outcome, attempts }) => outcome === "completed" && attempts.some(foundRest)).length,
      slowdown: median(ratios),
    }
  } finally {
    clients.close()
  }
}

function foundRest({ census }: AttemptRecord): boolean {
  return census !== undefined && census.resting + census.modelOff > 0
}
