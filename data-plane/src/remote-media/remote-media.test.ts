import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { isPublicAddress } from "#shared/public-address.ts"
import { createTestAuthority } from "#shared/testing/certificate.ts"
import { startTestProxy } from "#shared/testing/proxy.ts"
import type { MediaKind, Part, RemoteMediaPart } from "../canonical/part.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { systemClock } from "../clock.ts"
import { manualClock } from "../testing/manual-clock.ts"
import { MAX_FILE_BYTES } from "./fetch-file.ts"
import { RemoteMedia, type RemoteMediaOptions } from "./remote-media.ts"

const PNG = Buffer.from([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  ...Array.from({ length: 200_000 }, (_, n) => n & 0xff),
])
const GEMINI = "gemini-3-flash"

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return (server.address() as AddressInfo).port // it listens on a port
}

const serve = (handler: Handler): Promise<number> => listen(createServer(handler))

const answering =
  (body: Buffer | string, headers: OutgoingHttpHeaders = {}, status = 200): Handler =>
  (_request, response) =>
    response.writeHead(status, headers).end(body)

/** Every name is this machine, and this machine is public. */
const open = (more: Partial<RemoteMediaOptions> = {}): RemoteMedia =>
  new RemoteMedia({ clock: systemClock, resolve: async () => ["127.0.0.1"], isAllowed: () => true, ...more })

const remote = (url: string, accepts: MediaKind = "image", mediaType?: string): RemoteMediaPart => ({
  type: "remote-media",
  url,
  accepts,
  param: "at",
  ...(mediaType === undefined ? {} : { mediaType }),
})

const requestOf = (...parts: Part[]): ChatRequest => ({
  model: "m",
  stream: false,
  system: [],
  turns: [{ role: "user", parts }],
  sampling: {},
  extra: {},
})

const options = (signal = new AbortController().signal) => ({ modelId: GEMINI, tenant: "one", isEnabled: true, signal })

async function fetched(media: RemoteMedia, ...parts: Part[]): Promise<readonly Part[] | undefined> {
  return (await media.fetch(requestOf(...parts), options())).turns[0]?.parts
}

/** The sentence that the client reads. */
async function refusalOf(media: RemoteMedia, part: Part): Promise<string> {
  const error: unknown = await media.fetch(requestOf(part), options()).then(
    () => new Error("it was fetched"),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: "invalid_request", param: "at" })
  return error instanceof Error ? error.message : ""
}

