/**
 * The control plane's end of the link, as small as a bench needs it: pushes one snapshot (a key, some accounts, no limits) to whichever
 * data plane dials in, accepts every report, and counts the exchanges that were reported.
 */
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { randomBytes } from "node:crypto"
import { digestApiKey, mintApiKey } from "#shared/api-key.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { encodeDownFrame } from "#shared/link-frames.ts"
import { parseReportBatch } from "#shared/report-batch.ts"
import { HEARTBEAT_MS, REPORTS_PATH, SNAPSHOTS_PATH } from "#shared/link-protocol.ts"
import type { ReportReceipt } from "#shared/link-protocol.ts"
import { encodeSnapshotFrame } from "#shared/snapshot-check.ts"
import { SNAPSHOT_SCHEMA_VERSION } from "#shared/snapshot.ts"
import type { Snapshot, SnapshotAccount } from "#shared/snapshot.ts"
import { VERSION } from "#shared/version.ts"
import { BENCH_MODEL } from "./answer-wire.ts"

export const ACCOUNTS = 8
const HOUR_MS = 3_600_000

export interface LinkServer {
  readonly port: number
  readonly apiKey: string
  /** Exchange records that arrived, each id once. */
  reported(): number
  close(): void
}

export async function startLinkServer(upstreamUrl: string): Promise<LinkServer> {
  const apiKey = mintApiKey()
  const frame = encodeDownFrame(encodeSnapshotFrame(benchSnapshot(apiKey, upstreamUrl)))
  const exchanges = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0]
    if (path === REPORTS_PATH) void takeReports(request, response, exchanges)
    else if (path === SNAPSHOTS_PATH) timers.add(pushSnapshot(response, frame))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has a port
    apiKey,
    reported: () => exchanges.size,
    close: () => {
      for (const timer of timers) clearInterval(timer)
      server.close()
      server.closeAllConnections()
    },
  }
}

function benchSnapshot(apiKey: string, upstreamUrl: string): Snapshot {
  const pepper = randomBytes(32)
  const now = Date.now()
  const accounts = Array.from({ length: ACCOUNTS }, (_, index): SnapshotAccount => {
    return {
      id: accountId(`acc_bench${index}`),
      kind: "antigravity",
      label: `bench ${index}`,
      usable: true,
      state: "READY",
      projectId: `bench-project-${index}`,
      credential: { accessToken: `bench-token-${index}`, expiresAt: now + 24 * HOUR_MS, generation: 1 },
      weight: 1,
      priority: 0,
      catalogue: "bench",
    }
  })
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 1,
    issuedAt: now,
    accounts,
    apiKeys: [
      {
        id: apiKeyId("key_bench"),
        name: "bench",
        lineage: "key_bench",
        digest: digestApiKey(pepper, apiKey),
        mayExplain: false,
      },
    ],
    apiKeyPepper: pepper.toString("base64"),
    catalogues: {
      bench: {
        models: [{ id: BENCH_MODEL, maxInputTokens: 1_048_576, maxOutputTokens: 65_535 }],
        deprecatedModelIds: {},
      },
    },
    aliases: {},
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount: 0,
      antigravityBaseUrls: [upstreamUrl],
      antigravityUserAgent: "lagrange-bench",
      firstByteTimeoutMs: 20_000,
      streamIdleTimeoutMs: 180_000,
    },
  }
}

function pushSnapshot(response: ServerResponse, snapshotFrame: string): NodeJS.Timeout {
  response.writeHead(200, { "content-type": "application/x-ndjson" })
  response.write(encodeDownFrame({ type: "hello", controlPlaneVersion: VERSION, nodeId: "node_bench" }))
  response.write(snapshotFrame)
  const beat = setInterval(() => response.write(encodeDownFrame({ type: "heartbeat", at: Date.now() })), HEARTBEAT_MS)
  response.on("close", () => clearInterval(beat))
  return beat
}

async function takeReports(request: IncomingMessage, response: ServerResponse, exchanges: Set<string>): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer) // no encoding was set
  const batch = parseReportBatch(JSON.parse(Buffer.concat(parts).toString()))
  if ("refused" in batch) {
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(batch))
    return
  }
  for (const item of batch.items) if (item.type === "exchange") exchanges.add(item.exchangeId)
  const receipt: ReportReceipt = { accepted: batch.items.map(({ id }) => id) }
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(receipt))
}
