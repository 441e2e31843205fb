/** What goes from the playground to a data plane, what comes back, who may, and how each side's leaving is told to the other. */
import {
  createServer,
  request as requestOver,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http"
import { connect } from "node:net"
import type { Duplex } from "node:stream"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { PIPE_PATH, PIPE_PROTOCOL } from "#shared/link-protocol.ts"
import { MAX_AT_ONCE_EACH, MAX_REQUEST_BYTES } from "../src/playground/route.ts"
import { PIPE_WAIT_MS } from "../src/link/pipes.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, LINK_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, type LinkClient } from "./support/link-client.ts"
import { createManualClock } from "./support/manual-clock.ts"

const clock = createManualClock()
let control: TestControlPlane
let link: LinkClient
let cookie: string
const opened: Duplex[] = []

beforeAll(async () => {
  control = await startTestControlPlane({ clock })
  link = await connectLink(control.url)
  cookie = await control.signIn()
})
afterAll(async () => {
  link.close()
  await control.stop()
})
afterEach(() => {
  for (const connection of opened.splice(0)) connection.destroy()
})

interface Taken {
  readonly request: IncomingMessage
  readonly body: string
}

/** The newest command for a pipe that was not there before. */
async function nextPipe(
  before: number,
): Promise<{ readonly pipeId: string; readonly sender: unknown; readonly id: string }> {
  const frame = await waitFor(() => pipeCommands()[before])
  return { ...frame.command, id: frame.id }
}

function pipeCommands() {
  return link.frames.flatMap((frame) =>
    frame.type === "command" && frame.command.type === "open-pipe" ? [{ id: frame.id, command: frame.command }] : [],
  )
}

/** Dials as a data plane does; the status when it is not taken. */
function dial(pipeId: string, token = LINK_TOKEN): Promise<Duplex | number> {
  return new Promise((resolve, reject) => {
    const outgoing = requestOver(`${control.url}${PIPE_PATH}?id=${pipeId}`, {
      agent: false,
      headers: { authorization: `Bearer ${token}`, connection: "Upgrade", upgrade: PIPE_PROTOCOL },
    })
    outgoing.on("error", reject)
    outgoing.on("response", (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    outgoing.on("upgrade", (_answer, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      opened.push(socket)
      socket.on("error", () => undefined)
      resolve(socket)
    })
    outgoing.end()
  })
}

/** Plays the data plane for one request: `serve` has it whole. */
async function playNode(before: number, serve: (taken: Taken, answer: ServerResponse) => void) {
  const command = await nextPipe(before)
  const connection = await dial(command.pipeId)
  if (typeof connection === "number") throw new Error(`not taken: ${connection}`)
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("error", () => undefined)
    request.on("end", () => serve({ request, body }, response))
  })
  server.emit("connection", connection)
  return { ...command, connection }
}

function send(path: string, headers: Readonly<Record<string, string>> = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${control.url}/playground${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf": "1", ...headers },
    body: "{}",
    ...init,
  })
}