describe("files", () => {
  it("stand in the request afterwards, wherever they were named", async () => {
    const port = await serve(answering(PNG, { "content-type": "image/png" }))
    const image = remote(`http://files.test:${port}/a.png`)
    const result: Part = { type: "tool-result", callId: "c", content: [image], isError: false }
    const media = { type: "media", mediaType: "image/png", data: PNG.toString("base64") }
    expect(await fetched(open(), { type: "text", text: "look" }, image, result)).toEqual([
      { type: "text", text: "look" },
      media,
      { ...result, content: [media] },
    ])
  })

  it("are asked for once, as what we are, and without secrets", async () => {
    const seen: IncomingMessage[] = []
    const port = await serve((request, response) => {
      seen.push(request)
      response.writeHead(200, { "content-type": "image/png" }).end(PNG)
    })
    const image = remote(`http://files.test:${port}/a.png?x=1#part`)
    await fetched(open(), image, image)
    expect(seen).toHaveLength(1)
    expect(seen[0]?.url).toBe("/a.png?x=1")
    expect(seen[0]?.headers).toEqual({
      host: `files.test:${port}`,
      accept: "image/*",
      "accept-encoding": "identity",
      "user-agent": expect.stringMatching(/^lagrange\//) as unknown,
      connection: "close",
    })
  })

  it.each<[string, MediaKind, string, Buffer | string, object]>([
    ["the bytes go before the header", "image", "image/jpeg", PNG, { mediaType: "image/png" }],
    ["a header of no meaning", "image", "application/octet-stream", PNG, { mediaType: "image/png" }],
    ["no header", "document", "", "%PDF-1.7 and the rest", { mediaType: "application/pdf" }],
    ["a header alone", "image", "image/x-own; q=1", "own", { mediaType: "image/x-own" }],
    ["an image where a document may be", "document", "image/png", PNG, { mediaType: "image/png" }],
    ["audio", "audio", "audio/mp3", "ID3\u0004", { mediaType: "audio/mpeg" }],
    ["a film", "video", "video/mp4", "0000ftypisom", { mediaType: "video/mp4" }],
    ["text", "document", "text/plain", "Grüße", { type: "text", text: "Grüße" }],
    [
      "text in another charset",
      "document",
      'text/plain; charset="latin1"',
      Buffer.from("Grüße", "latin1"),
      { text: "Grüße" },
    ],
    ["JSON", "document", "application/json", '{"a":1}', { type: "text", text: '{"a":1}' }],
  ])("are told by %s", async (_name, accepts, contentType, body, expected) => {
    const port = await serve(answering(body, contentType === "" ? {} : { "content-type": contentType }))
    expect(await fetched(open(), remote(`http://files.test:${port}/x`, accepts))).toMatchObject([expected])
  })

  it("the client's own word counts where nobody else says anything", async () => {
    const port = await serve(answering("RAW", {}))
    const part = remote(`http://files.test:${port}/x`, "audio", "audio/l16")
    expect(await fetched(open(), part)).toMatchObject([{ mediaType: "audio/l16" }])
  })

  it("come whole however they are cut", async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "image/png" })
      let at = 0
      const next = (): void => {
        if (at >= 100) response.end()
        else {
          const size = 1 + (at % 7)
          response.write(PNG.subarray(at, Math.min(100, at + size)), () => setImmediate(next))
          at += size
        }
      }
      next()
    })
    expect(await fetched(open(), remote(`http://files.test:${port}/x`))).toEqual([
      { type: "media", mediaType: "image/png", data: PNG.subarray(0, 100).toString("base64") },
    ])
  })

  it("come over TLS from the address that was judged, with the name in the certificate", async () => {
    const authority = createTestAuthority()
    const { key, certificate: cert } = authority.issue("files.test")
    const port = await listen(createTlsServer({ key, cert }, answering(PNG, { "content-type": "image/png" })))
    const media = open({ certificateAuthorities: [authority.certificate] })
    expect(await fetched(media, remote(`https://files.test:${port}/a`))).toMatchObject([{ mediaType: "image/png" }])
    expect(await refusalOf(media, remote(`https://other.test:${port}/a`))).toContain("it cannot be reached")
  })

  it("come through the outbound proxy, which is asked for the judged address", async () => {
    const proxy = await startTestProxy()
    closing.push(() => proxy.close())
    const port = await serve(answering(PNG, { "content-type": "image/png" }))
    const media = open({ outboundProxy: `http://127.0.0.1:${proxy.port}` })
    expect(await fetched(media, remote(`http://files.test:${port}/a`))).toMatchObject([{ mediaType: "image/png" }])
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`])
  })

  it("are tried at the name's next address where one does not answer", async () => {
    const port = await serve(answering(PNG, { "content-type": "image/png" }))
    const media = open({ resolve: async () => ["127.0.0.2", "127.0.0.1"] })
    expect(await fetched(media, remote(`http://files.test:${port}/a`))).toMatchObject([{ type: "media" }])
  })
})

