/**
 * The open snapshot streams. Each gets the newest snapshot, commands and heartbeats; a slow reader is never queued for: only the newest
 * snapshot and what commands are still to be done wait for it, and one that does not read for as long as a dead peer is dropped.
 */
import type { ServerResponse } from "node:http"
import { encodeDownFrame } from "#shared/link-frames.ts"
import { HEARTBEAT_MS, LINK_DEAD_MS } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { VERSION } from "#shared/version.ts"
import type { Clock } from "../clock.ts"
import type { Published, Publisher } from "../snapshot/publisher.ts"
import type { Commands } from "./commands.ts"

export interface StreamOpening {
  readonly nodeId: string
  readonly boot: string
  /** What the node serves already; it is not sent again. */
  readonly snapshotEpoch: number
  readonly snapshotVersion: number
  /** Of what it serves, when it told: under one stamp another database may have said something else. */
  readonly snapshotHash?: string
}

/** Whether the node serves exactly this snapshot already. */
function serves(opening: StreamOpening, { epoch, version, hash }: Published): boolean {
  if (opening.snapshotEpoch !== epoch || opening.snapshotVersion !== version) return false
  return opening.snapshotHash === undefined || opening.snapshotHash === hash
}

export interface Streams {
  /** Takes over the response until it closes. */
  open(opening: StreamOpening, response: ServerResponse): void
  isConnected(nodeId: string): boolean
  connectedNodes(): ReadonlySet<string>
  /** Ends the streams of a node whose token no longer counts. */
  drop(nodeId: string): void
  /** Ends all. */
  stop(): void
}

export interface StreamsOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly publisher: Publisher
  readonly commands: Pick<Commands, "pendingFor" | "onSend">
  /** A node connected or left. */
  readonly onConnection: (nodeId: string, boot: string, connected: boolean) => void
}

interface Stream {
  readonly opening: StreamOpening
  publish(published: Published): void
  /** Those that its node has to do and was not sent. */
  sendCommands(): void
  close(): void
}

export function createStreams({ clock, log, publisher, commands, onConnection }: StreamsOptions): Streams {
  const streams = new Set<Stream>()
  const unsubscribe = publisher.onPublish((published) => {
    for (const stream of streams) stream.publish(published)
  })
  const endCommands = commands.onSend(() => {
    for (const stream of streams) stream.sendCommands()
  })

  function serve(opening: StreamOpening, response: ServerResponse): Stream {
    let waiting: Published | undefined
    let blockedSince: number | undefined
    let cancel: () => void = () => undefined
    let sent = new Set<string>()

    function write(line: string): void {
      if (!response.write(line)) blockedSince ??= clock.now()
    }

    function publish(published: Published): void {
      if (blockedSince === undefined) write(published.line)
      else waiting = published
    }

    function sendCommands(): void {
      const due = commands.pendingFor(opening.nodeId)
      const before = sent
      sent = new Set(due.filter(({ id }) => before.has(id)).map(({ id }) => id))
      for (const frame of due) {
        if (blockedSince !== undefined) return
        if (sent.has(frame.id)) continue
        sent.add(frame.id)
        write(encodeDownFrame(frame))
      }
    }

    function beat(): void {
      cancel = clock.after(HEARTBEAT_MS, beat)
      if (blockedSince === undefined) {
        write(encodeDownFrame({ type: "heartbeat", at: clock.now() }))
      } else if (clock.now() - blockedSince >= LINK_DEAD_MS) {
        log.warn("link.slow-reader-dropped", { node: opening.nodeId })
        response.destroy()
      }
    }

    response.on("drain", () => {
      blockedSince = undefined
      const next = waiting
      waiting = undefined
      if (next !== undefined) publish(next)
      sendCommands()
    })
    const stream: Stream = { opening, publish, sendCommands, close: () => response.destroy() }
    response.on("close", () => {
      cancel()
      streams.delete(stream)
      log.info("link.closed", { node: opening.nodeId, boot: opening.boot })
      onConnection(opening.nodeId, opening.boot, false)
    })
    response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" })
    write(encodeDownFrame({ type: "hello", controlPlaneVersion: VERSION, nodeId: opening.nodeId, at: clock.now() }))
    cancel = clock.after(HEARTBEAT_MS, beat)
    return stream
  }

  return {
    open: (opening, response) => {
      const stream = serve(opening, response)
      streams.add(stream)
      log.info("link.opened", { node: opening.nodeId, boot: opening.boot })
      onConnection(opening.nodeId, opening.boot, true)
      const { current } = publisher
      if (current !== undefined && !serves(opening, current)) stream.publish(current)
      stream.sendCommands()
    },
    isConnected: (nodeId) => {
      for (const stream of streams) if (stream.opening.nodeId === nodeId) return true
      return false
    },
    connectedNodes: () => new Set([...streams].map((stream) => stream.opening.nodeId)),
    drop: (nodeId) => {
      for (const stream of streams) if (stream.opening.nodeId === nodeId) stream.close()
    },
    stop: () => {
      unsubscribe()
      endCommands()
      for (const stream of streams) stream.close()
    },
  }
}
