/** The same answer over every transport, and what clients do to a connection. */
import { connect } from "node:http2"
import { request } from "node:http"
import { createConnection, type Socket } from "node:net"
import { gunzipSync } from "node:zlib"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, eventsIn, onSession, overHttp1, overHttp2, prompt, textIn, until } from "./client.ts"

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ seed: "transports", tlsPort: 0 })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  simulator.addAccount({ email, projectId: "example-project" })
})

const path = "/v1internal:streamGenerateContent?alt=sse"
const call = (text: string, more: object = {}) => ({ path, headers: bearer(simulator), body: prompt(text, more) })

describe("transports", () => {
  it("HTTP/1.1, HTTP/2 with prior knowledge and both over TLS give the same text", async () => {
    const { url, httpsUrl = "", ca = "" } = simulator
    const asked = call("Say it. [[sim:words=60]]")
    const answers = [
      await overHttp1(url, asked),
      await overHttp2(url, asked),
      await overHttp1(httpsUrl, asked, ca),
      await overHttp2(httpsUrl, asked, ca),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ body }) => textIn(body))).size).toBe(1)
    expect(textIn(answers[0]?.body ?? "").split(" ")).toHaveLength(60)
    expect(simulator.seen().map(({ httpVersion }) => httpVersion)).toEqual(["1.1", "2", "1.1", "2"])
  })

  it("the certificate is not trusted without its authority", async () => {
    const answer = await overHttp1(simulator.httpsUrl ?? "", call("Hi"))
    expect(answer.broken).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
  })

  it("many streams share one HTTP/2 session", async () => {
    const session = connect(simulator.url)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => onSession(session, call(`[[sim:text=number ${index}]]`))),
    )
    session.destroy()
    expect(answers.map(({ body }) => textIn(body))).toEqual(Array.from({ length: 50 }, (_, index) => `number ${index}`))
    expect(simulator.concurrency()[email]?.current).toBe(0)
  })

  it("a request line that comes byte by byte is still told apart from HTTP/2", async () => {
    const socket = createConnection(simulator.port, "127.0.0.1")
    socket.setNoDelay(true)
    const got = new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())))
    for (const letter of "PROPFIND /v1 HTTP/1.1\r\nhost: x\r\n\r\n") {
      socket.write(letter)
      await new Promise((resolve) => setImmediate(resolve))
    }
    // It begins like the preface, PRI.
    expect(await got).toMatch(/^HTTP\/1\.1 404/)
    socket.destroy()
  })

  it("gzip is used when asked for, event by event", async () => {
    const asked = call("[[sim:words=40]][[sim:chunks=5]]")
    const raw = await new Promise<Buffer[]>((resolve, reject) => {
      const chunks: Buffer[] = []
      const req = request(
        new URL(path, simulator.url),
        { method: "POST", headers: { ...asked.headers, "accept-encoding": "gzip" } },
        (response) => {
          expect(response.headers["content-encoding"]).toBe("gzip")
          response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(chunks))
        },
      )
      req.on("error", reject)
      req.end(JSON.stringify(asked.body))
    })
    expect(textIn(gunzipSync(Buffer.concat(raw)).toString()).split(" ")).toHaveLength(40)
    const json = await fetch(`${simulator.url}/v1internal:loadCodeAssist`, {
      method: "POST",
      headers: asked.headers,
      body: "{}",
    })
    expect(json.headers.get("content-encoding")).toBe("gzip")
    expect(await json.json()).toMatchObject({ cloudaicompanionProject: "example-project" })
  })

  it("a plain answer holds the same text; a stream without alt=sse is one JSON list", async () => {
    const text = "One. Two. [[sim:words=40]]"
    const plain = await overHttp1(simulator.url, { ...call(text), path: "/v1internal:generateContent" })
    const list = await overHttp1(simulator.url, { ...call(text), path: "/v1internal:streamGenerateContent" })
    const stream = await overHttp1(simulator.url, call(text))
    const one = JSON.parse(plain.body) as {
      response: { candidates: { content: { parts: { text: string }[] } }[]; usageMetadata: object }
    } // the simulator's own shape
    expect(one.response.candidates[0]?.content.parts.map((part) => part.text).join("")).toBe(textIn(stream.body))
    const events = JSON.parse(list.body) as unknown[] // parsed as a list or the test fails below
    expect(events).toHaveLength(eventsIn(stream.body).length)
    expect(events.at(-1)).toMatchObject({ response: { usageMetadata: one.response.usageMetadata } })
  })
})

function opened(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(simulator.port, "127.0.0.1", () => resolve(socket))
    socket.on("error", reject).resume()
  })
}

/** As it is sent over HTTP/1.1. */
function bytesOf({ path: to, headers, body }: ReturnType<typeof call>): string {
  const text = JSON.stringify(body)
  const lines = Object.entries({ host: "simulator", ...headers, "content-length": String(Buffer.byteLength(text)) })
  return `POST ${to} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${text}`
}

