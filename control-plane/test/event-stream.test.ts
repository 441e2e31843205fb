/** Several subscriptions over one connection: `POST /graphql/stream`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

let control: TestControlPlane
let cookie: string
beforeAll(async () => {
  control = await startTestControlPlane()
  cookie = await control.signIn()
})
afterAll(() => control.stop())

function open(body: unknown, as = cookie): Promise<Response> {
  return fetch(`${control.url}/graphql/stream`, {
    method: "POST",
    headers: { cookie: as, "x-csrf": "1", "content-type": "application/json" },
    body: JSON.stringify(body),
  })
}

/** What a stream has told so far; `leave` ends it. */
function listen(response: Response): { messages: string[]; isOver: () => boolean; leave: () => Promise<void> } {
  const reader = response.body?.getReader()
  if (reader === undefined) throw new Error("no stream")
  const decoder = new TextDecoder()
  let text = ""
  let isOver = false
  const heard = {
    get messages() {
      return text.split("\n\n").filter((piece) => piece.startsWith("event:"))
    },
    isOver: () => isOver,
    leave: () => reader.cancel(),
  }
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
    isOver = true
  })()
  return heard
}

const two = {
  operations: [
    { id: "nodes", request: { query: "subscription { nodeChanged { name } }" } },
    { id: "gone", request: { query: "subscription { accountRemoved }" } },
  ],
}

test("each is told when it stands, and what it tells comes under its id", async () => {
  const stream = listen(await open(two))
  await waitFor(() => stream.messages.length === 2)
  expect(stream.messages.toSorted()).toEqual([
    'event: stands\ndata: {"id":"gone"}',
    'event: stands\ndata: {"id":"nodes"}',
  ])
  await control.data('mutation { createNode(input: { name: "rack-7" }) { __typename } }')
  await waitFor(() => stream.messages.length === 3)
  expect(stream.messages[2]).toBe(
    'event: next\ndata: {"id":"nodes","payload":{"data":{"nodeChanged":{"name":"rack-7"}}}}',
  )
  await stream.leave()
})

test("whoever leaves frees what was followed", async () => {
  const many = Array.from({ length: 32 }, (_, index) => ({ ...two.operations[1], id: `s${index}` }))
  const first = listen(await open({ operations: many }))
  await waitFor(() => first.messages.length >= 32)
  await first.leave()
  let tries = 0
  await waitFor(async () => {
    const next = listen(await open({ operations: [two.operations[0]] }))
    await waitFor(() => next.messages.length > 0)
    // A refusal comes with it or not at all: what follows it is said when it has been read.
    await control.data(`mutation { createNode(input: { name: "another-${++tries}" }) { __typename } }`)
    await waitFor(() => next.messages.length > 1)
    await next.leave()
    return next.messages[1]?.includes('"nodeChanged"')
  })
})

