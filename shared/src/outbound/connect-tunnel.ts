/**
 * A connection through an HTTP proxy (CONNECT), for HTTP/1.1 and HTTP/2 alike. Written on a bare socket: the proxy's answer
 * is read byte by byte up to its blank line, what follows it belongs to the tunnel and is put back.
 */
import { connect, type Socket } from "node:net"
import { ConnectError, errorCode } from "./connect-error.ts"
import { socketHost, socketStep, type Bound } from "./socket-wait.ts"

export { ConnectError } from "./connect-error.ts"

export interface TunnelOptions {
  /** `http://[user:password@]host:port` */
  readonly proxyUrl: string
  readonly host: string
  readonly port: number
  readonly signal?: AbortSignal | undefined
  /** For connecting to the proxy and its answer together; default 10 s. */
  readonly timeoutMs?: number | undefined
}

export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000
const MAX_HEAD_BYTES = 16_384

/**
 * Resolves with a clear socket to `host:port`, paused, nothing read. Rejects with `ConnectError`; the socket is destroyed
 * then. Nobody but the caller destroys it afterwards.
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  const { proxyUrl, host, port, signal, timeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options
  const proxy = parseProxy(proxyUrl)
  const until = performance.now() + timeoutMs
  const socket = connect({ host: socketHost(proxy.hostname), port: Number(proxy.port || 80) })
  await connected(socket, proxy.host, { signal, timeoutMs })
  const bound = { signal, timeoutMs: Math.max(1, until - performance.now()) }
  socket.write(connectRequest(proxy, host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`))
  await answered(socket, bound)
  return socket
}

function parseProxy(proxyUrl: string): URL {
  const url = URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined
  if (url?.protocol !== "http:") {
    throw new ConnectError("PROXY_PROTOCOL", "The outbound proxy must be given as http://[user:password@]host:port.")
  }
  return url
}

function connectRequest(proxy: URL, authority: string): string {
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
  if (proxy.username !== "" || proxy.password !== "") {
    const credentials = `${decoded(proxy.username)}:${decoded(proxy.password)}`
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(credentials, "utf8").toString("base64")}`)
  }
  return `${lines.join("\r\n")}\r\n\r\n`
}

/** A stray `%` in a password is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // not an escape sequence: the user wrote a plain percent sign
  }
}

function connected(socket: Socket, name: string, bound: Bound): Promise<void> {
  return socketStep<void>(socket, bound, "Connecting to the outbound proxy", (resolve, reject) => {
    const onConnect = (): void => resolve()
    const onError = (cause: Error): void =>
      reject(
        new ConnectError(
          "PROXY_UNREACHABLE",
          `The outbound proxy ${name} cannot be reached (${errorCode(cause, "unknown")}).`,
          { cause },
        ),
      )
    socket.once("connect", onConnect)
    socket.once("error", onError)
    return () => {
      socket.off("connect", onConnect)
      socket.off("error", onError)
    }
  })
}

function answered(socket: Socket, bound: Bound): Promise<void> {
  return socketStep<void>(socket, bound, "The outbound proxy's answer", (resolve, reject) => {
    let head = Buffer.alloc(0)
    const onReadable = (): void => {
      for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) {
        const searchFrom = Math.max(0, head.length - 3)
        head = Buffer.concat([head, chunk])
        const end = head.indexOf("\r\n\r\n", searchFrom)
        if (end !== -1) return finish(head.subarray(0, end).toString("latin1"), head.subarray(end + 4))
        if (head.length > MAX_HEAD_BYTES) {
          return reject(new ConnectError("PROXY_PROTOCOL", "The outbound proxy's answer has no end."))
        }
      }
    }
    const finish = (text: string, rest: Buffer): void => {
      const refusal = refusalOf(text)
      if (refusal !== undefined) return reject(refusal)
      if (rest.length > 0) socket.unshift(rest)
      resolve()
    }
    const onEnd = (): void =>
      reject(new ConnectError("PROXY_REFUSED", "The outbound proxy closed the connection without an answer."))
    const onError = (cause: Error): void =>
      reject(
        new ConnectError("PROXY_REFUSED", `The outbound proxy broke the connection (${errorCode(cause, "unknown")}).`, {
          cause,
        }),
      )
    socket.on("readable", onReadable)
    socket.once("end", onEnd)
    socket.once("close", onEnd)
    socket.once("error", onError)
    return () => {
      socket.off("readable", onReadable)
      socket.off("end", onEnd)
      socket.off("close", onEnd)
      socket.off("error", onError)
    }
  })
}

function refusalOf(head: string): ConnectError | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1]
  if (status === undefined) return new ConnectError("PROXY_PROTOCOL", "The outbound proxy does not answer in HTTP.")
  if (status.startsWith("2")) return undefined
  if (status === "407") {
    return new ConnectError("PROXY_AUTH", "The outbound proxy asks for other credentials (407).")
  }
  return new ConnectError("PROXY_REFUSED", `The outbound proxy refused the connection (${status}).`)
}
