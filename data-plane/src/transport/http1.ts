/**
 * One request over HTTP/1.1, on kept-alive connections of an agent that connects as the rest of the gateway does (proxy, own
 * authorities). For clear-text origins and for peers that do not choose h2.
 */
import { Agent, request, type ClientRequest, type IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { nodeErrorCode, TransportError } from "./node-error.ts"
import type { AnswerListener, OutgoingCall, Wire } from "./sending.ts"

export type Connect = () => Promise<Socket>

const FREE_SOCKETS_KEPT = 64
const FREE_SOCKET_MS = 60_000

/** A keep-alive agent for one origin. Sockets given to `adopt` are used before new ones are opened. */
export class Http1Agent extends Agent {
  readonly #connect: Connect
  readonly #spare: Socket[] = []

  constructor(connect: Connect) {
    super({ keepAlive: true, maxFreeSockets: FREE_SOCKETS_KEPT, timeout: FREE_SOCKET_MS })
    this.#connect = connect
  }

  adopt(socket: Socket): void {
    this.#spare.push(socket)
  }

  /** Called by node with a callback, which may be answered later. */
  override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): Duplex {
    const spare = this.#takeSpare()
    if (spare !== undefined) return spare
    this.#connect().then(
      (socket) => callback?.(null, socket),
      (error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error))
        callback?.(failure, undefined as unknown as Duplex) // node reads only the error
      },
    )
    return undefined as unknown as Duplex // node waits for the callback when nothing is returned
  }

  override destroy(): void {
    for (const socket of this.#spare.splice(0)) socket.destroy()
    super.destroy()
  }

  #takeSpare(): Socket | undefined {
    for (;;) {
      const socket = this.#spare.pop()
      if (socket === undefined || !socket.destroyed) return socket
    }
  }
}

export function sendHttp1(agent: Http1Agent, call: OutgoingCall, listener: AnswerListener): Wire {
  const { hostname, port, protocol } = new URL(call.origin)
  const outgoing: ClientRequest = request({
    agent,
    method: "POST",
    hostname,
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    path: call.path,
    headers: { host: new URL(call.origin).host, ...call.headers, "content-length": call.body.length },
  })
  let answer: IncomingMessage | undefined
  let isConnected = false
  outgoing.on("socket", () => {
    isConnected = true
    if (!outgoing.reusedSocket) listener.onConnected?.()
  })
  outgoing.on("error", (error) => {
    const phase = answer !== undefined ? "after-head" : isConnected ? "before-head" : "connect"
    listener.onFailure(new TransportError(nodeErrorCode(error, "HTTP1_ERROR"), phase, { cause: error }))
  })
  outgoing.on("response", (message) => {
    answer = message
    listener.onHead(message.statusCode ?? 0, plainHeaders(message))
    message.on("data", (chunk: Buffer) => listener.onData(chunk))
    message.on("end", () => listener.onEnd())
    message.on("error", (error) => {
      listener.onFailure(new TransportError(nodeErrorCode(error, "ECONNRESET"), "after-head", { cause: error }))
    })
    message.on("close", () => {
      if (!message.complete) listener.onFailure(new TransportError("ECONNRESET", "after-head"))
    })
  })
  outgoing.end(call.body)
  return {
    pause: () => void answer?.pause(),
    resume: () => void answer?.resume(),
    cancel: (onClosed) => void outgoing.once("close", onClosed).destroy(),
  }
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value
  }
  return plain
}
