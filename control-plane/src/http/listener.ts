/** The one listener of the control plane: its limits, its routes, its end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Logger } from "#shared/log.ts"
import { StartError } from "../failure.ts"
import type { GraphqlRoute } from "../graphql/route.ts"
import type { LinkRoutes } from "../link/routes.ts"
import { newId } from "../new-id.ts"
import { answerJson } from "./answer.ts"
import type { Playground } from "../playground/route.ts"
import type { OAuthCallback } from "./oauth-callback.ts"
import { routeOf, type Route } from "./routes.ts"
import { setSecurityHeaders } from "./security-headers.ts"
import type { StaticFiles } from "./static-files.ts"
import { takeUpgrades } from "./upgrade.ts"

const MAX_HEADER_BYTES = 16 * 1024
const MAX_HEADERS = 100
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 65_000
const MAX_CONNECTIONS = 2_000

export interface ListenerOptions {
  readonly log: Logger
  readonly behindTls: boolean
  readonly graphql: GraphqlRoute
  readonly link: LinkRoutes
  readonly playground: Playground
  readonly callback: OAuthCallback
  readonly files: StaticFiles
  /** Why the control plane cannot do its work now; none when it can. */
  readonly reasons: () => Promise<readonly string[]>
}

export interface Listener {
  /** Resolves with the port in use. Throws `StartError` when the port is taken. */
  listen(host: string, port: number): Promise<number>
  /** Takes no new connections and resolves when the open requests are done, or when `graceMs` is over. */
  close(graceMs: number): Promise<void>
}

type Exchange = [request: IncomingMessage, response: ServerResponse, url: URL]

const NO_PANEL =
  "<!doctype html><meta charset=utf-8><title>Lagrange</title><p>The panel is not built. Run <code>npm run build</code> and reload."

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const sentences: Record<string, string> = {
        EADDRINUSE: `Port ${port} on ${host} is already in use: is the control plane running already? Set CONTROL_PORT to another one.`,
        EACCES: `Port ${port} may not be used by this user: set CONTROL_PORT to one above 1023.`,
        EADDRNOTAVAIL: `CONTROL_HOST ${host} is not an address of this machine.`,
      }
      const sentence = sentences[error.code ?? ""] ?? `Cannot listen on ${host}:${port}: ${error.message}`
      reject(new StartError(sentence, { cause: error }))
    })
    server.listen({ host, port }, () => {
      resolve((server.address() as AddressInfo).port) // listening on a port, not a pipe
    })
  })
}

export function createListener(options: ListenerOptions): Listener {
  const { log, behindTls, graphql, link, playground, callback, files, reasons } = options

  /** False: there is nothing at this path of theirs. */
  const handlers: Readonly<Record<Route["to"], (...exchange: Exchange) => Promise<boolean>>> = {
    live: async (_request, response) => {
      answerJson(response, 200, { status: "ok" })
      return true
    },
    ready: async (_request, response) => {
      const why = await reasons()
      const isReady = why.length === 0
      answerJson(response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", reasons: why })
      return true
    },
    graphql: async (request, response) => {
      await graphql.handle(request, response)
      return true
    },
    link: (...exchange) => link.handle(...exchange),
    playground: (...exchange) => playground.handle(...exchange),
    callback: (...exchange) => callback.handle(...exchange),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, behindTls)
    const target = request.url ?? "/"
    if (!target.startsWith("/") || !URL.canParse(target, "http://control-plane")) {
      return answerJson(response, 400, { error: "This is not a path." })
    }
    const url = new URL(target, "http://control-plane")
    const route = routeOf(url.pathname)
    if (route !== undefined && (await handlers[route.to](request, response, url))) return
    if (await files.handle(request, response, url)) return
    if (url.pathname === "/" && request.method === "GET") {
      response.writeHead(503, { "content-type": "text/html; charset=utf-8" }).end(NO_PANEL)
      return
    }
    answerJson(response, 404, { error: "There is nothing here." })
  }

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5_000,
      insecureHTTPParser: false,
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        const id = newId("err")
        log.error("http.unexpected", { id, reason: error instanceof Error ? error.message : String(error) })
        if (response.headersSent) response.destroy()
        else answerJson(response, 500, { error: `Something went wrong on our side; the log has it under ${id}.` })
      })
    },
  )
  server.maxHeadersCount = MAX_HEADERS
  server.maxConnections = MAX_CONNECTIONS
  server.on("clientError", (_error, socket) => socket.destroy())
  takeUpgrades(server, (request, connection, head) => link.upgrade(request, connection, head))

  return {
    listen: (host, port) => listenOn(server, host, port),
    close: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
