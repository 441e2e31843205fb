/** Whole answers of both dialects, streamed and plain, over HTTP/1.1 and HTTP/2 to the upstream. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, messagesBody } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"

const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'

describe.each([
  ["HTTP/1.1", false, "1.1"],
  ["HTTP/2 over TLS with an own authority", true, "2"],
])("upstream over %s", (_name, tlsUpstream, httpVersion) => {
  let system: System
  beforeAll(async () => {
    system = await startSystem({ tlsUpstream, accounts: 2 })
  })
  afterAll(() => system?.stop())

  test.each([
    ["/v1/chat/completions", chatBody, false],
    ["/v1/chat/completions", chatBody, true],
    ["/v1/messages", messagesBody, false],
    ["/v1/messages", messagesBody, true],
  ])("%s, stream %#", async (path, body, stream) => {
    const answer = await fetchAnswer(`${system.url}${path}`, {
      body: body(`[[sim:chunks=7]][[sim:text=${TEXT}]]`, { stream }),
    })
    expect(answer.status).toBe(200)
    expect(answerText(answer)).toBe(TEXT)
    expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9a-z]{26}$/)
    expect(answer.headers["request-id"]).toBe(answer.headers["x-request-id"])
    expect(answer.headers["content-type"]).toMatch(stream ? /^text\/event-stream/ : /^application\/json/)
    expect(system.simulator.seen().at(-1)?.httpVersion).toBe(httpVersion)
  })

  test("accounts take turns and every lease comes back", async () => {
    const before = system.simulator.seen().length
    for (let round = 0; round < 4; round++) {
      await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody(`${round} [[sim:text=x]]`) })
    }
    const used = system.simulator
      .seen()
      .slice(before)
      .map((seen) => seen.account)
    expect(used[0]).toBe(used[2])
    expect(used[1]).toBe(used[3])
    expect(new Set(used).size).toBe(2)
    expect(system.plane.pool.facts().inFlight).toBe(0)
  })

  test("the record says what happened", async () => {
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      body: chatBody("[[sim:text=hello]]", { model: "my-model", user: "u" }),
    })
    const id = answer.headers["x-request-id"]
    const record = await waitFor(() => system.link.find("exchange").find((item) => item.exchangeId === id))
    expect(record).toMatchObject({
      outcome: "completed",
      status: 200,
      requestedModel: "my-model",
      model: MODEL,
      dialect: "openai-chat",
      stream: false,
      apiKeyId: "key-1",
    })
    expect(record.attempts).toHaveLength(1)
    expect(record.attempts[0]?.failureClass).toBeUndefined()
    expect(record.usage.outputTokens).toBeGreaterThan(0)
    expect(record.firstContentMs).toBeGreaterThan(0)
    expect(JSON.parse(answer.text)).toMatchObject({ model: "my-model" })
  })

  test("the bytes of the upstream may be cut anywhere", async () => {
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      body: chatBody(`[[sim:chunks=5]][[sim:fault=cut {"bytes":1}]][[sim:text=${TEXT}]]`, { stream: true }),
    })
    expect(answerText(answer)).toBe(TEXT)
  })

  test("a large prompt arrives whole", async () => {
    const answer = await fetchAnswer(`${system.url}/v1/messages`, {
      body: messagesBody(`${"word ".repeat(200_000)}[[sim:text=got it]]`),
    })
    expect(answerText(answer)).toBe("got it")
  })
})

test("an unknown model is a 404 with the nearest names and no upstream call", async () => {
  const system = await startSystem()
  try {
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      body: chatBody("x", { model: "gemini-3-flush" }),
    })
    expect(answer.status).toBe(404)
    expect(errorOf(answer)).toMatchObject({ code: "model_not_found" })
    expect(errorOf(answer).message).toContain("gemini-3-flash")
    expect(system.simulator.seen()).toHaveLength(0)
  } finally {
    await system.stop()
  }
})