const codeOf = async (answer: Response): Promise<unknown> =>
  ((await answer.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code // the route's own shape

const lastAction = () =>
  control.controlPlane.services.database.prisma.auditEvent.findFirst({
    where: { action: "sendFromPlayground" },
    orderBy: { sequence: "desc" },
  })

test("path, body and the headers of a dialect go to the node, and nothing of the session", async () => {
  let seen: { headers: IncomingHttpHeaders; url: string | undefined; body: string } | undefined
  const node = playNode(pipeCommands().length, ({ request, body }, answer) => {
    seen = { headers: request.headers, url: request.url, body }
    answer.writeHead(201, {
      "content-type": "text/event-stream",
      "x-request-id": "req_1",
      "set-cookie": "stolen=1",
      server: "x",
    })
    answer.end("data: {}\n\n")
  })
  const headers = {
    cookie,
    accept: "text/event-stream",
    "anthropic-version": "2023-06-01",
    "x-secret-of-mine": "canary-canary-1",
  }
  const answer = await send("/v1/messages?alt=sse&key=canary-canary-2", headers, { body: '{"model":"m"}' })
  expect([answer.status, await answer.text()]).toEqual([201, "data: {}\n\n"])
  expect(answer.headers.get("x-request-id")).toBe("req_1")
  expect(answer.headers.get("set-cookie")).toBeNull()
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'")
  expect(seen).toEqual({
    url: "/v1/messages?alt=sse",
    body: '{"model":"m"}',
    headers: {
      accept: "text/event-stream",
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
      "content-length": "13",
      connection: expect.any(String),
      host: "playground",
      "user-agent": "lagrange-playground",
      "x-lagrange-explain": "1",
    },
  })
  const { sender } = await node
  const admin = await control.controlPlane.services.database.prisma.adminUser.findFirst()
  expect(sender).toEqual({ id: admin?.id, name: "admin" })
  const told = await lastAction()
  expect(told).toMatchObject({ actorName: "admin", objectKind: "NODE", objectLabel: "local", outcome: "DONE" })
  expect(told?.after).toContain("/v1/messages")
  expect(answer.headers.get("x-lagrange-node")).toBe(told?.objectId)
})

test("what streams arrives as it is sent, not when it is over", async () => {
  let finish: () => void = () => undefined
  const node = playNode(pipeCommands().length, (_taken, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" })
    response.write("data: first\n\n")
    finish = () => response.end("data: last\n\n")
  })
  const answer = await send("/v1/chat/completions", { authorization: `Bearer ${ADMIN_TOKEN}` })
  const reader = answer.body?.getReader()
  const first = await reader?.read()
  expect(new TextDecoder().decode(first?.value)).toBe("data: first\n\n")
  finish()
  const last = await reader?.read()
  expect(new TextDecoder().decode(last?.value)).toBe("data: last\n\n")
  expect((await node).sender).toEqual({ id: "environment", name: "ADMIN_TOKEN" })
})

test.each(["its client leaves", "its session ends"])("the node's request is broken off when %s", async (why) => {
  const mine = await control.signIn()
  const abort = new AbortController()
  const node = playNode(pipeCommands().length, (_taken, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" })
    response.write("data: first\n\n")
  })
  const answer = await send("/v1/responses", { cookie: mine }, { signal: abort.signal })
  const { connection } = await node
  const closed = new Promise((resolve) => connection.on("close", resolve))
  if (why === "its client leaves") abort.abort()
  else await control.ask("mutation { signOut { __typename } }", {}, { cookie: mine })
  await closed
  await expect(answer.text()).rejects.toThrow()
})

test("a node that breaks off before its answer is told in words, one that does so later by the end", async () => {
  const before = playNode(pipeCommands().length, ({ request }) => request.socket.destroy())
  const early = await send("/v1/messages", { cookie })
  await before
  expect([early.status, await codeOf(early)]).toEqual([502, "NODE_LEFT"])
  const later = playNode(pipeCommands().length, ({ request }, response) => {
    response.writeHead(200)
    response.write("begun", () => request.socket.destroy())
  })
  const answer = await send("/v1/messages", { cookie })
  await later
  await expect(answer.text()).rejects.toThrow()
})

test("a node that refuses says why; one that never comes is waited for ten seconds", async () => {
  const count = pipeCommands().length
  const refused = send("/v1/messages", { cookie })
  const { id } = await nextPipe(count)
  await link.report({
    type: "command-ack",
    id: "boot-1.1",
    at: 0,
    commandId: id,
    outcome: "refused",
    reason: "It is full.",
  })
  const answer = await refused
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain("It is full.")

  const silent = send("/v1/messages", { cookie })
  const late = await nextPipe(count + 1)
  clock.advance(PIPE_WAIT_MS)
  const timedOut = await silent
  expect([timedOut.status, await codeOf(timedOut)]).toEqual([504, "NODE_SILENT"])
  expect(await dial(late.pipeId)).toBe(404)
})

test("a session that ends while the node is asked is let go at once, and nobody takes its request up", async () => {
  const mine = await control.signIn()
  const count = pipeCommands().length
  const waiting = send("/v1/messages", { cookie: mine })
  const { pipeId } = await nextPipe(count)
  await control.ask("mutation { signOut { __typename } }", {}, { cookie: mine })
  const answer = await waiting
  expect([answer.status, await codeOf(answer)]).toEqual([401, "UNAUTHENTICATED"])
  expect(await dial(pipeId)).toBe(404)
  await control.controlPlane.services.audit.settled()
  expect(await lastAction()).toMatchObject({ outcome: "REFUSED", code: "unauthenticated", actorName: "admin" })
})

test("a pipe is for the node that was asked for one, and for nobody without its token", async () => {
  const count = pipeCommands().length
  const create = `mutation { createNode(input: { name: "other" }) { ... on CreateNodeSuccess { linkToken node { id } } } }`
  const { createNode } = await control.data<{ createNode: { linkToken: string; node: { id: string } } }>(create)
  const waiting = send("/v1/messages", { cookie })
  const { pipeId } = await nextPipe(count)
  expect(await dial(pipeId, "not-a-token-of-anybody")).toBe(401)
  expect(await dial(pipeId, createNode.linkToken)).toBe(404)
  expect((await fetch(`${control.url}${PIPE_PATH}?id=${pipeId}`)).status).toBe(426)
  const connection = await dial(pipeId)
  if (typeof connection === "number") throw new Error("not taken")
  connection.destroy()
  expect((await waiting).status).toBe(502)
  const away = await send("/v1/messages", { cookie, "x-lagrange-node": createNode.node.id })
  expect([away.status, await codeOf(away)]).toEqual([503, "NO_DATA_PLANE"])
})

test("a request that is too long is refused, whether it says so or not", async () => {
  const long = Buffer.alloc(MAX_REQUEST_BYTES + 1, 32)
  const told = await new Promise<number>((resolve, reject) => {
    const outgoing = requestOver(`${control.url}/playground/v1/messages`, {
      method: "POST",
      headers: { cookie, "x-csrf": "1", "content-type": "application/json", "content-length": long.length },
    })
    outgoing.on("response", (answer) => {
      resolve(answer.statusCode ?? 0)
      outgoing.destroy()
    })
    outgoing.on("error", reject)
    outgoing.flushHeaders()
  })
  expect(told).toBe(413)
  void playNode(pipeCommands().length, () => undefined)
  const body = new ReadableStream({
    start: (stream) => {
      stream.enqueue(long)
      stream.close()
    },
  })
  const streamed = await send("/v1/messages", { cookie }, { body, duplex: "half" } as RequestInit) // undici's own option
  expect(streamed.status).toBe(413)
})

test.each([
  ["/v1/models", {}, 404],
  ["/v1/messages/count_tokens", {}, 404],
  ["/v1beta/models/a/b:generateContent", {}, 404],
  ["/v1beta/models/a:embedContent", {}, 404],
  ["/v1/messages", { "x-csrf": undefined }, 403],
  ["/v1/messages", { "sec-fetch-site": "cross-site" }, 403],
  ["/v1/messages", { "content-type": "text/plain" }, 415],
  ["/v1/messages", {}, 401],
])("%s with %j is answered %i before anything reaches a node", async (path, more, status) => {
  const before = pipeCommands().length
  const headers = Object.entries({ "content-type": "application/json", "x-csrf": "1", ...more })
  const given = headers.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const answer = await fetch(`${control.url}/playground${path}`, { method: "POST", headers: given, body: "{}" })
  expect(answer.status).toBe(status)
  expect(pipeCommands().length).toBe(before)
})

test("a request that offers another protocol goes on as it is, with its body", async () => {
  const body = JSON.stringify({ query: "{ viewer { name } }" })
  const text = await new Promise<string>((resolve, reject) => {
    const { port } = new URL(control.url)
    const socket = connect(Number(port), "127.0.0.1")
    let answer = ""
    socket.on("data", (chunk) => {
      answer += chunk.toString()
      if (answer.includes("ADMIN_TOKEN")) resolve(answer)
    })
    socket.on("error", reject)
    socket.on("close", () => resolve(answer))
    const head = [
      "POST /graphql HTTP/1.1",
      "Host: control",
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
      `Authorization: Bearer ${ADMIN_TOKEN}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
    ]
    // The body comes in two pieces, the second when the head was long read.
    socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 5)}`)
    setImmediate(() => socket.write(body.slice(5)))
  })
  expect(text).toContain("HTTP/1.1 200")
  expect(text).toContain('"name":"ADMIN_TOKEN"')
})

test("at most eight of a session are under way; who has left meanwhile is not sent for", async () => {
  const before = pipeCommands().length
  const sent = Array.from({ length: MAX_AT_ONCE_EACH }, () => {
    const headers = { cookie, "x-csrf": "1", "content-type": "application/json" }
    const outgoing = requestOver(`${control.url}/playground/v1/messages`, { method: "POST", agent: false, headers })
    outgoing.on("error", () => undefined)
    return outgoing.end("{}")
  })
  await waitFor(() => pipeCommands().length === before + MAX_AT_ONCE_EACH)
  const more = await send("/v1/messages", { cookie })
  expect([more.status, await codeOf(more)]).toEqual([429, "TOO_MANY"])
  const gone = sent.map((outgoing) => new Promise((resolve) => outgoing.on("close", resolve)))
  for (const outgoing of sent) outgoing.destroy()
  await Promise.all(gone)
  let taken = 0
  const nodes = await Promise.all(
    Array.from({ length: MAX_AT_ONCE_EACH }, (_, index) => playNode(before + index, () => (taken += 1))),
  )
  await waitFor(() => nodes.every(({ connection }) => connection.destroyed))
  expect(taken).toBe(0)
  const free = playNode(pipeCommands().length, (_taken, response) => response.end("{}"))
  const served = await send("/v1/messages", { cookie })
  expect([served.status, await served.text()]).toEqual([200, "{}"])
  await free
})

test("a control plane that stops ends what is under way", async () => {
  const node = playNode(pipeCommands().length, (_taken, response) => {
    response.writeHead(200)
    response.write("begun")
  })
  const answer = await send("/v1/messages", { cookie })
  await node
  await control.controlPlane.stop()
  await expect(answer.text()).rejects.toThrow()
})
