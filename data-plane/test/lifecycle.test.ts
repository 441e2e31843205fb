/** Clients that leave, clients that are slow, silence, full pools, and the end of the process. */
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { SLOT_WAIT_MS } from "#data-plane/pool/lease.ts"
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import type { IncomingMessage } from "node:http"
import { afterEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, messagesBody, open, readAll } from "./support/client.ts"
import { startGate, type Gate } from "./support/gate.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

let system: System
let clock: SteeredClock
let gate: Gate | undefined
afterEach(async () => {
  await system?.stop()
  await gate?.stop()
  gate = undefined
})

/** With time that stands still: what happens then waits for no timer. */
async function beginStill(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  system = await startSystem({ plane: { clock }, ...options })
}

/** The same, with an upstream whose answers a test holds as long as it wants. */
async function beginGated(): Promise<Gate> {
  await beginStill({ settings: { firstByteTimeoutMs: 600_000 } })
  gate = await startGate(system.simulator.url)
  await system.push({ settings: { antigravityBaseUrls: [gate.url] } })
  gate.close()
  return gate
}

const record = () =>
  waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return system.link.find("exchange").at(-1)
  })

const inFlight = (): number => system.plane.pool.facts().inFlight
const chatUrl = (): string => `${system.url}/v1/chat/completions`

function response(outgoing: ReturnType<typeof open>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve)
    outgoing.once("error", reject)
  })
}

async function leaves(body: object, isUnderWay: () => boolean | Promise<boolean>): Promise<void> {
  const outgoing = open(chatUrl(), { body })
  outgoing.on("error", () => undefined)
  outgoing.on("response", (message) => message.resume())
  await waitFor(isUnderWay)
  outgoing.destroy()
  await waitFor(() => inFlight() === 0)
  await waitFor(() => system.simulator.seen().at(-1)?.aborted)
  expect(await record()).toMatchObject({ outcome: "cancelled", status: 499, errorCode: "client_cancelled" })
}

describe.each([[false], [true]])(
  "G19 a client that leaves frees its account and resets the upstream (h2 upstream: %s)",
  (tlsUpstream) => {
    test.each([
      ["before the first byte", chatBody("[[sim:fault=hang-before-headers]]", { stream: true })],
      ["before the first byte of a whole answer", chatBody("[[sim:fault=hang-before-headers]]")],
      ["after the upstream's head", chatBody("[[sim:fault=hang-after-headers]]", { stream: true })],
      [
        "in the middle of a stream",
        chatBody('[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]', { stream: true }),
      ],
      [
        "in the middle of a whole answer",
        chatBody('[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]'),
      ],
    ])("%s", async (_name, body) => {
      await beginStill({ tlsUpstream })
      await leaves(body, () => system.simulator.seen().length > 0 && inFlight() === 1)
    })
  },
)

test("a client that leaves while it waits for a slot gives up its place", async () => {
  await beginStill()
  const first = open(chatUrl(), { body: chatBody("[[sim:fault=hang-before-headers]]") })
  first.on("error", () => undefined)
  await waitFor(() => inFlight() === 1)
  const second = open(chatUrl(), { body: chatBody("[[sim:text=second]]") })
  second.on("error", () => undefined)
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  second.destroy()
  await waitFor(() => system.plane.pool.facts().waiting === 0)
  first.destroy()
  await waitFor(() => inFlight() === 0)
})

test("an exchange waits for a slot and gets it in turn", async () => {
  system = await startSystem()
  const answers = await Promise.all(
    [1, 2, 3].map((turn) => fetchAnswer(chatUrl(), { body: chatBody(`[[sim:delay=50]][[sim:text=${turn}]]`) })),
  )
  expect(answers.map(answerText)).toEqual(["1", "2", "3"])
  expect(Object.values(system.simulator.concurrency()).map(({ maximum }) => maximum)).toEqual([1])
})

test("the limit per model holds over all accounts", async () => {
  system = await startSystem({ accounts: 4, settings: { maxConcurrentPerModel: 2 } })
  let most = 0
  const watch = setInterval(() => (most = Math.max(most, inFlight())), 2)
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => fetchAnswer(chatUrl(), { body: chatBody("[[sim:delay=40]][[sim:text=x]]") })),
  )
  clearInterval(watch)
  expect(answers.map(answerText)).toEqual(Array.from({ length: 6 }, () => "x"))
  expect(most).toBe(2)
})

