import { once } from "node:events"
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { createGzip, deflateSync, gzipSync } from "node:zlib"
import { afterEach, describe, expect, it, vi } from "vitest"
import { waitFor } from "../../../test/support/wait-for.ts"
import { createTestAuthority } from "../testing/certificate.ts"
import { startTestProxy } from "../testing/proxy.ts"
import { ConnectError, requestJson, type RequestJsonOptions } from "./request-json.ts"

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()))
})

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port // a TCP listener has an AddressInfo
}

const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(listener))}`

/** Answers with what was asked. */
const mirror: RequestListener = (request, response) => {
  let body = ""
  request.on("data", (chunk: Buffer) => (body += chunk.toString()))
  request.on("end", () => {
    const { method, url, headers } = request
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ method, url, headers, body }))
  })
}

async function failureOf(options: RequestJsonOptions): Promise<ConnectError> {
  const error: unknown = await requestJson(options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConnectError)) throw new Error("expected a ConnectError", { cause: error })
  return error
}

describe("requestJson", () => {
  it("sends an object as JSON, with its length", async () => {
    const url = await serve(mirror)
    const { status, json, headers } = await requestJson({
      method: "POST",
      url: `${url}/v1internal:load?x=1`,
      body: { a: "ü" },
      headers: { Authorization: "Bearer x" },
    })
    expect(status).toBe(200)
    expect(headers["content-type"]).toBe("application/json")
    expect(json).toMatchObject({
      method: "POST",
      url: "/v1internal:load?x=1",
      body: '{"a":"ü"}',
      headers: {
        "content-type": "application/json",
        "content-length": "10",
        authorization: "Bearer x",
        host: new URL(url).host,
      },
    })
    expect(json).not.toHaveProperty("headers.transfer-encoding")
  })

  it("sends URLSearchParams as a form", async () => {
    const url = await serve(mirror)
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "a b&c" })
    const { json } = await requestJson({ method: "POST", url, body })
    expect(json).toMatchObject({
      body: "grant_type=refresh_token&refresh_token=a+b%26c",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    })
  })

  it("sends no body and no type with a GET", async () => {
    const { json } = await requestJson({ method: "GET", url: await serve(mirror) })
    expect(json).toMatchObject({ method: "GET", body: "" })
    expect(json).not.toHaveProperty("headers.content-type")
  })

  it("resolves with any status, and without json when the body is none", async () => {
    const url = await serve((_, response) =>
      response.writeHead(503, { "retry-after": "5", "set-cookie": ["a=1", "b=2"] }).end("<html>no</html>"),
    )
    expect(await requestJson({ method: "GET", url })).toEqual({
      status: 503,
      headers: expect.objectContaining({ "retry-after": "5", "set-cookie": "a=1, b=2" }) as unknown, // a matcher
      text: "<html>no</html>",
      json: undefined,
    })
  })

  it("follows no redirect", async () => {
    let calls = 0
    const url = await serve((_, response) => {
      calls += 1
      response.writeHead(302, { location: "/elsewhere" }).end()
    })
    expect((await requestJson({ method: "GET", url })).status).toBe(302)
    expect(calls).toBe(1)
  })

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["identity", (data: Buffer) => data],
  ] as const)("reads a body that comes as %s", async (encoding, encode) => {
    const url = await serve((request, response) => {
      expect(request.headers["accept-encoding"]).toBe("gzip")
      response.setHeader("content-encoding", encoding)
      response.end(encode(Buffer.from('{"ok":true}')))
    })
    expect((await requestJson({ method: "GET", url })).json).toEqual({ ok: true })
  })

  it("caps the decoded size, so that a small body cannot become a large one", async () => {
    // A compressed body without end: only a cap on what comes out of it can end this call.
    const url = await serve((_, response) => {
      response.setHeader("content-encoding", "gzip")
      const gzip = createGzip()
      const spaces = Buffer.alloc(65_536, 0x20)
      const pour = (): void => {
        while (!response.destroyed && gzip.write(spaces));
      }
      gzip.on("drain", pour)
      gzip.pipe(response)
      pour()
    })
    expect(await failureOf({ method: "GET", url, maxBytes: 1_000_000 })).toMatchObject({ code: "ANSWER_TOO_LARGE" })
    const plain = await serve((_, response) => response.end("x".repeat(2_000)))
    expect(await failureOf({ method: "GET", url: plain, maxBytes: 1_999 })).toMatchObject({ code: "ANSWER_TOO_LARGE" })
    expect((await requestJson({ method: "GET", url: plain, maxBytes: 2_000 })).text).toHaveLength(2_000)
  })

  it("rejects a body that breaks off, plain or compressed", async () => {
    for (const encoding of ["identity", "gzip"]) {
      const url = await serve((_, response) => {
        response.writeHead(200, { "content-length": "10000", "content-encoding": encoding })
        response.write(encoding === "gzip" ? gzipSync("x".repeat(5_000)).subarray(0, 20) : "x")
        setImmediate(() => response.destroy())
      })
      expect((await failureOf({ method: "GET", url })).message).toMatch(/broke off/)
    }
  })

  it("rejects bytes that are not the encoding they claim", async () => {
    const url = await serve((_, response) => response.setHeader("content-encoding", "gzip").end("not gzip"))
    expect(await failureOf({ method: "GET", url })).toMatchObject({ code: "Z_DATA_ERROR" })
    const other = await serve((_, response) => response.setHeader("content-encoding", "br").end("x"))
    expect(await failureOf({ method: "GET", url: other })).toMatchObject({ code: "ANSWER_BROKEN" })
  })

  it.each([
    ["before the head", () => undefined],
    ["in the middle of the body", (response: ServerResponse) => response.write("{")],
  ])("gives up in time: %s", async (_name, begin) => {
    let onAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (onAsked = resolve))
    const url = await serve((_, response) => {
      begin(response)
      onAsked()
    })
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    try {
      const failure = failureOf({ method: "GET", url, timeoutMs: 100 })
      await asked
      vi.advanceTimersByTime(100)
      expect(await failure).toMatchObject({ code: "ANSWER_TIMEOUT" })
    } finally {
      vi.useRealTimers()
    }
  })

  it("stops when it is called off, and closes its connection", async () => {
    const controller = new AbortController()
    let isClosed = false
    const url = await serve((request) => {
      request.socket.once("close", () => (isClosed = true))
      controller.abort()
    })
    expect(await failureOf({ method: "GET", url, signal: controller.signal })).toMatchObject({ code: "ABORT" })
    await waitFor(() => isClosed)
    expect(await failureOf({ method: "GET", url: "http://127.0.0.1:1", signal: AbortSignal.abort() })).toMatchObject({
      code: "ABORT",
    })
  })

  it("closes its connection after the answer", async () => {
    const server = createServer(mirror)
    const port = await listen(server)
    await requestJson({ method: "GET", url: `http://127.0.0.1:${port}` })
    const connections = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
    await waitFor(async () => (await connections()) === 0)
  })

  it("calls over TLS with an authority of its own, through a proxy with credentials", async () => {
    const authority = createTestAuthority()
    const { certificate, key } = authority.issue("localhost")
    const port = await listen(createHttpsServer({ cert: certificate, key }, mirror))
    const proxy = await startTestProxy({ credentials: "user:pass word" })
    cleanups.push(() => proxy.close())
    const options = {
      method: "GET",
      url: `https://localhost:${port}/x`,
      outboundProxy: `http://user:pass%20word@127.0.0.1:${proxy.port}`,
    }
    expect((await requestJson({ ...options, certificateAuthorities: [authority.certificate] })).json).toMatchObject({
      url: "/x",
    })
    expect(proxy.asked).toEqual([`localhost:${port}`])
    expect((await failureOf(options)).message).toMatch(/^TLS with localhost failed/)
  })

  it("does not look at the proxy variables of the environment", async () => {
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"]
    const before = names.map((name) => process.env[name])
    for (const name of names) process.env[name] = "http://127.0.0.1:1"
    try {
      expect((await requestJson({ method: "GET", url: await serve(mirror) })).status).toBe(200)
    } finally {
      for (const [index, name] of names.entries()) {
        const value = before[index]
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
  })

  it("rejects an address or header that cannot be sent with one sentence", async () => {
    expect((await failureOf({ method: "GET", url: "not an address" })).message).toMatch(
      /^The call to the address broke off/,
    )
    const url = await serve(mirror)
    expect((await failureOf({ method: "GET", url, headers: { "x-bad": "a\r\nb: c" } })).code).toBe("ERR_INVALID_CHAR")
  })
})
