/** Stands between browsers and the control plane: counts the event streams that are open, and can be away for a while. */
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

export interface StreamProxy {
  readonly url: string
  /** Event streams that are open now. */
  openStreams(): number
  /** While true nobody gets through, and what was open is cut. */
  setAway(isAway: boolean): void
  close(): Promise<void>
}

export async function startStreamProxy(target: string): Promise<StreamProxy> {
  let openStreams = 0
  let isAway = false
  const server = createServer((incoming, outgoing) => {
    if (isAway) return void incoming.socket.destroy()
    const { method = "GET", headers } = incoming
    const upstream = request(new URL(incoming.url ?? "", target), { method, headers, agent: false }, (answer) => {
      const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") === true
      if (isStream) openStreams++
      answer.on("close", () => {
        if (isStream) openStreams--
      })
      answer.on("error", () => outgoing.destroy())
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
      answer.pipe(outgoing)
    })
    upstream.on("error", () => outgoing.destroy())
    outgoing.on("close", () => upstream.destroy())
    incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // listening on a port, not a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    openStreams: () => openStreams,
    setAway: (away) => {
      isAway = away
      if (away) server.closeAllConnections()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
