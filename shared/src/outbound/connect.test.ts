import { connect as connectHttp2, createSecureServer } from "node:http2"
import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { once } from "node:events"
import { afterEach, describe, expect, it } from "vitest"
import { createTestAuthority } from "../testing/certificate.ts"
import { startTestProxy } from "../testing/proxy.ts"
import { connectTo, ConnectError } from "./connect.ts"
import { openTunnel } from "./connect-tunnel.ts"

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()))
})

const authority = createTestAuthority()
const issued = authority.issue("localhost", "127.0.0.1")

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => socket.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port // a TCP listener has an AddressInfo
}

const greeter = (): Server => createServer((socket) => socket.write("hello from upstream\n"))
const echo = (): Server => createServer((socket) => socket.pipe(socket))
const tlsGreeter = (alpn: readonly string[] = []): Server =>
  createTlsServer({ cert: issued.certificate, key: issued.key, ALPNProtocols: [...alpn] }, (socket) => {
    socket.on("error", () => socket.destroy())
    socket.write("hello over tls\n")
  })

async function firstLine(socket: Socket): Promise<string> {
  cleanups.push(() => socket.destroy())
  let text = ""
  for await (const chunk of socket) {
    text += String(chunk)
    if (text.includes("\n")) break
  }
  return text
}

async function proxy(...parameters: Parameters<typeof startTestProxy>) {
  const started = await startTestProxy(...parameters)
  cleanups.push(() => started.close())
  return started
}

async function failureOf(promise: Promise<unknown>): Promise<ConnectError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConnectError)) throw new Error("expected a ConnectError", { cause: error })
  return error
}

describe("connectTo", () => {
  it("opens a clear connection", async () => {
    const port = await listen(greeter())
    const { socket, alpnProtocol } = await connectTo({ url: `http://127.0.0.1:${port}/ignored?x`, alpn: ["h2"] })
    expect(alpnProtocol).toBeUndefined()
    expect(await firstLine(socket)).toBe("hello from upstream\n")
  })

  it.each(["localhost", "127.0.0.1"])(
    "opens TLS to %s under an authority of its own and tells the protocol",
    async (host) => {
      const port = await listen(tlsGreeter(["http/1.1"]))
      const { socket, alpnProtocol } = await connectTo({
        url: `https://${host}:${port}`,
        alpn: ["h2", "http/1.1"],
        certificateAuthorities: [authority.certificate],
      })
      expect(alpnProtocol).toBe("http/1.1")
      expect(await firstLine(socket)).toBe("hello over tls\n")
    },
  )

  it("names no protocol when the peer chooses none", async () => {
    const port = await listen(tlsGreeter())
    const connection = await connectTo({
      url: `https://localhost:${port}`,
      alpn: ["h2"],
      certificateAuthorities: [authority.certificate],
    })
    cleanups.push(() => connection.socket.destroy())
    expect(connection).not.toHaveProperty("alpnProtocol")
  })

  it("refuses a certificate of an unknown authority, or for another name", async () => {
    const port = await listen(tlsGreeter())
    expect((await failureOf(connectTo({ url: `https://localhost:${port}`, alpn: [] }))).code).toMatch(
      /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET/,
    )
    const other = await failureOf(
      connectTo({
        url: `https://localhost:${port}`,
        alpn: [],
        certificateAuthorities: [createTestAuthority().certificate],
      }),
    )
    expect(other.code).toMatch(/CERT|VERIFY|SIGNATURE|ISSUER/)
    const elsewhere = createTestAuthority()
    const wrong = elsewhere.issue("elsewhere.example")
    const wrongPort = await listen(createTlsServer({ cert: wrong.certificate, key: wrong.key }))
    const failure = await failureOf(
      connectTo({ url: `https://127.0.0.1:${wrongPort}`, alpn: [], certificateAuthorities: [elsewhere.certificate] }),
    )
    expect(failure.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID")
  })

  it("goes through a proxy for clear and TLS connections", async () => {
    const { port: proxyPort, asked, authorizations } = await proxy({ credentials: "us er:p%40ss" })
    const outboundProxy = `http://us%20er:p%2540ss@127.0.0.1:${proxyPort}`
    const clearPort = await listen(greeter())
    const clear = await connectTo({ url: `http://localhost:${clearPort}`, outboundProxy, alpn: [] })
    expect(await firstLine(clear.socket)).toBe("hello from upstream\n")
    const tlsPort = await listen(tlsGreeter(["h2"]))
    const tls = await connectTo({
      url: `https://localhost:${tlsPort}`,
      outboundProxy,
      alpn: ["h2"],
      certificateAuthorities: [authority.certificate],
    })
    expect(tls.alpnProtocol).toBe("h2")
    expect(await firstLine(tls.socket)).toBe("hello over tls\n")
    expect(asked).toEqual([`localhost:${clearPort}`, `localhost:${tlsPort}`])
    expect(authorizations[0]).toBe(`Basic ${Buffer.from("us er:p%40ss").toString("base64")}`)
  })

  it("carries HTTP/2 through a proxy", async () => {
    const server = createSecureServer({ cert: issued.certificate, key: issued.key })
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 })
      stream.end("over h2")
    })
    const port = await listen(server)
    const { port: proxyPort } = await proxy()
    const { socket } = await connectTo({
      url: `https://localhost:${port}`,
      outboundProxy: `http://127.0.0.1:${proxyPort}`,
      alpn: ["h2", "http/1.1"],
      certificateAuthorities: [authority.certificate],
    })
    const session = connectHttp2(`https://localhost:${port}`, { createConnection: () => socket })
    cleanups.push(() => session.destroy())
    const stream = session.request({ ":path": "/" })
    let text = ""
    for await (const chunk of stream) text += String(chunk)
    expect(text).toBe("over h2")
  })

  it("names what is wrong in one sentence", async () => {
    const port = await listen(greeter())
    const closed = createServer()
    const closedPort = await listen(closed)
    closed.close()
    await once(closed, "close")
    const refused = await failureOf(connectTo({ url: `http://127.0.0.1:${closedPort}`, alpn: [] }))
    expect(refused).toMatchObject({
      code: "ECONNREFUSED",
      message: `127.0.0.1:${closedPort} cannot be reached (ECONNREFUSED).`,
    })
    expect(await failureOf(connectTo({ url: "ftp://127.0.0.1", alpn: [] }))).toMatchObject({
      code: "ERR_INVALID_PROTOCOL",
    })
    const notTls = await failureOf(connectTo({ url: `https://127.0.0.1:${port}`, alpn: [] }))
    expect(notTls.message).toMatch(/^TLS with 127\.0\.0\.1 failed/)
  })

  it("gives up in time, at every step", async () => {
    const mutePort = await listen(createServer(() => undefined))
    const tls = await failureOf(connectTo({ url: `https://127.0.0.1:${mutePort}`, alpn: [], timeoutMs: 100 }))
    expect(tls).toMatchObject({ code: "CONNECT_TIMEOUT" })
    const silent = await proxy({ isSilent: true })
    const tunnel = await failureOf(
      connectTo({
        url: "http://127.0.0.1:1",
        alpn: [],
        outboundProxy: `http://127.0.0.1:${silent.port}`,
        timeoutMs: 100,
      }),
    )
    expect(tunnel).toMatchObject({ code: "CONNECT_TIMEOUT", message: expect.stringContaining("proxy") })
  })

  it("stops at once when it is called off, and closes what it opened", async () => {
    const peerClosed = withResolvers<void>()
    const server = createServer((socket) => {
      socket.on("close", () => peerClosed.resolve())
      socket.resume()
    })
    const port = await listen(server)
    const controller = new AbortController()
    const pending = failureOf(connectTo({ url: `https://127.0.0.1:${port}`, alpn: [], signal: controller.signal }))
    server.once("connection", () => controller.abort())
    expect(await pending).toMatchObject({ code: "ABORT" })
    await peerClosed.promise
    expect(
      await failureOf(connectTo({ url: `http://127.0.0.1:${port}`, alpn: [], signal: AbortSignal.abort() })),
    ).toMatchObject({ code: "ABORT" })
  })
})

