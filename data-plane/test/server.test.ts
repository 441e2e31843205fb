/** The public socket: who may enter, what it refuses before it works, and the answers that need no upstream. */
import { createTestAuthority } from "#shared/testing/certificate.ts"
import { connect as connectTls } from "node:tls"
import { connect as connectHttp2 } from "node:http2"
import { connect } from "node:net"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { http2IsSafe } from "#data-plane/server/listener.ts"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { keptBytes } from "../../test/support/collect-garbage.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, messagesBody } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { API_KEY, MODEL } from "./support/snapshots.ts"

let system: System
beforeAll(async () => {
  system = await startSystem({ settings: { maxConcurrentPerAccount: 0 } })
})
afterAll(() => system?.stop())

const chat = (): string => `${system.url}/v1/chat/completions`
const anonymous = { anonymous: true, body: chatBody("[[sim:text=ok]]") }

/** Sends bytes as they are and gives what comes back until the connection closes. */
function raw(bytes: string | Buffer, url = system.url): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.on("close", () => resolve(text))
    socket.on("error", reject)
    socket.setTimeout(15_000, () => socket.destroy(new Error(`still open: ${text}`)))
  })
}

describe("keys", () => {
  test.each([
    ["Authorization", { authorization: `Bearer ${API_KEY}` }],
    ["lower-case scheme", { authorization: `bearer ${API_KEY}` }],
    ["x-api-key", { "x-api-key": API_KEY }],
    ["x-goog-api-key", { "x-goog-api-key": API_KEY }],
    ["an empty bearer and x-api-key", { authorization: "Bearer ", "x-api-key": API_KEY }],
    ["the first of two", { authorization: `Bearer ${API_KEY}`, "x-api-key": "wrong" }],
  ])("%s", async (_name, headers) => {
    expect((await fetchAnswer(chat(), { ...anonymous, headers })).status).toBe(200)
  })

  test("?key=, which never reaches the log", async () => {
    expect((await fetchAnswer(`${chat()}?key=${API_KEY}`, anonymous)).status).toBe(200)
    expect(system.lines.join("")).not.toContain(API_KEY)
  })

  test.each([
    ["none", {}],
    ["a wrong one", { authorization: "Bearer wrong" }],
    ["an expired one", { "x-api-key": "expired-key" }],
    ["one cut short", { authorization: "Bearer lag_abc" }],
    ["the wrong one first", { authorization: "Bearer wrong", "x-api-key": API_KEY }],
    ["one of megabytes would be", { "x-api-key": "k".repeat(9_000) }],
  ])("%s is a 401 in the dialect's shape, without an upstream call", async (_name, headers) => {
    const before = system.simulator.seen().length
    const openai = await fetchAnswer(chat(), { ...anonymous, headers })
    expect(openai.status).toBe(401)
    expect(errorOf(openai)).toMatchObject({ type: "invalid_request_error", code: "invalid_api_key" })
    const anthropic = await fetchAnswer(`${system.url}/v1/messages`, {
      anonymous: true,
      headers,
      body: messagesBody("x"),
    })
    expect(anthropic.status).toBe(401)
    expect(errorOf(anthropic)).toMatchObject({ type: "authentication_error" })
    expect(anthropic.headers["request-id"]).toMatch(/^req_/)
    expect(system.simulator.seen()).toHaveLength(before)
  })

  test("two credentials of one kind are refused, whichever is right", async () => {
    const headers = { "x-api-key": [API_KEY, "other"] as const }
    expect((await fetchAnswer(chat(), { ...anonymous, headers })).status).toBe(400)
    expect((await fetchAnswer(`${chat()}?key=${API_KEY}&key=x`, anonymous)).status).toBe(400)
  })

  test("the body is not asked for before the key is accepted", async () => {
    const head = (key: string): string =>
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`
    const refused = await raw(head("wrong"))
    expect(refused).toMatch(/^HTTP\/1\.1 401/)
    const body = JSON.stringify(chatBody("[[sim:text=ok]]")).padEnd(100)
    const socket = connect(Number(new URL(system.url).port), "127.0.0.1")
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.write(head(API_KEY).replace("content-length: 100", `content-length: ${Buffer.byteLength(body)}`))
    await waitFor(() => text.includes("100 Continue"))
    socket.write(body)
    await waitFor(() => text.includes("HTTP/1.1 200"))
    socket.destroy()
  })
})

describe("bodies", () => {
  const body = JSON.stringify(chatBody("[[sim:text=unpacked]]"))
  test.each([
    ["gzip", gzipSync(body)],
    ["x-gzip", gzipSync(body)],
    ["br", brotliCompressSync(body)],
    ["deflate", deflateSync(body)],
    ["deflate", deflateRawSync(body)],
  ])("packed with %s", async (encoding, packed) => {
    const answer = await fetchAnswer(chat(), { body: packed, headers: { "content-encoding": encoding } })
    expect(answerText(answer)).toBe("unpacked")
  })

  test.each([
    ["an encoding nobody knows", Buffer.from(body), { "content-encoding": "foo" }, 415],
    ["a bomb", gzipSync(Buffer.alloc(40 * 1024 * 1024)), { "content-encoding": "gzip" }, 413],
    ["broken gzip", Buffer.from(body), { "content-encoding": "gzip" }, 400],
    ["nothing", Buffer.alloc(0), {}, 400],
    ["not JSON", Buffer.from("{"), {}, 400],
    ["not an object", Buffer.from("[]"), {}, 400],
    ["a byte order mark", Buffer.from(`\uFEFF${body}`), {}, 400],
    ["not UTF-8", Buffer.from([...Buffer.from('{"model":"'), 0xff, ...Buffer.from('"}')]), {}, 400],
    ["deep nesting", Buffer.from("[".repeat(1_000_000)), {}, 400],
    ["__proto__", Buffer.from('{"model":"m","__proto__":{"polluted":1}}'), {}, 400],
    ["__proto__ in escapes", Buffer.from('{"model":"m","\\u005f_proto__":{"polluted":1}}'), {}, 400],
  ])("%s is refused", async (_name, bytes, headers, status) => {
    const answer = await fetchAnswer(chat(), { method: "POST", body: bytes, headers })
    expect(answer.status).toBe(status)
    expect(errorOf(answer).message).not.toBe("")
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  })

  test("a length over the limit is refused before a byte of it is read, and the connection closed", async () => {
    const answer = await raw(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-length: 99999999999\r\n\r\n{`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413/)
    expect(answer).toMatch(/connection: close/i)
  })

  test("a body over the limit without a length is refused at the limit", async () => {
    const before = keptBytes()
    const { port } = new URL(system.url)
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1")
      let answer = ""
      const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, 0x20), Buffer.from("\r\n")])
      const pour = (): void => {
        let hasRoom = !socket.destroyed && answer === ""
        while (hasRoom) hasRoom = socket.write(chunk)
      }
      socket.on("drain", pour)
      socket.on("data", (bytes) => (answer += bytes.toString()))
      socket.on("error", () => undefined)
      socket.on("close", () => resolve(answer))
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ntransfer-encoding: chunked\r\n\r\n`,
      )
      pour()
    })
    expect(text).toMatch(/^HTTP\/1\.1 413/)
    await waitFor(() => keptBytes() - before < 64 * 1024 * 1024)
  })
})

describe("paths and methods", () => {
  test.each([
    ["GET", "/v1/nothing", 404],
    ["POST", "/v1/messages/nothing", 404],
    ["GET", "/v1/chat/completions", 405],
    ["DELETE", "/v1/models", 405],
    ["GET", "/v1/%zz", 400],
    ["GET", "/v1/../live", 400],
    ["PUT", "/live", 405],
  ])("%s %s", async (method, path, status) => {
    const answer = await raw(`${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
    expect(answer.split(" ")[1]).toBe(String(status))
    expect(answer).toMatch(/content-type: application\/json/i)
    expect(answer).toMatch(/x-request-id: req_/i)
    if (status === 405) expect(answer).toMatch(/\r\nallow: /i)
  })

  test("what has no body is refused on a connection that stays", async () => {
    const head = (line: string): string => `${line} HTTP/1.1\r\nhost: x\r\nx-api-key: ${API_KEY}\r\n`
    const last = `${head("OPTIONS /live")}connection: close\r\n\r\n`
    for (const line of ["HEAD /v1/messages", "GET /v1/messages", "DELETE /v1/responses/resp_1", "POST /nowhere"]) {
      const answers = await raw(`${head(line)}\r\n${last}`)
      expect(answers.match(/HTTP\/1\.1 \d+/g), line).toEqual([
        expect.stringMatching(/40[45]$/) as string,
        "HTTP/1.1 204",
      ])
      // A 204 has no length.
      expect(answers.slice(answers.indexOf("HTTP/1.1 204"))).not.toMatch(/content-length/i)
    }
  })

  test.each([
    "/v1/chat/completions",
    "/chat/completions",
    "//v1//chat/completions/",
    "/v1/v1/chat/completions",
    "/v1/chat/%63ompletions",
  ])("%s is one path", async (path) => {
    expect((await fetchAnswer(`${system.url}${path}`, { body: chatBody("[[sim:text=ok]]") })).status).toBe(200)
  })

  test("an expectation that nobody knows is served like any other request", async () => {
    expect(await raw("GET /live HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\nconnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 200 OK\r\nx-request-id: req_/i,
    )
  })

  test("the shape of an error follows who asks", async () => {
    const anthropic = await fetchAnswer(`${system.url}/v1/messages/x`, {
      headers: { "anthropic-version": "2023-06-01" },
    })
    expect(JSON.parse(anthropic.text)).toMatchObject({ type: "error", error: { type: "not_found_error" } })
    const openai = await fetchAnswer(`${system.url}/v1/x`)
    expect(errorOf(openai)).toMatchObject({ type: "invalid_request_error", code: "unknown_url" })
  })

  test.each(["/", "/api/hello"])("HEAD %s needs no key", async (path) => {
    expect(await fetchAnswer(`${system.url}${path}`, { method: "HEAD", anonymous: true })).toMatchObject({
      status: 200,
      text: "",
    })
  })

  test("a browser at / goes to the panel", async () => {
    const answer = await fetchAnswer(`${system.url}/`, { anonymous: true })
    expect(answer).toMatchObject({ status: 302, headers: { location: "http://127.0.0.1:1/panel" } })
  })

  test("a page may call from anywhere", async () => {
    const preflight = await fetchAnswer(chat(), {
      method: "OPTIONS",
      anonymous: true,
      headers: {
        origin: "https://page.example",
        "access-control-request-headers": "authorization,x-stainless-new-one",
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers["access-control-allow-headers"]).toContain("x-stainless-new-one")
    const answer = await fetchAnswer(chat(), {
      ...anonymous,
      headers: { origin: "https://page.example", "x-api-key": API_KEY },
    })
    expect(answer.headers["access-control-allow-origin"]).toBe("*")
    expect(answer.headers["access-control-expose-headers"]).toContain("x-request-id")
  })

  test("telemetry for another vendor is taken and dropped", async () => {
    const answer = await fetchAnswer(`${system.url}/api/event_logging/batch`, {
      anonymous: true,
      body: { events: [1] },
    })
    expect(answer).toMatchObject({ status: 200, text: "{}" })
  })
})

describe("hostile heads", () => {
  test("too many headers are refused, not cut", async () => {
    const many = Array.from({ length: 150 }, (_, index) => `x-${index}: 1`).join("\r\n")
    const answer = await raw(
      `GET /v1/models HTTP/1.1\r\nhost: x\r\n${many}\r\nauthorization: Bearer ${API_KEY}\r\nconnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431/)
  })

  test.each([
    ["a head of 20 KB", `GET /live HTTP/1.1\r\nhost: x\r\nx-big: ${"y".repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431/],
    [
      "two lengths",
      "POST /live HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      /^HTTP\/1\.1 400/,
    ],
    [
      "length and chunks",
      "POST /live HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      /^HTTP\/1\.1 400/,
    ],
    ["two hosts", "GET /live HTTP/1.1\r\nhost: x\r\nhost: y\r\nconnection: close\r\n\r\n", /^HTTP\/1\.1 400/],
    ["an absolute target", "GET http://other/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", /^HTTP\/1\.1 400/],
    ["no HTTP at all", "hello\r\n\r\n", /^HTTP\/1\.1 400/],
  ])("%s", async (_name, bytes, expected) => {
    const answer = await raw(bytes)
    expect(answer).toMatch(expected)
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
    const [, id] = /\r\nx-request-id: (req_\w+)\r\n/i.exec(answer) ?? []
    expect(answer).toMatch(new RegExp(`\r\nrequest-id: ${id}\r\n`, "i"))
    expect(errorOf({ text: answer.slice(answer.indexOf("\r\n\r\n") + 4) }).message).toMatch(/\w/)
  })

  test("what comes behind a request does not get into its answer", async () => {
    const body = JSON.stringify(chatBody("[[sim:chunks=9]][[sim:pause=30]][[sim:words=90]]", { stream: true }))
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-api-key: ${API_KEY}\r\n`
    const socket = connect(Number(new URL(system.url).port), "127.0.0.1")
    let text = ""
    socket.on("data", (chunk) => {
      if (text === "") socket.write("no HTTP at all\r\n\r\n")
      text += chunk.toString()
    })
    socket.on("error", () => undefined)
    socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    await new Promise((resolve) => socket.once("close", resolve))
    expect(text).toContain("data: ")
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })
})

describe("what it says of itself", () => {
  test("/live, /ready, /health and /healthz", async () => {
    expect(JSON.parse((await fetchAnswer(`${system.url}/live`, { anonymous: true })).text)).toEqual({ status: "ok" })
    expect(JSON.parse((await fetchAnswer(`${system.url}/ready`, { anonymous: true })).text)).toEqual({
      status: "ready",
      reasons: [],
    })
    for (const path of ["/health", "/healthz"]) {
      const { text } = await fetchAnswer(`${system.url}${path}`, { anonymous: true })
      expect(JSON.parse(text)).toEqual({ status: "ok", accounts: { total: 1, active: 1, cooling: 0 } })
    }
  })

  test("the model list has the shape of who asks", async () => {
    const openai = JSON.parse((await fetchAnswer(`${system.url}/v1/models`)).text) as {
      object: string
      data: { id: string }[]
    }
    expect(openai.object).toBe("list")
    expect(openai.data.map(({ id }) => id)).toEqual(expect.arrayContaining([MODEL, "my-model"]))
    const { text } = await fetchAnswer(`${system.url}/v1/models?limit=1`, {
      headers: { "anthropic-version": "2023-06-01" },
    })
    expect(JSON.parse(text)).toMatchObject({ has_more: true, data: [{ type: "model" }] })
    expect((await fetchAnswer(`${system.url}/v1/models`, { anonymous: true })).status).toBe(401)
  })

  test("one model, and one that is not there", async () => {
    expect(JSON.parse((await fetchAnswer(`${system.url}/v1/models/${MODEL}`)).text)).toMatchObject({
      id: MODEL,
      object: "model",
    })
    const missing = await fetchAnswer(`${system.url}/v1/models/gemini%2F3`)
    expect(missing.status).toBe(404)
    expect(errorOf(missing).message).toContain("gemini/3")
  })

  test("a key that may is told account, attempts and times", async () => {
    const answer = await fetchAnswer(chat(), {
      body: chatBody("[[sim:text=x]]"),
      headers: { "x-lagrange-explain": "1", origin: "https://page.example" },
    })
    const exposed = String(answer.headers["access-control-expose-headers"]).split(",")
    const told = Object.keys(answer.headers).filter((name) => name.startsWith("x-lagrange-"))
    expect(exposed).toEqual(expect.arrayContaining(told))
    expect(answer.headers["x-lagrange-account"]).toBe("account-1")
    expect(answer.headers["x-lagrange-choice"]).toMatch(/^round-robin, .*; 1 of 1 accounts could serve$/)
    expect(answer.headers["x-lagrange-attempts"]).toBe("ok")
    expect(answer.headers["x-lagrange-timings"]).toMatch(/^head;dur=\d/)
    const plain = await fetchAnswer(chat(), { body: chatBody("[[sim:text=x]]") })
    expect(plain.headers["x-lagrange-account"]).toBeUndefined()
  })

  test("G175 the log has neither prompts nor tokens nor keys", async () => {
    await fetchAnswer(chat(), { body: chatBody("the secret prompt [[sim:text=the secret answer]]") })
    const log = system.lines.join("")
    expect(log).toContain('"exchange"')
    expect(log).not.toMatch(/secret prompt|secret answer/)
    expect(log).not.toContain(system.accounts[0]?.credential?.accessToken)
    expect(log).not.toContain(API_KEY)
  })
})

describe("TLS", () => {
  const authority = createTestAuthority()
  const { certificate: cert, key } = authority.issue("127.0.0.1", "localhost")
  const ca = authority.certificate
  const running: System[] = []
  afterAll(async () => {
    for (const one of running) await one.stop()
  })

  async function secure(runtime: string): Promise<System> {
    const one = await startSystem({
      config: { tls: { cert, key } },
      plane: { runtime },
      settings: { maxConcurrentPerAccount: 0 },
    })
    running.push(one)
    return one
  }

  function protocolOf(url: string): Promise<string | false | null> {
    return new Promise((resolve, reject) => {
      const socket = connectTls(
        { port: Number(new URL(url).port), host: "127.0.0.1", ca, ALPNProtocols: ["h2", "http/1.1"] },
        () => {
          resolve(socket.alpnProtocol)
          socket.destroy()
        },
      )
      socket.on("error", reject)
    })
  }

  test("on a runtime without the fixes only HTTP/1.1 is spoken, and one line says so", async () => {
    const one = await secure("20.20.2")
    expect(await protocolOf(one.url)).not.toBe("h2")
    expect(one.lines.filter((line) => line.includes("HTTP/2 towards clients is off"))).toHaveLength(1)
    const answer = await fetchAnswer(`${one.url}/v1/chat/completions`, {
      ca,
      body: chatBody("[[sim:text=over TLS]]", { stream: true }),
    })
    expect(answerText(answer)).toBe("over TLS")
  })

  test("this very runtime is judged by its own version", async () => {
    const one = await secure(process.versions.node)
    expect((await protocolOf(one.url)) === "h2").toBe(http2IsSafe(process.versions.node))
  })

  test("on a sound runtime HTTP/2 is spoken beside HTTP/1.1", async () => {
    const one = await secure("24.18.1")
    expect(await protocolOf(one.url)).toBe("h2")
    const old = await fetchAnswer(`${one.url}/v1/chat/completions`, { ca, body: chatBody("[[sim:text=h1]]") })
    expect(answerText(old)).toBe("h1")
    const session = connectHttp2(one.url, { ca })
    const stream = session.request({
      ":method": "POST",
      ":path": "/v1/messages",
      "x-api-key": API_KEY,
      "content-type": "application/json",
    })
    stream.end(JSON.stringify(messagesBody("[[sim:chunks=4]][[sim:text=over HTTP/2]]", { stream: true })))
    let text = ""
    let status: number | undefined
    stream.on("response", (headers) => (status = headers[":status"]))
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()))
    await new Promise((resolve) => stream.once("end", resolve))
    expect(status).toBe(200)
    expect(answerText({ text })).toBe("over HTTP/2")
    // A stream that is reset frees its account like a socket that closes.
    const left = session.request({ ":method": "POST", ":path": "/v1/messages", "x-api-key": API_KEY })
    left.on("error", () => undefined)
    left.end(JSON.stringify(messagesBody("[[sim:fault=hang-before-headers]]", { stream: true })))
    await waitFor(() => one.plane.pool.facts().inFlight === 1)
    left.close(8)
    await waitFor(() => one.plane.pool.facts().inFlight === 0)
    await waitFor(() => one.simulator.seen().at(-1)?.aborted)
    session.destroy()
  })
})
