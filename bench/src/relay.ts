/**
 * The denominator: what it costs a Node process to pass the same bytes on and do nothing else. node:http in; out over TLS by kept-alive
 * HTTP/1.1 (`relay-tls`) or by HTTP/2 sessions (`relay-h2`); bodies piped, nothing parsed, nothing logged.
 *
 * Started with one argument, a `RelayOptions` as JSON; tells its port by IPC as `{ port }`.
 */
import { Agent as HttpAgent, createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { connect } from "node:http2"
import type { ClientHttp2Session } from "node:http2"
import { Agent, request as httpsRequest } from "node:https"
import type { AddressInfo } from "node:net"
import { readFileSync } from "node:fs"

export interface RelayOptions {
  readonly mode: "tls" | "h2"
  readonly upstreamPort: number
  readonly caFile: string
}

type Relay = (request: IncomingMessage, response: ServerResponse) => void

function relayOverTls(options: RelayOptions): Relay {
  const agent: HttpAgent = new Agent({ keepAlive: true, ca: readFileSync(options.caFile) })
  return (request, response) => {
    const { host: _host, connection: _connection, ...headers } = request.headers
    const outgoing = httpsRequest(
      { host: "127.0.0.1", port: options.upstreamPort, method: request.method, path: request.url, headers, agent },
      (incoming) => {
        const {
          connection: _kept,
          "keep-alive": _keepAlive,
          "transfer-encoding": _coding,
          ...answerHeaders
        } = incoming.headers
        response.writeHead(incoming.statusCode ?? 502, answerHeaders)
        incoming.on("error", () => response.destroy())
        incoming.pipe(response)
      },
    )
    outgoing.on("error", () => response.destroy())
    response.on("close", () => {
      if (!response.writableFinished) outgoing.destroy()
    })
    request.pipe(outgoing)
  }
}

interface Session {
  readonly session: ClientHttp2Session
  streams: number
}

function relayOverH2(options: RelayOptions): Relay {
  const ca = readFileSync(options.caFile)
  const sessions: Session[] = []
  /** A session with room. The peer's limit is not known before its settings came; 100 is what it will say. */
  const sessionWithRoom = (): Session => {
    const free = sessions.find(({ session, streams }) => streams < 100 && !session.closed && !session.destroyed)
    if (free !== undefined) return free
    const session = connect(`https://127.0.0.1:${options.upstreamPort}`, { ca, maxSessionMemory: 1_000 })
    session.on("error", () => session.destroy())
    const entry: Session = { session, streams: 0 }
    sessions.push(entry)
    return entry
  }
  return (request, response) => {
    const { host: _host, connection: _connection, "transfer-encoding": _coding, ...headers } = request.headers
    const entry = sessionWithRoom()
    const stream = entry.session.request({
      ...headers,
      ":method": request.method ?? "GET",
      ":path": request.url ?? "/",
    })
    entry.streams += 1
    stream.on("close", () => (entry.streams -= 1))
    stream.on("error", () => response.destroy())
    stream.on("response", (incoming) => {
      const names = Object.keys(incoming).filter((name) => !name.startsWith(":"))
      response.writeHead(Number(incoming[":status"]), Object.fromEntries(names.map((name) => [name, incoming[name]])))
      stream.pipe(response)
    })
    response.on("close", () => {
      if (!response.writableFinished) stream.close()
    })
    request.pipe(stream)
  }
}

const options = JSON.parse(process.argv[2] ?? "{}") as RelayOptions // our parent wrote it
const server = createServer(options.mode === "h2" ? relayOverH2(options) : relayOverTls(options))
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port })) // a TCP listener has a port
process.on("disconnect", () => process.exit())
// An orderly end, so that a CPU profile is written when one was asked for.
process.on("SIGTERM", () => process.exit())
