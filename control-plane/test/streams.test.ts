import { createServer } from "node:http"
import { createConnection, type AddressInfo } from "node:net"
import { expect, test } from "vitest"
import type { CommandFrame } from "#shared/link-command.ts"
import { HEARTBEAT_MS, LINK_DEAD_MS } from "#shared/link-protocol.ts"
import { createLogger } from "#shared/log.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { createStreams } from "../src/link/streams.ts"
import type { Published, Publisher } from "../src/snapshot/publisher.ts"
import { createManualClock } from "./support/manual-clock.ts"

/** Far more than the buffers of two sockets hold. */
const line = `{"type":"snapshot","body":"${"x".repeat(32 * 1024 * 1024)}"}\n`
const current: Published = { epoch: 1, version: 1, hash: "", line }
const publisher: Publisher = {
  current,
  touch: () => undefined,
  flush: () => Promise.resolve(),
  onPublish: () => () => undefined,
  stop: () => Promise.resolve(),
}

test("a command waits for a reader that stands still, and is sent once", async () => {
  const clock = createManualClock()
  const command: CommandFrame = {
    type: "command",
    id: "cmd_1",
    expiresAt: 1,
    command: { type: "release-conversations", of: { conversation: "1" } },
  }
  let due: CommandFrame[] = []
  let tell = (): void => undefined
  const streams = createStreams({
    clock,
    log: createLogger({ level: "error", format: "json", write: () => true }),
    publisher,
    commands: {
      pendingFor: () => due,
      onSend: (listener) => {
        tell = listener
        return () => undefined
      },
    },
    onConnection: () => undefined,
  })
  const server = createServer((_request, response) => {
    streams.open({ nodeId: "nod_1", boot: "b", snapshotEpoch: 1, snapshotVersion: 0 }, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // listening on a port, not a pipe
  try {
    const reader = createConnection({ port, host: "127.0.0.1" })
    let text = ""
    reader.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    reader.pause()
    await waitFor(() => streams.isConnected("nod_1"))
    due = [command]
    for (let turn = 0; turn < 3; turn++) tell()
    reader.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-1_000)
    })
    reader.resume()
    await waitFor(() => text.includes('"type":"command"'), 30_000)
    for (let turn = 0; turn < 3; turn++) tell()
    clock.advance(HEARTBEAT_MS)
    await waitFor(() => text.includes('"type":"heartbeat"'))
    expect(text.match(/"type":"command"/g)).toHaveLength(1)
    reader.destroy()
  } finally {
    streams.stop()
    server.closeAllConnections()
    server.close()
  }
})

test("heartbeats go out every five seconds; a reader that stands still for fifteen is dropped", async () => {
  const clock = createManualClock()
  const log = createLogger({ level: "error", format: "json", write: () => true })
  const connections: boolean[] = []
  const streams = createStreams({
    clock,
    log,
    publisher,
    commands: { pendingFor: () => [], onSend: () => () => undefined },
    onConnection: (_node, _boot, connected) => connections.push(connected),
  })
  const server = createServer((request, response) => {
    const version = request.url === "/known" ? 1 : 0
    streams.open({ nodeId: "nod_1", boot: "b", snapshotEpoch: 1, snapshotVersion: version }, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // listening on a port, not a pipe
  try {
    const reader = createConnection({ port, host: "127.0.0.1" })
    let text = ""
    reader.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
    })
    reader.write("GET /known HTTP/1.1\r\nhost: x\r\n\r\n")
    await waitFor(() => text.includes('"type":"hello"'))
    clock.advance(HEARTBEAT_MS)
    await waitFor(() => text.includes('"type":"heartbeat"'))
    for (let beats = 0; beats < 10; beats++) clock.advance(HEARTBEAT_MS)
    expect(streams.isConnected("nod_1")).toBe(true)
    reader.destroy()
    await waitFor(() => !streams.isConnected("nod_1"))

    const still = createConnection({ port, host: "127.0.0.1" })
    still.on("error", () => undefined)
    still.write("GET /unknown HTTP/1.1\r\nhost: x\r\n\r\n")
    still.pause()
    await waitFor(() => streams.isConnected("nod_1"))
    clock.advance(LINK_DEAD_MS - HEARTBEAT_MS)
    expect(streams.isConnected("nod_1")).toBe(true)
    clock.advance(HEARTBEAT_MS)
    await waitFor(() => !streams.isConnected("nod_1"))
    expect(connections).toEqual([true, false, true, false])
    still.destroy()
  } finally {
    streams.stop()
    server.closeAllConnections()
    server.close()
  }
})
