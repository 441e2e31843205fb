import type { Socket } from "node:net"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

/** Could not connect, or not within the time. `code` is the node error code or one of ours. */
export class ConnectError extends Error {
  override readonly name = "ConnectError"
  readonly code: string
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

export interface TunnelOptions {
  /** `http://[user:password@]host:port` */
  readonly proxyUrl: string
  readonly host: string
  readonly port: number
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

export function openTunnel(options: TunnelOptions): Promise<Socket> {
  return skeleton(options)
}
