/** A client as plain as can be: one request on node:http(s), the answer as it came. */
import { request as clear, type Agent, type ClientRequest, type IncomingMessage } from "node:http"
import { request as tls } from "node:https"
import { API_KEY, MODEL } from "./snapshots.ts"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer | object
  /** PEM of the authority to trust. */
  readonly ca?: string
  /** Without a key of our own choosing. */
  readonly anonymous?: boolean
  /** Keeps connections; otherwise each call has one of its own. */
  readonly agent?: Agent
}

/** Sends a request; `open` gives it before its answer, for tests that break it off. */
export function open(url: string, call: Call = {}): ClientRequest {
  const body =
    call.body === undefined || typeof call.body === "string" || Buffer.isBuffer(call.body)
      ? call.body
      : JSON.stringify(call.body)
  const outgoing = (url.startsWith("https:") ? tls : clear)(url, {
    method: call.method ?? (body === undefined ? "GET" : "POST"),
    agent: call.agent ?? false,
    ...(call.ca === undefined ? {} : { ca: call.ca }),
    headers: {
      ...(call.anonymous === true ? {} : { authorization: `Bearer ${API_KEY}` }),
      ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      ...call.headers,
    },
  })
  outgoing.end(body)
  return outgoing
}

export function fetchAnswer(url: string, call: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, call)
    outgoing.on("error", reject)
    outgoing.on("response", (message) => {
      readAll(message).then(
        (text) => resolve({ status: message.statusCode ?? 0, headers: message.headers, text }),
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      )
    })
  })
}

export function readAll(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("end", () => resolve(Buffer.concat(chunks).toString()))
    message.on("error", reject)
  })
}

export function chatBody(content: string, more: object = {}): object {
  return { model: MODEL, messages: [{ role: "user", content }], ...more }
}

export function messagesBody(content: string, more: object = {}): object {
  return { model: MODEL, max_tokens: 1000, messages: [{ role: "user", content }], ...more }
}

/** The text of a streamed or whole answer of either dialect. */
export function answerText(answer: Pick<Answer, "text">): string {
  if (!answer.text.includes("data: ")) return textOf(JSON.parse(answer.text))
  return answer.text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => textOf(JSON.parse(line.slice(6))))
    .join("")
}

function textOf(value: unknown): string {
  const wire = value as {
    choices?: { delta?: { content?: string | null }; message?: { content?: string | null } }[]
    delta?: { text?: string }
    content?: { text?: string }[]
  } // whichever of the two dialects it is
  const choice = wire.choices?.[0]
  return (
    choice?.delta?.content ??
    choice?.message?.content ??
    wire.delta?.text ??
    wire.content?.map((part) => part.text ?? "").join("") ??
    ""
  )
}

/** The `error` object of an error answer of either dialect. */
export function errorOf(answer: Pick<Answer, "text">): { type: string; message: string; code?: string } {
  const { error } = JSON.parse(answer.text) as { error: { type: string; message: string; code?: string } } // both dialects nest it so
  return error
}