test("with every slot taken for a minute the answer is an honest 429", async () => {
  await beginStill({ settings: { firstByteTimeoutMs: 600_000 } })
  const first = open(chatUrl(), { body: chatBody("[[sim:fault=hang-before-headers]]") })
  first.on("error", () => undefined)
  await waitFor(() => inFlight() === 1)
  const waiting = fetchAnswer(`${system.url}/v1/messages`, { body: messagesBody("x") })
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  clock.advance(SLOT_WAIT_MS - 1)
  expect(system.plane.pool.facts().waiting).toBe(1)
  clock.advance(1)
  const refused = await waiting
  expect(refused.status).toBe(429)
  expect(errorOf(refused).type).toBe("rate_limit_error")
  expect(refused.headers["retry-after"]).toBe("1")
  first.destroy()
})

test("silence commits the head and is kept alive, and the answer is still whole", async () => {
  const upstream = await beginGated()
  for (const [path, body, sign] of [
    ["/v1/chat/completions", chatBody, ": keep-alive"],
    ["/v1/messages", messagesBody, "event: ping"],
  ] as const) {
    upstream.close()
    const coming = fetchAnswer(`${system.url}${path}`, { body: body("[[sim:text=at last]]", { stream: true }) })
    await waitFor(() => upstream.held === 1)
    for (let times = 0; times < 4; times += 1) clock.advance(KEEP_ALIVE_MS)
    upstream.open()
    const answer = await coming
    expect(answer.text.split(sign)).toHaveLength(5)
    expect(answerText(answer)).toBe("at last")
    expect(answer.text.match(/message_start"/g)?.length ?? 1).toBe(1)
  }
})

test("a failure after the head was committed by silence is an error event, not a broken connection", async () => {
  const upstream = await beginGated()
  const coming = fetchAnswer(chatUrl(), { body: chatBody("[[sim:fault=invalid-argument]]", { stream: true }) })
  await waitFor(() => upstream.held === 1)
  clock.advance(KEEP_ALIVE_MS)
  upstream.open()
  const answer = await coming
  expect(answer.status).toBe(200)
  expect(answer.text).toMatch(/data: \{"error":\{/)
  expect(await record()).toMatchObject({ outcome: "failed", status: 400 })
})

describe("drain", () => {
  test("streams under way end whole, new requests are refused, and nothing is left", async () => {
    system = await startSystem({ accounts: 2 })
    const message = await response(
      open(chatUrl(), { body: chatBody("[[sim:pause=30]][[sim:words=30]][[sim:chunks=10]]", { stream: true }) }),
    )
    const text = readAll(message)
    const drained = system.plane.drain(10_000)
    await expect(fetchAnswer(chatUrl(), { body: chatBody("x") })).rejects.toThrow(
      /ECONNREFUSED|ECONNRESET|socket hang up/,
    )
    expect(await text).toMatch(/data: \[DONE\]\s*$/)
    expect(answerText({ text: await text })).not.toBe("")
    expect(await text).not.toContain('"error"')
    await drained
    expect(system.link.find("exchange").at(-1)).toMatchObject({ outcome: "completed" })
  })

  test.each([
    ["/v1/chat/completions", chatBody, /data: \{"error":\{[^\n]*\}\}\n\ndata: \[DONE\]/],
    ["/v1/messages", messagesBody, /event: error\ndata: \{"type":"error"/],
  ])("at the limit a stream of %s is told in its dialect", async (path, body, sign) => {
    system = await startSystem()
    const stream = body('[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]', { stream: true })
    const message = await response(open(`${system.url}${path}`, { body: stream }))
    const text = readAll(message)
    await system.plane.drain(100)
    expect(await text).toMatch(sign)
    expect(system.link.find("exchange").at(-1)).toMatchObject({ outcome: "failed", errorCode: "shutting_down" })
  })

  test("one that has sent nothing yet gets a 503", async () => {
    system = await startSystem()
    const answer = fetchAnswer(chatUrl(), { body: chatBody("[[sim:fault=hang-before-headers]]", { stream: true }) })
    await waitFor(() => inFlight() === 1)
    await system.plane.drain(50)
    expect((await answer).status).toBe(503)
    expect((await answer).headers["connection"]).toBe("close")
  })
})
