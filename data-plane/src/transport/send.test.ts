import { createTestAuthority } from "#shared/testing/certificate.ts"
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo, Socket } from "node:net"
import { Worker } from "node:worker_threads"
import { afterEach, describe, expect, test, vi } from "vitest"
import { waitFor } from "../../../test/support/wait-for.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { Http2Session } from "./http2-session.ts"
import { createTransport, RESET_WAIT_MS, type Transport } from "./send.ts"
import type { Sending } from "./sending.ts"
import type { TransportError } from "./node-error.ts"

const authority = createTestAuthority()
const { certificate, key } = authority.issue("127.0.0.1")

interface Peer {
  readonly url: string
  readonly sessions: ServerHttp2Session[]
  stop(): Promise<void>
}

type OnStream = (stream: ServerHttp2Stream, body: Buffer) => void

interface PeerOptions {
  readonly settings?: object
  /** All connections that have come in; the last has no TLS yet. */
  readonly onConnection?: (sockets: readonly Socket[]) => void
}

async function startPeer(onStream: OnStream, { settings = {}, onConnection }: PeerOptions = {}): Promise<Peer> {
  const sessions: ServerHttp2Session[] = []
  const sockets = new Set<Socket>()
  const server: Http2SecureServer = createSecureServer({ cert: certificate, key, settings, maxSessionMemory: 1000 })
  server.on("session", (session) => sessions.push(session))
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    onConnection?.([...sockets])
  })
  server.on("stream", (stream) => {
    const chunks: Buffer[] = []
    stream.on("error", () => undefined)
    stream.on("data", (chunk: Buffer) => chunks.push(chunk))
    stream.on("end", () => onStream(stream, Buffer.concat(chunks)))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `https://127.0.0.1:${port}`,
    sessions,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function reply(stream: ServerHttp2Stream, body: Buffer | string): void {
  if (stream.destroyed) return
  stream.respond({ ":status": 200 })
  stream.end(body)
}

interface Outcome {
  status?: number
  text: string
  error?: TransportError
  isOver: boolean
  sending: Sending
}

let peer: Peer
/** Stands still but where a test moves it: nothing here waits for time. */
let clock: ManualClock
let transport: Transport
afterEach(async () => {
  transport?.destroy()
  await peer?.stop()
})

function open(): Transport {
  clock = manualClock()
  transport = createTransport({ clock, certificateAuthorities: [authority.certificate] })
  return transport
}

function call(body: Buffer | string = "{}", more: object = {}): Outcome {
  const outcome: Omit<Outcome, "sending"> = { text: "", isOver: false }
  const sending = transport.send(
    {
      origin: peer.url,
      path: "/generate",
      headers: { "content-type": "application/json" },
      body: Buffer.from(body),
      firstByteTimeoutMs: 5_000,
      idleTimeoutMs: 5_000,
      ...more,
    },
    {
      onHead: (status) => (outcome.status = status),
      onData: (chunk) => (outcome.text += chunk.toString()),
      onEnd: () => (outcome.isOver = true),
      onFailure: (error) => Object.assign(outcome, { error, isOver: true }),
    },
  )
  return Object.assign(outcome, { sending })
}

const all = (outcomes: readonly Outcome[]): Promise<unknown> => waitFor(() => outcomes.every(({ isOver }) => isOver))

describe("order", () => {
  test("the head comes before the first bytes, however busy the session is", async () => {
    // While a write is under way node:http2 holds back what it has read, and then gives head and bytes in one go. That
    // takes a peer with an event loop of its own.
    const worker = new Worker(ECHO, { eval: true, workerData: { cert: certificate, key } })
    try {
      const port = await new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject))
      open()
      const request = {
        origin: `https://127.0.0.1:${port}`,
        path: "/generate",
        headers: {},
        body: Buffer.alloc(2_000),
        firstByteTimeoutMs: 5_000,
        idleTimeoutMs: 5_000,
      }
      const orders = new Set<string>()
      const one = () =>
        new Promise<void>((resolve, reject) => {
          let order = ""
          const onEnd = (): void => {
            orders.add(order)
            resolve()
          }
          const onHead = (): unknown => (order += "head ")
          transport.send(request, { onHead, onData: (bytes) => (order += bytes), onEnd, onFailure: reject })
        })
      const loop = async (): Promise<void> => {
        for (let round = 0; round < 50; round += 1) await one()
      }
      await Promise.all(Array.from({ length: 64 }, loop))
      expect([...orders]).toEqual(["head first bytes"])
    } finally {
      await worker.terminate()
    }
  })
})

