/** A control plane as small as a test needs: pushes snapshots it is given and takes reports. */
import type { CapturedExchange } from "#shared/capture.ts"
import { decodeCapture } from "#shared/capture-wire.ts"
import { encodeDownFrame } from "#shared/link-frames.ts"
import {
  CAPTURES_PATH,
  HEARTBEAT_MS,
  REPORTS_PATH,
  SNAPSHOTS_PATH,
  type DownFrame,
  type ReportBatch,
  type ReportItem,
} from "#shared/link-protocol.ts"
import { encodeSnapshotFrame } from "#shared/snapshot-check.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export const LINK_TOKEN = "laglink_test"

export interface LinkServer {
  readonly url: string
  readonly reports: ReportItem[]
  readonly captures: CapturedExchange[]
  /** How many nodes hold the stream open. */
  readonly connections: number
  /** The newest snapshot; sent to every open stream and to each that opens. */
  push(snapshot: Snapshot): void
  send(frame: DownFrame): void
  sendRaw(bytes: string): void
  find<Type extends ReportItem["type"]>(type: Type): Extract<ReportItem, { type: Type }>[]
  /** Ends what is open and takes no connection, as if it had ended; its port stays its own. */
  leave(): void
  comeBack(): void
  stop(): Promise<void>
}

/** What `keeps` refuses is acknowledged and forgotten: a long run would fill the memory with it. */
export async function startLinkServer(keeps: (item: ReportItem) => boolean = () => true): Promise<LinkServer> {
  const streams = new Set<ServerResponse>()
  const reports: ReportItem[] = []
  const captures: CapturedExchange[] = []
  const known = new Set<string>()
  let newest: Snapshot | undefined
  let isAway = false
  const send = (frame: DownFrame): void => streams.forEach((stream) => stream.write(encodeDownFrame(frame)))
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${LINK_TOKEN}`) return response.writeHead(401).end()
    const { pathname, searchParams } = new URL(request.url ?? "", "http://link")
    if (pathname === SNAPSHOTS_PATH) {
      response.writeHead(200, { "content-type": "application/x-ndjson" })
      response.write(encodeDownFrame({ type: "hello", controlPlaneVersion: "test", nodeId: "node" }))
      streams.add(response)
      response.on("close", () => streams.delete(response))
      const isNewer = newest !== undefined && newest.version > Number(searchParams.get("snapshotVersion"))
      if (newest !== undefined && isNewer) response.write(encodeDownFrame(encodeSnapshotFrame(newest)))
      return undefined
    }
    if (pathname === CAPTURES_PATH) {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const capture = decodeCapture(Buffer.concat(chunks))
        captures.push(capture)
        response.writeHead(200).end(JSON.stringify({ accepted: [capture.exchangeId] }))
      })
      return undefined
    }
    if (pathname !== REPORTS_PATH) return response.writeHead(404).end()
    let text = ""
    request.on("data", (chunk: Buffer) => (text += chunk.toString()))
    request.on("end", () => {
      const batch = JSON.parse(text) as ReportBatch // our own reporter's
      for (const item of batch.items) if (!known.has(item.id) && keeps(item)) reports.push(item)
      for (const item of batch.items) known.add(item.id)
      response.writeHead(200, { "content-type": "application/json" })
      response.end(JSON.stringify({ accepted: batch.items.map((item) => item.id) }))
    })
    return undefined
  })
  server.on("connection", (socket) => {
    if (isAway) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const heartbeat = setInterval(() => send({ type: "heartbeat", at: Date.now() }), HEARTBEAT_MS)
  heartbeat.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server that listens has one
    reports,
    captures,
    get connections() {
      return streams.size
    },
    push(snapshot) {
      newest = snapshot
      send(encodeSnapshotFrame(snapshot))
    },
    send,
    sendRaw: (bytes) => streams.forEach((stream) => stream.write(bytes)),
    find: (type) => reports.filter((item): item is Extract<ReportItem, { type: typeof type }> => item.type === type),
    leave() {
      isAway = true
      server.closeAllConnections()
    },
    comeBack() {
      isAway = false
    },
    stop: () =>
      new Promise((resolve) => {
        clearInterval(heartbeat)
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
