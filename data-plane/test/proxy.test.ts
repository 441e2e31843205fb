/** Every upstream call goes through `OUTBOUND_PROXY` when one is set, over both HTTP versions. */
import { Secret } from "#shared/secret.ts"
import { createServer, type Server } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import { afterEach, expect, test } from "vitest"
import { answerText, chatBody, errorOf, fetchAnswer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

const CREDENTIALS = `Basic ${Buffer.from("user:pass word").toString("base64")}`

interface Proxy {
  readonly url: string
  readonly targets: string[]
  stop(): Promise<void>
}

async function startProxy(): Promise<Proxy> {
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

let system: System
let proxy: Proxy
afterEach(async () => {
  await system?.stop()
  await proxy?.stop()
})

test.each([
  [false, "1.1"],
  [true, "2"],
])("through the proxy (TLS upstream: %s)", async (tlsUpstream, httpVersion) => {
  proxy = await startProxy()
  system = await startSystem({
    tlsUpstream,
    config: { outboundProxy: new Secret(proxy.url) },
    settings: { maxConcurrentPerAccount: 0 },
  })
  const answers = await Promise.all(
    [1, 2, 3].map((turn) =>
      fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody(`[[sim:text=${turn}]]`) }),
    ),
  )
  expect(answers.map(answerText)).toEqual(["1", "2", "3"])
  expect(system.simulator.seen().at(-1)?.httpVersion).toBe(httpVersion)
  const target = new URL((tlsUpstream ? system.simulator.httpsUrl : system.simulator.url) ?? "").host
  expect(new Set(proxy.targets)).toEqual(new Set([target]))
  // Three streams share one HTTP/2 connection.
  if (tlsUpstream) expect(proxy.targets).toHaveLength(1)
})

test("a proxy that refuses us ends in a 502 that names no address", async () => {
  proxy = await startProxy()
  const wrong = new Secret(proxy.url.replace("user:", "other:"))
  system = await startSystem({ tlsUpstream: true, config: { outboundProxy: wrong } })
  const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("x") })
  expect(answer.status).toBe(502)
  expect(errorOf(answer).message).not.toMatch(/127\.0\.0\.1|pass/)
  expect(system.plane.pool.facts().inFlight).toBe(0)
})
