/**
 * The sockets: one clear-text port that speaks HTTP/1.1 and HTTP/2 with prior knowledge (told apart by the preface), and
 * optionally one TLS port with ALPN. Only this folder's `server.ts` opens sockets.
 */
import { createServer as createHttp } from "node:http"
import { createSecureServer, createServer as createHttp2 } from "node:http2"
import { createServer as createTcp } from "node:net"
import type { AddressInfo, Server, Socket } from "node:net"
import type { Certificate } from "./certificate.ts"
import { Exchange } from "./wire.ts"
import type { AnyRequest, AnyResponse } from "./wire.ts"

/** Where to listen. Port 0 = any free one; no `tls` = no TLS port. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly tls?: { readonly port: number; readonly certificate: Certificate }
}

/** The listening sockets. */
export interface Listeners {
  readonly port: number
  readonly tlsPort: number | undefined
  /** Stops listening and destroys every connection. */
  close(): Promise<void>
}

const preface = Buffer.from("PRI * HTTP/2.0")

/** Who hears of what comes in. */
export interface ListenHandlers {
  /** Answers one request; must not reject. */
  exchange(exchange: Exchange): Promise<void>
  /** A connection was opened; the returned function is called when it has closed. */
  connection(): () => void
}

/** Listens and hands over every request. */
export async function listen(options: ListenOptions, handlers: ListenHandlers): Promise<Listeners> {
  const accept = (request: AnyRequest, response: AnyResponse): void =>
    void handlers.exchange(new Exchange(request, response))
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    const onClose = handlers.connection()
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on("error", () => undefined)
    socket.on("close", () => {
      sockets.delete(socket)
      onClose()
    })
  }
  const http = createHttp({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 60_000 }, accept)
  const http2 = createHttp2({ settings: { maxConcurrentStreams: 1000 } }, accept)
  http2.on("sessionError", () => undefined)
  const clear = createTcp({ noDelay: true, pauseOnConnect: false }, (socket) => {
    track(socket)
    sniff(socket, (isHttp2) => (isHttp2 ? http2 : http).emit("connection", socket))
  })
  await bind(clear, options.host, options.port)
  const servers: Server[] = [clear]
  let tlsPort: number | undefined
  if (options.tls) {
    const secure = createSecureServer(
      { ...options.tls.certificate, allowHTTP1: true, settings: { maxConcurrentStreams: 1000 } },
      accept,
    )
    secure.on("sessionError", () => undefined)
    secure.on("tlsClientError", () => undefined)
    secure.on("connection", track)
    await bind(secure, options.host, options.tls.port)
    tlsPort = portOf(secure)
    servers.push(secure)
  }
  return { port: portOf(clear), tlsPort, close: () => closeAll(servers, sockets) }
}

/** Reads just enough of a connection to tell HTTP/2's preface from a request line, and puts it back. */
function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let begun = Buffer.alloc(0)
  const look = (): void => {
    const chunk: unknown = socket.read()
    if (!Buffer.isBuffer(chunk)) return void socket.once("readable", look)
    begun = Buffer.concat([begun, chunk])
    const compared = Math.min(begun.length, preface.length)
    const same = begun.subarray(0, compared).equals(preface.subarray(0, compared))
    if (same && begun.length < preface.length) return void socket.once("readable", look)
    socket.unshift(begun)
    decide(same)
  }
  look()
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port // a bound TCP server's address is never a pipe's name
}

async function closeAll(servers: readonly Server[], sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
  for (const socket of sockets) socket.destroy()
  await Promise.all(closed)
}
