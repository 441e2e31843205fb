import type { Socket } from "node:net"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

export interface ConnectOptions {
  /** Only scheme, host and port count. */
  readonly url: string | URL
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
  /** e.g. ["h2", "http/1.1"]; ignored for http. */
  readonly alpn: readonly string[]
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

export interface Connection {
  /** A TLSSocket for https. */
  readonly socket: Socket
  readonly alpnProtocol?: string
}

export function connectTo(options: ConnectOptions): Promise<Connection> {
  return skeleton(options)
}
