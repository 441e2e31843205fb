import type { DownFrame, NodeLoad, ReportItem, SnapshotFrame } from "#shared/link-protocol.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { LINK_TOKEN } from "./control-plane.ts"

export interface LinkClient {
  readonly frames: readonly DownFrame[]
  readonly snapshots: readonly SnapshotFrame[]
  /** Waits for a snapshot that fits; checks each as a data plane does. */
  snapshot(fits: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  report(...items: ReportItem[]): Promise<Response>
  readonly closed: Promise<void>
  close(): void
}

/** What a data plane that is ready and has nothing to do tells of itself; without its id and time, as a report's item has them. */
export function heartbeat(load: Partial<NodeLoad> = {}): NodeLoad & { readonly type: "heartbeat" } {
  return {
    type: "heartbeat",
    version: "0.1.0",
    startedAt: Date.now(),
    ready: true,
    reasons: [],
    snapshotEpoch: 1,
    snapshotVersion: 1,
    inFlight: 0,
    rssBytes: 1,
    eventLoopDelayMs: 0,
    exchanges: 0,
    refusals: 0,
    inFlightByAccount: {},
    ...load,
  }
}

/** A data plane as far as the link goes. */
export async function connectLink(
  url: string,
  { token = LINK_TOKEN, boot = "boot-1", epoch = 0, version = 0, hash = "" } = {},
): Promise<LinkClient> {
  const abort = new AbortController()
  const headers = { authorization: `Bearer ${token}` }
  const query = new URLSearchParams({
    node: "local",
    boot,
    version: "0.1.0",
    snapshotEpoch: String(epoch),
    snapshotVersion: String(version),
    ...(hash === "" ? {} : { snapshotHash: hash }),
  })
  const response = await fetch(`${url}/link/snapshots?${query}`, { headers, signal: abort.signal })
  if (response.status !== 200 || response.body === null)
    throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  const frames: DownFrame[] = []
  const closed = (async () => {
    let text = ""
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true })
        const lines = text.split("\n")
        text = lines.pop() ?? ""
        for (const line of lines) frames.push(JSON.parse(line))
      }
    } catch {
      // Aborted by the test, or dropped by the server: both end the link.
    }
  })()
  const snapshots = (): SnapshotFrame[] => frames.filter((frame) => frame.type === "snapshot")
  return {
    frames,
    get snapshots() {
      return snapshots()
    },
    snapshot: (fits) =>
      waitFor(() => {
        for (const frame of snapshots()) {
          const checked = decodeSnapshotFrame(frame)
          if (!checked.ok) throw new Error(checked.reason)
          if (fits(checked.snapshot)) return checked.snapshot
        }
        return undefined
      }),
    report: (...items) =>
      fetch(`${url}/link/reports`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ node: "local", boot, items }),
        signal: AbortSignal.timeout(60_000),
      }),
    closed,
    close: () => abort.abort(),
  }
}
