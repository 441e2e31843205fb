/**
 * A control plane for the panel's tests and for the eye: the printed schema executed over data in memory, on a real
 * socket, with sessions, persisted documents and server-sent events as the real one has them. It checks what the panel
 * must send (JSON, the CSRF header, a known document) and keeps what it saw. It is no part of the product.
 */
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join } from "node:path"
import { buildSchema, execute, GraphQLError, type GraphQLSchema, parse, subscribe, validate } from "graphql"
import { createWorld, type World } from "./fake-world.ts"

/** The policy under which the built panel must run without a violation. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types lagrange-templates"

export interface FakeOptions {
  port?: number
  /** Serve this build of the panel, with the policy above. */
  panelFolder?: string
  /** Run only the documents of this map, by their id. */
  documents?: Record<string, string>
  /** Start with a session that is valid without a cookie. */
  signedIn?: boolean
}

/** What one request carried, as far as tests ask. */
export interface SeenRequest {
  operationName: string | undefined
  documentId: string | undefined
  hasQuery: boolean
  variables: Record<string, unknown>
}

export interface FakeControlPlane {
  url: string
  world: World
  seen: SeenRequest[]
  /** Whether the session counts as signed in. */
  signedIn: boolean
  /** What the viewer may. */
  scope: "READ" | "OPERATE" | "ADMIN"
  /** When true, what changes keys is refused until the password was given once more. */
  wantsPassword: boolean
  /** Answers what the playground sends. */
  play: (asked: { path: string; body: unknown; headers: IncomingHttpHeaders }, response: ServerResponse) => void
  /** When set, every POST is answered with this status and no GraphQL. */
  failWith: number | undefined
  /** Waited for before a stream is opened; until then nothing that happens is told on it. */
  beforeStream: () => Promise<void>
  /** Ends every connection with streams, as a restart does. */
  dropStreams: () => void
  /** How many subscriptions are open, over all connections. */
  openStreams: () => number
  close: () => Promise<void>
}

const schema: GraphQLSchema = buildSchema(
  readFileSync(join(import.meta.dirname, "../../control-plane/schema.graphql"), "utf8"),
)

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so chunks are buffers
  return Buffer.concat(chunks).toString("utf8")
}

interface Body {
  query?: string
  documentId?: string
  operationName?: string
  variables?: Record<string, unknown>
}

interface Operation {
  id: string
  request: Body
}

