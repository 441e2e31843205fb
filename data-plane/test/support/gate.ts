/** Stands between a plane and its upstream and lets answers through only when a test says so: silence as long as it wants. */
import { createServer, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface Gate {
  readonly url: string
  /** Answers that are held now. */
  readonly held: number
  /** Holds answers from here on: whole, or after so many events of a stream. */
  close(afterEvents?: number): void
  /** Lets all go on. */
  open(): void
  stop(): Promise<void>
}

/** Of an answer that comes: what is left of it, and how it is written on. */
interface Held {
  readonly go: () => void
}

export async function startGate(target: string): Promise<Gate> {
  const held = new Set<Held>()
  let after: number | undefined
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "", target)
    const { method = "GET", headers } = incoming
    const upstream = request(url, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on("data", (chunk: Buffer) => chunks.push(chunk))
      answer.on("error", () => outgoing.destroy())
      answer.on("end", () =>
        pass(outgoing, Buffer.concat(chunks), () => outgoing.writeHead(answer.statusCode ?? 0, answer.headers)),
      )
    })
    upstream.on("error", () => outgoing.destroy())
    outgoing.on("error", () => upstream.destroy())
    outgoing.on("close", () => upstream.destroy())
    incoming.pipe(upstream)
  })

  function pass(outgoing: ServerResponse, bytes: Buffer, writeHead: () => void): void {
    const first = after === undefined ? bytes.length : lengthOf(bytes, after)
    if (first > 0) {
      writeHead()
      outgoing.write(bytes.subarray(0, first))
    }
    const rest = {
      go: () => {
        held.delete(rest)
        if (first === 0) writeHead()
        outgoing.end(bytes.subarray(first))
      },
    }
    if (after === undefined) return rest.go()
    held.add(rest)
    outgoing.once("close", () => held.delete(rest))
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    get held() {
      return held.size
    },
    close(afterEvents = 0) {
      after = afterEvents
    },
    open() {
      after = undefined
      for (const one of held) one.go()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Bytes of the first events of a stream. */
function lengthOf(bytes: Buffer, events: number): number {
  let length = 0
  for (let index = 0; index < events; index += 1) {
    const end = bytes.indexOf("\n\n", length)
    if (end !== -1) length = end + 2
  }
  return length
}