describe("what is not fetched", () => {
  const strict = (addresses: readonly string[]): RemoteMedia =>
    new RemoteMedia({ clock: systemClock, resolve: async () => addresses })

  it.each([
    ["http://127.0.0.1:8080/a.png"],
    ["http://2130706433/a.png"],
    ["http://0x7f.1/a.png"],
    ["http://[::1]/a.png"],
    ["http://[::ffff:169.254.169.254]/latest/meta-data"],
    ["http://169.254.169.254/latest/meta-data"],
    ["http://10.0.0.1/a.png"],
    ["http://[64:ff9b::a00:1]/a.png"],
    ["http://[fd00::1]/a.png"],
  ])("G36 an address of this machine or its network: %s", async (url) => {
    const sentence = await refusalOf(strict([]), remote(url))
    expect(sentence).toBe(
      `at: the image at ${new URL(url).host} was not fetched: it does not lead to a public address.`,
    )
  })

  it.each([[["127.0.0.1"]], [["192.168.1.1"]], [["::1"]], [["1.1.1.1", "10.0.0.1"]], [["1.1.1.1", "::ffff:10.0.0.1"]]])(
    "G36 a name that leads to %j, which no client is told",
    async (addresses) => {
      const sentence = await refusalOf(strict(addresses), remote("https://files.test/a.png"))
      expect(sentence).toBe("at: the image at files.test was not fetched: it does not lead to a public address.")
    },
  )

  it("a name that is asked for once only", async () => {
    let asked = 0
    const port = await serve(answering(PNG, { "content-type": "image/png" }))
    const media = open({
      // A second answer, to whoever asks again, leads elsewhere.
      resolve: async () => (++asked === 1 ? ["127.0.0.1"] : ["127.0.0.9"]),
    })
    await fetched(media, remote(`http://files.test:${port}/a`))
    expect(asked).toBe(1)
  })

  it.each([["http://10.0.0.1/a"], ["http://169.254.169.254/a"], ["http://[::1]/a"], ["//inner.test/a"]])(
    "a redirect to %s",
    async (location) => {
      const port = await serve((_request, response) => response.writeHead(302, { location }).end())
      const media = open({
        resolve: async (host) => [host === "inner.test" ? "10.0.0.1" : "127.0.0.1"],
        isAllowed: (address) => address === "127.0.0.1" || isPublicAddress(address),
      })
      expect(await refusalOf(media, remote(`http://files.test:${port}/a`))).toBe(
        `at: the image at files.test:${port} was not fetched: it does not lead to a public address.`,
      )
    },
  )

  it("a fourth redirect, and one to no address", async () => {
    let hops = 0
    const port = await serve((request, response) => {
      hops = Number(new URL(request.url ?? "", "http://x").searchParams.get("left"))
      if (hops > 0) response.writeHead(307, { location: `/a?left=${hops - 1}` }).end()
      else response.writeHead(200, { "content-type": "image/png" }).end(PNG)
    })
    expect(await fetched(open(), remote(`http://files.test:${port}/a?left=3`))).toMatchObject([{ type: "media" }])
    expect(await refusalOf(open(), remote(`http://files.test:${port}/a?left=4`))).toContain("more than 3 times")
    const bad = await serve(answering("", { location: "http://[" }, 301))
    expect(await refusalOf(open(), remote(`http://files.test:${bad}/a`))).toContain("redirects to what is no address")
    const other = await serve(answering("", { location: "file:///etc/passwd" }, 301))
    expect(await refusalOf(open(), remote(`http://files.test:${other}/a`))).toContain("not lead to an http(s) address")
  })

  it.each<[string, MediaKind, Handler, string]>([
    ["another status", "image", answering("no", {}, 404), "it answered with 404"],
    ["a web page", "document", answering("<html>", { "content-type": "text/html" }), "it is text/html, not a PDF"],
    ["another kind", "image", answering("%PDF-1.7 and on", {}), "of a kind that cannot be told, not an image"],
    [
      "a sound for an image",
      "image",
      answering("RIFF0000WAVE0000", { "content-type": "audio/wav" }),
      "it is audio/wav",
    ],
    ["nothing", "image", answering("", { "content-type": "image/png" }), "it is empty"],
    ["a packed file", "image", answering(PNG, { "content-encoding": "gzip" }), "it answered in a packed form"],
    [
      "text that is none",
      "document",
      answering(Buffer.from([0x61, 0xff, 0xfe]), { "content-type": "text/plain" }),
      "it is not valid text in its charset",
    ],
    [
      "an unknown charset",
      "document",
      answering("a".repeat(20), { "content-type": "text/plain; charset=own" }),
      "it is in the unknown charset own",
    ],
    [
      "what says that it is too large",
      "image",
      (_request, response) => {
        response.writeHead(200, { "content-type": "image/png", "content-length": String(MAX_FILE_BYTES + 1) })
        response.write(PNG)
      },
      "it is larger than 20 MiB",
    ],
    [
      "a broken connection",
      "image",
      (_request, response) => {
        response.writeHead(200, { "content-type": "image/png", "content-length": "1000000" })
        response.write(PNG.subarray(0, 100), () => response.destroy())
      },
      "its answer broke off",
    ],
    ["no answer", "image", (_request, response) => void response.destroy(), "its answer broke off"],
  ])("%s", async (_name, accepts, handler, reason) => {
    const port = await serve(handler)
    const host = `files.test:${port}`
    expect(await refusalOf(open(), remote(`http://${host}/a`, accepts))).toMatch(
      new RegExp(
        `^at: the ${accepts} at ${host} was not fetched: .*${reason.replaceAll(/[()]/g, String.raw`\$&`)}.*\\.$`,
      ),
    )
  })

  it("what turns out too large, without the rest of it", async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "image/png" })
      const chunk = Buffer.alloc(1024 * 1024)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more)
      }
      response.write(PNG)
      more()
    })
    expect(await refusalOf(open(), remote(`http://files.test:${port}/a`))).toContain("it is larger than 20 MiB")
  })

  it("more than the request may have altogether", async () => {
    const body = Buffer.concat([PNG.subarray(0, 16), Buffer.alloc(17 * 1024 * 1024)])
    const port = await serve(answering(body, { "content-type": "image/png" }))
    const parts = [1, 2, 3, 4].map((n) => remote(`http://files.test:${port}/${n}`))
    await expect(open().fetch(requestOf(...parts), options())).rejects.toMatchObject({
      message: expect.stringContaining("too large together with the request's other files") as unknown,
    })
    const many = Array.from({ length: 101 }, (_, n) => remote(`http://files.test:${port}/${n}`))
    await expect(open().fetch(requestOf(...many), options())).rejects.toMatchObject({
      message: expect.stringContaining("more than 100 files") as unknown,
    })
  })

  it.each([
    ["http://user:secret@files.test/a", "user name or a password"],
    ["http://files.test:25/a", "not fetched from port 25"],
    ["http://files.test:22/a", "not fetched from port 22"],
  ])("an address like %s", async (url, reason) => {
    const sentence = await refusalOf(open(), remote(url))
    expect(sentence).toContain(reason)
    expect(sentence).not.toContain("secret")
  })

  it("a name without an address, and an address without a server", async () => {
    expect(await refusalOf(open({ resolve: async () => [] }), remote("http://nowhere.test/a"))).toContain(
      "its name cannot be resolved",
    )
    const failing = { resolve: () => Promise.reject(new Error("SERVFAIL")) }
    expect(await refusalOf(open(failing), remote("http://nowhere.test/a"))).toContain("its name cannot be resolved")
    const port = await serve(answering(""))
    await closing.pop()?.()
    expect(await refusalOf(open(), remote(`http://files.test:${port}/a`))).toContain("cannot be reached (ECONNREFUSED)")
  })

  it("what takes longer than ten seconds", async () => {
    const clock = manualClock()
    let asked: (() => void) | undefined
    const port = await serve(() => asked?.())
    const arrived = new Promise<void>((resolve) => (asked = resolve))
    const refused = refusalOf(open({ clock }), remote(`http://files.test:${port}/a`))
    await arrived
    clock.advance(10_000)
    expect(await refused).toContain("it took longer than 10 s")
    expect(clock.pending).toBe(0)
  })

  it("anything where the operator has switched it off", async () => {
    const ask = open().fetch(requestOf(remote("https://files.test/a")), { ...options(), isEnabled: false })
    await expect(ask).rejects.toMatchObject({ code: "unsupported_parameter", param: "at" })
  })

  it("what the model does not take anyway", async () => {
    const ask = (modelId: string, accepts: MediaKind) =>
      open().fetch(requestOf(remote("https://files.test/a", accepts)), { ...options(), modelId })
    await expect(ask("claude-sonnet-4-6", "audio")).rejects.toMatchObject({ code: "invalid_request", param: "at" })
    await expect(ask("gpt-oss-120b-medium", "image")).rejects.toMatchObject({ code: "invalid_request", param: "at" })
  })

  it("what the upstream reads itself", async () => {
    const request = requestOf(remote("https://www.youtube.com/watch?v=abc", "video"))
    expect(await open().fetch(request, { ...options(), isEnabled: false })).toBe(request)
    const plain = requestOf({ type: "text", text: "x" })
    expect(await open().fetch(plain, options())).toBe(plain)
  })
})

