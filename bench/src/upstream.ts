/**
 * The bench's upstream, a process of its own: fast and dumb. It answers over TLS, by HTTP/2 or HTTP/1.1 on one port and by HTTP/1.1
 * alone on another, whatever the spec in the prompt asks for, and keeps count of streams and of the moment each paced chunk left.
 * It is no simulator: of the request it checks only that the conversation came through unaltered.
 *
 * Started with one argument, an `UpstreamOptions` as JSON; talks to its parent by IPC: it is sent "go" or
 * "state" and sends `UpstreamMessage`s.
 */
import { createSecureServer } from "node:http2"
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2"
import { createServer } from "node:https"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo, Server } from "node:net"
import { readFileSync } from "node:fs"
import { type AnswerSpec, findSpec } from "./answer.ts"
import { type WireName, chunkBytes, closingBytes, holdsPrompt } from "./answer-wire.ts"
import { monotonicMs } from "./clock.ts"

export interface UpstreamOptions {
  readonly certFile: string
  readonly keyFile: string
}

export type UpstreamMessage =
  | { readonly type: "ready"; readonly port: number; readonly http1Port: number }
  | { readonly type: "state"; readonly state: UpstreamState }

export interface UpstreamState {
  /** Streams that are open now. */
  readonly open: number
  /** By request id, since the last question: when each chunk of a paced answer was written, on the machine's monotonic clock. */
  readonly sent: Readonly<Record<number, readonly number[]>>
  /** By request id, since the last question: when a stream that was cut short closed. */
  readonly cutAt: Readonly<Record<number, number>>
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

const WIRES: Readonly<Record<string, WireName>> = {
  "/v1internal:streamGenerateContent?alt=sse": "antigravity",
  "/v1/chat/completions": "openai-chat",
}
const LARGE_WINDOW = 4 * 1_024 * 1_024
/** What Google's front ends commonly allow. */
const STREAMS_PER_SESSION = 100
const PHASES = 5

let open = 0
let sent: Record<number, number[]> = {}
let cutAt: Record<number, number> = {}
const waitingForGo = new Set<() => void>()

function serve(request: Request, response: Response): void {
  const wire = request.method === "POST" ? WIRES[request.url ?? ""] : undefined
  const parts: Buffer[] = []
  request.on("data", (part: Buffer) => parts.push(part))
  request.on("error", () => response.destroy())
  response.on("error", () => response.destroy())
  request.on("end", () => {
    const body = Buffer.concat(parts)
    const spec = findSpec(body)
    if (wire === undefined || spec === undefined)
      return refuse(response, 404, `no answer for ${request.method} ${request.url}`)
    if (!isIntact(wire, spec, body)) return refuse(response, 400, "the conversation did not come through unaltered")
    answer(wire, spec, response)
  })
}

function isIntact(wire: WireName, spec: AnswerSpec, body: Buffer): boolean {
  try {
    return holdsPrompt(wire, spec, body)
  } catch (error) {
    console.error("bench upstream: a request of another shape:", error)
    return false
  }
}

function refuse(response: Response, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(
    JSON.stringify({ error: { code: status, message: `bench upstream: ${message}`, status: "INVALID_ARGUMENT" } }),
  )
}

function answer(wire: WireName, spec: AnswerSpec, response: Response): void {
  open += 1
  response.on("close", () => {
    open -= 1
    if (!response.writableEnded) cutAt[spec.id] = monotonicMs()
  })
  response.writeHead(200, { "content-type": "text/event-stream" })
  if (spec.intervalMs > 0) pace(wire, spec, response)
  else if (spec.isHeld) write(response, chunkBytes(wire, spec, 0))
  else {
    for (let index = 0; index < spec.chunks; index += 1) write(response, chunkBytes(wire, spec, index))
    response.end(closingBytes(wire, spec))
  }
}

/**
 * The first chunk at once, the others on a grid of `intervalMs` with one of `PHASES` phases by the request's id: how many streams speak in
 * the same millisecond decides what a chunk costs, so it must not be left to how the streams happened to open. A held answer begins
 * its rhythm when the bench says go.
 */
function pace(wire: WireName, spec: AnswerSpec, response: Response): void {
  const times: number[] = []
  sent[spec.id] = times
  const phase = ((spec.id % PHASES) * spec.intervalMs) / PHASES
  let timer: NodeJS.Timeout | undefined
  const speak = (): void => {
    times.push(monotonicMs())
    write(response, chunkBytes(wire, spec, times.length - 1))
  }
  const begin = (): void => {
    const start = Math.ceil((monotonicMs() - phase) / spec.intervalMs) * spec.intervalMs + phase
    const first = times.length
    const next = (): void => {
      if (times.length === spec.chunks) {
        response.end(closingBytes(wire, spec))
        return
      }
      speak()
      timer = setTimeout(next, Math.max(1, start + (times.length - first) * spec.intervalMs - monotonicMs()))
    }
    timer = setTimeout(next, start - monotonicMs())
  }
  response.on("close", () => {
    clearTimeout(timer)
    waitingForGo.delete(begin)
  })
  speak()
  if (spec.isHeld) waitingForGo.add(begin)
  else begin()
}

/** Both kinds of response write alike, but their overloads do not join into one signature. */
function write(response: Response, bytes: Buffer): void {
  ;(response as ServerResponse).write(bytes) // Http2ServerResponse.write(Buffer) has the same contract
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)) // a TCP listener has a port
  })
}

async function main(options: UpstreamOptions): Promise<void> {
  const credentials = { cert: readFileSync(options.certFile), key: readFileSync(options.keyFile) }
  const server = createSecureServer({
    ...credentials,
    allowHTTP1: true,
    noDelay: true,
    maxSessionMemory: 1_000,
    settings: { maxConcurrentStreams: STREAMS_PER_SESSION, initialWindowSize: LARGE_WINDOW },
  })
  server.on("session", (session) => session.setLocalWindowSize(LARGE_WINDOW * 4))
  server.on("request", serve)
  const http1Server = createServer({ ...credentials, keepAlive: true }, serve)
  http1Server.keepAliveTimeout = 60_000
  const [port, http1Port] = await Promise.all([listen(server), listen(http1Server)])
  process.on("message", (message) => {
    if (message === "go") {
      for (const begin of waitingForGo) begin()
      waitingForGo.clear()
      return
    }
    tell({ type: "state", state: { open, sent, cutAt } })
    sent = {}
    cutAt = {}
  })
  process.on("disconnect", () => process.exit())
  tell({ type: "ready", port, http1Port })
}

function tell(message: UpstreamMessage): void {
  process.send?.(message)
}

await main(JSON.parse(process.argv[2] ?? "{}") as UpstreamOptions) // our parent wrote it
