/** Every account's quota is used up: how soon a client hears it, and what the upstream sees of those who ask in vain. */
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface ExhaustedCounts {
  readonly requests: number
  /** Calls that the simulator got after the last account was found to be used up. */
  readonly calls: number
  /** Answers that say 429, the true time and that asking again at once is in vain. */
  readonly honest: number
  /** From the request to the whole error, of each. */
  readonly errorMs: readonly number[]
  /** The same of `GET /live`, asked in turn with them: what a round trip alone takes on this machine. */
  readonly liveMs: readonly number[]
}

const RESET_MS = 7_200_000

export async function exhausted(stage: Stage, requests: number): Promise<ExhaustedCounts> {
  const { simulator, accounts } = stage
  const clients = new Clients(stage)
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begunAt = performance.now()
    await work()
    return performance.now() - begunAt
  }
  try {
    simulator.script({ fault: { kind: "quota-model", delayMs: RESET_MS } })
    // Each request meets as many as four accounts.
    for (let turn = 0; turn < accounts.length; turn += 1) await clients.ask(`exhausting ${turn} [[sim:text=ok]]`)
    const before = simulator.traffic().generations
    const errorMs: number[] = []
    const liveMs: number[] = []
    let honest = 0
    for (let turn = 0; turn < requests; turn += 1) {
      errorMs.push(
        await timed(async () => {
          const { status, headers } = await clients.ask(`exhausted ${turn} [[sim:text=ok]]`)
          const seconds = Number(headers["retry-after"])
          const isTrue = seconds > RESET_MS / 2_000 && seconds <= RESET_MS / 1_000 + 1
          if (status === 429 && isTrue && headers["x-should-retry"] === "false") honest += 1
        }),
      )
      liveMs.push(await timed(() => clients.send("/live", { anonymous: true })))
    }
    return { requests, calls: simulator.traffic().generations - before, honest, errorMs, liveMs }
  } finally {
    simulator.clearFaults()
    clients.close()
  }
}