describe("openTunnel", () => {
  it("keeps the bytes that come right behind the proxy's answer", async () => {
    const { port } = await proxy({ answer: "HTTP/1.1 200 OK\r\n\r\nbytes of the tunnel\n" })
    const socket = await openTunnel({ proxyUrl: `http://127.0.0.1:${port}`, host: "up.example", port: 443 })
    expect(await firstLine(socket)).toBe("bytes of the tunnel\n")
  })

  it("carries bytes both ways, and asks for the exact target", async () => {
    const port = await listen(echo())
    const through = await proxy()
    const socket = await openTunnel({ proxyUrl: `http://127.0.0.1:${through.port}/`, host: "127.0.0.1", port })
    socket.write("there and back\n")
    expect(await firstLine(socket)).toBe("there and back\n")
    expect(through.asked).toEqual([`127.0.0.1:${port}`])
    expect(through.authorizations).toEqual([undefined])
  })

  it("writes an IPv6 target in brackets", async () => {
    const { port, asked } = await proxy({ answer: "HTTP/1.1 200 OK\r\n\r\n" })
    const socket = await openTunnel({ proxyUrl: `http://127.0.0.1:${port}`, host: "::1", port: 443 })
    cleanups.push(() => socket.destroy())
    expect(asked).toEqual(["[::1]:443"])
  })

  it.each([
    ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "PROXY_AUTH"],
    ["HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "PROXY_REFUSED"],
    ["HTTP/1.1 502 Bad Gateway\r\n\r\n", "PROXY_REFUSED"],
    ["SSH-2.0-OpenSSH\r\n\r\n", "PROXY_PROTOCOL"],
    ["HTTP/1.1 200 OK\r\n", "PROXY_REFUSED"],
    ["", "PROXY_REFUSED"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(20_000)}`, "PROXY_PROTOCOL"],
  ])("tells what a proxy answering %j means", async (answer, code) => {
    const { port } = await proxy({ answer })
    expect(
      await failureOf(openTunnel({ proxyUrl: `http://u:canary@127.0.0.1:${port}`, host: "up.example", port: 443 })),
    ).toMatchObject({
      code,
      message: expect.not.stringContaining("canary"),
    })
  })

  it("tells wrong credentials, a proxy that is not there, and an address that is none", async () => {
    const started = await startTestProxy({ credentials: "a:b" })
    const { port } = started
    const proxyUrl = `http://a:wrong@127.0.0.1:${port}`
    expect(await failureOf(openTunnel({ proxyUrl, host: "x.example", port: 443 }))).toMatchObject({
      code: "PROXY_AUTH",
    })
    await started.close()
    expect(await failureOf(openTunnel({ proxyUrl, host: "x.example", port: 443 }))).toMatchObject({
      code: "PROXY_UNREACHABLE",
      message: `The outbound proxy 127.0.0.1:${port} cannot be reached (ECONNREFUSED).`,
    })
    for (const url of ["socks5://x:1", "x", "https://x:1"]) {
      expect(await failureOf(openTunnel({ proxyUrl: url, host: "x.example", port: 443 }))).toMatchObject({
        code: "PROXY_PROTOCOL",
      })
    }
  })
})

/** `Promise.withResolvers` is newer than the oldest runtime we support. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
