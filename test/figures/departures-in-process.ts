/** The departures of clients of a data plane in this process, where its timers can be counted too. */
import { countingClock } from "../../data-plane/test/support/counting-clock.ts"
import { startSystem } from "../../data-plane/test/support/plane.ts"
import { waitFor } from "../support/wait-for.ts"
import { departures, type DepartureResult } from "./departures.ts"
import { openTcpHandles, settled } from "./support/open-sockets.ts"

export interface CountedDepartures extends DepartureResult {
  /** More than before them: sockets besides the kept connections to the upstream, and timers. */
  readonly more: { readonly sockets: number; readonly timers: number }
}

export async function departuresInProcess(each: number, width: number): Promise<CountedDepartures> {
  const clock = countingClock()
  const system = await startSystem({
    accounts: 5,
    settings: { maxConcurrentPerAccount: 0, firstByteTimeoutMs: 60_000, streamIdleTimeoutMs: 60_000 },
    // What was seen of each is looked at when its phase is over.
    simulator: { seenCapacity: 4 * each + 1_000 },
    keepsReport: ({ type }) => type !== "exchange",
    plane: { clock },
  })
  const sockets = (): number => openTcpHandles() - system.simulator.traffic().connections.current
  const timers = (): number => clock.running
  try {
    // Its report has come, so that the connection for reports, which is kept, is there before and afterwards.
    await waitFor(() => system.link.find("snapshot-ack").length > 0, 60_000)
    const before = { sockets: sockets(), timers: timers() }
    const result = await departures(system, each, width)
    const after = { sockets: await settled(sockets, before.sockets), timers: await settled(timers, before.timers) }
    const more = {
      sockets: Math.max(0, after.sockets - before.sockets),
      timers: Math.max(0, after.timers - before.timers),
    }
    return { ...result, more }
  } finally {
    await system.stop()
  }
}
