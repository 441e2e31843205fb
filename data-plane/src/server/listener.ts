/**
 * The public socket: HTTP/1.1, and over TLS also HTTP/2 where the runtime's implementation is sound. The limits here hold before a
 * line of ours runs.
 */
import { createServer, type Server } from "node:http"
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2"
import { createServer as createTlsServer, type Server as TlsServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Logger } from "#shared/log.ts"
import { MAX_HEADERS, type NodeRequest, type NodeResponse } from "./incoming.ts"

export interface ListenerOptions {
  readonly host: string
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly handle: (request: NodeRequest, response: NodeResponse) => void
  /** The bytes that answer what was no request; `code` is node's for what is wrong with it. */
  readonly answerBroken: (code: string | undefined) => string
  readonly log: Logger
  /** `process.versions.node`, so that a test can play another runtime. */
  readonly runtime?: string
}

export interface Listener {
  /** With the port that was really taken. */
  readonly url: string
  readonly speaksHttp2: boolean
  /** Accepts no more connections and tells open ones that they end; those under way go on. */
  stopAccepting(): void
  /** Ends connections on which nothing runs, and tells clients of HTTP/2 to open others; new ones are accepted. */
  endIdleConnections(): void
  /** Closes whatever is still open. Resolves when nothing is. */
  close(): Promise<void>
}

const HEADERS_TIMEOUT_MS = 10_000
/** For headers and body together. */
const REQUEST_TIMEOUT_MS = 120_000
/** Longer than balancers keep theirs, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const CHECK_EVERY_MS = 5_000
const MAX_HEADER_BYTES = 16 * 1024
const MAX_CONNECTIONS = 20_000
const HTTP2_STREAMS = 100
const HTTP2_IDLE_MS = 300_000

/** The first releases of each line that carry the fixes to HTTP/2; older lines get none. */
const HTTP2_FLOORS: Readonly<Record<number, readonly [number, number]>> = { 22: [23, 2], 24: [18, 1], 26: [5, 1] }

/** Whether this runtime's HTTP/2 may face clients. */
export function http2IsSafe(runtime: string): boolean {
  const [major = 0, minor = 0, patch = 0] = runtime.split(".").map(Number)
  const floor = HTTP2_FLOORS[major]
  if (floor === undefined) return major > 26
  return minor > floor[0] || (minor === floor[0] && patch >= floor[1])
}

/** Rejects with node's error when the address cannot be had. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const runtime = options.runtime ?? process.versions.node
  const speaksHttp2 = options.tls !== undefined && http2IsSafe(runtime)
  if (options.tls !== undefined && !speaksHttp2) {
    options.log.info("listener.http2-off", {
      runtime,
      message: "HTTP/2 towards clients is off: this runtime lacks fixes to it; use Node 24.18.1 or later",
    })
  }
  const server = createServerFor(options, speaksHttp2)
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  limit(server, sockets, sessions, options.answerBroken)
  await listen(server, options)
  const endIdleConnections = (): void => {
    if ("closeIdleConnections" in server) server.closeIdleConnections()
    for (const session of sessions) session.close()
  }
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  const host = options.host.includes(":") ? `[${options.host}]` : options.host
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${host}:${port}`,
    speaksHttp2,
    stopAccepting() {
      server.close()
      endIdleConnections()
    },
    endIdleConnections,
    close: () =>
      new Promise((resolve) => {
        if (sockets.size === 0) return resolve()
        for (const socket of sockets) {
          socket.once("close", () => sockets.size === 0 && resolve())
          socket.destroy()
        }
      }),
  }
}

type AnyServer = Server | TlsServer | Http2SecureServer

function createServerFor(options: ListenerOptions, speaksHttp2: boolean): AnyServer {
  const { tls, handle } = options
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    insecureHTTPParser: false,
  }
  if (tls === undefined) return createServer(limits, handle)
  if (!speaksHttp2) return createTlsServer({ ...limits, ...tls }, handle)
  return createSecureServer(
    {
      ...limits,
      ...tls,
      allowHTTP1: true,
      settings: { maxConcurrentStreams: HTTP2_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
      maxHeaderListPairs: MAX_HEADERS,
      maxSessionMemory: 10,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      // Both are needed for either to take effect.
      streamResetBurst: 100,
      streamResetRate: 10,
    } as Parameters<typeof createSecureServer>[0], // the type lacks the reset limits and those of the HTTP/1 side
    handle,
  )
}

function limit(
  server: AnyServer,
  sockets: Set<Socket>,
  sessions: Set<ServerHttp2Session>,
  answerBroken: ListenerOptions["answerBroken"],
): void {
  server.maxConnections = MAX_CONNECTIONS
  Object.assign(server, {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // One more than is allowed, so that a request over the limit is seen to be.
    maxHeadersCount: MAX_HEADERS + 1,
  })
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.once("close", () => sockets.delete(socket))
  })
  const answering = new WeakMap<Duplex, NodeResponse>()
  server.on("request", (request: NodeRequest, response: NodeResponse) => answering.set(request.socket, response))
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = answering.get(socket)
    // What came behind a request must not get into the middle of its answer.
    const isAnswering = response?.headersSent === true && !response.writableFinished
    if (!socket.writable || error.code === "ECONNRESET" || isAnswering) return void socket.destroy()
    socket.end(answerBroken(error.code))
  })
  const asAnyOther = (request: NodeRequest, response: NodeResponse) => void server.emit("request", request, response)
  server.on("checkContinue", asAnyOther)
  // An expectation that nobody knows changes nothing; node would refuse it without the request's id.
  server.on("checkExpectation", asAnyOther)
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session)
    session.setTimeout(HTTP2_IDLE_MS, () => session.close())
    session.on("error", () => session.destroy())
    session.once("close", () => sessions.delete(session))
  })
}

function listen(server: AnyServer, options: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host: options.host, port: options.port }, () => {
      server.off("error", reject)
      server.on("error", (error) => options.log.error("listener.unexpected", { error: String(error) }))
      resolve()
    })
  })
}
