/**
 * Connections to upstreams and other services, clear and TLS, straight or through the outbound proxy. The proxy variables
 * of the environment are not looked at: only what the caller gives counts.
 */
import { connect as connectClear, type Socket } from "node:net"
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls"
import { ConnectError, errorCode } from "./connect-error.ts"
import { DEFAULT_CONNECT_TIMEOUT_MS, openTunnel } from "./connect-tunnel.ts"
import { serverName, socketHost, socketStep, type Bound } from "./socket-wait.ts"

export { ConnectError } from "./connect-error.ts"

export interface ConnectOptions {
  /** Only scheme, host and port count. */
  readonly url: string | URL
  /** Where to connect in the host's place, when its name was resolved before; TLS is with the host all the same. */
  readonly address?: string | undefined
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
  /** e.g. ["h2", "http/1.1"]; ignored for http. */
  readonly alpn: readonly string[]
  readonly signal?: AbortSignal | undefined
  /** For all steps together; default 10 s. */
  readonly timeoutMs?: number | undefined
}

export interface Connection {
  /** A `TLSSocket` for https. */
  readonly socket: Socket
  /** What both sides chose; undefined when the peer does not choose, and for http. */
  readonly alpnProtocol?: string
}

/** Resolves with a connected socket, verified for https. Rejects with `ConnectError`, leaving nothing open. */
export async function connectTo(options: ConnectOptions): Promise<Connection> {
  const { outboundProxy, signal, timeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options
  const url = new URL(options.url)
  const isTls = url.protocol === "https:"
  if (!isTls && url.protocol !== "http:") {
    throw new ConnectError("ERR_INVALID_PROTOCOL", "Only http and https addresses can be called.")
  }
  const host = socketHost(url.hostname)
  const place = options.address ?? host
  const port = Number(url.port || (isTls ? 443 : 80))
  const until = performance.now() + timeoutMs
  const bound = (): Bound => ({ signal, timeoutMs: Math.max(1, Math.round(until - performance.now())) })
  const socket =
    outboundProxy === undefined
      ? await openClear(place, port, bound())
      : await openTunnel({ proxyUrl: outboundProxy, host: place, port, ...bound() })
  socket.setNoDelay(true)
  return isTls ? openTls(socket, host, options, bound()) : { socket }
}

async function openClear(host: string, port: number, bound: Bound): Promise<Socket> {
  if (bound.signal?.aborted === true)
    throw new ConnectError("ABORT", "Connecting was called off.", { cause: bound.signal.reason })
  const socket = connectClear({ host, port })
  await socketStep<void>(socket, bound, `Connecting to ${host}`, (resolve, reject) => {
    const onConnect = (): void => resolve()
    const onError = (cause: Error): void => {
      const code = errorCode(cause, "ECONNFAILED")
      reject(new ConnectError(code, `${host}:${port} cannot be reached (${code}).`, { cause }))
    }
    socket.once("connect", onConnect)
    socket.once("error", onError)
    return () => {
      socket.off("connect", onConnect)
      socket.off("error", onError)
    }
  })
  return socket
}

/** One context for each list: reading the authorities takes tens of milliseconds, and every connection wants them. */
const contexts = new WeakMap<readonly string[], SecureContext>()

function contextOf(certificateAuthorities: readonly string[]): SecureContext {
  const known = contexts.get(certificateAuthorities)
  if (known !== undefined) return known
  const context = createSecureContext({ ca: [...certificateAuthorities] })
  contexts.set(certificateAuthorities, context)
  return context
}

async function openTls(raw: Socket, host: string, options: ConnectOptions, bound: Bound): Promise<Connection> {
  const { alpn, certificateAuthorities } = options
  const servername = serverName(host)
  const socket = connectTls({
    socket: raw,
    // `host` is what the certificate is checked against where there is no server name.
    host,
    ALPNProtocols: [...alpn],
    ...(servername === undefined ? {} : { servername }),
    ...(certificateAuthorities === undefined ? {} : { secureContext: contextOf(certificateAuthorities) }),
  })
  await secured(socket, host, bound)
  return typeof socket.alpnProtocol === "string" ? { socket, alpnProtocol: socket.alpnProtocol } : { socket }
}

function secured(socket: TLSSocket, host: string, bound: Bound): Promise<void> {
  return socketStep<void>(socket, bound, `The TLS handshake with ${host}`, (resolve, reject) => {
    const onSecure = (): void => resolve()
    const onError = (cause: Error): void => {
      const code = errorCode(cause, "ERR_TLS_HANDSHAKE")
      reject(new ConnectError(code, `TLS with ${host} failed (${code}).`, { cause }))
    }
    const onClose = (): void =>
      reject(new ConnectError("ECONNRESET", `${host} closed the connection during the TLS handshake.`))
    socket.once("secureConnect", onSecure)
    socket.once("error", onError)
    socket.once("close", onClose)
    return () => {
      socket.off("secureConnect", onSecure)
      socket.off("error", onError)
      socket.off("close", onClose)
    }
  })
}
