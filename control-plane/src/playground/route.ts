/**
 * `POST /playground/…`: what follows is a path of one of the four dialects, and the body goes as it is to a data plane, whose answer comes
 * back as it is. Under the authority of who is signed in, or of an admin token: no API key is needed, and none could be had, since keys
 * are kept as hashes. Nothing else is passed on: no cookie, no token, no header but those below, and no address is taken from the request.
 */
import { request as requestOver, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import { Transform, type Duplex } from "node:stream"
import { pipeline } from "node:stream/promises"
import { actorOf } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { Asker, Auth } from "../auth/auth.ts"
import { includesScope, type Principal } from "../auth/principal.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { RefusedError } from "../failure.ts"
import type { Subscriptions } from "../graphql/subscriptions.ts"
import { answerJson } from "../http/answer.ts"
import type { ReadClient } from "../http/client.ts"
import { FORGED, isForged } from "../http/csrf.ts"
import type { Nodes } from "../link/nodes.ts"
import type { Pipes } from "../link/pipes.ts"
import type { Streams } from "../link/streams.ts"
import { newId } from "../new-id.ts"

export const PLAYGROUND_PATH = "/playground/"
/** Names the data plane that is to take it; in an answer, the one that did. */
export const NODE_HEADER = "x-lagrange-node"
/** Images travel inside of it. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024
/** At a time: of all, and of one session or token. */
export const MAX_AT_ONCE = 32
export const MAX_AT_ONCE_EACH = 8

/** What is heard of is written every half minute. */
const HEARD_OF_MS = 120_000

/** In the audit. */
const ACTION = "sendFromPlayground"

/** Paths that lead to a model, and nothing else. */
const ENDPOINTS =
  /^\/(?:v1\/(?:chat\/completions|responses|messages)|v1beta\/models\/[\w.%@-]+:(?:generateContent|streamGenerateContent))$/
const SENT_HEADERS = ["accept", "content-type", "content-length", "anthropic-version", "anthropic-beta"] as const
const TOLD_HEADERS = /^(?:content-type|content-length|retry-after|x-request-id|x-lagrange-[a-z]+)$/

export interface PlaygroundOptions {
  readonly auth: Pick<Auth, "authenticate">
  readonly audit: Pick<Audit, "attempt" | "note" | "refused">
  readonly database: Database
  readonly clock: Clock
  readonly readClient: ReadClient
  readonly streams: Pick<Streams, "connectedNodes">
  readonly nodes: Pick<Nodes, "live">
  readonly pipes: Pick<Pipes, "open">
  readonly subscriptions: Pick<Subscriptions, "hold">
}

export interface Playground {
  /** True when the path is one of the playground's and the request is taken care of. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
}

/** One request on its way to a node. */
interface Sending {
  readonly principal: Principal
  readonly asker: Asker
  readonly path: string
  /** The session or token has ended. */
  readonly over: AbortSignal
}

interface Node {
  readonly id: string
  readonly name: string
}

/** In the shape of GraphQL's errors: one client reads both. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  answerJson(response, status, { errors: [{ message, extensions: { code: code.toUpperCase() } }] })
}

const STATUSES: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  too_many_attempts: 429,
  too_many: 429,
  no_data_plane: 503,
  data_plane_refused: 503,
  node_silent: 504,
}

function notAnyMore(): RefusedError {
  return new RefusedError("unauthenticated", "Your session or token ended before a data plane took the request.")
}

export function createPlayground(options: PlaygroundOptions): Playground {
  const { auth, audit, database, clock, readClient, streams, nodes, pipes, subscriptions } = options
  const running = new Map<string, number>()
  let all = 0

  /** Who asks, if they may; else they are told. */
  async function enter(
    request: IncomingMessage,
    response: ServerResponse,
    asker: Asker,
  ): Promise<Principal | undefined> {
    const principal = await auth.authenticate(request, asker)
    if (principal === undefined) {
      refuse(response, 401, "UNAUTHENTICATED", "Sign in first.")
      return undefined
    }
    if (includesScope(principal.scope, "OPERATE")) return principal
    audit.refused({ actor: actorOf(principal), action: ACTION, ...asker }, "forbidden")
    refuse(response, 403, "FORBIDDEN", "This needs the scope OPERATE.")
    return undefined
  }

  /** The one that is asked for, else a connected one, one that is ready before others. */
  async function nodeFor(asked: string | undefined): Promise<Node> {
    const connected = [...streams.connectedNodes()]
    const isReady = (id: string): boolean => nodes.live(id)?.load.ready === true
    const id = asked ?? connected.find(isReady) ?? connected[0]
    const row =
      id !== undefined && connected.includes(id) ? await database.prisma.node.findUnique({ where: { id } }) : null
    if (row !== null) return row
    throw new RefusedError("no_data_plane", await whyNone(asked))
  }

  /** Each control plane of a PostgreSQL has links of its own, and a pipe comes to the one that asks for it. */
  async function whyNone(asked: string | undefined): Promise<string> {
    const lastSeenAt = { gte: new Date(clock.now() - HEARD_OF_MS) }
    const isAbout =
      database.kind === "postgresql" &&
      (await database.prisma.node.count({ where: { ...(asked === undefined ? {} : { id: asked }), lastSeenAt } })) > 0
    if (asked === undefined) {
      return isAbout
        ? "No data plane is linked to this control plane, but one was heard of in the last two minutes: where it is linked to another control plane of this database, send it there."
        : "No data plane is connected that could take it."
    }
    return isAbout
      ? "This data plane is not linked to this control plane, but was heard of in the last two minutes: where it is linked to another control plane of this database, send it there, or choose another data plane."
      : "This data plane is not connected here: choose another, or start it."
  }

  /** A connection to the node, with the audit told what it is for. Let go at once when `over` says that its sender may no more. */
  function connect(asked: string | undefined, { principal, asker, path, over }: Sending): Promise<[Node, Duplex]> {
    const { id, name, administratorId } = principal
    return audit.attempt({ actor: actorOf(principal), action: ACTION, ...asker }, async () => {
      const node = await nodeFor(asked)
      const connection = await pipes.open(node.id, { id: administratorId ?? id, name }, over)
      try {
        await audit.note({ object: { kind: "NODE", id: node.id, label: node.name }, after: { path } })
        over.throwIfAborted()
      } catch (error) {
        connection.destroy()
        throw error
      }
      return [node, connection]
    })
  }

  async function serve(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const asker = { address: readClient(request).address, requestId: newId("ask") }
    const principal = await enter(request, response, asker)
    if (principal === undefined) return
    const own = running.get(principal.id) ?? 0
    if (all >= MAX_AT_ONCE || own >= MAX_AT_ONCE_EACH) {
      throw new RefusedError("too_many", "Too many requests of the playground are under way; wait until one has ended.")
    }
    if (Number(request.headers["content-length"] ?? 0) > MAX_REQUEST_BYTES) return refuseLong(response)
    all += 1
    running.set(principal.id, own + 1)
    const over = new AbortController()
    const letGo = subscriptions.hold(principal, () => over.abort(notAnyMore()))
    try {
      const path = target.split("?", 1)[0] ?? ""
      const asked = headerOf(request.headers, NODE_HEADER)
      const [node, connection] = await connect(asked, { principal, asker, path, over: over.signal })
      over.signal.addEventListener("abort", () => connection.destroy())
      if (over.signal.aborted) connection.destroy()
      // Gone while the node was asked: nobody would hear the answer that an account pays for.
      if (response.destroyed) {
        connection.destroy()
        return
      }
      // Gone itself meanwhile, which nobody who takes it up now would be told.
      if (connection.destroyed || connection.readableEnded) {
        connection.destroy()
        refuseLeft(response)
        return
      }
      await relay(request, response, { node, connection, target })
    } finally {
      letGo()
      all -= 1
      const left = (running.get(principal.id) ?? 1) - 1
      if (left === 0) running.delete(principal.id)
      else running.set(principal.id, left)
    }
  }

  return {
    handle: async (request, response, url) => {
      const target = targetOf(url)
      if (target === undefined) return false
      if (request.method !== "POST") {
        response.setHeader("allow", "POST")
        refuse(response, 405, "METHOD_NOT_ALLOWED", "The playground takes POST only.")
      } else if (!/^application\/json(?:\s*;|$)/i.test(request.headers["content-type"] ?? "")) {
        refuse(response, 415, "UNSUPPORTED_MEDIA_TYPE", "The body has to be application/json.")
      } else if (isForged(request)) {
        refuse(response, 403, "CSRF", FORGED)
      } else {
        await serve(request, response, target).catch((error: unknown) => {
          if (!(error instanceof RefusedError)) throw error
          refuse(response, STATUSES[error.code] ?? 400, error.code, error.message)
        })
      }
      return true
    },
  }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

/** Path and query as the data plane is asked; undefined: no path of the playground. */
function targetOf({ pathname, searchParams }: URL): string | undefined {
  const path = pathname.startsWith(PLAYGROUND_PATH) ? pathname.slice(PLAYGROUND_PATH.length - 1) : ""
  if (!ENDPOINTS.test(path)) return undefined
  return searchParams.get("alt") === "sse" ? `${path}?alt=sse` : path
}

function refuseLong(response: ServerResponse): void {
  const mebibytes = MAX_REQUEST_BYTES / 1024 / 1024
  refuse(response, 413, "TOO_LARGE", `A request of the playground may have ${mebibytes} MiB.`)
}

interface Way {
  readonly node: Node
  readonly connection: Duplex
  readonly target: string
}

/** Bytes to the node and back, each way as fast as the slower side takes them. Who leaves takes the other one along. */
async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  { node, connection, target }: Way,
): Promise<void> {
  const sent = SENT_HEADERS.flatMap((name) => {
    const value = headerOf(request.headers, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const outgoing = requestOver({
    createConnection: () => connection,
    method: "POST",
    path: target,
    headers: {
      ...Object.fromEntries(sent),
      host: "playground",
      "user-agent": "lagrange-playground",
      "x-lagrange-explain": "1",
    },
  })
  const leave = (): void => void outgoing.destroy()
  response.on("close", leave)
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve)
    outgoing.on("error", reject)
    outgoing.on("close", () => reject(new Error("closed")))
  })
  const limit = new Limit()
  // A node may answer before it has read everything; how the body went is then of no interest.
  pipeline(request, limit, outgoing).catch(() => outgoing.destroy())
  try {
    const answer = await answered
    const told = Object.entries(answer.headers).filter(([name]) => TOLD_HEADERS.test(name))
    const headers = { ...Object.fromEntries(told), [NODE_HEADER]: node.id, "cache-control": "no-store" }
    response.writeHead(answer.statusCode ?? 502, headers)
    response.flushHeaders()
    await pipeline(answer, response)
  } catch {
    // Whichever side broke off: the other one is told by the end of its connection, or in words while that is still possible.
    if (limit.isOver) refuseLong(response)
    else if (response.headersSent) response.destroy()
    else refuseLeft(response)
  } finally {
    response.off("close", leave)
    connection.destroy()
  }
}

function refuseLeft(response: ServerResponse): void {
  const message =
    "The data plane closed the connection before it answered. What became of the request may be among the requests."
  refuse(response, 502, "NODE_LEFT", message)
}

class Limit extends Transform {
  isOver = false
  #length = 0

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error, chunk?: Buffer) => void): void {
    this.#length += chunk.length
    this.isOver = this.#length > MAX_REQUEST_BYTES
    if (this.isOver) done(new Error("too long"))
    else done(undefined, chunk)
  }
}