const ECHO = `
  const { createSecureServer } = require("node:http2")
  const { parentPort, workerData } = require("node:worker_threads")
  const server = createSecureServer(workerData)
  server.on("stream", (stream) => {
    stream.on("error", () => undefined)
    stream.resume().on("end", () => {
      stream.respond({ ":status": 200 })
      stream.end("first bytes")
    })
  })
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port))
`

describe("sessions", () => {
  test("a cold burst shares one connection", async () => {
    peer = await startPeer((stream, body) => reply(stream, body))
    open()
    const outcomes = Array.from({ length: 50 }, (_, index) => call(`${index}`))
    await all(outcomes)
    expect(outcomes.map(({ text }) => text)).toEqual(outcomes.map((_, index) => String(index)))
    expect(peer.sessions).toHaveLength(1)
  })

  test("the pool grows where the peer limits streams, and no stream waits", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream) => held.push(stream), { settings: { maxConcurrentStreams: 10 } })
    open()
    const outcomes = Array.from({ length: 35 }, () => call())
    await waitFor(() => held.length === 35)
    expect(peer.sessions.length).toBeGreaterThanOrEqual(4)
    expect(peer.sessions.length).toBeLessThanOrEqual(5)
    for (const stream of held) reply(stream, "done")
    await all(outcomes)
    expect(outcomes.every(({ text }) => text === "done")).toBe(true)
  })

  test("many large bodies fit on one connection", async () => {
    peer = await startPeer((stream, body) => reply(stream, String(body.length)))
    open()
    const body = Buffer.alloc(500_000, 0x61)
    const outcomes = Array.from({ length: 120 }, () => call(body))
    await all(outcomes)
    expect(outcomes.filter(({ error }) => error !== undefined)).toHaveLength(0)
    expect(outcomes.every(({ text }) => text === "500000")).toBe(true)
  })

  test("after GOAWAY open streams end where they are and new ones go elsewhere", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream, body) => {
      stream.respond({ ":status": 200 })
      if (body.toString() === "hold") held.push(stream)
      else stream.end("new")
    })
    open()
    const old = call("hold")
    await waitFor(() => held.length === 1)
    peer.sessions[0]?.goaway(0)
    await waitFor(() => transport.facts()[peer.url]?.openStreams === 1)
    await waitFor(() => {
      const next = call("x")
      return new Promise<boolean>((resolve) =>
        setTimeout(() => resolve(next.text === "new" && peer.sessions.length === 2), 100),
      )
    })
    held[0]?.end("old")
    await all([old])
    expect(old).toMatchObject({ text: "old", status: 200 })
  })

  test("a connection that dies while calls wait for another gets none of them", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream, body) => (body.toString() === "hold" ? held.push(stream) : reply(stream, "ok")), {
      settings: { maxConcurrentStreams: 2 },
      // It dies after the second was dialled and before that stands: each of its streams that ends frees room on it.
      onConnection: ([first, second]) => second && first?.destroy(),
    })
    open()
    const broken = [call("hold"), call("hold")]
    await waitFor(() => held.length === 2)
    const waiting = [call("x"), call("y"), call("z")]
    await all([...broken, ...waiting])
    expect(broken.map(({ error }) => error?.phase)).toEqual(["before-head", "before-head"])
    expect(waiting.map(({ text, error }) => [text, error])).toEqual([
      ["ok", undefined],
      ["ok", undefined],
      ["ok", undefined],
    ])
  })

  test("a call that a connection does not take fails by itself; what is open there goes on", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream, body) => (body.toString() === "hold" ? held.push(stream) : reply(stream, "ok")))
    open()
    const before = call("hold")
    await waitFor(() => held.length === 1)
    const refused = call("x", { headers: { connection: "upgrade" } })
    expect(refused.isOver).toBe(false)
    await all([refused])
    expect(refused.error).toMatchObject({ phase: "connect", code: "ERR_HTTP2_INVALID_CONNECTION_HEADERS" })
    const next = call("y")
    await all([next])
    expect(next.text).toBe("ok")
    expect(peer.sessions).toHaveLength(2)
    for (const stream of held) reply(stream, "whole")
    await all([before])
    expect(before).toMatchObject({ text: "whole", status: 200 })
  })

  test("a broken connection fails its streams at once and is replaced", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream, body) => (body.toString() === "hold" ? held.push(stream) : reply(stream, "ok")))
    open()
    const broken = call("hold")
    await waitFor(() => held.length === 1)
    peer.sessions[0]?.destroy()
    await all([broken])
    expect(broken.error?.phase).toBe("before-head")
    const next = call("x")
    await all([next])
    expect(next.text).toBe("ok")
  })
})