/** Starts one on a free port of the loopback address (or on the given one). */
export async function startFakeControlPlane(options: FakeOptions = {}): Promise<FakeControlPlane> {
  const streams = new Set<ServerResponse>()
  let openStreams = 0
  const world = createWorld()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })

  // Kept for good: on a machine that stands still for seconds, one that is closed as it is used again would fail a request.
  server.keepAliveTimeout = 0

  const fake: FakeControlPlane = {
    url: "",
    world,
    seen: [],
    signedIn: options.signedIn ?? false,
    scope: "ADMIN",
    wantsPassword: false,
    play: (_asked, response) => json(response, 503, { errors: [{ message: "Nobody plays." }] }),
    failWith: undefined,
    beforeStream: () => Promise.resolve(),
    openStreams: () => openStreams,
    dropStreams: () => {
      for (const open of streams) open.destroy()
    },
    close: () => closeServer(server),
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = new URL(request.url ?? "/", "http://localhost").pathname
    if (path.startsWith("/playground/")) {
      const body: unknown = JSON.parse(await readBody(request))
      return fake.play({ path: request.url ?? "", body, headers: request.headers }, response)
    }
    if (path !== "/graphql" && path !== "/graphql/stream") return serveFile(path, response)
    const text = await readBody(request)
    if (fake.failWith !== undefined) return json(response, fake.failWith, { oops: true })
    if (request.headers["x-csrf"] !== "1") return json(response, 403, { errors: [{ message: "CSRF header missing" }] })
    if (path === "/graphql/stream") {
      if (!fake.signedIn) return json(response, 401, { errors: [{ message: "Sign in first." }] })
      return stream((JSON.parse(text) as { operations: Operation[] }).operations, response) // the panel's own JSON
    }
    const wanted = prepare(JSON.parse(text) as Body) // the panel's own JSON; a slip fails the test
    if ("errors" in wanted) return json(response, 400, wanted)
    return json(response, 200, await execute(wanted))
  }

  /** What to execute; the errors of a document that is not the panel's or not the schema's. */
  function prepare(body: Body) {
    const hash = body.documentId?.replace(/^sha256:/, "")
    const source = hash === undefined ? body.query : options.documents?.[hash]
    if (source === undefined || (options.documents !== undefined && hash === undefined)) {
      return { errors: [{ message: "PersistedQueryNotFound" }] }
    }
    if (hash !== undefined && createHash("sha256").update(source).digest("hex") !== hash) throw new Error("wrong hash")
    const document = parse(source)
    const errors = validate(schema, document)
    if (errors.length > 0) return { errors }
    fake.seen.push({
      operationName: body.operationName,
      documentId: body.documentId,
      hasQuery: body.query !== undefined,
      variables: body.variables ?? {},
    })
    return { schema, document, rootValue: rootFor(fake), variableValues: body.variables ?? {} }
  }

  /** Answers with what the operations tell, each under its id. */
  async function stream(operations: Operation[], response: ServerResponse) {
    await fake.beforeStream()
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" }).flushHeaders()
    streams.add(response)
    response.on("close", () => streams.delete(response))
    const send = (event: string, value: object) => response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`)
    const follow = async ({ id, request }: Operation) => {
      const wanted = prepare(request)
      if ("errors" in wanted) throw new Error(JSON.stringify(wanted))
      const results = await subscribe(wanted)
      send("stands", { id })
      if (Symbol.asyncIterator in results) {
        openStreams++
        response.on("close", () => {
          openStreams--
          void results.return(undefined)
        })
        for await (const payload of results) send("next", { id, payload })
      } else send("next", { id, payload: results })
      send("complete", { id })
    }
    await Promise.all(operations.map(follow))
    return undefined
  }

  function serveFile(path: string, response: ServerResponse) {
    const folder = options.panelFolder
    if (folder === undefined) return json(response, 404, {})
    const file = extname(path) === "" ? "index.html" : path
    const location = join(folder, file)
    if (!existsSync(location)) return json(response, 404, {})
    response.writeHead(200, {
      "content-type": mediaTypes[extname(location)] ?? "application/octet-stream",
      "content-security-policy": contentSecurityPolicy,
    })
    response.end(readFileSync(location))
    return undefined
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve))
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a listening TCP server has one
  return fake
}

function json(response: ServerResponse, status: number, value: unknown) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
  return undefined
}

async function closeServer(server: Server) {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** The world's fields, behind the session. */
function rootFor(fake: FakeControlPlane): Record<string, unknown> {
  const viewer = { name: "admin", scope: fake.scope, authenticatedBy: "SESSION" }
  const open: Record<string, unknown> = {
    viewer: () => (fake.signedIn ? viewer : null),
    signIn: ({ password }: { password: string }) => {
      fake.signedIn = password === "open sesame"
      return fake.signedIn
        ? { __typename: "SignInSuccess", viewer }
        : { __typename: "Refused", code: "wrong_password", message: "The password is wrong.", path: ["password"] }
    },
    reauthenticate: ({ password }: { password: string }) => {
      fake.wantsPassword = password !== "open sesame"
      return fake.wantsPassword
        ? { __typename: "Refused", code: "wrong_password", message: "The password is wrong.", path: ["password"] }
        : { __typename: "ReauthenticateSuccess", viewer }
    },
    signOut: () => {
      fake.signedIn = false
      return { __typename: "SignOutSuccess", signedOut: true }
    },
  }
  const stale = () => ({ __typename: "Refused", code: "reauthentication_required", message: "Password?", path: [] })
  if (fake.signedIn) return { ...fake.world.root, ...open, ...(fake.wantsPassword ? { createApiKey: stale } : {}) }
  const closed = Object.keys(fake.world.root).map((name) => [
    name,
    () => {
      throw new GraphQLError("Not signed in")
    },
  ])
  return { ...Object.fromEntries(closed), ...open }
}
