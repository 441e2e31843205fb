/**
 * One exchange on a socket, the same over HTTP/1.1 and HTTP/2: reading the body with a limit, writing with backpressure,
 * breaking off in the ways a fault needs, and noticing that the client has gone.
 */
import { constants } from "node:http2"
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2"
import type { IncomingMessage, ServerResponse } from "node:http"
import { TLSSocket } from "node:tls"
import { setTimeout as wait } from "node:timers/promises"
import { createGzip, constants as zlib } from "node:zlib"

/** What node:http and node:http2 hand to a request listener. */
export type AnyRequest = IncomingMessage | Http2ServerRequest
/** The answer's side of it. */
export type AnyResponse = ServerResponse | Http2ServerResponse

/** How bytes go out; the faults change it. */
export interface ByteStyle {
  /** Bytes per write; undefined = as they come. */
  readonly cut?: number
  /** Milliseconds between such writes. */
  readonly drip?: number
}

/** Thrown by a write after the client went away, and by waits that this ends. */
export class ClientGone extends Error {
  override name = "ClientGone"
}

/** One request and its answer. */
export class Exchange {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly version: "1.1" | "2"
  /** Aborted when the client went before the answer was complete. */
  readonly gone: AbortSignal
  /** Settles when the exchange is over, however it ended. */
  readonly over: Promise<void>
  /** Body bytes handed to the socket. */
  bytes = 0
  status = 0
  readonly #request: AnyRequest
  readonly #response: AnyResponse
  readonly #gone = new AbortController()
  #ended = false
  #broken = false
  #gzip: Zipper | undefined
  #style: ByteStyle = {}

