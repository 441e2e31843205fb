/**
 * `POST /graphql/stream`: several subscriptions over one connection, for the panel, since a browser has six of them a host. Each
 * (`{ "id", "request" }`, with the body of its GraphQL request) runs as if it had been asked for alone, with the same guards; what it tells is sent on under its id.
 * A connection's operations are the ones it began with, so that it needs no memory here and any control plane may answer it.
 */
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { answerJson } from "../http/answer.ts"
import { BodyError, readBody } from "../http/read-body.ts"
import { field, textField } from "../json.ts"
import { MAX_BODY_BYTES } from "./limits.ts"
import { MAX_SUBSCRIPTIONS } from "./subscriptions.ts"

export const STREAM_PATH = "/graphql/stream"

interface Operation {
  readonly id: string
  /** The body of its GraphQL request. */
  readonly body: string
}

export interface EventStreamRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Answers the body of a GraphQL request as an event stream. */
  readonly run: (body: string) => Promise<Response>
}

/** The operations of a request's body; a sentence where it is no such body. */
function readOperations(text: string): readonly Operation[] | string {
  const operations = field(JSON.parse(text), "operations")
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MAX_SUBSCRIPTIONS) {
    return `Send { "operations": [ … ] } with 1 to ${MAX_SUBSCRIPTIONS} of them.`
  }
  const read = operations.map((one: unknown) => ({
    id: textField(one, "id") ?? "",
    body: JSON.stringify(field(one, "request") ?? ""),
  }))
  const ids = new Set(read.map(({ id }) => id))
  const isWhole = ids.size === read.length && read.every(({ id, body }) => id !== "" && body !== '""')
  return isWhole ? read : "Each operation needs an id of its own and a request."
}

async function operationsOf(
  request: IncomingMessage,
): Promise<readonly Operation[] | { status: number; message: string }> {
  try {
    const read = readOperations(await readBody(request, MAX_BODY_BYTES))
    return typeof read === "string" ? { status: 400, message: read } : read
  } catch (error) {
    if (error instanceof BodyError) return error
    return { status: 400, message: "The body is not JSON." }
  }
}

/** Answers with what the operations tell, until all of them have ended or the client has left. */
export async function answerEventStream({ request, response, run }: EventStreamRequest): Promise<void> {
  const operations = await operationsOf(request)
  if ("status" in operations) {
    const { status, message } = operations
    return answerJson(response, status, { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] })
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).flushHeaders()
  const client = createClientSide(response)
  await Promise.all(operations.map((one) => follow(one, run, client)))
  response.end()
}

interface ClientSide {
  /** Resolves when there is room for more. */
  send(text: string): Promise<void>
  /** Calls it when the client leaves, or at once where it has left, unless what is returned was called before. */
  onLeft(stop: () => void): () => void
}

function createClientSide(response: ServerResponse): ClientSide {
  const left = new AbortController()
  const stops = new Set<() => void>()
  let drained: Promise<unknown> | undefined
  response.on("close", () => {
    left.abort()
    for (const stop of stops) stop()
  })
  return {
    send: async (text) => {
      if (left.signal.aborted || response.write(text)) return
      drained ??= once(response, "drain", { signal: left.signal })
        .catch(() => undefined) // the client has left: nothing waits for room any more
        .finally(() => (drained = undefined))
      await drained
    },
    onLeft: (stop) => {
      if (left.signal.aborted) stop()
      stops.add(stop)
      return () => stops.delete(stop)
    },
  }
}

/** Sends on what one operation tells, as it comes. */
async function follow({ id, body }: Operation, run: EventStreamRequest["run"], client: ClientSide): Promise<void> {
  const named = `"id":${JSON.stringify(id)}`
  const chunks = (await run(body)).body?.values()
  // Ends what it follows at once; a reader's `cancel` would wait until something is told.
  const forget = client.onLeft(() => void chunks?.return?.().catch(() => undefined)) // it is over either way
  await client.send(`event: stands\ndata: {${named}}\n\n`)
  const decoder = new TextDecoder()
  let rest = ""
  for (;;) {
    const { done, value } = (await chunks?.next().catch(() => undefined)) ?? { done: true } // cut off: the client has left
    if (done) break
    const pieces = (rest + decoder.decode(value, { stream: true })).split("\n\n")
    rest = pieces.pop() ?? ""
    for (const piece of pieces) {
      const payload = /^event: next\ndata: (.*)$/.exec(piece)?.[1]
      if (payload !== undefined) await client.send(`event: next\ndata: {${named},"payload":${payload}}\n\n`)
      // What keeps the connection open in silence.
      else if (piece === ":") await client.send(":\n\n")
    }
  }
  forget()
  await client.send(`event: complete\ndata: {${named}}\n\n`)
}
