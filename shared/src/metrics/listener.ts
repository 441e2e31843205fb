/** Where Prometheus asks: a listener of its own, so that the public port never shows numbers of the operator's. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { METRICS_CONTENT_TYPE, type Metrics } from "./metrics.ts"

export interface MetricsListener {
  readonly url: string
  close(): Promise<void>
}

export interface MetricsListenerOptions {
  readonly metrics: Metrics
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The numbers could not be had; who asked got a 500. */
  readonly onError: (error: unknown) => void
}

/** Rejects with node's error when the address cannot be had. */
export async function startMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener> {
  const { metrics, host, port, onError } = options
  const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 10_000 }, (request, response) => {
    const answer = (status: number, type: string, text: string, more: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...more }).end(text)
    }
    request.resume()
    const [path] = (request.url ?? "").split("?", 1)
    if (path !== "/metrics") return answer(404, "text/plain", "The metrics are at /metrics.\n")
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(405, "text/plain", "Metrics are read with GET.\n", { allow: "GET, HEAD" })
    metrics.render().then(
      (text) => answer(200, METRICS_CONTENT_TYPE, text),
      (error: unknown) => {
        onError(error)
        answer(500, "text/plain", "The numbers cannot be had now; the log says why.\n")
      },
    )
  })
  server.maxConnections = 100
  await listen(server, host, port)
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host, port }, () => {
      server.off("error", reject)
      resolve()
    })
  })
}
