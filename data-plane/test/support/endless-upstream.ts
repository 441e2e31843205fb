/** An upstream that answers every call with events for as long as they are taken, and counts what it could hand over. */
import { createTestAuthority } from "#shared/testing/certificate.ts"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2"
import type { AddressInfo } from "node:net"

export interface EndlessUpstream {
  readonly url: string
  /** PEM of the authority, over TLS. */
  readonly ca: string
  readonly sentBytes: number
  /** Streams that are open now. */
  readonly open: number
  /** Ends the answers with a finish reason. */
  finish(): void
  stop(): Promise<void>
}

const event = (text: string, finishReason?: string): string =>
  `data: ${JSON.stringify({ response: { candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason }] } })}\n\n`

export async function startEndlessUpstream(isTls: boolean, eventBytes = 16_384): Promise<EndlessUpstream> {
  const chunk = event("x".repeat(eventBytes))
  let sentBytes = 0
  let isFinishing = false
  const open = new Set<() => void>()
  const pour = (response: ServerResponse | Http2ServerResponse): void => {
    const more = (): void => {
      while (!response.destroyed) {
        if (isFinishing) return void response.end(event("end", "STOP"))
        sentBytes += chunk.length
        if (!(response as ServerResponse).write(chunk)) return // the overload both kinds share
      }
    }
    open.add(more)
    response.on("drain", more)
    response.on("close", () => open.delete(more))
    response.on("error", () => undefined)
    more()
  }
  const handle = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    request.resume()
    request.on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      pour(response)
    })
  }
  const authority = createTestAuthority()
  const { certificate, key } = authority.issue("127.0.0.1", "localhost")
  const server = isTls ? createSecureServer({ cert: certificate, key, allowHTTP1: true }, handle) : createServer(handle)
  const sockets = new Set<{ destroy(): void }>()
  server.on("connection", (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `${isTls ? "https" : "http"}://127.0.0.1:${port}`,
    ca: authority.certificate,
    get sentBytes() {
      return sentBytes
    },
    get open() {
      return open.size
    },
    finish() {
      isFinishing = true
      for (const more of open) more()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