describe("one call", () => {
  test("cancel resets the stream and nothing is heard afterwards", async () => {
    const codes: number[] = []
    peer = await startPeer((stream) => {
      stream.respond({ ":status": 200 })
      stream.write("some")
      stream.on("close", () => codes.push(stream.rstCode ?? -1))
    })
    open()
    const outcome = call()
    await waitFor(() => outcome.text === "some")
    outcome.sending.cancel()
    await waitFor(() => codes.length === 1)
    expect(codes).toEqual([8])
    expect(outcome.isOver).toBe(false)
    expect(transport.facts()[peer.url]?.openStreams).toBe(0)
  })

  test("a reset that cannot leave is waited for a little while only, and what is over not at all", async () => {
    peer = await startPeer((stream, body) => (body.toString() === "done" ? reply(stream, "ok") : undefined))
    open()
    const done = call("done")
    await all([done])
    let told = 0
    done.sending.cancel(() => told++)
    expect(told).toBe(1)
    // As on a connection whose last write does not end.
    const stuck = { pause: () => undefined, resume: () => undefined, cancel: () => undefined }
    const send = vi.spyOn(Http2Session.prototype, "send").mockReturnValueOnce(stuck)
    const held = call("held")
    expect(send).toHaveBeenCalledOnce()
    send.mockRestore()
    held.sending.cancel(() => told++)
    held.sending.cancel(() => told++)
    clock.advance(RESET_WAIT_MS - 1)
    expect(told).toBe(1)
    clock.advance(1)
    expect(told).toBe(3)
  })

  test("cancel before the connection stands leaves nothing behind", async () => {
    const seen: ServerHttp2Stream[] = []
    peer = await startPeer((stream) => seen.push(stream))
    open()
    const gone = call("gone")
    gone.sending.cancel()
    const other = call("other")
    await waitFor(() => seen.length === 1)
    seen[0]?.respond({ ":status": 204 }, { endStream: true })
    await all([other])
    expect(gone.isOver).toBe(false)
    expect(seen).toHaveLength(1)
  })

  test.each([
    ["the first byte", { firstByteTimeoutMs: 50 }, () => undefined, "FIRST_BYTE_TIMEOUT", "before-head"],
    [
      "the next",
      { idleTimeoutMs: 50 },
      (stream: ServerHttp2Stream) => stream.respond({ ":status": 200 }),
      "IDLE_TIMEOUT",
      "after-head",
    ],
  ])("waiting for %s ends", async (_name, limits, onStream, code, phase) => {
    let isAsked = false
    peer = await startPeer((stream) => {
      isAsked = true
      onStream(stream)
    })
    open()
    const outcome = call("{}", limits)
    await waitFor(() => isAsked && (phase === "before-head" || outcome.status === 200))
    clock.advance(49)
    expect(outcome.isOver).toBe(false)
    clock.advance(1)
    expect(outcome.error).toMatchObject({ code, phase })
  })

  test("the idle limit does not run while we are the ones who pause", async () => {
    const held: ServerHttp2Stream[] = []
    peer = await startPeer((stream) => {
      stream.respond({ ":status": 200 })
      stream.write("a")
      held.push(stream)
    })
    open()
    const outcome = call("{}", { idleTimeoutMs: 60 })
    await waitFor(() => outcome.text === "a")
    outcome.sending.pause()
    clock.advance(600)
    expect(outcome.isOver).toBe(false)
    held[0]?.end("b")
    outcome.sending.resume()
    await all([outcome])
    expect(outcome).toMatchObject({ text: "ab" })
    expect(outcome.error).toBeUndefined()
  })

  test("a reset is a failure with the code's name, before and after the head", async () => {
    peer = await startPeer((stream, body) => {
      if (body.toString() === "late") stream.respond({ ":status": 200 })
      setTimeout(() => stream.destroy(new Error("broken")), 20)
    })
    open()
    const early = call("early")
    const late = call("late")
    await all([early, late])
    expect(early.error).toMatchObject({ code: "HTTP2_INTERNAL_ERROR", phase: "before-head" })
    expect(late.error).toMatchObject({ code: "HTTP2_INTERNAL_ERROR", phase: "after-head" })
  })

  test("nobody there, and a certificate nobody vouches for, are failures to connect", async () => {
    peer = await startPeer(() => undefined)
    transport = createTransport({ clock: manualClock() })
    const untrusted = call()
    const nobody = call("{}", { origin: "https://127.0.0.1:1" })
    await all([untrusted, nobody])
    expect(untrusted.error?.phase).toBe("connect")
    expect(nobody.error).toMatchObject({ phase: "connect", code: "ECONNREFUSED" })
  })
})