describe("clients that go away", () => {
  it.each([
    ["HTTP/1.1", overHttp1],
    ["HTTP/2", overHttp2],
  ] as const)("over %s are noticed, with the time, and free the account", async (_name, send) => {
    const abort = new AbortController()
    const answer = send(simulator.url, {
      ...call('Hi [[sim:fault=hang-mid-stream {"after":1}]][[sim:chunks=3]]'),
      signal: abort.signal,
    })
    await until(() =>
      simulator.concurrency()[email]?.current === 1 && simulator.seen()[0]?.outcome?.usage ? true : undefined,
    )
    abort.abort()
    await answer
    const seen = await until(() => simulator.seen().find(({ aborted }) => aborted))
    expect(seen.abortedAfter).toBeGreaterThan(0)
    expect(seen.bytesSent).toBeGreaterThan(0)
    expect(simulator.concurrency()[email]).toEqual({ current: 0, maximum: 1 })
  })

  it("in the middle of their request are noticed too", async () => {
    const req = request(new URL(path, simulator.url), {
      method: "POST",
      headers: { ...bearer(simulator), "content-length": "1000" },
    })
    req.on("error", () => undefined)
    req.write("{")
    await until(() => simulator.seen()[0])
    req.destroy()
    const seen = await until(() => simulator.seen().find(({ aborted }) => aborted))
    expect(seen).toMatchObject({ bytesSent: 0, account: undefined })
  })

  it.each([
    ["closed", (socket: Socket): unknown => socket.destroy()],
    ["reset", (socket: Socket): unknown => socket.resetAndDestroy()],
  ] as const)("are gone before what comes on another connection: %s", async (_how, leave) => {
    const [leaving, staying] = await Promise.all([opened(), opened()])
    const ended = (count: number) => (): true | undefined =>
      simulator.seen().filter(({ duration }) => duration !== undefined).length === count ? true : undefined
    staying.write(bytesOf(call("Hi")))
    await until(ended(1))
    leaving.write(bytesOf(call("Hi [[sim:fault=hang-before-headers]]")))
    await until(() => (simulator.concurrency()[email]?.current === 1 ? true : undefined))
    leave(leaving)
    staying.write(bytesOf(call("Hi")))
    await until(ended(3))
    staying.destroy()
    expect(simulator.concurrency()[email]).toEqual({ current: 0, maximum: 1 })
  })

  it("counts as none when the answer was complete", async () => {
    await overHttp1(simulator.url, call("Hi"))
    const seen = await until(() => simulator.seen().find(({ duration }) => duration !== undefined))
    expect(seen).toMatchObject({ aborted: false, abortedAfter: undefined, outcome: { status: 200 } })
  })

  it("closing the simulator ends hanging exchanges", async () => {
    const other = await startSimulator({ accounts: [{ email, projectId: "example-project" }] })
    const hanging = overHttp1(other.url, {
      path,
      headers: bearer(other),
      body: prompt("[[sim:fault=hang-before-headers]]"),
    })
    await until(() => (other.concurrency()[email]?.current === 1 ? true : undefined))
    await other.close()
    expect((await hanging).broken).toBeDefined()
  })
})

it("a body over the limit is answered, not cut off", async () => {
  const small = await startSimulator({ bodyLimit: 1000, accounts: [{ email, projectId: "example-project" }] })
  const big = { path, headers: bearer(small), body: prompt("x".repeat(3_000_000)) }
  expect((await overHttp1(small.url, big)).status).toBe(413)
  expect((await overHttp2(small.url, big)).status).toBe(413)
  await small.close()
})

describe("what is counted", () => {
  it("are calls, those whose client went, and connections, whatever the list forgets", async () => {
    const small = await startSimulator({ seed: "transports", seenCapacity: 2 })
    try {
      small.addAccount({ email, projectId: "example-project" })
      const asked = (text: string) => ({ path, headers: bearer(small), body: prompt(text) })
      for (let turn = 0; turn < 5; turn += 1) await overHttp1(small.url, asked("Hi"))
      const abort = new AbortController()
      const leaving = overHttp1(small.url, { ...asked("[[sim:fault=hang-before-headers]]"), signal: abort.signal })
      await until(() => (small.traffic().generations === 6 ? true : undefined))
      expect(small.traffic().connections).toMatchObject({ current: 1, opened: 6 })
      abort.abort()
      await leaving
      await until(() => (small.traffic().connections.current === 0 ? true : undefined))
      expect(small.traffic()).toMatchObject({ generations: 6, left: 1 })
      expect(small.state()).toMatchObject({ traffic: small.traffic() })
      small.reset()
      expect(small.traffic()).toEqual({ generations: 0, left: 0, connections: { current: 0, maximum: 0, opened: 0 } })
    } finally {
      await small.close()
    }
  })
})

describe("what is recorded", () => {
  it("has the body and the headers, but no token", async () => {
    await overHttp1(simulator.url, call("Remember me."))
    const [seen] = simulator.seen()
    expect(seen).toMatchObject({
      account: email,
      model: "gemini-3-flash",
      method: "POST",
      path: "/v1internal:streamGenerateContent",
      body: prompt("Remember me."),
    })
    expect(seen?.headers["authorization"]).toBe("Bearer redacted")
    const state = await fetch(`${simulator.url}/simulator/seen`).then((response) => response.text())
    expect(state).toContain("Remember me.")
    expect(state).not.toContain("sim-access")
  })
})
