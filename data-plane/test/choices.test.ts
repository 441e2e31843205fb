/** Several answers to one request: each a call of its own, one exchange in all. */
import type { IncomingMessage } from "node:http"
import { afterEach, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, errorOf, fetchAnswer, open, readAll } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

let system: System
afterEach(() => system?.stop())

const chat = (): string => `${system.url}/v1/chat/completions`
const inFlight = (): number => system.plane.pool.facts().inFlight

interface Chunk {
  readonly choices: readonly {
    readonly index: number
    readonly delta: { readonly content?: string }
    readonly finish_reason: string | null
  }[]
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null
  readonly error?: { readonly code: string }
}

function chunksOf(text: string): readonly Chunk[] {
  return text
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: {"))
    .map((frame) => JSON.parse(frame.slice(6)) as Chunk) // what this dialect streams
}

const record = () => waitFor(() => system.link.find("exchange").at(-1))

test("G56 two whole answers, with the usage of both, in one record", async () => {
  system = await startSystem({ accounts: 2 })
  const answer = await fetchAnswer(chat(), { body: chatBody("[[sim:text=hello]]", { n: 2 }) })
  expect(answer.status).toBe(200)
  const body = JSON.parse(answer.text) as { choices: { index: number; message: { content: string } }[]; usage: object }
  expect(body.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, "hello"],
    [1, "hello"],
  ])
  const single = JSON.parse((await fetchAnswer(chat(), { body: chatBody("[[sim:text=hello]]") })).text) as {
    usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
  }
  expect(body.usage).toMatchObject({
    prompt_tokens: single.usage.prompt_tokens * 2,
    completion_tokens: single.usage.completion_tokens * 2,
    total_tokens: single.usage.total_tokens * 2,
  })
  const seen = system.simulator.seen().slice(0, 2)
  expect(new Set(seen.map(({ account }) => account)).size).toBe(2)
  expect(new Set(seen.map(({ body: sent }) => (sent as { requestId: string }).requestId)).size).toBe(2)
  const kept = await waitFor(() => system.link.find("exchange").find((one) => one.attempts.length === 2))
  expect(kept).toMatchObject({
    outcome: "completed",
    status: 200,
    finishReason: "STOP",
    usage: { inputTokens: single.usage.prompt_tokens * 2, outputTokens: single.usage.completion_tokens * 2 },
  })
  expect(inFlight()).toBe(0)
})

test("G56 three answers in one stream, each under its index", async () => {
  system = await startSystem({ accounts: 3 })
  const body = chatBody("[[sim:chunks=4]][[sim:pause=5]][[sim:text=one two three four]]", {
    n: 3,
    stream: true,
    stream_options: { include_usage: true },
  })
  const answer = await fetchAnswer(chat(), { body })
  const chunks = chunksOf(answer.text)
  const texts = ["", "", ""]
  const ends: number[] = []
  for (const { choices } of chunks) {
    for (const { index, delta, finish_reason: reason } of choices) {
      texts[index] += delta.content ?? ""
      if (reason !== null) ends.push(index)
    }
  }
  expect(texts).toEqual(["one two three four", "one two three four", "one two three four"])
  expect(new Set(ends)).toEqual(new Set([0, 1, 2]))
  expect(ends).toHaveLength(3)
  const indices = chunks.flatMap(({ choices }) => choices.map(({ index }) => index))
  expect(indices.lastIndexOf(0)).toBeGreaterThan(indices.indexOf(1))
  expect(chunks.at(-1)?.usage?.prompt_tokens).toBeGreaterThan(0)
  expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true)
  expect(answer.text.match(/\[DONE\]/g)).toHaveLength(1)
})

test("with one account they come one after the other", async () => {
  system = await startSystem()
  const answer = await fetchAnswer(chat(), { body: chatBody("[[sim:text=hello]]", { n: 2, stream: true }) })
  expect(chunksOf(answer.text).filter(({ choices }) => choices[0]?.finish_reason === "stop")).toHaveLength(2)
  expect(Object.values(system.simulator.concurrency()).map(({ maximum }) => maximum)).toEqual([1])
})

test("one that fails before its content fails them all, as a whole answer, and calls the others off", async () => {
  system = await startSystem({ accounts: 2 })
  system.simulator.script({ fault: { kind: "invalid-argument" }, skip: 1, times: 1 })
  system.simulator.script({ fault: { kind: "hang-before-headers" }, times: 1 })
  const answer = await fetchAnswer(chat(), { body: chatBody("x", { n: 2 }) })
  expect(answer.status).toBe(400)
  expect(errorOf(answer).code).toBe("upstream_rejected_request")
  expect(await record()).toMatchObject({
    outcome: "failed",
    attempts: expect.objectContaining({ length: 2 }) as unknown,
  })
  await waitFor(() => inFlight() === 0)
  await waitFor(() => system.simulator.seen().every(({ outcome, aborted }) => outcome !== undefined || aborted))
})

test("one that breaks off in the middle ends the stream with an error", async () => {
  system = await startSystem({ accounts: 2 })
  system.simulator.script({ fault: { kind: "truncated", after: 2 }, times: 1 })
  const body = chatBody("[[sim:chunks=9]][[sim:pause=10]][[sim:words=90]]", { n: 2, stream: true })
  const answer = await fetchAnswer(chat(), { body })
  expect(chunksOf(answer.text).at(-1)?.error?.code).toBe("upstream_interrupted")
  expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true)
  expect(await record()).toMatchObject({ outcome: "truncated", errorCode: "upstream_interrupted" })
  await waitFor(() => inFlight() === 0)
})

test.each([[true], [false]])("a client that leaves ends all of them (stream: %s)", async (stream) => {
  system = await startSystem({ accounts: 3 })
  const client = open(chat(), { body: chatBody("[[sim:fault=hang-before-headers]]", { n: 3, stream }) })
  client.on("error", () => undefined)
  await waitFor(() => inFlight() === 3)
  client.destroy()
  await waitFor(() => inFlight() === 0)
  await waitFor(() => system.simulator.seen().filter(({ aborted }) => aborted).length === 3)
  const kept = await record()
  expect(kept).toMatchObject({ outcome: "cancelled", errorCode: "client_cancelled" })
  expect(kept.attempts).toHaveLength(3)
})

test("a client that does not read stops all of them, and all go on when it does", async () => {
  system = await startSystem({ accounts: 2, settings: { streamIdleTimeoutMs: 30_000 } })
  const body = chatBody("[[sim:chunks=12000]][[sim:words=20000]]", { n: 2, stream: true })
  const client = open(chat(), { body })
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    client.once("error", reject)
    client.once("response", resolve)
  })
  // Unread, until nothing comes any more.
  let received = -1
  await waitFor(
    () => {
      const before = received
      received = message.socket.bytesRead
      return received === before
    },
    60_000,
    50,
  )
  expect(inFlight()).toBe(2)
  const chunks = chunksOf(await readAll(message))
  const ends = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.finish_reason !== null))
  expect(ends).toHaveLength(2)
  expect(new Set(ends.map(({ index }) => index))).toEqual(new Set([0, 1]))
  expect(await record()).toMatchObject({ outcome: "completed" })
})

test("n beyond ten is a 400", async () => {
  system = await startSystem()
  const answer = await fetchAnswer(chat(), { body: chatBody("x", { n: 11 }) })
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.text)).toMatchObject({ error: { param: "n" } })
  expect(system.simulator.seen()).toHaveLength(0)
})
