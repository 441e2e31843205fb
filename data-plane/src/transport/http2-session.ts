/**
 * One HTTP/2 connection to an upstream, shared by many streams. Its life is a state: `settling` until the peer's
 * SETTINGS are known, `ready` takes new streams, `draining` lets
 * the open ones end (GOAWAY), `closed` is gone; there is no way back. While streams are open a ping every 30 s must be answered
 * within 10 s, else the connection is broken and its streams fail at once; without streams it is closed after five minutes.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2"
import type { Socket } from "node:net"
import type { Clock, Timer } from "../clock.ts"
import { http2CodeName, nodeErrorCode, TransportError } from "./node-error.ts"
import type { AnswerListener, OutgoingCall, Wire } from "./sending.ts"

/** Bounds what a paused stream still receives; the connection's own window is large, so that streams do not starve each other. */
const STREAM_WINDOW_BYTES = 128 * 1024
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024
/** In MB. Node's default of 10 fails uploads when many large bodies are queued on one connection. */
const SESSION_MEMORY_MB = 1024
const PING_EVERY_MS = 30_000
const PING_ANSWER_MS = 10_000
const IDLE_CLOSE_MS = 300_000

type SessionState =
  /** Connected; how many streams the peer takes is not known yet. One too many would wait for minutes behind the others. */
  | { readonly type: "settling" }
  | { readonly type: "ready" }
  | { readonly type: "draining"; readonly reason: string }
  | { readonly type: "closed"; readonly reason: string }

export class Http2Session {
  readonly #session: ClientHttp2Session
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #pingTimer: Timer
  #state: SessionState = { type: "settling" }
  #openStreams = 0
  #idleSince: number
  #pongTimer: Timer | undefined

  /** `onChange` is called when room appears or the state changes. The socket is connected and, over TLS, has chosen h2. */
  constructor(origin: string, socket: Socket, clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
    this.#idleSince = clock.monotonic()
    this.#session = connect(origin, {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    })
    this.#session.on("connect", () => this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
    this.#session.on("remoteSettings", () => {
      if (this.#state.type === "settling") this.#state = { type: "ready" }
      this.#onChange()
    })
    this.#session.on("goaway", (code) => this.#drain(`GOAWAY ${http2CodeName(code)}`))
    this.#session.on("error", (error) => this.#closed(nodeErrorCode(error, "HTTP2_SESSION_ERROR")))
    this.#session.on("close", () => this.#closed("HTTP2_SESSION_CLOSED"))
    this.#pingTimer = clock.after(PING_EVERY_MS, () => this.#check())
  }

  get state(): SessionState["type"] {
    return this.#state.type
  }

  /** Why it is draining or closed. */
  get reason(): string {
    return "reason" in this.#state ? this.#state.reason : ""
  }

  get openStreams(): number {
    return this.#openStreams
  }

  /** How many more streams the peer allows; 0 unless ready. */
  get room(): number {
    // A connection that dies ends its streams first, and tells of its own end only after that.
    if (this.#state.type !== "ready" || this.#session.destroyed || this.#session.closed) return 0
    const allowed = this.#session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS_USED
    return Math.max(0, Math.min(allowed, MAX_STREAMS_USED) - this.#openStreams)
  }

  send(call: OutgoingCall, listener: AnswerListener): Wire {
    const stream = this.#open(call, listener)
    if (stream === undefined) return NO_WIRE
    this.#openStreams++
    let hasHead = false
    let hasEnded = false
    stream.on("response", (headers) => {
      hasHead = true
      listener.onHead(headers[":status"] ?? 0, plainHeaders(headers))
      // Not before: on a busy session node:http2 gives bytes that came with the head ahead of it.
      stream.on("data", (chunk: Buffer) => listener.onData(chunk))
    })
    stream.on("end", () => {
      hasEnded = true
    })
    let failure = ""
    stream.on("error", (error) => {
      failure = nodeErrorCode(error, "HTTP2_STREAM_ERROR")
    })
    stream.on("close", () => {
      this.#openStreams--
      if (this.#openStreams === 0) this.#idleSince = this.#clock.monotonic()
      if (hasHead && hasEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR && failure === "") listener.onEnd()
      else listener.onFailure(streamFailure(stream, failure, hasHead))
      this.#onChange()
    })
    stream.end(call.body)
    return {
      pause: () => void stream.pause(),
      resume: () => void stream.resume(),
      cancel: (onClosed) => {
        // The reset may wait in the session while other streams' frames are read; a stream is closed when it was written.
        stream.once("close", onClosed)
        stream.close(constants.NGHTTP2_CANCEL)
      },
    }
  }

  /** Undefined: node refused. The call fails as one that never left, and the connection gets no further ones. */
  #open(call: OutgoingCall, listener: AnswerListener): ClientHttp2Stream | undefined {
    try {
      return this.#session.request({
        ":method": "POST",
        ":path": call.path,
        ...call.headers,
        "content-length": String(call.body.length),
      })
    } catch (error) {
      const code = nodeErrorCode(error, "HTTP2_REQUEST_REFUSED")
      // Not before the caller has its wire.
      queueMicrotask(() => listener.onFailure(new TransportError(code, "connect", { cause: error })))
      if (this.#session.destroyed) this.#closed(code)
      else this.close()
      return undefined
    }
  }

  /** Takes no new streams; closes when the open ones have ended. */
  close(): void {
    this.#drain("closing")
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
    this.#closed("destroyed")
  }

  #drain(reason: string): void {
    if (this.#state.type !== "ready" && this.#state.type !== "settling") return
    this.#state = { type: "draining", reason }
    this.#onChange()
  }

  #closed(reason: string): void {
    if (this.#state.type === "closed") return
    this.#state = { type: "closed", reason }
    this.#pingTimer.clear()
    this.#pongTimer?.clear()
    this.#onChange()
  }

  #check(): void {
    if (this.#state.type === "closed" || this.#session.destroyed) return
    this.#pingTimer.refresh()
    if (this.#openStreams === 0) {
      if (this.#clock.monotonic() - this.#idleSince >= IDLE_CLOSE_MS) this.close()
      return
    }
    this.#pongTimer ??= this.#clock.after(PING_ANSWER_MS, () => this.destroy())
    this.#session.ping(() => {
      this.#pongTimer?.clear()
      this.#pongTimer = undefined
    })
  }
}

/** Of a call that never got a stream. */
const NO_WIRE: Wire = { pause: () => undefined, resume: () => undefined, cancel: (onClosed) => onClosed() }

/** Beyond this a further connection spreads the load better, whatever the peer allows. */
const MAX_STREAMS_USED = 1000

function streamFailure(stream: ClientHttp2Stream, failure: string, hasHead: boolean): TransportError {
  const rstCode = stream.rstCode ?? constants.NGHTTP2_NO_ERROR
  const isReset = rstCode !== constants.NGHTTP2_NO_ERROR
  const isGeneric = failure === "" || failure === "ERR_HTTP2_STREAM_ERROR"
  const code = isReset && isGeneric ? http2CodeName(rstCode) : failure || "HTTP2_STREAM_CLOSED"
  return new TransportError(code, hasHead ? "after-head" : "before-head")
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | number | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(":"))
      plain[name] = Array.isArray(value) ? value.join(", ") : String(value)
  }
  return plain
}