/** One subscription by itself, as any client of GraphQL asks for it. */
function openAlone(query: string, as = cookie): Promise<Response> {
  return fetch(`${control.url}/graphql`, {
    method: "POST",
    headers: { cookie: as, "x-csrf": "1", "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query }),
  })
}

describe.each([
  [
    "one connection for many",
    (query: string, as?: string) => open({ operations: [{ id: "steps", request: { query } }] }, as),
  ],
  ["a connection of its own", openAlone],
])("for whoever does not read, over %s,", (_way, openSlow) => {
  const step = { step: "MODEL", outcome: "PASSED", durationMs: 1, wayOut: null, link: null } as const
  const count = 600
  const slow = `subscription { accountTestStep(accountId: "acc_slow") { subject message } }`
  const quick = `subscription { accountTestStep(accountId: "acc_slow") { subject } }`

  /** More than sockets hold. */
  async function tell(steps: number): Promise<void> {
    const { events } = control.controlPlane.services
    const message = "x".repeat(100_000)
    for (let number = 1; number <= steps; number += 1) {
      events.publish("accountTestStep", {
        accountId: "acc_slow",
        step: { ...step, subject: `step ${number} `, message },
      })
      // Whoever would take it has all the time for that.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const listeners = (): number => control.controlPlane.services.events.listeners("accountTestStep")

  test("no more waits than the newest 256, beside what the sockets hold, and nobody else is held up", async () => {
    const response = await openSlow(slow)
    const other = listen(await openAlone(quick))
    await waitFor(() => listeners() === 2)
    await tell(count)
    await waitFor(() => other.messages.at(-1)?.includes(`step ${count} `))
    const stream = listen(response)
    await waitFor(() => stream.messages.at(-1)?.includes(`step ${count} `))
    expect(stream.messages.length).toBeGreaterThan(256)
    expect(stream.messages.length).toBeLessThan(500)
    await stream.leave()
    await other.leave()
    await waitFor(() => listeners() === 0)
  })

  test("what was followed is freed when the session ends, and when they leave", async () => {
    const own = await control.signIn()
    const [ended, left] = [await openSlow(slow, own), await openSlow(slow)]
    await waitFor(() => listeners() === 2)
    await tell(150)
    await control.ask("mutation { signOut { __typename } }", {}, { cookie: own })
    await waitFor(() => listeners() === 1)
    await left.body?.cancel()
    await waitFor(() => listeners() === 0)
    // What is left of it is an end.
    const rest = listen(ended)
    await waitFor(() => rest.isOver())
    expect(rest.messages.at(-1)).toContain("event: complete")
  })
})

test("the end of the session ends all of it", async () => {
  const own = await control.signIn()
  const stream = listen(await open(two, own))
  await waitFor(() => stream.messages.length === 2)
  await control.ask("mutation { signOut { __typename } }", {}, { cookie: own })
  await waitFor(() => stream.isOver())
  expect(stream.messages.slice(2).toSorted()).toEqual([
    'event: complete\ndata: {"id":"gone"}',
    'event: complete\ndata: {"id":"nodes"}',
  ])
  expect((await open(two, own)).status).toBe(401)
})

test("one that is refused says why and ends; the others go on", async () => {
  const operations = [{ id: "wrong", request: { query: "subscription { nothing }" } }, ...two.operations]
  const stream = listen(await open({ operations }))
  await waitFor(() => stream.messages.some((message) => message.startsWith("event: complete")))
  expect(stream.messages.find((message) => message.startsWith("event: next"))).toContain(
    'Cannot query field \\"nothing\\"',
  )
  expect(stream.isOver()).toBe(false)
  await stream.leave()
})

test.each([
  ["no operations", {}],
  ["none in the list", { operations: [] }],
  ["more than may be open", { operations: Array.from({ length: 33 }, (_, index) => ({ id: `s${index}` })) }],
  ["two of one id", { operations: [two.operations[0], two.operations[0]] }],
  ["one without a request", { operations: [{ id: "a", query: "subscription { accountRemoved }" }] }],
  ["one without an id", { operations: [{ request: { query: "subscription { accountRemoved }" } }] }],
])("%s: the body is refused", async (_name, body) => {
  expect((await open(body)).status).toBe(400)
})

test("a body that is no JSON, a form of another site, and nobody are refused", async () => {
  const url = `${control.url}/graphql/stream`
  const headers = { cookie, "x-csrf": "1", "content-type": "application/json" }
  expect((await fetch(url, { method: "POST", headers, body: "{" })).status).toBe(400)
  expect((await fetch(url, { method: "POST", headers: { ...headers, "x-csrf": "" }, body: "{}" })).status).toBe(400)
  const { "x-csrf": _csrf, ...without } = headers
  expect((await fetch(url, { method: "POST", headers: without, body: "{}" })).status).toBe(403)
  expect((await fetch(url, { headers })).status).toBe(405)
  expect((await open(two, "")).status).toBe(401)
})
