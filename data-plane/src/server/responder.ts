/**
 * The way back to one client, for both HTTP versions: a head once, then whole texts. On HTTP/1.1 a stream's chunks are framed here,
 * so that what one upstream read brought leaves in one write to the socket.
 */
import { ServerResponse } from "node:http"
import type { NodeResponse } from "./incoming.ts"

/** Hears what goes to a client. */
export interface AnswerHearer {
  head(status: number): void
  text(text: string): void
}

export class Responder {
  readonly #response: NodeResponse
  readonly #always: Readonly<Record<string, string>>
  #hasHead = false
  #framesChunks = false
  #hasWritten = false
  #isEnded = false
  #hearer: AnswerHearer | undefined

  /** `always` are headers of every answer. */
  constructor(response: NodeResponse, always: Readonly<Record<string, string>>) {
    this.#response = response
    this.#always = always
  }

  get hasHead(): boolean {
    return this.#hasHead
  }

  /** Nothing more can be sent: ended here, or gone there. */
  get isOver(): boolean {
    return this.#isEnded || this.#response.destroyed
  }

  /** From now on `hearer` is told all that is sent. */
  hear(hearer: AnswerHearer): void {
    this.#hearer = hearer
  }

  /** Begins a streamed answer. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#hasHead || this.isOver) return
    this.#hasHead = true
    this.#hearer?.head(status)
    const response = this.#response
    if (response instanceof ServerResponse) {
      response.writeHead(status, { ...this.#always, ...headers })
      // An HTTP/1.0 client gets no chunks and an end by close: node has decided that with the head.
      this.#framesChunks = response.chunkedEncoding
      response.chunkedEncoding = false
    } else {
      response.writeHead(status, withoutConnection({ ...this.#always, ...headers }))
    }
  }

  /** Sends a head that nothing follows yet. */
  flushHead(): void {
    if (!this.isOver && this.#response instanceof ServerResponse) this.#response.flushHeaders()
  }

  /** False: the socket is full; wait for `onDrain`. */
  write(text: string): boolean {
    if (this.isOver) return true
    this.#hearer?.text(text)
    if (!this.#framesChunks) return this.#write(text)
    const socket = this.#response.socket
    // Past the head a framed chunk is all there is to say: it goes to the socket without the response's corking and bookkeeping.
    // A response that waits behind another on its connection has no socket yet.
    if (!this.#hasWritten || socket === null || this.#response.writableLength > 0) {
      this.#hasWritten = true
      return this.#write(frame(text))
    }
    return socket.write(frame(text))
  }

  /** Ends a streamed answer, with a last text in the same write. */
  end(text = ""): void {
    if (this.isOver) return
    this.#isEnded = true
    if (text !== "") this.#hearer?.text(text)
    if (this.#framesChunks) this.#response.end(text === "" ? LAST_CHUNK : `${frame(text)}${LAST_CHUNK}`)
    else this.#response.end(text)
  }

  /** A whole answer. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    if (this.#wholeHead(status, headers, body)) this.#response.end(body)
  }

  /**
   * A whole answer whose connection stays until the returned function is called: a client that is still sending a body which is
   * not wanted can read it before the connection closes.
   */
  answerOpen(status: number, headers: Readonly<Record<string, string>>, body: string): () => void {
    if (!this.#wholeHead(status, headers, body)) return () => {}
    if (body !== "") this.#write(body)
    return () => void this.#response.end()
  }

  destroy(): void {
    this.#isEnded = true
    this.#response.destroy()
  }

  onDrain(run: () => void): void {
    const response = this.#response
    response.on("drain", run)
    const { socket } = response
    if (!(response instanceof ServerResponse) || socket === null) return
    socket.on("drain", run)
    // The connection outlives the answer.
    response.once("close", () => socket.off("drain", run))
  }

  /** Calls `run` when the client goes before its answer was ended here. HTTP/2 calls an answer finished however it ends. */
  onGone(run: () => void): void {
    this.#response.once("close", () => {
      if (!this.#isEnded) run()
    })
  }

  /** False: the answer has begun before, or nobody is there to get it. */
  #wholeHead(status: number, headers: Readonly<Record<string, string>>, body: string): boolean {
    if (this.#hasHead || this.isOver) return false
    this.#hasHead = true
    this.#isEnded = true
    this.#hearer?.head(status)
    this.#hearer?.text(body)
    const length: Record<string, string> = status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) }
    const all = { ...this.#always, ...headers, ...length }
    const response = this.#response
    if (response instanceof ServerResponse) response.writeHead(status, all)
    else response.writeHead(status, withoutConnection(all))
    return true
  }

  #write(text: string): boolean {
    return this.#response instanceof ServerResponse ? this.#response.write(text) : this.#response.write(text)
  }
}

const LAST_CHUNK = "0\r\n\r\n"

function frame(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

/** A header of HTTP/1.1 connections that HTTP/2 forbids. */
function withoutConnection(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { connection: _connection, ...rest } = headers
  return rest
}