  constructor(request: AnyRequest, response: AnyResponse) {
    this.#request = request
    this.#response = response
    const url = new URL(request.url ?? "/", "http://simulator")
    this.method = request.method ?? "GET"
    this.path = url.pathname
    this.query = url.searchParams
    this.version = request.httpVersionMajor === 2 ? "2" : "1.1"
    this.headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : (value ?? ""),
      ]),
    )
    this.gone = this.#gone.signal
    response.on("error", () => undefined)
    this.over = new Promise((resolve) => {
      const leave = (): void => {
        if (!this.#broken) this.#gone.abort(new ClientGone("the client closed the exchange"))
        resolve()
      }
      response.once("close", () => resolve())
      // At the first sign of it: that a connection has closed is heard later than what came on another one meanwhile.
      if ("stream" in response) response.stream.once("aborted", leave)
      else untilComplete(response, leave)
    })
  }

  /** Whether this side broke the exchange off on purpose. */
  get broken(): boolean {
    return this.#broken
  }

  /** The whole body; undefined when it is longer than `limit` bytes. */
  async body(limit: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of this.#request) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("requests are read as bytes")
      length += chunk.length
      // What is too long is still read to its end, or the answer that says so would meet a closed connection.
      if (length <= limit) chunks.push(chunk)
      else chunks.length = 0
    }
    return length > limit ? undefined : Buffer.concat(chunks)
  }

  /** Sends the head. A body that follows is gzipped when the client accepts that. */
  head(status: number, headers: Readonly<Record<string, string>>, style: ByteStyle = {}): void {
    this.status = status
    this.#style = style
    const zipped = /\bgzip\b/.test(this.headers["accept-encoding"] ?? "") && !("content-length" in headers)
    const all = zipped ? { ...headers, "content-encoding": "gzip" } : headers
    if ("stream" in this.#response) this.#response.writeHead(status, all)
    else {
      this.#response.writeHead(status, all)
      this.#response.flushHeaders()
    }
    if (zipped) this.#gzip = new Zipper()
  }

  /** Writes a piece of the body and waits while the client's window is full. */
  async write(piece: string | Buffer): Promise<void> {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece
    await this.#out(this.#gzip ? await this.#gzip.add(bytes) : bytes)
  }

  /** Ends the answer. */
  async end(piece?: string | Buffer): Promise<void> {
    if (piece !== undefined) await this.write(piece)
    if (this.#gzip) await this.#out(await this.#gzip.finish())
    this.#ended = true
    this.#response.end()
  }

  /** Whether the answer was ended in order. */
  get ended(): boolean {
    return this.#ended
  }

  /** Breaks off: a TCP reset on HTTP/1.1 (under TLS a bare close), RST_STREAM or with `connection` the same on HTTP/2. */
  reset(connection = false): void {
    this.#broken = true
    if ("stream" in this.#response) {
      const { stream } = this.#response
      if (!connection) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
      else if (stream.session?.encrypted) stream.session.destroy()
      else stream.session?.socket.resetAndDestroy()
    } else if (this.#response.socket instanceof TLSSocket) this.#response.socket.destroy()
    else this.#response.socket?.resetAndDestroy()
  }

  /** HTTP/2: says GOAWAY to the session, which then takes no new streams. HTTP/1.1: nothing. */
  goAway(): void {
    if ("stream" in this.#response) this.#response.stream.session?.goaway(constants.NGHTTP2_NO_ERROR)
  }

  /** Waits; throws `ClientGone` when the client goes first. */
  async pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return
    try {
      await wait(milliseconds, undefined, { signal: this.gone })
    } catch {
      // The only signal is ours, so the only reason is that the client went.
      throw new ClientGone("the client closed the exchange")
    }
  }

  /** Waits until the client or the server ends the exchange. */
  async hang(): Promise<void> {
    await this.over
  }

  async #out(bytes: Buffer): Promise<void> {
    const { cut, drip = 0 } = this.#style
    if (cut === undefined) return this.#socket(bytes)
    for (let start = 0; start < bytes.length; start += cut) {
      await this.#socket(bytes.subarray(start, start + cut))
      if (drip > 0) await this.pause(drip)
      // A turn of the event loop keeps the socket from joining neighbouring pieces.
      else if (start % (cut * 16) === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async #socket(bytes: Buffer): Promise<void> {
    if (this.gone.aborted) throw new ClientGone("the client closed the exchange")
    if (bytes.length === 0) return
    this.bytes += bytes.length
    const response: { write(chunk: Buffer): boolean; once(event: string, done: () => void): unknown } = this.#response
    if (response.write(bytes)) return
    let drained = (): void => undefined
    await Promise.race([new Promise<void>((resolve) => response.once("drain", (drained = resolve))), this.over])
    this.#response.off("drain", drained)
    if (this.gone.aborted) throw new ClientGone("the client closed the exchange")
  }
}

/** Gzip that gives out what it has after each piece. */
class Zipper {
  readonly #gzip = createGzip({ flush: zlib.Z_SYNC_FLUSH })
  #made: Buffer[] = []

  constructor() {
    this.#gzip.on("data", (chunk: Buffer) => this.#made.push(chunk))
  }

  /** The bytes for one piece. */
  async add(piece: Buffer): Promise<Buffer> {
    await new Promise<void>((resolve) => this.#gzip.write(piece, () => setImmediate(resolve)))
    return this.#take()
  }

  /** The bytes that end the stream. */
  async finish(): Promise<Buffer> {
    await new Promise<void>((resolve) => this.#gzip.once("end", resolve).end())
    return this.#take()
  }

  #take(): Buffer {
    const made = Buffer.concat(this.#made)
    this.#made = []
    return made
  }
}

/** Calls `leave` when the client closes the connection, or it breaks, before the last byte of the answer was handed over. */
function untilComplete(response: ServerResponse, leave: () => void): void {
  const { socket } = response
  const forget = (): void => void socket?.off("end", leave).off("error", leave)
  socket?.once("end", leave).once("error", leave)
  response.once("finish", () => {
    forget()
    response.off("close", leave)
  })
  response.once("close", leave)
  response.once("close", forget)
}
