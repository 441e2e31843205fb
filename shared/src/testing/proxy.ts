/** A CONNECT proxy for tests, on loopback. It records what it was asked for; `behaviour` makes it fail. */
import { createServer, type IncomingMessage } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"

export interface TestProxy {
  readonly port: number
  /** `host:port` of every tunnel that was asked for. */
  readonly asked: readonly string[]
  readonly authorizations: readonly (string | undefined)[]
  close(): Promise<void>
}

export interface TestProxyBehaviour {
  /** `user:password`; without it nobody is asked. */
  readonly credentials?: string
  /** Answers every CONNECT with exactly these bytes and closes. */
  readonly answer?: string
  /** Takes the CONNECT and never answers. */
  readonly isSilent?: boolean
}

export async function startTestProxy(behaviour: TestProxyBehaviour = {}): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = createServer((_, response) => response.writeHead(405).end())
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => sockets.delete(socket))
  }
  server.on("connection", track)
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    asked.push(request.url ?? "")
    authorizations.push(request.headers["proxy-authorization"])
    if (behaviour.isSilent === true) return
    if (behaviour.answer !== undefined) return void client.end(behaviour.answer)
    const wanted =
      behaviour.credentials === undefined ? undefined : `Basic ${Buffer.from(behaviour.credentials).toString("base64")}`
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
    }
    const target = new URL(`http://${request.url ?? ""}`)
    const upstream = connect(Number(target.port), target.hostname.replace(/^\[|\]$/g, ""))
    track(upstream)
    upstream.once("connect", () => {
      // In two pieces, so that the head is not always one chunk.
      client.write("HTTP/1.1 200 Connection est")
      setImmediate(() => {
        client.write("ablished\r\nVia: test\r\n\r\n")
        upstream.write(head)
        upstream.pipe(client).pipe(upstream)
      })
    })
    client.once("close", () => upstream.destroy())
    upstream.once("close", () => client.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has an AddressInfo
    asked,
    authorizations,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
