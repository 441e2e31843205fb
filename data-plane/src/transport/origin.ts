/**
 * One upstream origin: remembers which HTTP version its peer chose by ALPN and brings each call onto a connection. Calls that
 * arrive while a connection is being opened wait for it together, so that a cold burst opens one connection, not a hundred.
 */
import { connectTo } from "#shared/outbound/connect.ts"
import type { Socket } from "node:net"
import type { Clock } from "../clock.ts"
import { Http1Agent, sendHttp1 } from "./http1.ts"
import { Http2Session } from "./http2-session.ts"
import { nodeErrorCode, TransportError } from "./node-error.ts"
import type { AnswerListener, OutgoingCall, Wire } from "./sending.ts"
import { SessionPool } from "./session-pool.ts"

export interface OriginOptions {
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
  readonly clock: Clock
}

export const CONNECT_TIMEOUT_MS = 5_000
const TCP_KEEP_ALIVE_MS = 30_000

interface WaitingCall {
  /** Let go once the call is on a connection: its body may be large, and the stream long. */
  call: OutgoingCall | undefined
  readonly listener: AnswerListener
  /** Set when the call is on a connection, or cancelled before. */
  wire: Wire | "waiting" | "cancelled"
}

export class Origin {
  readonly #url: string
  readonly #options: OriginOptions
  readonly #sessions = new SessionPool()
  readonly #agent: Http1Agent
  #protocol: "unknown" | "h2" | "http/1.1"
  #waiting: WaitingCall[] = []
  #isConnecting = false

  constructor(url: string, options: OriginOptions) {
    this.#url = url
    this.#options = options
    this.#protocol = url.startsWith("https:") ? "unknown" : "http/1.1"
    this.#agent = new Http1Agent(async () => (await this.#connect(["http/1.1"])).socket)
  }

  send(call: OutgoingCall, listener: AnswerListener): Wire {
    if (this.#protocol === "http/1.1") return sendHttp1(this.#agent, call, listener)
    const session = this.#sessions.take()
    if (session !== undefined) return session.send(call, listener)
    const waiting: WaitingCall = { call, listener, wire: "waiting" }
    this.#waiting.push(waiting)
    this.#openOne()
    return {
      pause: () => typeof waiting.wire !== "string" && waiting.wire.pause(),
      resume: () => typeof waiting.wire !== "string" && waiting.wire.resume(),
      cancel: (onClosed) => {
        if (typeof waiting.wire !== "string") return waiting.wire.cancel(onClosed)
        waiting.wire = "cancelled"
        waiting.call = undefined
        onClosed()
      },
    }
  }

  /** For tests and the node's load report. */
  get facts(): { protocol: string; sessions: number; openStreams: number } {
    return { protocol: this.#protocol, sessions: this.#sessions.size, openStreams: this.#sessions.openStreams }
  }

  close(): void {
    this.#sessions.close()
    this.#agent.destroy()
  }

  destroy(): void {
    this.#sessions.destroy()
    this.#agent.destroy()
  }

  #failWaiting(code: string, cause?: unknown): void {
    const failure = new TransportError(code, "connect", { cause })
    for (const { listener, wire } of this.#waiting.splice(0)) if (wire !== "cancelled") listener.onFailure(failure)
  }

  #openOne(): void {
    if (this.#isConnecting || this.#sessions.isSettling) return
    this.#isConnecting = true
    this.#connect(["h2", "http/1.1"]).then(
      ({ socket, alpnProtocol }) => {
        this.#isConnecting = false
        this.#connected(socket, alpnProtocol)
      },
      (error: unknown) => {
        this.#isConnecting = false
        this.#failWaiting(nodeErrorCode(error, "CONNECT_FAILED"), error)
      },
    )
  }

  #connected(socket: Socket, alpnProtocol: string | undefined): void {
    if (alpnProtocol === "h2") {
      this.#protocol = "h2"
      let hadRoom = false
      const session = new Http2Session(this.#url, socket, this.#options.clock, () => {
        hadRoom ||= session.state === "ready"
        // Dialling again for those who wait could go on for ever: the peer takes connections and drops them.
        if (!hadRoom && session.state !== "settling") this.#failWaiting(session.reason)
        this.#onSessionChange()
      })
      this.#sessions.add(session)
    } else {
      this.#protocol = "http/1.1"
      this.#agent.adopt(socket)
    }
    this.#place()
  }

  #onSessionChange(): void {
    this.#sessions.sweep()
    if (this.#waiting.length > 0) this.#place()
  }

  /** Puts as many waiting calls as there is room for onto connections; opens a further one for the rest. */
  #place(): void {
    while (this.#waiting.length > 0) {
      const session = this.#protocol === "h2" ? this.#sessions.take() : undefined
      if (this.#protocol === "h2" && session === undefined) {
        this.#openOne()
        return
      }
      const next = this.#waiting.shift()
      const call = next?.call
      if (next === undefined || call === undefined) continue
      next.call = undefined
      next.wire = session?.send(call, next.listener) ?? sendHttp1(this.#agent, call, next.listener)
      if (session !== undefined) next.listener.onConnected?.()
    }
  }

  async #connect(alpn: readonly string[]): Promise<{ socket: Socket; alpnProtocol?: string }> {
    const { outboundProxy, certificateAuthorities } = this.#options
    const connection = await connectTo({
      url: this.#url,
      alpn,
      outboundProxy,
      certificateAuthorities,
      timeoutMs: CONNECT_TIMEOUT_MS,
    })
    connection.socket.setNoDelay(true)
    connection.socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    return connection
  }
}
