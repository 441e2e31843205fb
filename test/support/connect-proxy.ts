/** A proxy that takes CONNECT from whoever names its user and password, and writes down where it was asked to lead. */
import { createServer, type Server } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"

const CREDENTIALS = `Basic ${Buffer.from("user:pass word").toString("base64")}`

export interface ConnectProxy {
  /** As OUTBOUND_PROXY takes it, with user and password. */
  readonly url: string
  readonly targets: string[]
  stop(): Promise<void>
}

export async function startConnectProxy(): Promise<ConnectProxy> {
  const targets: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((_request, response) => response.writeHead(405).end())
  server.on("connect", (request, client: Socket) => {
    sockets.add(client)
    client.on("error", () => undefined)
    if (request.headers["proxy-authorization"] !== CREDENTIALS)
      return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    targets.push(request.url ?? "")
    const [host = "", port = ""] = (request.url ?? "").split(":")
    const upstream = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      client.pipe(upstream).pipe(client)
    })
    sockets.add(upstream)
    upstream.on("error", () => client.destroy())
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://user:pass%20word@127.0.0.1:${port}`,
    targets,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