describe("many at once", () => {
  it("no more than four of a tenant, and the rest after them", async () => {
    let now = 0
    let most = 0
    const waiting: (() => void)[] = []
    const port = await serve((_request, response) => {
      most = Math.max(most, ++now)
      waiting.push(() => {
        now -= 1
        response.writeHead(200, { "content-type": "image/png" }).end(PNG)
      })
      if (waiting.length >= Math.min(4, left)) {
        left -= waiting.length
        for (const answer of waiting.splice(0)) answer()
      }
    })
    let left = 10
    const parts = Array.from({ length: 10 }, (_, n) => remote(`http://files.test:${port}/${n}`))
    const media = await fetched(open(), ...parts)
    expect(media?.every((part) => part.type === "media")).toBe(true)
    expect(most).toBe(4)
  })

  it("a tenant's slow servers hold up nobody else", async () => {
    let arrived: (() => void) | undefined
    const four = new Promise<void>((resolve) => (arrived = resolve))
    let hanging = 0
    const port = await serve((request, response) => {
      if (request.url === "/quick") return void response.writeHead(200, { "content-type": "image/png" }).end(PNG)
      hanging += 1
      if (hanging === 4) arrived?.()
    })
    const media = open()
    const url = (name: string): RemoteMediaPart => remote(`http://files.test:${port}/${name}`)
    const controller = new AbortController()
    const slow = media.fetch(requestOf(...["a", "b", "c", "d", "e"].map(url)), options(controller.signal))
    await four
    const own = media.fetch(requestOf(url("quick")), options(controller.signal))
    const other = await media.fetch(requestOf(url("quick")), { ...options(), tenant: "two" })
    expect(other.turns[0]?.parts).toMatchObject([{ type: "media" }])
    const ends = Promise.allSettled([slow, own])
    controller.abort(new Error("enough"))
    expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"])
    expect(hanging).toBe(4)
  })

  it("a failure calls the others off, and so does the client's departure", async () => {
    const gone: Promise<void>[] = []
    let arrived: (() => void) | undefined
    const both = new Promise<void>((resolve) => (arrived = resolve))
    const port = await serve((request, response) => {
      if (request.url === "/bad") return void both.then(() => response.writeHead(500).end())
      gone.push(new Promise((resolve) => response.once("close", resolve)))
      if (gone.length === 2) arrived?.()
    })
    const url = (name: string): RemoteMediaPart => remote(`http://files.test:${port}/${name}`)
    await expect(open().fetch(requestOf(url("a"), url("b"), url("bad")), options())).rejects.toMatchObject({
      code: "invalid_request",
    })
    await Promise.all(gone.splice(0))

    const controller = new AbortController()
    const leaving = open().fetch(requestOf(url("a"), url("b")), options(controller.signal))
    await new Promise<void>((resolve) => (arrived = resolve))
    controller.abort(new Error("the client left"))
    await expect(leaving).rejects.toThrow("the client left")
    await Promise.all(gone)
  })
})
