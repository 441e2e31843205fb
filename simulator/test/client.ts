/** Small clients for the simulator's own tests: one over node:http, one over node:http2, and an SSE reader. */
import { connect } from "node:http2"
import type { ClientHttp2Session } from "node:http2"
import { request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import type { Simulator } from "#simulator/simulator.ts"

/** An answer as a client saw it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The error that broke the answer off. */
  readonly broken: string | undefined
}

/** What to send. */
export interface Call {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
  readonly signal?: AbortSignal
}

/** The address all tests use. */
export const email = "tester@simulator.example"

/** Headers of a call in order. */
export function bearer(simulator: Simulator): Record<string, string> {
  return {
    authorization: `Bearer ${simulator.accessToken(email)}`,
    "content-type": "application/json",
    "user-agent": "lagrange/0.1.0",
  }
}

/** A request of the tests' account. */
export function prompt(text: string, more: object = {}, model = "gemini-3-flash"): object {
  const contents = [{ role: "user", parts: [{ text }] }]
  return {
    project: "example-project",
    model,
    requestId: "r1",
    userAgent: "antigravity",
    request: { contents, ...more },
  }
}

/** One call over HTTP/1.1, clear or TLS; settles also when the answer breaks off. */
export function overHttp1(base: string, call: Call, ca?: string): Promise<Answer> {
  const make = base.startsWith("https") ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    let status = 0
    let headers: Answer["headers"] = {}
    const chunks: Buffer[] = []
    const done = (broken?: string): void => resolve({ status, headers, body: Buffer.concat(chunks).toString(), broken })
    const { method = "POST", path, signal } = call
    const request = make(
      new URL(path, base),
      { method, headers: { ...call.headers }, agent: false, ...(ca ? { ca } : {}), ...(signal ? { signal } : {}) },
      (response) => {
        status = response.statusCode ?? 0
        headers = response.headers
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => done())
        response.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
      },
    )
    request.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    request.end(typeof call.body === "object" ? JSON.stringify(call.body) : call.body)
  })
}

/** One call over HTTP/2, with prior knowledge or TLS. */
export async function overHttp2(base: string, call: Call, ca?: string): Promise<Answer> {
  const session = connect(base, ca ? { ca } : {})
  try {
    return await onSession(session, call)
  } finally {
    session.destroy()
  }
}

/** One call on a session. */
export function onSession(session: ClientHttp2Session, call: Call): Promise<Answer> {
  return new Promise((resolve) => {
    if (session.listenerCount("error") === 0) session.on("error", () => undefined)
    const chunks: Buffer[] = []
    let headers: Answer["headers"] = {}
    const stream = session.request({ ":method": call.method ?? "POST", ":path": call.path, ...call.headers })
    let broken: string | undefined
    stream.on("response", (head) => (headers = head as Answer["headers"])) // pseudo-headers are strings too
    stream.on("data", (chunk: Buffer) => chunks.push(chunk))
    stream.on("error", (error: NodeJS.ErrnoException) => (broken = error.code ?? error.message))
    stream.on("close", () => {
      if (stream.rstCode !== 0) broken ??= `RST ${stream.rstCode}`
      resolve({ status: Number(headers[":status"] ?? 0), headers, body: Buffer.concat(chunks).toString(), broken })
    })
    call.signal?.addEventListener("abort", () => stream.close())
    stream.end(typeof call.body === "object" ? JSON.stringify(call.body) : call.body)
  })
}

/** The JSON events of a stream, read as the standard says: any line end, several data lines, comments. */
export function eventsIn(body: string): unknown[] {
  const events: unknown[] = []
  let data: string[] = []
  for (const line of [...body.split(/\r\n|\n|\r/), ""]) {
    if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5))
    else if (line === "" && data.length > 0) {
      events.push(JSON.parse(data.join("\n")))
      data = []
    }
  }
  return events
}

/** Joined text of the events' parts, without thoughts. */
export function textIn(body: string): string {
  return eventsIn(body)
    .flatMap(
      (event) =>
        (event as { response: { candidates?: { content?: { parts?: { text?: string; thought?: boolean }[] } }[] } })
          .response.candidates ?? [],
    ) // the simulator's own shape
    .flatMap(({ content }) => content?.parts ?? [])
    .map(({ text, thought }) => (thought ? "" : (text ?? "")))
    .join("")
}

/** Asks until the answer is not undefined; rejects after `bound` milliseconds. */
export async function until<T>(ask: () => T | undefined, bound = 30_000): Promise<T> {
  const deadline = performance.now() + bound
  for (;;) {
    const answer = ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`nothing within ${bound} ms`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
